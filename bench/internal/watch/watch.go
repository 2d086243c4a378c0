// Package watch samples the sessions of a database every few milliseconds, to
// see how long the purge's transactions are and how long the application waits
// for locks. It is the same for every method and needs nothing of any.
//
// What it reports is an upper bound: a transaction counts until the sample that
// did not find it any more. One shorter than the interval may be missed.
package watch

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/foreground"
	"github.com/siltgate/siltgate/bench/internal/server"
	"github.com/siltgate/siltgate/bench/internal/stats"
)

// Purge names the sessions of methods that the bench executes itself.
const Purge = "bench purge"

// Seen is what was seen.
type Seen struct {
	Writes    []Span  // the purge's transactions that changed something
	Reads     []Span  // and those that did not
	LockWaits []Span  // the application's
	Samples   float64 // a second
	Shares    Shares  // of the replica's time
}

// Span is a transaction, or a wait for a lock within one.
type Span struct {
	stats.Point // Due is when it was seen first

	// Query is the beginning of its latest statement.
	Query string
}

// Watch is at work until it is stopped.
type Watch struct {
	cancel context.CancelFunc
	done   chan struct{}
	seen   Seen
	err    error
}

// Start begins to take samples, over a connection that it closes in the end.
func Start(ctx context.Context, conn *pgx.Conn, interval time.Duration) *Watch {
	ctx, cancel := context.WithCancel(ctx)
	w := &Watch{cancel: cancel, done: make(chan struct{}), seen: Seen{Shares: Shares{}}}
	go func() {
		defer close(w.done)
		defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
		w.err = w.sample(ctx, conn, interval)
	}()
	return w
}

// Stop takes a last sample and says what was seen.
func (w *Watch) Stop() (*Seen, error) {
	w.cancel()
	<-w.done
	return &w.seen, w.err
}

// sample goes on until ctx is done.
func (w *Watch) sample(ctx context.Context, conn *pgx.Conn, interval time.Duration) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	open := map[key]*state{}
	began := time.Now()
	for samples := 1.0; ; samples++ {
		stopped := false
		select {
		case <-ticker.C:
		case <-ctx.Done():
			stopped = true // after a last sample
		}
		now, sessions, err := w.sessions(context.WithoutCancel(ctx), conn)
		if err != nil {
			return fmt.Errorf("sample the sessions: %w", err)
		}
		w.seen.Samples = samples / time.Since(began).Seconds()
		w.compare(open, sessions, now)
		if stopped {
			w.compare(open, nil, now)
			return nil
		}
	}
}

// key tells spans apart.
type key struct {
	pid   int32
	xact  time.Time
	waits bool
}

type state struct {
	seen  time.Time // first, by our clock
	since time.Time // by the server's
	wrote bool
	found bool // in the latest sample
	query string
}

// session is one that was found in a transaction.
type session struct {
	pid         int32
	application bool
	xact        time.Time
	wrote       bool
	query       string
}

// sessions are those of the purge that are in a transaction, and those of the
// application that wait for a lock.
func (w *Watch) sessions(ctx context.Context, conn *pgx.Conn) (now time.Time, found []session, err error) {
	rows, err := conn.Query(ctx, `
		SELECT clock.now, s.pid, s.application_name = $2, s.xact_start, s.backend_xid IS NOT NULL,
			left(s.query, 80), s.wait_event_type <> 'Client' AND s.wait_event IN ('WALSync', 'WALWrite'), s.application_name = 'siltgate'
		FROM (SELECT clock_timestamp() AS now) AS clock
		LEFT JOIN LATERAL (
			SELECT *
			FROM pg_stat_get_activity(NULL)
			WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())
				AND xact_start IS NOT NULL
				AND (
					application_name = $2 AND wait_event_type = 'Lock'
					OR application_name IN ($1, 'siltgate', 'pg_cron') OR backend_type LIKE 'pg_cron%'
				)
		) AS s ON true `+server.Own, Purge, foreground.Application)
	if err != nil {
		return now, nil, err
	}
	var pid *int32
	var application, wrote, flushes, replica *bool
	var xact *time.Time
	var query *string
	_, err = pgx.ForEachRow(rows, []any{&now, &pid, &application, &xact, &wrote, &query, &flushes, &replica}, func() error {
		if pid != nil {
			if *replica {
				w.seen.Shares.add(*query, flushes != nil && *flushes)
			}
			found = append(found, session{pid: *pid, application: *application, xact: *xact, wrote: *wrote, query: *query})
		}
		return nil
	})
	return now, found, err
}

// compare notes the spans that have ended since the sample before.
func (w *Watch) compare(open map[key]*state, sessions []session, now time.Time) {
	for _, s := range sessions {
		of := key{pid: s.pid, xact: s.xact, waits: s.application}
		known, ok := open[of]
		if !ok {
			known = &state{seen: time.Now(), since: s.xact}
			if s.application {
				known.since = now
			}
			open[of] = known
		}
		known.found = true
		known.wrote = known.wrote || s.wrote
		known.query = s.query
	}
	for of, known := range open {
		if known.found {
			known.found = false
			continue
		}
		span := Span{Point: stats.Point{Due: known.seen, Took: now.Sub(known.since)}, Query: known.query}
		switch {
		case of.waits:
			w.seen.LockWaits = append(w.seen.LockWaits, span)
		case known.wrote:
			w.seen.Writes = append(w.seen.Writes, span)
		default:
			w.seen.Reads = append(w.seen.Reads, span)
		}
		delete(open, of)
	}
}
