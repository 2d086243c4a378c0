package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// pause is from one statement of the application to the next.
const pause = 10 * time.Millisecond

// The application's statements. Each enters what it did into demo.living in the same
// transaction; the random id picks a row without reading them all.
const (
	lookUp = `
		SELECT id
		FROM refresh_tokens
		WHERE user_id = $1 AND NOT revoked AND expires_at > now()`

	// A user comes back: the old token is revoked, a new one issued.
	rotate = `
		WITH old AS (
			UPDATE refresh_tokens
			SET revoked = true
			WHERE id = (
				SELECT id
				FROM refresh_tokens
				WHERE id > (SELECT gen_random_uuid()) AND NOT revoked AND expires_at > now() + interval '1 minute'
				ORDER BY id
				LIMIT 1)
			RETURNING id, user_id
		), gone AS (
			DELETE FROM demo.living
			USING old
			WHERE living.id = old.id
		), issued AS (
			INSERT INTO refresh_tokens (user_id, expires_at)
			SELECT user_id, now() + interval '30 days'
			FROM old
			RETURNING id, expires_at
		)
		INSERT INTO demo.living (id, expires_at)
		SELECT id, expires_at
		FROM issued`

	// A token lives on that had five seconds left. The book says so even if the row is not
	// there: that would be found out.
	renew = `
		WITH soonest AS (
			SELECT id
			FROM demo.living
			WHERE expires_at BETWEEN now() + interval '5 seconds' AND now() + interval '1 minute'
			ORDER BY expires_at
			LIMIT 1
		), renewed AS (
			UPDATE refresh_tokens AS token
			SET expires_at = now() + interval '30 days'
			FROM soonest
			WHERE token.id = soonest.id
		)
		UPDATE demo.living
		SET expires_at = now() + interval '30 days'
		FROM soonest
		WHERE living.id = soonest.id`

	// A forgotten password: one reset is issued, another one used.
	reset = `
		WITH used AS (
			UPDATE password_resets
			SET used = true
			WHERE id = (
				SELECT id
				FROM password_resets
				WHERE id > (SELECT gen_random_uuid()) AND NOT used AND expires_at > now() + interval '1 minute'
				ORDER BY id
				LIMIT 1)
			RETURNING id
		), gone AS (
			DELETE FROM demo.living
			USING used
			WHERE living.id = used.id
		), issued AS (
			INSERT INTO password_resets (user_id, expires_at)
			VALUES ($1, now() + interval '1 hour')
			RETURNING id, expires_at
		)
		INSERT INTO demo.living (id, expires_at)
		SELECT id, expires_at
		FROM issued`
)

// application works on its tables over a connection of its own, one statement at a time,
// and measures how long each one takes.
type application struct {
	conn   *pgx.Conn
	quit   chan struct{} // closed by stop
	cancel context.CancelFunc
	done   chan struct{} // closed when nothing of it runs any more

	mu   sync.Mutex
	work work
	err  error // why it ended by itself
}

// work is what the application has done by now.
type work struct {
	statements []statement
	issued     int64 // rows inserted
	rotated    int64
	renewed    int64
}

// statement is one that the application has waited for.
type statement struct {
	began time.Time
	took  time.Duration
}

func startApplication(ctx context.Context, url string) (*application, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect the application: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	a := &application{conn: conn, quit: make(chan struct{}), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		defer func() { _ = conn.Close(ctx) }() // all that it did is committed
		if err := a.run(ctx); err != nil && ctx.Err() == nil {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.err = fmt.Errorf("a statement of the application failed: %w", err)
		}
	}()
	return a, nil
}

// run goes on until stop. What it begins it ends, unless ctx ends.
func (a *application) run(ctx context.Context) error {
	statements := []string{lookUp, rotate, lookUp, renew, lookUp, rotate, lookUp, reset, lookUp, rotate}
	beat := time.NewTicker(pause)
	defer beat.Stop()
	for i := 0; ; i++ {
		select {
		case <-a.quit:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-beat.C:
		}
		if err := a.execute(ctx, statements[i%len(statements)]); err != nil {
			return err
		}
	}
}

func (a *application) execute(ctx context.Context, sql string) error {
	var args []any
	if sql == lookUp || sql == reset {
		args = append(args, 1+rand.Int64N(5000))
	}
	began := time.Now()
	tag, err := a.conn.Exec(ctx, sql, args...)
	took := time.Since(began)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.work.statements = append(a.work.statements, statement{began, took})
	switch sql {
	case rotate:
		a.work.rotated += tag.RowsAffected()
		a.work.issued += tag.RowsAffected()
	case reset:
		a.work.issued += tag.RowsAffected()
	case renew:
		a.work.renewed += tag.RowsAffected()
	}
	return nil
}

// failure is why the application has ended by itself.
func (a *application) failure() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err
}

// soFar is what it has done.
func (a *application) soFar() work {
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.work
	w.statements = slices.Clone(w.statements)
	return w
}

// stop ends the application after the statement in hand.
func (a *application) stop() error {
	close(a.quit)
	<-a.done
	return a.failure()
}

// abandon ends it at once, if it goes on.
func (a *application) abandon() {
	a.cancel()
	<-a.done
}
