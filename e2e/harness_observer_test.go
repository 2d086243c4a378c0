package e2e

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/application"
)

// observer watches a fleet from outside, many times a second: who is elected, who could delete,
// in whose hands the runs are. It waits for a database that is away. What it has seen is read
// after end.
type observer struct {
	t    testing.TB
	url  string
	stop context.CancelFunc
	work sync.WaitGroup

	seen     sighting
	waiting  int // scheduled runs that had not begun, at a time, at most
	tenures  []tenure
	attempts map[int64][]attempt // of each run, in their order
	err      error
}

// tenure is a time for which the database said that a replica is elected.
type tenure struct {
	replica string
	span
}

// attempt is a run in the hands of a replica.
type attempt struct {
	replica  string
	from, at time.Time // the replica fetched it; it was seen last
}

// span is a stretch of time.
type span struct{ from, to time.Time }

func (s span) length() time.Duration { return s.to.Sub(s.from) }

func (s span) meets(other span) bool { return s.from.Before(other.to) && other.from.Before(s.to) }

// observe begins to watch. The URL has to lead to the database wherever that moves.
func observe(t testing.TB, url string) *observer {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	o := &observer{t: t, url: url, stop: stop, attempts: map[int64][]attempt{}}
	o.work.Go(func() { o.watch(ctx) })
	t.Cleanup(func() { stop(); o.work.Wait() })
	return o
}

func (o *observer) end() {
	o.t.Helper()
	o.stop()
	o.work.Wait()
	require.NoError(o.t, o.err, "observe the fleet")
	require.Positive(o.t, o.seen.samples)
}

func (o *observer) watch(ctx context.Context) {
	const interval = 50 * time.Millisecond
	var conn *pgx.Conn
	defer func() {
		if conn != nil {
			_ = conn.Close(context.WithoutCancel(ctx))
		}
	}()
	for ctx.Err() == nil && o.err == nil {
		conn = o.sample(ctx, conn)
		pause(ctx, interval)
	}
}

// sample reads once, over a connection that it makes if it has none and returns unless it is lost.
func (o *observer) sample(ctx context.Context, conn *pgx.Conn) *pgx.Conn {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	var err error
	if conn == nil {
		if conn, err = pgx.Connect(ctx, o.url); err != nil {
			return nil
		}
	}
	err = o.readLeaderAndDeleters(ctx, conn)
	if err == nil {
		err = o.readRuns(ctx, conn)
	}
	if err == nil {
		return conn
	}
	if !application.IsOutage(err) && !isOfStandby(err) {
		o.err = err
	}
	_ = conn.Close(ctx)
	return nil
}

// isOfStandby reports whether the server is a standby, where who leads cannot be read: that table
// is not replicated.
func isOfStandby(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Code == "0A000" // feature_not_supported
}

func (o *observer) readLeaderAndDeleters(ctx context.Context, conn *pgx.Conn) error {
	var elected *string
	asked := time.Now()
	if err := o.seen.sample(ctx, conn); err != nil {
		return err
	}
	var waiting int
	err := conn.QueryRow(ctx, `
		SELECT
			(SELECT leader_id FROM siltgate.river_leader WHERE expires_at > now()),
			(SELECT count(*) FROM siltgate.river_job AS job
			JOIN siltgate.ticks AS tick ON tick.job_id = job.id
			WHERE job.state IN ('available', 'pending', 'retryable', 'scheduled')
				AND job.metadata -> 'output' -> 'cutoff' IS NULL)`).Scan(&elected, &waiting)
	if err != nil {
		return err
	}
	o.waiting = max(o.waiting, waiting)
	if elected == nil {
		return nil
	}
	// What was not read for a while is not known: the whole machine may have stood still.
	const blink = 500 * time.Millisecond
	if n := len(o.tenures); n > 0 && o.tenures[n-1].replica == *elected && asked.Sub(o.tenures[n-1].to) < blink {
		o.tenures[n-1].to = asked
		return nil
	}
	o.tenures = append(o.tenures, tenure{*elected, span{asked, asked}})
	return nil
}

func (o *observer) readRuns(ctx context.Context, conn *pgx.Conn) error {
	asked := time.Now()
	rows, err := conn.Query(ctx, `
		SELECT id, attempted_by[cardinality(attempted_by)], attempted_at
		FROM siltgate.river_job
		WHERE kind = 'token_cleanup' AND state = 'running'`)
	if err != nil {
		return err
	}
	var id int64
	var seen attempt
	_, err = pgx.ForEachRow(rows, []any{&id, &seen.replica, &seen.from}, func() error {
		seen.at = asked
		all := o.attempts[id]
		if n := len(all); n > 0 && all[n-1].replica == seen.replica && all[n-1].from.Equal(seen.from) {
			all[n-1].at = asked
			return nil
		}
		o.attempts[id] = append(all, seen)
		return nil
	})
	return err
}

// resumption is how long a run lay in the hands of a dead replica.
type resumption struct {
	run   int64
	after time.Duration // until another replica took it; 0: none did
}

// resumptions are those of the runs that a replica held when it died: they are in its hands still.
func (o *observer) resumptions(replica string, died time.Time) []resumption {
	const settled = time.Second
	var all []resumption
	for id, attempts := range o.attempts {
		for i, held := range attempts {
			if held.replica != replica || held.at.Before(died.Add(settled)) {
				continue
			}
			r := resumption{run: id}
			if i+1 < len(attempts) {
				r.after = attempts[i+1].from.Sub(died)
			}
			all = append(all, r)
		}
	}
	return all
}
