package worker

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/siltgate/siltgate/jobs"
)

// wake is wakeNext for a caller that goes on if that fails. It waits until the run's session has ended: until
// then the run has the turn, and the one that is woken would find it taken.
func (r *run) wake(ctx context.Context) {
	r.awaitClose()
	if err := r.wakeNext(ctx); err != nil {
		r.log().Warn("next run not woken: it starts a little later", "error", err)
	}
}

// wakeNext makes one of the runs that wait available now: the one that goes first.
func (r *run) wakeNext(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	table := r.replica.table("river_job")
	_, err := r.replica.pool.Exec(ctx, `
		WITH woken AS (
			UPDATE `+table+`
			SET state = 'available', scheduled_at = now()
			WHERE id = (
				SELECT job.id
				FROM `+table+` AS job
				LEFT JOIN `+r.replica.table("turn")+` AS turn ON turn.wanted_by = job.id
				WHERE job.kind = $1
					AND job.id <> $2
					AND job.queue = 'default'
					-- River makes a job available up to 5 s before its time.
					AND (job.state = 'scheduled' OR job.state = 'available' AND job.scheduled_at > pg_catalog.now())
					AND job.metadata ? 'snoozes'
				ORDER BY least(turn.wanted_rank, `+rankInSQL+`), job.id
				LIMIT 1
				FOR UPDATE OF job SKIP LOCKED)
		)
		-- Also for one that fell due without a notification.
		SELECT pg_notify($3, '{"queue":"default"}')`,
		jobs.TokenCleanupKind, r.job.ID, r.replica.Schema+".river_insert")
	return err
}

// wakeSetAside makes a run available again whose turn came while it went back to wait. The run that
// had the turn found it still running then, and woke nobody. It ends with the events, which River sends
// after it has written how a job was left.
func (c *cleaner) wakeSetAside(ctx context.Context, left <-chan *river.Event) {
	for event := range left {
		found, _ := c.aside.LoadAndDelete(event.Job.ID)
		me, ok := found.(contender)
		if !ok || event.Kind != river.EventKindJobSnoozed || ctx.Err() != nil {
			continue
		}
		if err := c.wakeIfFree(ctx, me); err != nil {
			c.replica.Log.Debug("it is not known whether the turn is free: the run asks again in a moment", "job_id", me.job, "error", err)
		}
	}
}

func (c *cleaner) wakeIfFree(ctx context.Context, me contender) error {
	if len(c.session) > 0 { // another run of this replica's has the turn, or had it a moment ago
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	if taken, err := c.replica.mustWait(ctx, me); err != nil || taken {
		return err
	}
	_, err := c.replica.pool.Exec(ctx, `
		UPDATE `+c.replica.table("river_job")+`
		SET state = 'available', scheduled_at = pg_catalog.now()
		WHERE id = $1 AND state = 'scheduled' AND kind = $2`, me.job, jobs.TokenCleanupKind)
	return err
}
