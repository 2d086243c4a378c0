// Package worker is one replica of the fleet: a River client that takes part in
// electing a leader, the schedule that the leader sees to, the job that purges,
// and the health of all that over HTTP.
//
// All replicas are alike. The leader asserts that the latest due tick has its
// job; any replica executes it; an advisory lock lets one run delete at a time.
// Losing a replica at any instant loses nothing: its leadership passes on within
// half a minute, its run within three. A replica that is told to stop ends the
// batch in hand and gives its run back.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
	"github.com/siltgate/siltgate/migrations"
)

// stopTimeout is how long a replica waits for its run to end its batch, before
// it leaves the run for another one to rescue.
const stopTimeout = 20 * time.Second

// restopTimeout is longer than any statement is waited for.
const restopTimeout = time.Minute

// lookTimeout is how long it waits for the database before it works at all.
const lookTimeout = 30 * time.Second

// Replica is one process of the fleet. Its fields are what Run needs.
type Replica struct {
	// Pool serves River and the health checks. Introduce its connections.
	Pool *pgxpool.Pool

	// Outage traces the connections of Pool.
	Outage *Outage

	// Schema holds River's tables and ours.
	Schema string

	// ID names the replica in logs and in the history; unique in the fleet.
	ID string

	// Schedule is the same on all replicas: only the leader's counts.
	Schedule Schedule

	// CatchUp is the age up to which a missed tick still runs.
	CatchUp time.Duration

	// Tables that runs purge.
	Tables []purge.Table

	Pace         purge.Pace
	Lag          *purge.LagGuard
	MaxRows      int64
	MaxClockSkew time.Duration

	// History is how long ended runs are kept: longer than CatchUp, or a tick
	// whose run is forgotten would run again.
	History time.Duration

	// MaxAttempts is how often a run is tried.
	MaxAttempts int

	// HTTPAddr serves health; empty: nowhere.
	HTTPAddr string

	Log *slog.Logger
}

// Introduce names the replica to a connection of its pool, so that the database
// can tell it from another one that has taken over its run.
func Introduce(ctx context.Context, conn *pgx.Conn, id string) error {
	_, err := conn.Exec(ctx, `SELECT set_config('siltgate.replica', $1::text, false)`, pgx.QueryExecModeExec, id)
	return err
}

// Run works until ctx is done, then stops: the batch in hand ends, the run goes
// back to the queue without spending an attempt, leadership is resigned. A
// database that is lost is waited for. It returns an error if the replica could
// not start, or stop in time.
func (r Replica) Run(ctx context.Context) error {
	health := &health{replica: r}
	serving, err := health.listen(ctx)
	if err != nil {
		return err
	}
	defer serving.close(ctx)

	back := make(chan time.Duration, 1)
	watching, unwatch := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() { r.Outage.watch(watching, r.Pool, back) })
	defer watch.Wait()
	defer unwatch()

	for started := false; ; started = true {
		err := r.work(ctx, health, serving.addr(), back)
		switch {
		case errors.Is(err, errStartAnew):
		case err != nil && ctx.Err() == nil && (isUnready(err) || started && isOutage(err)):
			r.Outage.heed()
			r.Outage.begin(err)
			select {
			case <-ctx.Done():
				return nil
			case <-back:
			}
		default:
			return err
		}
	}
}

// errStartAnew is the end of a River client that would be slow to find out that
// the database is back.
var errStartAnew = errors.New("start River anew")

// work is a River client from its start to its end.
func (r Replica) work(ctx context.Context, health *health, addr string, back <-chan time.Duration) error {
	born, ahead, err := r.look(ctx)
	switch {
	case ctx.Err() != nil:
		return nil // told to stop before it had begun
	case err != nil:
		return err
	}
	r.Outage.heed()

	// Runs end their batch when draining is done; River's own contexts live on,
	// so that what the run records is written.
	draining, drain := context.WithCancel(context.WithoutCancel(ctx))
	defer drain()
	ticks := r.ticks(born)
	client, err := r.newClient(draining, ahead, ticks.periodicJobs()...)
	if err != nil {
		return fmt.Errorf("configure River: %w", err)
	}

	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start River: %w", err)
	}
	asserting, stopAsserting := context.WithCancel(ctx)
	var asserter sync.WaitGroup
	asserter.Go(func() {
		ticks.assert(asserting, func(ctx context.Context, args jobs.TokenCleanupArgs) error {
			_, err := client.Insert(ctx, args, nil)
			return err
		})
	})
	defer asserter.Wait()
	defer stopAsserting()

	health.started.Store(true)
	defer health.started.Store(false)
	r.Log.Info("replica started", "replica", r.ID, "schedule", r.Schedule.String(), "http", addr)

	for {
		select {
		case <-ctx.Done():
			health.started.Store(false)
			r.Log.Info("replica stopping", "replica", r.ID)
			return stop(context.WithoutCancel(ctx), client, drain, stopTimeout)
		case <-client.Stopped():
			return errors.New("work for River: it stopped by itself")
		case lasted := <-back:
			if lasted < longOutage {
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

// restop stops the client to start another one. A run in hand may be waiting for
// a connection that is dead: there is time for it, unless the replica is to stop.
func restop(ctx context.Context, client *river.Client[pgx.Tx], drain func()) error {
	stopping, hurry := context.WithCancel(context.WithoutCancel(ctx))
	defer hurry()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(stopTimeout, hurry) })()
	return stop(stopping, client, drain, restopTimeout)
}

// stop makes the client take no more runs, then lets go of the one in hand.
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

// look is the first look at the database: whether it takes writes and the schema
// is right, when that was created, and how far this process's clock is ahead.
func (r Replica) look(ctx context.Context) (born time.Time, ahead time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	if err := checkPooling(ctx, r.Pool); err != nil {
		return born, 0, err
	}
	switch err := writable(ctx, r.Pool); {
	case isPooling(err):
		return born, 0, ErrPooledByTransaction
	case err != nil:
		return born, 0, fmt.Errorf("look at the database: %w", err)
	}
	if err := r.checkSchema(ctx); err != nil {
		return born, 0, err
	}
	var now time.Time
	err = r.Pool.QueryRow(ctx, `
		SELECT
			min(created_at),
			clock_timestamp()
		FROM `+r.table("installation")).Scan(&born, &now)
	if err != nil {
		return born, 0, fmt.Errorf("read when the schema was created: %w", err)
	}
	return born, time.Since(now), nil
}

// checkSchema refuses a schema that is behind this program. One that is ahead is
// a rolling upgrade: migrations of a major version only add.
func (r Replica) checkSchema(ctx context.Context) error {
	version, err := migrations.Version(ctx, r.Pool, r.Schema)
	switch {
	case err != nil:
		return err
	case version < migrations.Latest:
		return fmt.Errorf("schema %q is at version %d, this program needs %d: run `siltgate migrate`",
			r.Schema, version, migrations.Latest)
	case version > migrations.Latest:
		r.Log.Warn("schema is ahead of this program: upgrade this replica too",
			"schema", r.Schema, "version", version, "known", migrations.Latest)
	}
	return nil
}
