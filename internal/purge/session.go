package purge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// ErrBusy says that it is another run's turn.
var ErrBusy = errors.New("another run is deleting")

// ErrLost says that the server or the network ended the session. Rows that it deleted last may come
// back, because not every commit waits for the disk, and none for a standby.
var ErrLost = errors.New("the session was lost")

// Session is the one connection that a run deletes on. The right to delete that was
// claimed for it ends with the connection.
type Session struct {
	conn  *pgx.Conn
	reads querier // for statements that read the catalog
	fence fence

	// mark is in the errors that our own statements raise on purpose. It is random, so that no
	// trigger can raise such an error.
	mark string

	// skipsLocked is set where the server looks for deadlocks so soon that even a short wait for a
	// row could make the application the victim.
	skipsLocked bool

	// settings are names and values in turn, as noteSettings found them.
	settings []string

	overhead overhead
}

// Open connects and claims the right to delete. A claim that gives no fence is an error: then nothing
// would keep two runs from deleting at a time.
func Open(ctx context.Context, config *pgx.ConnConfig, claim Claim) (*Session, error) {
	s, err := connect(ctx, config)
	if err != nil {
		return nil, Explain(err)
	}
	claimed, err := claim(ctx, s.conn)
	if err == nil && claimed.Table == "" {
		err = errNoFence
	}
	if err != nil {
		s.Close(ctx)
		return nil, err
	}
	s.fence = newFence(claimed)
	return s, nil
}

// connect opens a session that only reads: it has no fence, so it executes no statement that deletes.
func connect(ctx context.Context, config *pgx.ConnConfig) (*Session, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect for a run: %w", err)
	}
	registerRowList(conn.TypeMap())
	s := &Session{conn: conn, reads: newPatient(conn), mark: rand.Text()}
	if err := s.prepare(ctx); err != nil {
		s.Close(ctx)
		return nil, err
	}
	return s, nil
}

// prepare sets the session up, in two round trips.
func (s *Session) prepare(ctx context.Context) error {
	path, err := s.resetPath(ctx)
	if err != nil {
		return err
	}

	// Each statement gives up before the server looks for a deadlock, so that the application is
	// never its victim. A replica that freezes between two batches loses its session. Sequential
	// scans are off, because with wrong statistics the planner would choose one for each row's
	// look-up. Sorts are off, because a page of a list is to be read in the index's order.
	//
	// Where a batch may take longer than the server waits before it looks for a deadlock, it must not
	// wait for rows at all.
	var fires bool
	err = s.conn.QueryRow(ctx, `
		SELECT
			server.deadlock_timeout OPERATOR(pg_catalog.<) 100,
			pg_catalog.current_setting('session_replication_role') OPERATOR(pg_catalog.<>) 'replica'::pg_catalog.text,
			pg_catalog.set_config('search_path', $4::pg_catalog.text, false),
			pg_catalog.set_config('application_name', 'siltgate', false),
			pg_catalog.set_config('TimeZone', 'UTC', false),
			pg_catalog.set_config('default_transaction_isolation', 'read committed', false),
			pg_catalog.set_config('default_transaction_deferrable', 'off', false),
			-- It came with 17. A batch is bounded by the limit for its statement.
			CASE WHEN server.has_transaction_timeout THEN pg_catalog.set_config('transaction_timeout', '0', false) END,
			pg_catalog.set_config('idle_session_timeout', $1::pg_catalog.int4::pg_catalog.text, false),
			pg_catalog.set_config('idle_in_transaction_session_timeout', $1::pg_catalog.int4::pg_catalog.text, false),
			pg_catalog.set_config('lock_timeout', least(
				$2::pg_catalog.int4, greatest(1, server.deadlock_timeout OPERATOR(pg_catalog./) 10)
			)::pg_catalog.text, false),
			pg_catalog.set_config('statement_timeout', least(
				$3::pg_catalog.int4, -- also where the server looks for deadlocks later than by default
				greatest(50, server.deadlock_timeout OPERATOR(pg_catalog.*) 8 OPERATOR(pg_catalog./) 10),
				CASE WHEN server.statement_timeout OPERATOR(pg_catalog.<>) 0 THEN server.statement_timeout END
			)::pg_catalog.text, false),
			pg_catalog.set_config('enable_seqscan', 'off', false),
			pg_catalog.set_config('enable_bitmapscan', 'off', false),
			pg_catalog.set_config('enable_sort', 'off', false),
			pg_catalog.set_config('enable_tidscan', 'on', false),
			pg_catalog.set_config('enable_indexscan', 'on', false),
			pg_catalog.set_config('quote_all_identifiers', 'off', false),
			pg_catalog.set_config('row_security', 'on', false), -- off is an error also where policies let all rows through
			pg_catalog.set_config('max_parallel_workers_per_gather', '0', false),
			pg_catalog.set_config('jit', 'off', false)
		FROM (
			SELECT
				pg_catalog.max(s.setting::pg_catalog.int4) FILTER (WHERE s.name OPERATOR(pg_catalog.=) 'deadlock_timeout') AS deadlock_timeout,
				pg_catalog.max(s.setting::pg_catalog.int4) FILTER (WHERE s.name OPERATOR(pg_catalog.=) 'statement_timeout') AS statement_timeout,
				pg_catalog.bool_or(s.name OPERATOR(pg_catalog.=) 'transaction_timeout') AS has_transaction_timeout
			FROM pg_catalog.pg_settings AS s
			WHERE s.name OPERATOR(pg_catalog.=) ANY('{deadlock_timeout,statement_timeout,transaction_timeout}'::pg_catalog.text[])
		) AS server`,
		pgx.QueryExecModeExec, SessionIdle.Milliseconds(), LockTimeout.Milliseconds(), StatementTimeout.Milliseconds(), path,
	).Scan(&s.skipsLocked, &fires, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil)
	switch {
	case err != nil:
		return fmt.Errorf("set up the session: %w", err)
	case !fires:
		return errors.New("session_replication_role is replica, so that no trigger would fire and no foreign key be checked: " +
			"reset it for the role, the database or the connection, whichever sets it")
	}
	return nil
}

