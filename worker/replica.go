package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/siltgate/siltgate/internal/metrics"
	"github.com/siltgate/siltgate/internal/outage"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/schedule"
)

// preflightTimeout is how long the database is waited for before the replica works.
const preflightTimeout = 30 * time.Second

// Replica is one process of the fleet. Its fields are what Run needs.
type Replica struct {
	// Database says how to connect. The replica builds its pool from it.
	Database *pgxpool.Config

	// Schema holds River's tables and ours.
	Schema string

	// Version is the program's, for whoever asks which replicas run.
	Version string

	// ID names the replica in logs and in the history; unique in the fleet.
	ID string

	// Schedule has to be the same on all replicas: the leader's counts.
	Schedule schedule.Schedule

	// CatchUp is the age up to which a missed tick still runs.
	CatchUp time.Duration

	// Tables that runs purge.
	Tables []purge.Table

	Pace         purge.Pace
	Lag          *purge.LagGuard
	WAL          *purge.WALGuard
	MaxRows      int64
	MaxDuration  time.Duration
	MaxShare     float64
	MaxClockSkew time.Duration

	// History is how long ended runs are kept: longer than CatchUp, or a tick
	// whose run is forgotten would run again.
	History time.Duration

	// MaxAttempts is how often a run is tried.
	MaxAttempts int

	// HTTPAddr serves health and metrics; empty: nowhere.
	HTTPAddr string

	// StartPatience is how long to wait at the start for a database that is not there yet. Then the
	// replica ends, so that whoever supervises it knows. 0: a minute.
	StartPatience time.Duration

	Log *slog.Logger

	once    bool                                 // it works for one run only, see RunOnce
	prepare func(context.Context, Replica) error // called each time before River starts; may be nil

	pool   *pgxpool.Pool   // for River and the health checks; made by Run
	outage *outage.Monitor // traces the pool's connections
	tables *inspection

	metrics *metrics.Metrics
}

// Run works until ctx is done, then stops: the batch in hand ends, the run goes
// back to the queue without spending an attempt, leadership is resigned. A
// database that is lost is waited for. It returns an error if the replica could
// not start, or stop in time.
func (r Replica) Run(ctx context.Context) error {
	r.outage = outage.NewMonitor(r.Log)
	r.metrics = r.newMetrics()
	health := &health{id: r.ID, log: r.Log, metrics: r.metrics}
	serving, err := health.listen(ctx, r.HTTPAddr)
	if err != nil {
		return err
	}
	defer serving.close(ctx)

	connections, err := r.awaitConnections(ctx, health)
	switch {
	case ctx.Err() != nil:
		return nil // told to stop before it had begun
	case err != nil:
		return err
	}
	if r.pool, err = r.newPool(ctx, connections); err != nil {
		return err
	}
	defer closePool(r.pool)

	r.tables = &inspection{}
	defer r.tables.group.Wait()
	health.watch(r)
	r.metrics.Watch(metrics.Fleet{
		Pool: r.pool, Schema: r.Schema, Replica: r.ID, Next: r.Schedule.Next, Gap: r.Schedule.LongestGap(time.Now()),
	})

	back := make(chan time.Duration, 1)
	watching, unwatch := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() { r.outage.Watch(watching, r.pool, back) })
	defer watch.Wait()
	defer unwatch()

	// A replica for one run waits for a database that takes no writes as long as for one that is not
	// there.
	var given <-chan time.Time
	if r.once {
		given = time.After(cmp.Or(r.StartPatience, startPatience))
	}
	for {
		err := r.work(ctx, health, serving.addr(), back)
		switch {
		case errors.Is(err, errStartAnew):
			given = nil
		case err != nil && ctx.Err() == nil && outage.Is(err):
			r.outage.Arm()
			r.outage.Begin(err)
			select {
			case <-ctx.Done():
				return nil
			case <-back:
			case <-given:
				return err
			}
		default:
			return err
		}
	}
}

// errStartAnew ends a River client after a long outage: it would be slow to notice that the
// database is back.
var errStartAnew = errors.New("start River anew")

