package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

const (
	// appPatience is how long the application waits for a lock before it is an error:
	// some batches, and yet so long that a busy machine does not look like a lock.
	appPatience = "1s"

	appUsers   = 4
	userTokens = 8
)

// app is the application beside the fleet: users whose sessions are looked up, renewed,
// rotated and logged out everywhere. Every error is recorded, and that a token which its
// user holds is not there is one.
type app struct {
	t    testing.TB
	pool *pgxpool.Pool
	stop context.CancelFunc
	work sync.WaitGroup

	mu         sync.Mutex
	statements int
	longest    time.Duration
	errors     []string
}

// startApp starts the application. It stops at the test's end, or by end.
func startApp(t testing.TB, db *database) *app {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("the application's seed: %d", seed)
	config, err := pgxpool.ParseConfig(db.url)
	require.NoError(t, err)
	config.MaxConns = appUsers
	config.ConnConfig.RuntimeParams["application_name"] = "application"
	config.ConnConfig.RuntimeParams["lock_timeout"] = appPatience
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)

	ctx, stop := context.WithCancel(context.Background())
	a := &app{t: t, pool: pool, stop: stop}
	for i := range appUsers {
		u := &user{app: a, id: i + 1, random: rand.New(rand.NewPCG(seed, uint64(i)))}
		a.work.Go(func() { u.live(ctx) })
	}
	t.Cleanup(pool.Close)
	t.Cleanup(a.end)
	return a
}

// end stops the application and waits for its last statement.
func (a *app) end() {
	a.stop()
	a.work.Wait()
}

// exec is one statement; it is timed, and its error recorded.
func (a *app) exec(ctx context.Context, sql string, args ...any) int64 {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	began := time.Now()
	tag, err := a.pool.Exec(ctx, sql, args...)
	a.note(time.Since(began), err)
	return tag.RowsAffected()
}

func (a *app) note(took time.Duration, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.statements++
	a.longest = max(a.longest, took)
	if err != nil {
		a.errors = append(a.errors, err.Error())
	}
}

// user holds some live tokens and uses them.
type user struct {
	*app
	id     int
	random *rand.Rand
	issued int
	tokens []string // that are live
}

func (u *user) live(ctx context.Context) {
	const rest = 10 * time.Millisecond
	for ctx.Err() == nil {
		for len(u.tokens) < userTokens {
			u.issue(ctx)
		}
		switch n := u.random.IntN(100); {
		case n < 40:
			u.renew(ctx)
		case n < 75:
			u.rotate(ctx)
		case n < 95:
			u.comeBackLate(ctx)
		default:
			u.logOutEverywhere(ctx)
		}
		select {
		case <-ctx.Done():
		case <-time.After(rest):
		}
	}
}

func (u *user) name() string {
	u.issued++
	return fmt.Sprintf("user-%d-%d", u.id, u.issued)
}

func (u *user) issue(ctx context.Context) {
	token := u.name()
	u.exec(ctx, `INSERT INTO refresh_tokens (user_id, token_hash, expires_at) VALUES ($1, $2, now() + interval '1 hour')`, u.id, token)
	u.tokens = append(u.tokens, token)
}

// renew looks a token up and prolongs it.
func (u *user) renew(ctx context.Context) {
	token := u.tokens[u.random.IntN(len(u.tokens))]
	n := u.exec(ctx, `
		UPDATE refresh_tokens SET expires_at = now() + interval '1 hour'
		WHERE token_hash = $1 AND NOT revoked AND expires_at > now()`, token)
	u.mustHave(token, n)
}

// rotate revokes a token and issues the next one, in one transaction.
func (u *user) rotate(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	i := u.random.IntN(len(u.tokens))
	next := u.name()
	began := time.Now()
	err := pgx.BeginFunc(ctx, u.pool, func(tx pgx.Tx) error {
		var id int64
		if err := tx.QueryRow(ctx, `SELECT id FROM refresh_tokens WHERE token_hash = $1 FOR UPDATE`, u.tokens[i]).Scan(&id); err != nil {
			return fmt.Errorf("rotate %s: %w", u.tokens[i], err)
		}
		if _, err := tx.Exec(ctx, `UPDATE refresh_tokens SET revoked = true WHERE id = $1`, id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO refresh_tokens (user_id, token_hash, expires_at) VALUES ($1, $2, now() + interval '1 hour')`, u.id, next)
		return err
	})
	u.note(time.Since(began), err)
	if err == nil {
		u.tokens[i] = next
	}
}

// comeBackLate renews a token that has expired already, and may be gone by then: if it is
// not, it is live from now on.
func (u *user) comeBackLate(ctx context.Context) {
	token := u.name()
	u.exec(ctx, `INSERT INTO refresh_tokens (user_id, token_hash, expires_at) VALUES ($1, $2, now() - interval '1 ms')`, u.id, token)
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(u.random.IntN(30)) * time.Millisecond):
	}
	if u.exec(ctx, `UPDATE refresh_tokens SET expires_at = now() + interval '1 hour' WHERE token_hash = $1`, token) == 1 {
		u.tokens = append(u.tokens, token)
	}
}

// logOutEverywhere revokes all of the user's tokens, newest first.
func (u *user) logOutEverywhere(ctx context.Context) {
	u.exec(ctx, `
		UPDATE refresh_tokens SET revoked = true
		WHERE id IN (SELECT id FROM refresh_tokens WHERE user_id = $1 AND NOT revoked ORDER BY id DESC FOR UPDATE)`, u.id)
	u.tokens = nil
}

func (u *user) mustHave(token string, n int64) {
	if n != 1 {
		u.note(0, errors.New("live token "+token+" is gone"))
	}
}
