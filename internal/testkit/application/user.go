package application

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
)

// userTokens is how many live tokens a user has at least.
const userTokens = 8

// user holds some live tokens and uses them.
type user struct {
	*Application
	id     int
	random *rand.Rand
	named  int
	tokens []string // that are live
}

func (u *user) live(ctx context.Context) {
	for ctx.Err() == nil {
		if !u.act(ctx) {
			// It is not known whether the statement took effect, so neither is which tokens are
			// live.
			u.tokens = nil
		}
		pause(ctx, u.rest)
	}
}

// act is one thing that a user does. It reports whether all its statements succeeded.
func (u *user) act(ctx context.Context) bool {
	for len(u.tokens) < userTokens {
		if !u.issue(ctx) {
			return false
		}
	}
	switch n := u.random.IntN(100); {
	case n < 20:
		return u.lookUp(ctx)
	case n < 45:
		return u.renew(ctx)
	case n < 75:
		return u.rotate(ctx)
	case n < 95:
		return u.comeBackLate(ctx)
	default:
		return u.logOutEverywhere(ctx)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (u *user) name() string {
	u.named++
	return fmt.Sprintf("user-%d-%d", u.id, u.named)
}

func (u *user) issue(ctx context.Context) bool {
	token := u.name()
	if !u.insert(ctx, token, time.Hour) {
		return false
	}
	u.tokens = append(u.tokens, token)
	return true
}

// insert issues a token that lives for so long.
func (u *user) insert(ctx context.Context, token string, lifetime time.Duration) bool {
	n, ok := u.exec(ctx, `
		INSERT INTO refresh_tokens (user_id, token_hash, expires_at)
		VALUES ($1, $2, now() + $3::interval)`, u.id, token, lifetime)
	u.note(func(r *Record) { r.Issued += n })
	return ok
}

func (u *user) lookUp(ctx context.Context) bool {
	return u.use(ctx, u.tokens[u.random.IntN(len(u.tokens))], `
		SELECT user_id FROM refresh_tokens
		WHERE token_hash = $1 AND NOT revoked AND expires_at > now()`)
}

// renew looks a token up and prolongs it.
func (u *user) renew(ctx context.Context) bool {
	ok := u.use(ctx, u.tokens[u.random.IntN(len(u.tokens))], `
		UPDATE refresh_tokens SET expires_at = now() + interval '1 hour'
		WHERE token_hash = $1 AND NOT revoked AND expires_at > now()`)
	if ok {
		u.note(func(r *Record) { r.Renewed++ })
	}
	return ok
}

// rotate revokes a token and issues the next one, in one transaction.
func (u *user) rotate(ctx context.Context) bool {
	i := u.random.IntN(len(u.tokens))
	next := u.name()
	_, ok := u.within(ctx, func(ctx context.Context) (int64, error) {
		return 2, pgx.BeginFunc(ctx, u.pool, func(tx pgx.Tx) error {
			tag, err := tx.Exec(ctx, `SELECT FROM refresh_tokens WHERE token_hash = $1 FOR UPDATE`, u.tokens[i])
			switch {
			case err != nil:
				return err
			case tag.RowsAffected() == 0:
				return fmt.Errorf("%s: %w", u.tokens[i], errTokenGone)
			}
			if _, err := tx.Exec(ctx, `UPDATE refresh_tokens SET revoked = true WHERE token_hash = $1`, u.tokens[i]); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `
				INSERT INTO refresh_tokens (user_id, token_hash, expires_at)
				VALUES ($1, $2, now() + interval '1 hour')`, u.id, next)
			return err
		})
	})
	if ok {
		u.tokens[i] = next
		u.note(func(r *Record) { r.Issued, r.Rotated = r.Issued+1, r.Rotated+1 })
	}
	return ok
}

// comeBackLate renews a token that has expired already, and may be gone by then: if it is not, it
// is live from now on.
func (u *user) comeBackLate(ctx context.Context) bool {
	token := u.name()
	if !u.insert(ctx, token, -time.Millisecond) {
		return false
	}
	pause(ctx, time.Duration(u.random.IntN(30))*time.Millisecond)
	n, ok := u.exec(ctx, `UPDATE refresh_tokens SET expires_at = now() + interval '1 hour' WHERE token_hash = $1`, token)
	if n == 1 {
		u.tokens = append(u.tokens, token)
	}
	u.note(func(r *Record) { r.Renewed += n })
	return ok
}

// logOutEverywhere revokes all of the user's tokens, newest first.
func (u *user) logOutEverywhere(ctx context.Context) bool {
	_, ok := u.exec(ctx, `
		UPDATE refresh_tokens SET revoked = true
		WHERE id IN (SELECT id FROM refresh_tokens WHERE user_id = $1 AND NOT revoked ORDER BY id DESC FOR UPDATE)`, u.id)
	u.tokens = nil
	return ok
}
