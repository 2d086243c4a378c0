// Package application is an auth service beside a purge: users who look up, renew, rotate and
// revoke their refresh tokens. Each knows which of its tokens are live, and it is a failure if one
// of those is not there.
//
// A user waits for each answer, so what is measured is how long a statement took, not how long a
// request had to wait before it: that is what bench/internal/foreground is for.
//
// It works on a table refresh_tokens with user_id, token_hash, expires_at and revoked; all other
// columns have defaults.
package application

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// Users is how many there are: 1, 2, … in user_id.
	Users = 4

	// lockTimeout is how long a statement may wait for a lock. It is longer than some batches,
	// and long enough that a busy machine does not look like a lock.
	lockTimeout = "1s"

	// statementPatience bounds a statement whose server is silent.
	statementPatience = 30 * time.Second
)

// Options are how an application works.
type Options struct {
	URL  string
	Rest time.Duration // between two things that a user does

	// Random is what a user draws from.
	Random func(user int) *rand.Rand
}

// Application is one at work.
type Application struct {
	pool *pgxpool.Pool
	rest time.Duration
	quit context.CancelFunc
	work sync.WaitGroup

	mu     sync.Mutex
	record Record
}

// Record is what an application has done and met.
type Record struct {
	Statements []Statement // that succeeded; a transaction counts as one
	Failures   []string    // statements that were refused, and live tokens that were gone
	Outages    []string    // statements that failed because the database was not there

	Issued, Renewed, Rotated int64 // tokens
}

// Err is the first failure or outage, if there was any.
func (r Record) Err() error {
	for _, failures := range [][]string{r.Failures, r.Outages} {
		if len(failures) > 0 {
			return fmt.Errorf("a statement of the application failed: %s", failures[0])
		}
	}
	return nil
}

// Statement is one that a user has waited for.
type Statement struct {
	Began time.Time
	Took  time.Duration
}

// Start lets the users begin.
func Start(ctx context.Context, opts Options) (*Application, error) {
	config, err := pgxpool.ParseConfig(opts.URL)
	if err != nil {
		return nil, fmt.Errorf("start the application: %w", err)
	}
	config.MaxConns = Users
	config.ConnConfig.RuntimeParams["application_name"] = "application"
	config.ConnConfig.RuntimeParams["lock_timeout"] = lockTimeout
	ctx = context.WithoutCancel(ctx) // Stop ends it
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("start the application: %w", err)
	}
	ctx, quit := context.WithCancel(ctx)
	a := &Application{pool: pool, rest: opts.Rest, quit: quit}
	for i := range Users {
		u := &user{Application: a, id: i + 1, random: opts.Random(i + 1)}
		a.work.Go(func() { u.live(ctx) })
	}
	return a, nil
}

// Stop ends the application after the statements in hand.
func (a *Application) Stop() {
	a.quit()
	a.work.Wait()
	a.pool.Close()
}

// Record is what it has done by now.
func (a *Application) Record() Record {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.record
	r.Statements, r.Failures, r.Outages = slices.Clone(r.Statements), slices.Clone(r.Failures), slices.Clone(r.Outages)
	return r
}

// within gives statements their full time, also after the application was told to stop. It records
// how they ended, and reports whether they succeeded.
func (a *Application) within(ctx context.Context, do func(context.Context) (int64, error)) (n int64, ok bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statementPatience)
	defer cancel()
	began := time.Now()
	n, err := do(ctx)
	took := time.Since(began)
	a.note(func(r *Record) {
		switch {
		case err == nil:
			r.Statements = append(r.Statements, Statement{began, took})
		case IsOutage(err):
			r.Outages = append(r.Outages, err.Error())
		default:
			r.Failures = append(r.Failures, err.Error())
		}
	})
	return n, err == nil
}

func (a *Application) note(what func(*Record)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	what(&a.record)
}

// exec is one statement.
func (a *Application) exec(ctx context.Context, sql string, args ...any) (n int64, ok bool) {
	return a.within(ctx, func(ctx context.Context) (int64, error) {
		tag, err := a.pool.Exec(ctx, sql, args...)
		return tag.RowsAffected(), err
	})
}

// use is exec for a statement that must find the token.
func (a *Application) use(ctx context.Context, token, sql string) bool {
	_, ok := a.within(ctx, func(ctx context.Context) (int64, error) {
		tag, err := a.pool.Exec(ctx, sql, token)
		if err == nil && tag.RowsAffected() != 1 {
			err = fmt.Errorf("%s: %w", token, errTokenGone)
		}
		return tag.RowsAffected(), err
	})
	return ok
}

var errTokenGone = errors.New("a live token is gone")

// IsOutage reports whether an error means that the server is gone, comes or goes, or is not the
// primary any more. All other errors are of a statement that the server refused.
func IsOutage(err error) bool {
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