// catalog reads the catalog in this session.
func (s *Session) catalog() catalog { return newCatalog(s.reads) }

// keepPlans says whether a statement is planned only once. To plan it for each batch takes as long as to
// delete some hundred rows.
func (s *Session) keepPlans(ctx context.Context, keep bool) error {
	mode := "force_custom_plan"
	if keep {
		mode = "force_generic_plan"
	}
	return s.set(ctx, "plan_cache_mode", mode)
}

// awaitFlush says whether a batch waits until its WAL is on disk. It need not, because what a lost
// commit had deleted is deleted again. But WAL that a batch leaves unwritten has to be written by
// the application's next commit: the 99th percentile of these rose from 3 ms to 24 ms, and only to
// 7 ms where the purge writes its WAL itself and rests for that time.
func (s *Session) awaitFlush(ctx context.Context, wait bool) error {
	mode := "off"
	if wait {
		mode = "local"
	}
	return s.set(ctx, "synchronous_commit", mode)
}

// set changes a setting of the session, and what batches restore.
func (s *Session) set(ctx context.Context, name, value string) error {
	_, err := s.conn.Exec(ctx, `SELECT pg_catalog.set_config($1::pg_catalog.text, $2::pg_catalog.text, false)`, pgx.QueryExecModeExec, name, value)
	if err != nil {
		return fmt.Errorf("set %s of the session: %w", name, err)
	}
	for i := 0; i < len(s.settings); i += 2 {
		if s.settings[i] == name {
			s.settings[i+1] = value
		}
	}
	return nil
}

// Close ends the session, and with it the right to delete.
func (s *Session) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), CloseTimeout)
	defer cancel()
	// A pooler may lend the session to another client, which must not inherit its settings.
	// DISCARD ALL also frees its advisory locks: the server notices the end of a session a little
	// later. Both errors mean that the session is gone already.
	_, _ = s.conn.Exec(ctx, `DISCARD ALL`, pgx.QueryExecModeSimpleProtocol)
	awaitEnd(ctx, s.conn.PgConn())
	_ = s.conn.Close(ctx)
}

// awaitEnd asks the server to end the session and waits until it has. Until then the session
// counts against the connection limits of the role, the database and the server, so that the
// next run could be refused a connection.
func awaitEnd(ctx context.Context, conn *pgconn.PgConn) {
	if conn.IsClosed() {
		return
	}
	conn.Frontend().Send(&pgproto3.Terminate{})
	if conn.Frontend().Flush() != nil {
		return
	}
	if deadline, ok := ctx.Deadline(); ok && conn.Conn().SetReadDeadline(deadline) != nil {
		return
	}
	_, _ = io.Copy(io.Discard, conn.Conn()) // the server closes the connection when the session has ended
}

// lost reports whether the connection, and with it the right to delete, is gone.
func (s *Session) lost() bool { return s.conn.IsClosed() }

// query runs a statement that returns one row.
func (s *Session) query(ctx context.Context, st *statement, into ...any) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), StatementPatience)
	defer cancel()
	return s.conn.QueryRow(ctx, st.String(), st.args...).Scan(into...)
}

// sleep waits. Meanwhile it sends a statement every KeepAlive, so that the server keeps the session.
func (s *Session) sleep(ctx context.Context, d time.Duration) error {
	for ; d > KeepAlive; d -= KeepAlive {
		if err := wait(ctx, KeepAlive); err != nil {
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