// work runs one River client from its start to its end.
func (r Replica) work(ctx context.Context, health *health, addr string, back <-chan time.Duration) error {
	born, ahead, err := r.preflight(ctx)
	if err == nil {
		err = r.awaitQueue(ctx, health)
	}
	switch {
	case ctx.Err() != nil:
		return nil // told to stop before it had begun
	case err != nil:
		return err
	}
	r.outage.Arm()
	if r.prepare != nil {
		if err := r.prepare(ctx, r); err != nil {
			return err
		}
	}

	// draining tells runs to end their batch. River's own contexts live on, so that runs can record
	// how far they are.
	draining, drain := context.WithCancel(context.WithoutCancel(ctx))
	defer drain()
	ticks := r.ticks(born)
	cleaner := r.newCleaner(draining, ahead)
	r.tables.begin(ctx, cleaner)
	client, err := cleaner.newClient(ticks.periodicJobs()...)
	if err != nil {
		return fmt.Errorf("configure River: %w", err)
	}

	left, unsubscribe := client.Subscribe(
		river.EventKindJobSnoozed, river.EventKindJobCompleted, river.EventKindJobFailed, river.EventKindJobCancelled)
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		unsubscribe()
		return fmt.Errorf("start River: %w", err)
	}
	asserting, stopAsserting := context.WithCancel(ctx)
	var asserter sync.WaitGroup
	asserter.Go(func() {
		ticks.assert(asserting, func(ctx context.Context, tick time.Time) error { return r.explainGone(ctx, r.insertTick(ctx, tick)) })
	})
	asserter.Go(func() { r.beat(asserting, ticks) })
	asserter.Go(func() { cleaner.wakeSetAside(asserting, left) })
	defer asserter.Wait()
	defer unsubscribe()
	defer stopAsserting()

	health.started.Store(true)
	defer health.started.Store(false)
	r.Log.Info("replica started", "replica", r.ID, "schedule", r.ownSchedule().String(), "http", addr)

	for {
		select {
		case <-ctx.Done():
			health.started.Store(false)
			r.Log.Info("replica stopping", "replica", r.ID)
			return stop(context.WithoutCancel(ctx), client, drain, stopTimeout)
		case <-client.Stopped():
			return errors.New("the job queue River has stopped by itself: restart this replica")
		case lasted := <-back:
			if lasted < outage.Long {
				continue
			}
			health.started.Store(false)
			if err := restop(ctx, client, drain); err != nil {
				return err
			}
			return errStartAnew
		}
	}
}

// restop stops the client so that another one can start. A run in hand may wait for a connection
// that is dead: it is given time, unless the replica is to stop.
func restop(ctx context.Context, client *river.Client[pgx.Tx], drain func()) error {
	stopping, hurry := context.WithCancel(context.WithoutCancel(ctx))
	defer hurry()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(stopTimeout, hurry) })()
	return stop(stopping, client, drain, restopTimeout)
}

// stop makes the client fetch no more runs, and then waits until the one in hand is given back.
func stop(ctx context.Context, client *river.Client[pgx.Tx], drain func(), within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	stopped := make(chan error, 1)
	go func() { stopped <- client.Stop(ctx) }()
	drain()
	if err := <-stopped; err != nil {
		return fmt.Errorf("the run in hand did not end in time, another replica will go on with it: %w", err)
	}
	return nil
}

// preflight looks at the database before the replica works: whether it takes writes, whether the
// schema is right, when the schema was created, and how far this process's clock is ahead.
func (r Replica) preflight(ctx context.Context) (born time.Time, ahead time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, preflightTimeout)
	defer cancel()
	if err := outage.CheckPooling(ctx, r.Database); err != nil {
		return born, 0, err
	}
	switch err := outage.CheckWritable(ctx, r.pool); {
	case outage.IsPooling(err):
		return born, 0, outage.ErrPooledByTransaction
	case err != nil:
		return born, 0, fmt.Errorf("look at the database: %w", err)
	}
	// The version, too, can be read only with a right.
	switch lacking, err := r.lacking(ctx); {
	case err != nil:
		return born, 0, err
	case len(lacking) > 0:
		return born, 0, fmt.Errorf("the role may not do all that a replica does in schema %q: %s", r.Schema, strings.Join(lacking, "; "))
	}
	if err := r.checkSchema(ctx); err != nil {
		return born, 0, err
	}
	var installed *time.Time
	var now time.Time
	var rows int
	err = r.pool.QueryRow(ctx, `
		SELECT
			pg_catalog.min(created_at),
			pg_catalog.clock_timestamp(),
			pg_catalog.count(*)
		FROM `+r.table("installation")).Scan(&installed, &now, &rows)
	switch {
	case err != nil:
		return born, 0, fmt.Errorf("read when the schema was created: %w", err)
	case installed == nil:
		return born, 0, fmt.Errorf("%s has no row, it seems to be restored without its data: INSERT INTO %[1]s DEFAULT VALUES", r.table("installation"))
	case rows > 1:
		r.Log.Warn("the schema says more than once when it was created, and the earliest counts: delete the others",
			"table", r.table("installation"), "rows", rows, "earliest", *installed)
	}
	return *installed, time.Since(now), nil
}
