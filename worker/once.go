package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/jobs"
)

// oncePrefix begins the ID of a replica that works for one run only. Its connections hold a lock,
// which shows that the replica lives. Where the lock is gone, the next such replica rescues the run
// at once.
const oncePrefix = "once-"

// takeLivesLock takes that lock for replica $1, hasLivesLock reads in pg_locks whether a replica has
// it.
const (
	takeLivesLock = `pg_catalog.pg_try_advisory_lock_shared(pg_catalog.hashtext('siltgate'), pg_catalog.hashtext($1::pg_catalog.text))`
	hasLivesLock  = `EXISTS (
		SELECT
		FROM pg_catalog.pg_locks AS held
		WHERE held.locktype = 'advisory'
			AND held.objsubid = 2
			AND held.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
			AND held.classid = (pg_catalog.hashtext('siltgate')::bigint & 4294967295)::oid
			AND held.objid = (pg_catalog.hashtext(%s)::bigint & 4294967295)::oid)`
)

// RunOnce works as a replica without a schedule until a run of its own has ended, on whichever
// replica, and calls follow with that run, to wait for it. It first rescues runs that earlier
// calls left when they were killed, and deletes ended runs that are older than History. An error
// is the replica's, or follow's; a pause of runs is one. A run that has not ended waits for
// another replica.
func (r Replica) RunOnce(ctx context.Context, args jobs.TokenCleanupArgs, follow func(ctx context.Context, run int64) error) error {
	r.once, r.ID = true, oncePrefix+r.ID
	type own struct {
		replica Replica
		run     int64
	}
	inserted, done := make(chan own, 1), false
	r.prepare = func(ctx context.Context, r Replica) error {
		if done {
			return nil // River is started anew
		}
		run, err := r.ownRun(ctx, args)
		if err == nil {
			done = true
			inserted <- own{r, run}
		}
		return err
	}
	working, stop := context.WithCancel(ctx)
	following, end := context.WithCancelCause(ctx)
	defer end(nil)
	ended := make(chan error, 1)
	go func() {
		err := r.Run(working)
		end(err)
		ended <- err
	}()
	var err error
	select {
	case <-following.Done():
	case own := <-inserted:
		err = own.replica.follow(following, end, own.run, follow)
	}
	stop()
	return errors.Join(err, <-ended)
}

// ownRun tidies up and inserts the run, unless runs are paused.
func (r Replica) ownRun(ctx context.Context, args jobs.TokenCleanupArgs) (run int64, err error) {
	if err := r.tidy(ctx); err != nil {
		return 0, err
	}
	switch reason, err := r.readPause(ctx); {
	case err != nil:
		return 0, err
	case reason != "":
		return 0, pausedError{reason}
	}
	return r.insertOwn(ctx, args)
}

// follow waits until the run has ended, and gives up the wait when runs are paused.
func (r Replica) follow(ctx context.Context, end context.CancelCauseFunc, run int64, follow func(context.Context, int64) error) error {
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		r.watchOver(watching, end)
	}()
	err := follow(ctx, run)
	stop()
	<-watched
	if paused, ok := errors.AsType[pausedError](context.Cause(ctx)); ok {
		return fmt.Errorf("%w; run %d waits until runs are resumed", paused, run)
	}
	return err
}

// watchOver ends the wait when runs are paused, and rescues runs, until ctx is done.
func (r Replica) watchOver(ctx context.Context, end context.CancelCauseFunc) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(readInterval):
		}
		if reason, err := r.readPause(ctx); err == nil && reason != "" {
			end(pausedError{reason})
			return
		}
		if err := r.rescueOnce(ctx); err != nil {
			r.Log.Debug("no run rescued", "error", err)
		}
	}
}

// insertOwn inserts a run. If a run with the same arguments waits and has not begun, it returns that
// one instead.
func (r Replica) insertOwn(ctx context.Context, args jobs.TokenCleanupArgs) (run int64, err error) {
	err = r.pool.QueryRow(ctx, `
		WITH waiting AS (
			SELECT id
			FROM `+r.table("river_job")+`
			WHERE kind = $1
				AND args = $2
				AND state IN ('available', 'scheduled')
				AND NOT metadata ?| '{output,siltgate:refused}'
			ORDER BY id
			LIMIT 1
		), inserted AS (
			INSERT INTO `+r.table("river_job")+` (kind, args)
			SELECT $1, $2
			WHERE NOT EXISTS (SELECT FROM waiting)
			RETURNING id
		)
		TABLE waiting
		UNION ALL
		TABLE inserted`, jobs.TokenCleanupKind, encode(args)).Scan(&run)
	if err != nil {
		return 0, fmt.Errorf("insert a run: %w", err)
	}
	return run, nil
}

// tidy does what River's leader does in the background: this replica may not live long enough for
// that.
func (r Replica) tidy(ctx context.Context) error {
	if err := r.rescueOnce(ctx); err != nil {
		return err
	}
	const many, patience = 1000, 10 * time.Second // the next call goes on
	for began := time.Now(); time.Since(began) < patience; {
		tag, err := r.pool.Exec(ctx, `
			DELETE FROM `+r.table("river_job")+`
			WHERE id IN (
				SELECT id
				FROM `+r.table("river_job")+`
				WHERE state IN ('cancelled', 'completed', 'discarded')
					AND finalized_at < pg_catalog.now() - $1::pg_catalog.interval
				LIMIT $2)`, r.History, many)
		if err != nil {
			return fmt.Errorf("delete expired history: %w", err)
		}
		if tag.RowsAffected() < many {
			break
		}
	}
	r.forgetTicks(ctx)
	return nil
}

// rescueOnce makes runs available again whose replicas worked for one run only and have no session any
// more. Such a replica may still live, and have lost its connections for a moment only. That does no
// harm: as soon as another replica has taken the turn, the first one deletes nothing more.
func (r Replica) rescueOnce(ctx context.Context) error {
	rows, _ := r.pool.Query(ctx, `
		UPDATE `+r.table("river_job")+` AS job
		SET
			state = 'available',
			scheduled_at = pg_catalog.now(),
			metadata = job.metadata || pg_catalog.jsonb_build_object('river:rescue_count',
				coalesce((job.metadata ->> 'river:rescue_count')::integer, 0) + 1)
		WHERE job.kind = $1
			AND job.state = 'running'
			AND job.attempted_by[cardinality(job.attempted_by)] <> $2
			AND pg_catalog.starts_with(job.attempted_by[cardinality(job.attempted_by)], $3)
			AND NOT `+fmt.Sprintf(hasLivesLock, `job.attempted_by[cardinality(job.attempted_by)]`)+`
		RETURNING job.id, `+rankInSQL+` AS rank`, jobs.TokenCleanupKind, r.ID, oncePrefix)
	rescued, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c contender, err error) {
		return c, row.Scan(&c.job, &c.rank)
	})
	if err != nil {
		return fmt.Errorf("rescue runs: %w", err)
	}
	for _, run := range rescued {
		// Otherwise this replica could fetch its own run first, and end before it works the rescued one.
		r.wantTurn(ctx, run)
		r.Log.Info("run rescued: its replica is gone", "job_id", run.job, "replica", r.ID)
	}
	return nil
}

// ownSchedule is the schedule by which this replica inserts ticks if it leads.
func (r Replica) ownSchedule() schedule.Schedule {
	if r.once {
		return schedule.Schedule{} // off
	}
	return r.Schedule
}
