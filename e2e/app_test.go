package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
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
// rotated and logged out everywhere. Every error and every wait is recorded, and that a token
// which its user holds is not there is an error.
type app struct {
	t    testing.TB
	pool *pgxpool.Pool
	rest time.Duration // of a user, between two things to do
	stop context.CancelFunc
	work sync.WaitGroup

	mu         sync.Mutex
	statements int           // that succeeded
	longest    time.Duration // of them
	errors     []string
	outages    []string // errors that are the database's own: it was not there
}

// startApp starts the application. It stops at the test's end, or by end.
func startApp(t testing.TB, db *database) *app {
	t.Helper()
	return startAppAt(t, db.url)
}

// startLeisurely starts an application whose table hardly grows.
func startLeisurely(t testing.TB, db *database) *app {
	t.Helper()
	return startAppWith(t, db.url, 200*time.Millisecond)
}

// startAppAt is for an application that reaches its database by another way than the test.
func startAppAt(t testing.TB, url string) *app {
	t.Helper()
	return startAppWith(t, url, 10*time.Millisecond)
}

func startAppWith(t testing.TB, url string, rest time.Duration) *app {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	require.NoError(t, err)
	config.MaxConns = appUsers
	config.ConnConfig.RuntimeParams["application_name"] = "application"
	config.ConnConfig.RuntimeParams["lock_timeout"] = appPatience
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)

	ctx, stop := context.WithCancel(context.Background())
	a := &app{t: t, pool: pool, rest: rest, stop: stop}
	for i := range appUsers {
		u := &user{app: a, id: i + 1, random: randomness(t, fmt.Sprintf("user %d", i+1))}
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

// note records how a statement ended, and reports whether it succeeded.
func (a *app) note(took time.Duration, err error) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err == nil:
		a.statements++
		a.longest = max(a.longest, took)
	case isOutage(err):
		a.outages = append(a.outages, err.Error())
	default:
		a.errors = append(a.errors, err.Error())
	}
	return err == nil
}

// isOutage reports whether an error is the database's own, and not of a statement that it
// refused: the server is gone, coming or going, or not the primary any more.
func isOutage(err error) bool {
	if errors.Is(err, errTokenGone) {
		return false
	}
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return !errors.Is(err, pgx.ErrNoRows) // the connection's
	}
	// admin_shutdown, crash_shutdown, cannot_connect_now, read_only_sql_transaction,
	// too_many_connections, connection_exception.
	return slices.Contains([]string{"57P01", "57P02", "57P03", "25006", "53300"}, pgErr.Code) ||
		strings.HasPrefix(pgErr.Code, "08")
}

var errTokenGone = errors.New("a live token is gone")

// user holds some live tokens and uses them.
type user struct {
	*app
	id     int
	random *rand.Rand
	issued int
	tokens []string // that are live
}

func (u *user) live(ctx context.Context) {
	for ctx.Err() == nil {
		if !u.act(ctx) {
			// What became of the statement is not known, so neither is which tokens are live.
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

// exec is one statement; it is timed, and its error recorded.
func (a *app) exec(ctx context.Context, sql string, args ...any) (n int64, ok bool) {
	return a.within(ctx, func(ctx context.Context) (int64, error) {
		tag, err := a.pool.Exec(ctx, sql, args...)
		return tag.RowsAffected(), err
	})
}

// use is exec for a statement that has to find the token.
func (a *app) use(ctx context.Context, token, sql string) bool {
	_, ok := a.within(ctx, func(ctx context.Context) (int64, error) {
		tag, err := a.pool.Exec(ctx, sql, token)
		if err == nil && tag.RowsAffected() != 1 {
			err = fmt.Errorf("%s: %w", token, errTokenGone)
		}
		return tag.RowsAffected(), err
	})
	return ok
}

// within gives statements the time that they have, also after the application was told to stop.
func (a *app) within(ctx context.Context, do func(context.Context) (int64, error)) (n int64, ok bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	began := time.Now()
	n, err := do(ctx)
	return n, a.note(time.Since(began), err)
}

func (u *user) name() string {
	u.issued++
	return fmt.Sprintf("user-%d-%d", u.id, u.issued)
}

func (u *user) issue(ctx context.Context) bool {
	token := u.name()
	if _, ok := u.exec(ctx, `
		INSERT INTO refresh_tokens (user_id, token_hash, expires_at)
		VALUES ($1, $2, now() + interval '1 hour')`, u.id, token); !ok {
		return false
	}
	u.tokens = append(u.tokens, token)
	return true
}

func (u *user) lookUp(ctx context.Context) bool {
	return u.use(ctx, u.tokens[u.random.IntN(len(u.tokens))], `
		SELECT user_id FROM refresh_tokens
		WHERE token_hash = $1 AND NOT revoked AND expires_at > now()`)
}

// renew looks a token up and prolongs it.
func (u *user) renew(ctx context.Context) bool {
	return u.use(ctx, u.tokens[u.random.IntN(len(u.tokens))], `
		UPDATE refresh_tokens SET expires_at = now() + interval '1 hour'
		WHERE token_hash = $1 AND NOT revoked AND expires_at > now()`)
}

// rotate revokes a token and issues the next one, in one transaction.
func (u *user) rotate(ctx context.Context) bool {
	i := u.random.IntN(len(u.tokens))
	next := u.name()
	_, ok := u.within(ctx, func(ctx context.Context) (int64, error) {
		return 2, pgx.BeginFunc(ctx, u.pool, func(tx pgx.Tx) error {
			var id int64
			err := tx.QueryRow(ctx, `SELECT id FROM refresh_tokens WHERE token_hash = $1 FOR UPDATE`, u.tokens[i]).Scan(&id)
			switch {
			case errors.Is(err, pgx.ErrNoRows):
				return fmt.Errorf("%s: %w", u.tokens[i], errTokenGone)
			case err != nil:
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE refresh_tokens SET revoked = true WHERE id = $1`, id); err != nil {
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
	}
	return ok
}

// comeBackLate renews a token that has expired already, and may be gone by then: if it is
// not, it is live from now on.
func (u *user) comeBackLate(ctx context.Context) bool {
	token := u.name()
	if _, ok := u.exec(ctx, `
		INSERT INTO refresh_tokens (user_id, token_hash, expires_at)
		VALUES ($1, $2, now() - interval '1 ms')`, u.id, token); !ok {
		return false
	}
	pause(ctx, time.Duration(u.random.IntN(30))*time.Millisecond)
	n, ok := u.exec(ctx, `UPDATE refresh_tokens SET expires_at = now() + interval '1 hour' WHERE token_hash = $1`, token)
	if n == 1 {
		u.tokens = append(u.tokens, token)
	}
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
