package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/siltgate/siltgate/jobs"
)

// tickRow is a row of siltgate.ticks, as it looks to the run that claims the tick.
type tickRow struct {
	ours       bool // the row names this very job
	digest     string
	insertedBy string
	newer      bool // a later tick has been inserted since

	// waited is how long no scheduled run has had the turn although one waited.
	waited time.Duration

	// theirs is set while this replica leaves the run to others: its configuration differs from that
	// of the replica that inserted the tick, and a replica with that configuration runs.
	theirs bool
}

// insertTick inserts a tick and its job, unless the tick has had one. The same statement touches the runs of
// earlier ticks that wait: the trigger siltgate_supersede ends those that have not begun, since this run does
// all of their work. It looks before it inserts, so that a tick that is there costs no number of the sequence.
func (r Replica) insertTick(ctx context.Context, tick time.Time) error {
	var inserted bool
	var superseded []int64
	err := r.pool.QueryRow(ctx, `
		WITH tick AS (
			INSERT INTO `+r.table("ticks")+` (tick, job_id, inserted_by, digest, waits_since)
			SELECT $1, pg_catalog.nextval($2::pg_catalog.text::pg_catalog.regclass), $3, $4, least(pg_catalog.now(), (
				SELECT pg_catalog.min(earlier.waits_since)
				FROM `+r.table("ticks")+` AS earlier
				JOIN `+r.table("river_job")+` AS job ON job.id = earlier.job_id
				WHERE earlier.tick < $1
					-- By the index: the history may be long.
					AND job.state IN ('available', 'pending', 'retryable', 'running', 'scheduled')
					AND job.metadata -> 'output' -> 'cutoff' IS NULL))
			WHERE NOT EXISTS (SELECT FROM `+r.table("ticks")+` WHERE tick = $1)
			ON CONFLICT (tick) DO NOTHING -- A number that another tick's job had is an error.
			RETURNING job_id
		), job AS (
			INSERT INTO `+r.table("river_job")+` (id, kind, args)
			SELECT job_id, $5, $6
			FROM tick
			RETURNING id
		), waiting AS (
			SELECT job.id
			FROM `+r.table("river_job")+` AS job
			JOIN `+r.table("ticks")+` AS earlier ON earlier.job_id = job.id
			WHERE EXISTS (SELECT FROM tick)
				AND earlier.tick < $1
				AND job.kind = $5
				AND job.state IN ('available', 'pending', 'retryable', 'scheduled')
				AND job.metadata -> 'output' -> 'cutoff' IS NULL
			FOR UPDATE OF job SKIP LOCKED
		), superseded AS (
			UPDATE `+r.table("river_job")+` AS job
			SET state = job.state
			FROM waiting
			WHERE job.id = waiting.id
			RETURNING job.id, job.state
		)
		SELECT
			EXISTS (SELECT FROM job),
			ARRAY(SELECT id FROM superseded WHERE state = 'completed')`,
		tick, r.table("river_job_id_seq"), r.ID, r.Digest(), jobs.TokenCleanupKind, encode(jobs.TokenCleanupArgs{Tick: &tick})).Scan(&inserted, &superseded)
	if err != nil {
		return fmt.Errorf("insert tick %s: %w", tick.Format(time.RFC3339), err)
	}
	for _, id := range superseded {
		r.Log.Info("run superseded: a later tick's run does its work", "job_id", id, "tick", tick)
	}
	if inserted {
		r.forgetTicks(ctx)
		r.forgetTables(ctx)
	}
	return nil
}

// forgetTicks deletes the rows of ticks that are too old to be caught up and whose jobs are gone.
// Because clocks may differ, it keeps the latest tick, and all of them for a day longer.
func (r Replica) forgetTicks(ctx context.Context) {
	const spare = 24 * time.Hour
	_, err := r.pool.Exec(ctx, `
		DELETE FROM `+r.table("ticks")+` AS old
		WHERE old.tick < pg_catalog.now() - $1::pg_catalog.interval
			AND old.tick < (SELECT pg_catalog.max(tick) FROM `+r.table("ticks")+`)
			AND NOT EXISTS (SELECT FROM `+r.table("river_job")+` AS job WHERE job.id = old.job_id)`,
		max(r.History, r.CatchUp)+spare)
	if err != nil {
		r.Log.Warn("old ticks not deleted: that is tried again at the next tick", "error", err)
	}
}

