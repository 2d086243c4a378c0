// Package outage tells whether a replica's database can be worked with: whether it is
// reached, takes writes, and gives each connection a session of its own.
//
// # Where to find what
//
//	outage.go           a database that is lost, until it is back; away.go: which errors say so; doubt.go: which may not
//	pooling.go          pools that exchange sessions; connections.go: how many one gets; version.go: a server that is too old
package outage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/siltgate/siltgate/internal/backoff"
)

const (
	// The pause between two looks for the database.
	firstProbe   = 250 * time.Millisecond
	longestProbe = 5 * time.Second
	probeTimeout = 10 * time.Second

	// outageReminder is how often a lasting outage is logged.
	outageReminder = time.Minute

	lost = "database is lost: looking for it"

	// aftermath is how long after an outage an error is still put down to it.
	aftermath = 10 * time.Second
)

// Long is how long an outage lasts before River's own back-off, up to nine minutes,
// would keep a client from noticing soon that the database is back.
const Long = 15 * time.Second

// Monitor watches a replica's pool for outages. An outage is a time in which the database
// cannot be worked with: it is not reached, or it is read-only. A statement that takes too long
// is none while the database is reached. The monitor traces the pool's connections to notice an
// outage, looks for the database until it is back, and writes one log line for all that fails in
// between.
type Monitor struct {
	log   *slog.Logger
	noted chan struct{} // has one when an outage may have begun

	mu     sync.Mutex
	armed  bool               // connection errors count as an outage; before Arm they do not
	since  time.Time          // when the outage began; zero: there is none
	ended  time.Time          // when the outage before it ended
	failed int                // connections and statements that failed since the last log line
	doubt  error              // the first error, if it may be no outage
	warned map[bool]time.Time // when that was logged last, by isLate
}

var (
	_ pgx.ConnectTracer = (*Monitor)(nil)
	_ pgx.QueryTracer   = (*Monitor)(nil)
)

// NewMonitor is for the ConnConfig.Tracer of a replica's pool.
func NewMonitor(log *slog.Logger) *Monitor {
	return &Monitor{log: log, noted: make(chan struct{}, 1), warned: map[bool]time.Time{}}
}

// Watch looks for the database whenever it is lost, until ctx is done. After each outage it sends
// to back how long the outage lasted, if somebody receives: 0 if it was none.
func (o *Monitor) Watch(ctx context.Context, pool *pgxpool.Pool, back chan<- time.Duration) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.noted:
		}
		var lasted time.Duration
		if !o.isDoubtful(ctx, pool) {
			if err := o.awaitRecovery(ctx, pool); err != nil {
				return
			}
			var failed int
			lasted, failed = o.end()
			o.log.Info("database is back", "after", lasted.Round(time.Millisecond), "failed", failed)
		}
		select {
		case back <- lasted:
		default:
		}
	}
}

// awaitRecovery waits for the end of an outage.
func (o *Monitor) awaitRecovery(ctx context.Context, pool *pgxpool.Pool) error {
	reminded := time.Now()
	for pause := (backoff.Backoff{First: firstProbe, Longest: longestProbe}); ; {
		if !pause.Wait(ctx) {
			return ctx.Err()
		}
		err := CheckWritable(ctx, pool)
		if err == nil {
			return nil
		}
		if errors.Is(err, ErrReadOnly) {
			pool.Reset() // a session keeps being read-only if it began so
		}
		if time.Since(reminded) >= outageReminder {
			reminded = time.Now()
			lasted, failed := o.tally()
			o.log.Warn("database is still lost", "for", lasted.Round(time.Second), "failed", failed, "error", err)
		}
	}
}

// CheckWritable asks whether the database can be worked with.
func CheckWritable(ctx context.Context, pool *pgxpool.Pool) error {
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
		return ErrRecovering
	case readOnly:
		return ErrReadOnly
	}
	return nil
}

// ErrRecovering and ErrReadOnly are servers that answer and cannot be worked with.
var (
	ErrRecovering = errors.New("the server is a standby, or recovers: it takes no writes")
	ErrReadOnly   = errors.New("the database is read-only: default_transaction_read_only is on")
)

// Arm says that the replica has reached the database: from now on connection errors count
// as an outage. Before, the replica returns them.
func (o *Monitor) Arm() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.armed = true
}

// Begin notes that something failed.
func (o *Monitor) Begin(err error) {
	o.mu.Lock()
	if !o.armed {
		o.mu.Unlock()
		return
	}
	first := o.since.IsZero()
	if first {
		o.since = time.Now()
	}
	o.failed++
	quiet := first && (isUsedUp(err) || isLate(err))
	if quiet {
		o.doubt = err
	}
	o.mu.Unlock()
	if !first {
		return
	}
	if !quiet {
		o.log.Warn(lost, "error", err)
	}
	select {
	case o.noted <- struct{}{}:
	default:
	}
}

func (o *Monitor) end() (lasted time.Duration, failed int) {
	lasted, failed = o.tally()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.since, o.ended = time.Time{}, time.Now()
	return lasted, failed
}

// tally returns how many connections and statements failed since its last call.
func (o *Monitor) tally() (lasted time.Duration, failed int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	failed, o.failed = o.failed, 0
	return time.Since(o.since), failed
}

// Explains reports whether there is an outage, or was one so shortly ago that
// what fails is still a part of it.
func (o *Monitor) Explains() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.since.IsZero() || time.Since(o.ended) < aftermath
}

// TraceConnectStart implements pgx.ConnectTracer.
func (o *Monitor) TraceConnectStart(ctx context.Context, _ pgx.TraceConnectStartData) context.Context {
	return ctx
}

// TraceConnectEnd implements pgx.ConnectTracer.
func (o *Monitor) TraceConnectEnd(_ context.Context, data pgx.TraceConnectEndData) {
	if data.Err != nil && !errors.Is(data.Err, context.Canceled) {
		o.Begin(data.Err)
	}
}

// statement is the key of a context for the SQL that is traced.
type statement struct{}

// TraceQueryStart implements pgx.QueryTracer.
func (o *Monitor) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, statement{}, data.SQL)
}

// cancelled marks a connection that was closed because its statement was cancelled: to roll back
// on it fails too, and is no outage.
const cancelled = "siltgate: cancelled"

// TraceQueryEnd implements pgx.QueryTracer.
func (o *Monitor) TraceQueryEnd(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryEndData) {
	notes := conn.PgConn().CustomData()
	switch {
	case data.Err == nil || notes[cancelled] != nil:
	case errors.Is(data.Err, context.Canceled):
		if conn.IsClosed() {
			notes[cancelled] = true
		}
	case conn.IsClosed() || isReadOnly(data.Err):
		sql, _ := ctx.Value(statement{}).(string)
		o.Begin(fmt.Errorf("%w, in %.100q", data.Err, strings.Join(strings.Fields(sql), " ")))
	}
}
