package purge

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrBusy is another run holding the lock.
var ErrBusy = errors.New("another run is deleting")

// ErrLost is the end of a session by the server or the network. What it had
// deleted last may come back: not every commit waits for the disk, and none for a
// standby.
var ErrLost = errors.New("the session was lost")

// patience is how long the client waits for a statement before it gives the
// connection up: longer than the server's own limit, for a network that went
// silent.
const patience = 25 * time.Second

// Session is the one connection that a run deletes on. It holds the advisory
// lock that makes runs exclusive: who loses the connection loses the lock, and
// cannot delete either.
type Session struct {
	conn *pgx.Conn
}

// Open connects and takes the lock of that name, or returns ErrBusy.
func Open(ctx context.Context, config *pgx.ConnConfig, lock string) (*Session, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect for a run: %w", advised(err))
	}
	registerRowList(conn.TypeMap())
	s := &Session{conn: conn}
	if err := s.prepare(ctx, lock); err != nil {
		s.Close(ctx)
		return nil, err
	}
	return s, nil
}

// prepare sets the session up, then takes the lock.
func (s *Session) prepare(ctx context.Context, lock string) error {
	// A batch has given up, whatever it waits for, before the server looks for a
	// deadlock: so the application is never the victim. A replica that froze
	// between two batches loses its session. Sequential scans are what no
	// statement here wants, and what skewed statistics would choose for a lookup
	// per row; a page of a list wants the index's order, and not all to be sorted.
	_, err := s.conn.Exec(ctx, `
		SELECT
			set_config('application_name', 'siltgate', false),
			set_config('TimeZone', 'UTC', false),
			set_config('default_transaction_isolation', 'read committed', false),
			set_config('idle_session_timeout', '30s', false),
			set_config('idle_in_transaction_session_timeout', '30s', false),
			set_config('lock_timeout', least(100, greatest(1, deadlock.ms / 10))::text, false),
			set_config('statement_timeout', least(
				greatest(50, deadlock.ms * 8 / 10),
				nullif(statement.ms, 0)
			)::text, false),
			set_config('enable_seqscan', 'off', false),
			set_config('enable_bitmapscan', 'off', false),
			set_config('enable_sort', 'off', false),
			set_config('max_parallel_workers_per_gather', '0', false),
			set_config('jit', 'off', false)
		FROM (SELECT setting::integer AS ms FROM pg_settings WHERE name = 'deadlock_timeout') AS deadlock,
			(SELECT setting::integer AS ms FROM pg_settings WHERE name = 'statement_timeout') AS statement`)
	if err != nil {
		return fmt.Errorf("set up the session: %w", err)
	}

	var locked bool
	err = s.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtextextended($1::text, 0::bigint))`, lock).Scan(&locked)
	if err != nil {
		return fmt.Errorf("take the lock: %w", err)
	}
	if !locked {
		return ErrBusy
	}
	return nil
}

// keepPlans says whether a statement is planned once and not for each batch,
// which costs as much as to delete some hundred rows.
func (s *Session) keepPlans(ctx context.Context, keep bool) error {
	mode := "force_custom_plan"
	if keep {
		mode = "force_generic_plan"
	}
	return s.set(ctx, "plan_cache_mode", mode)
}

// awaitFlush says whether a batch waits until its WAL is on disk. A lost commit
// is purged again, so none has to; but what a batch leaves unwritten the
// application's next commit has to write: its 99th percentile rose to 24 ms from
// 3, and to 7 where the purge does that in time of its own and rests for it.
func (s *Session) awaitFlush(ctx context.Context, wait bool) error {
	mode := "off"
	if wait {
		mode = "local"
	}
	return s.set(ctx, "synchronous_commit", mode)
}

// set changes a setting of the session.
func (s *Session) set(ctx context.Context, name, value string) error {
	if _, err := s.conn.Exec(ctx, `SELECT set_config($1::text, $2::text, false)`, name, value); err != nil {
		return fmt.Errorf("set %s of the session: %w", name, err)
	}
	return nil
}

// Close ends the session and with it the lock.
func (s *Session) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	// The server notices the end of a session a little later; whoever waits for
	// the lock need not. Both errors mean that the session is gone already.
	_, _ = s.conn.Exec(ctx, `SELECT pg_advisory_unlock_all()`)
	_ = s.conn.Close(ctx)
}

// Now reads the database's clock, and how far it is ahead of this process's.
func (s *Session) Now(ctx context.Context) (now time.Time, ahead time.Duration, err error) {
	asked := time.Now()
	if err := s.conn.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&now); err != nil {
		return now, 0, fmt.Errorf("read the database's clock: %w", err)
	}
	answered := time.Now()
	return now.UTC(), now.Sub(asked.Add(answered.Sub(asked) / 2)), nil
}

// lost reports whether the connection, and with it the lock, is gone.
func (s *Session) lost() bool { return s.conn.IsClosed() }

// execute runs a statement that changes rows, and counts them. The statement is
// not interrupted when ctx ends: a batch in hand ends by itself, soon.
func (s *Session) execute(ctx context.Context, st *statement) (int64, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	tag, err := s.conn.Exec(ctx, st.String(), st.args...)
	return tag.RowsAffected(), err
}

// query runs a statement that returns one row.
func (s *Session) query(ctx context.Context, st *statement, into ...any) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return s.conn.QueryRow(ctx, st.String(), st.args...).Scan(into...)
}

// sleep waits, and keeps the session from being taken for a frozen one.
func (s *Session) sleep(ctx context.Context, d time.Duration) error {
	const most = 10 * time.Second
	for ; d > most; d -= most {
		if err := wait(ctx, most); err != nil {
			return err
		}
		if err := s.conn.Ping(ctx); err != nil {
			return fmt.Errorf("keep the session: %w", err)
		}
	}
	return wait(ctx, d)
}

// wait sleeps until d is over or ctx is done.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// sqlState is the error's SQLSTATE, empty if it is not one of Postgres.
func sqlState(err error) string {
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pgErr.Code
	}
	return ""
}

// The SQLSTATEs that a batch can do something about.
func isLockConflict(err error) bool {
	state := sqlState(err)
	return state == "55P03" || state == "40P01" // lock_not_available, deadlock_detected
}

// isRefusal reports whether a constraint, or a trigger by RAISE, keeps a row.
func isRefusal(err error) bool {
	state := sqlState(err)
	return strings.HasPrefix(state, "23") || state == "P0001"
}

// isChanged reports whether a table is not as it was inspected any more: the
// guard in the statement has tried to read its description as a boolean.
func isChanged(err error) bool { return sqlState(err) == "22P02" }

func isTimeout(err error) bool { return sqlState(err) == "57014" } // query_canceled

func isUndefinedTable(err error) bool { return sqlState(err) == "42P01" }