// tickOf reads the row of the tick that a job claims in its arguments. A tick is the
// schedule's alone: a job that the row does not name is an error.
func (r Replica) tickOf(ctx context.Context, job int64, tick time.Time) (tickRow, error) {
	var row tickRow
	err := r.pool.QueryRow(ctx, `
		SELECT
			mine.job_id = $1,
			mine.digest,
			mine.inserted_by,
			EXISTS (
				SELECT
				FROM `+r.table("ticks")+` AS newer
				WHERE newer.tick > mine.tick AND newer.job_id > mine.job_id),
			mine.digest <> $3
				-- For a while after the tick was inserted, or after the run last had the turn.
				AND pg_catalog.now() < greatest(mine.inserted_at, (
					SELECT turn.taken_at
					FROM `+r.table("turn")+` AS turn
					WHERE turn.job_id = mine.job_id)) + $4::pg_catalog.interval
				AND EXISTS (
					SELECT
					FROM `+r.table("heartbeats")+` AS beat
					WHERE beat.digest = mine.digest AND beat.seen_at BETWEEN pg_catalog.now() - $5::pg_catalog.interval AND pg_catalog.now() + $5::pg_catalog.interval),
			pg_catalog.now() - greatest(mine.waits_since, (SELECT last_scheduled_at FROM `+r.table("turn")+` WHERE last_scheduled_at < pg_catalog.now()))
		FROM `+r.table("ticks")+` AS mine
		WHERE mine.tick = $2`, job, tick, r.Digest(), yieldFor, aliveFor).Scan(&row.ours, &row.digest, &row.insertedBy, &row.newer, &row.theirs, &row.waited)
	switch {
	case errors.Is(err, pgx.ErrNoRows), err == nil && !row.ours:
		return row, refusedError{fmt.Errorf("arguments: tick: the schedule did not give %s to this job; leave it out to ask for a run",
			tick.UTC().Format(time.RFC3339))}
	case err != nil:
		return row, fmt.Errorf("read the tick's row: %w", err)
	}
	return row, nil
}

// checkTick reads whether the run may claim its tick, and whether this replica should work it. If
// not, it returns true and what River is to be told.
func (c *cleaner) checkTick(ctx context.Context, run *run, tick time.Time) (ended bool, verdict error) {
	row, err := c.replica.tickOf(ctx, run.job.ID, tick)
	switch {
	case errors.As(err, &refusedError{}):
		return true, run.refuse(ctx, err)
	case c.lost(ctx, err):
		return true, run.interrupted(err)
	case err != nil:
		return true, run.end(ctx, err)
	case row.newer && !run.hasCutoff:
		// The run was given back while the later tick's transaction had not committed, so that the
		// trigger siltgate_supersede did not see it. Given back once more, the trigger ends it.
		run.log().Info("run superseded: a later tick's run does its work")
		return true, river.JobSnooze(snoozeForTurn)
	case row.theirs:
		run.log().Info("run left to a replica with the configuration of the one that inserted its tick", "inserted_by", row.insertedBy, "digest", row.digest)
		return true, river.JobSnooze(snoozeForTurn)
	case row.digest != c.replica.Digest():
		run.log().Warn("run worked with another configuration than that of the replica that inserted its tick",
			"inserted_by", row.insertedBy, "inserted_digest", row.digest, "digest", c.replica.Digest())
	}
	run.starved = row.waited >= max(c.replica.period(tick), leastWait)
	return false, nil
}

// period is the time from a tick to the next one.
func (r Replica) period(tick time.Time) time.Duration {
	const unknown = 24 * time.Hour // of a schedule that is off
	next := r.Schedule.Next(tick)
	if next.IsZero() {
		return unknown
	}
	return next.Sub(tick)
}
