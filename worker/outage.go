package worker

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// The database is looked for after a moment, then ever more rarely.
	firstProbe   = 250 * time.Millisecond
	longestProbe = 5 * time.Second
	probeTimeout = 10 * time.Second

	// outageReminder is how often a lasting outage is logged.
	outageReminder = time.Minute

	// aftermath is how long after an outage what it made fail may still be told.
	aftermath = 10 * time.Second

	// longOutage is from when on River would sleep on for as long again, up to nine
	// minutes, once the database is back.
	longOutage = 15 * time.Second
)

// Outage is a time in which the database cannot be worked with: not reached, or
// read-only. It traces the connections of a replica's pool to notice, looks for
// the database until it is back, and makes one log line of all that fails in
// between.
type Outage struct {
	log   *slog.Logger
	noted chan struct{} // has one when an outage may have begun

	mu     sync.Mutex
	heeded bool      // the replica works: until then, what fails is returned to it
	since  time.Time // zero: there is none
	ended  time.Time // the one before
	failed int       // connections and statements, since the last line
}

var (
	_ pgx.ConnectTracer = (*Outage)(nil)
	_ pgx.QueryTracer   = (*Outage)(nil)
)

// NewOutage is for the ConnConfig.Tracer of a replica's pool.
func NewOutage(log *slog.Logger) *Outage {
	return &Outage{log: log, noted: make(chan struct{}, 1)}
}

// watch looks for the database whenever it is lost, until ctx is done. After each
// outage it says how long that lasted, to whoever listens.
func (o *Outage) watch(ctx context.Context, pool *pgxpool.Pool, back chan<- time.Duration) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.noted:
		}
		if err := o.last(ctx, pool); err != nil {
			return
		}
		lasted, failed := o.end()
		o.log.Info("database is back", "after", lasted.Round(time.Millisecond), "failed", failed)
		select {
		case back <- lasted:
		default:
		}
	}
}

// last waits for the end of an outage.
func (o *Outage) last(ctx context.Context, pool *pgxpool.Pool) error {
	reminded := time.Now()
	for pause := firstProbe; ; pause = min(2*pause, longestProbe) {
		// Replicas that lost it together come back one by one.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause/2 + rand.N(pause)):
		}
		err := writable(ctx, pool)
		if err == nil {
			return nil
		}
		if errors.Is(err, errReadOnly) {
			pool.Reset() // a session may have that from its start
		}
		if time.Since(reminded) >= outageReminder {
			reminded = time.Now()
			lasted, failed := o.tally()
			o.log.Warn("database is still lost", "for", lasted.Round(time.Second), "failed", failed, "error", err)
		}
	}
}

// writable asks whether the database can be worked with.
func writable(ctx context.Context, pool *pgxpool.Pool) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	var recovering, readOnly bool
	err := pool.QueryRow(ctx, `
		SELECT
			pg_is_in_recovery(),
			current_setting('default_transaction_read_only')::boolean`).Scan(&recovering, &readOnly)
	switch {
	case err != nil:
		return err
	case recovering:
		return errRecovering
	case readOnly:
		return errReadOnly
	}
	return nil
}

var (
	errRecovering = errors.New("the server is a standby, or recovers: it takes no writes")
	errReadOnly   = errors.New("the database is read-only: default_transaction_read_only is on")
)

// heed is called once the database has been there: it may be lost from now on.
func (o *Outage) heed() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.heeded = true
}

// begin notes that something failed.
func (o *Outage) begin(err error) {
	o.mu.Lock()
	if !o.heeded {
		o.mu.Unlock()
		return
	}
	first := o.since.IsZero()
	if first {
		o.since = time.Now()
	}
	o.failed++
	o.mu.Unlock()
	if !first {
		return
	}
	o.log.Warn("database is lost: looking for it", "error", err)
	select {
	case o.noted <- struct{}{}:
	default:
	}
}

func (o *Outage) end() (lasted time.Duration, failed int) {
	lasted, failed = o.tally()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.since, o.ended = time.Time{}, time.Now()
	return lasted, failed
}

// tally counts what failed since it was asked last.
func (o *Outage) tally() (lasted time.Duration, failed int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	failed, o.failed = o.failed, 0
	return time.Since(o.since), failed
}

// explains reports whether there is an outage, or was one so shortly ago that
// what fails is still a part of it.
func (o *Outage) explains() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.since.IsZero() || time.Since(o.ended) < aftermath
}

// TraceConnectStart implements pgx.ConnectTracer.
func (o *Outage) TraceConnectStart(ctx context.Context, _ pgx.TraceConnectStartData) context.Context {
	return ctx
}

// TraceConnectEnd implements pgx.ConnectTracer.
func (o *Outage) TraceConnectEnd(_ context.Context, data pgx.TraceConnectEndData) {
	if data.Err != nil && !errors.Is(data.Err, context.Canceled) {
		o.begin(data.Err)
	}
}

// TraceQueryStart implements pgx.QueryTracer.
func (o *Outage) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (o *Outage) TraceQueryEnd(_ context.Context, conn *pgx.Conn, data pgx.TraceQueryEndData) {
	if data.Err == nil || errors.Is(data.Err, context.Canceled) {
		return
	}
	if conn.IsClosed() || isReadOnly(data.Err) {
		o.begin(data.Err)
	}
}

// isReadOnly reports whether a statement failed because the server takes no writes.
func isReadOnly(err error) bool { return sqlState(err) == "25006" } // read_only_sql_transaction

// isUnready reports whether the server is there and says that it is too early.
func isUnready(err error) bool {
	return errors.Is(err, errRecovering) || errors.Is(err, errReadOnly) || isReadOnly(err) ||
		sqlState(err) == "57P03" // cannot_connect_now
}

// isOutage reports whether an error is the connection's, and no answer to a statement.
func isOutage(err error) bool {
	switch state := sqlState(err); {
	case isUnready(err), strings.HasPrefix(state, "08"), strings.HasPrefix(state, "57P0"), state == "53300":
		return true
	default:
		return state == "" && (pgconn.Timeout(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isConnect(err))
	}
}

func isConnect(err error) bool {
	var refused *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &refused) || errors.As(err, &network)
}

// sqlState is the error's SQLSTATE, empty if it is not one of Postgres.
func sqlState(err error) string {
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pgErr.Code
	}
	return ""
}
