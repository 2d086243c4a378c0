package worker

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
)

// request is what a run was asked to do.
type request struct {
	args   jobs.TokenCleanupArgs
	tables []purge.Table
}

// run is a job in the hands of this replica, for a slice.
type run struct {
	replica  Replica
	job      *rivertype.JobRow
	request  request
	result   jobs.Result
	progress purge.Progress

	began    time.Time     // this slice
	batches  int64         // before it
	advanced bool          // it has recorded that it came any further
	earlier  time.Duration // the slices before it
	recorded time.Time
}

// newRun takes up a run where its job says that it stands.
func newRun(replica Replica, job *rivertype.JobRow) *run {
	r := &run{replica: replica, job: job, began: time.Now()}
	// Whatever is no record of ours is no progress either.
	var recorded jobs.Result
	if json.Unmarshal(job.Output(), &recorded) != nil || recorded.Progress == nil {
		return r
	}
	var progress purge.Progress
	if json.Unmarshal(recorded.Progress, &progress) != nil {
		return r
	}
	r.result, r.progress = recorded, progress
	r.batches = progress.Batches()
	r.earlier = time.Duration(recorded.DurationMS) * time.Millisecond
	if recorded.Outcome == jobs.OutcomeFailed {
		r.progress.Retry()
	}
	return r
}

// waited reports whether the run has been in a replica's hands and gone back.
func (r *run) waited() bool { return noted(r.job).Snoozes > 0 }

// notes are River's, in a job's metadata.
type notes struct {
	Rescues int `json:"river:rescue_count"`
	Snoozes int `json:"snoozes"`
}

// noted reads them; what cannot be read counts nothing.
func noted(job *rivertype.JobRow) (n notes) {
	_ = json.Unmarshal(job.Metadata, &n)
	return n
}

// slice purges until the run is done or its slice is over.
func (r *run) slice(ctx context.Context, session *purge.Session) error {
	r.began = time.Now() // waiting for its turn is no part of it
	r.result.Slices++
	pace := r.replica.Pace
	if r.request.args.FullSpeed {
		pace.DutyCycle = 1
	}
	engine := purge.Engine{
		Session:      session,
		Pace:         pace,
		Lag:          r.replica.Lag,
		MaxRows:      r.replica.MaxRows,
		MaxClockSkew: r.replica.MaxClockSkew,
		Log:          r.log(),
	}
	progress, err := engine.Run(ctx, purge.Request{
		Tables: r.request.tables,
		DryRun: r.request.args.DryRun,
		Until:  r.began.Add(sliceLength),
		Report: func(progress *purge.Progress) { r.report(ctx, progress) },
	}, r.progress)
	r.progress = progress
	return err
}

// refuse ends a run whose arguments are wrong, for good.
func (r *run) refuse(ctx context.Context, err error) error {
	r.result = jobs.Result{Outcome: jobs.OutcomeCancelled, Error: err.Error()}
	r.log().Error("run refused", "error", err)
	return errors.Join(refusedError{err}, river.RecordOutput(ctx, r.result))
}

// end records how the slice ended and says to River what is next.
func (r *run) end(ctx context.Context, err error) error {
	stopping, cancelled := endedEarly(ctx)
	switch {
	case r.takenOver(ctx):
		// Nothing that is recorded now would be heard.
		r.log().Warn("run was taken over by another replica while this one stood still", "stood", time.Since(r.began))
		return river.JobSnooze(0)
	case cancelled:
		r.logEnd(jobs.OutcomeCancelled)
		return r.conclude(ctx, jobs.OutcomeCancelled, river.JobCancel(errors.New("cancelled")))
	case errors.Is(err, purge.ErrLost) && r.advanced:
		return r.interrupted(err)
	case err != nil && !stopping:
		return r.fail(ctx, err)
	case !r.progress.Done:
		return r.goOn(ctx, stopping)
	}
	outcome := jobs.OutcomeCompleted
	switch {
	case r.request.args.DryRun:
		outcome = jobs.OutcomeDryRun
	case r.progress.Capped:
		outcome = jobs.OutcomeCapped
	}
	r.logEnd(outcome)
	return r.conclude(ctx, outcome, nil)
}

// takenOver reports whether the slice lasted so long that River took this
// replica for dead, and another one has fetched the run.
func (r *run) takenOver(ctx context.Context) bool {
	if time.Since(r.began) < jobTimeout {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordInterval)
	defer cancel()
	var replica string
	err := r.replica.Pool.QueryRow(ctx, `
		SELECT attempted_by[cardinality(attempted_by)]
		FROM `+r.replica.table("river_job")+`
		WHERE id = $1`, r.job.ID).Scan(&replica)
	return err == nil && replica != r.replica.ID
}

// interrupted gives the run back that has lost its database: that spends no
// attempt, unless it came no further. It goes on from what its job records, which
// is no further than what the server kept, or the server that took over.
func (r *run) interrupted(err error) error {
	r.log().Warn("run interrupted: it goes on when the database is back", "deleted", r.progress.Deleted(), "error", err)
	return river.JobSnooze(0)
}

// goOn gives the run back, to be continued at once by whoever takes it.
func (r *run) goOn(ctx context.Context, stopping bool) error {
	if stopping {
		r.log().Info("run given back", "deleted", r.progress.Deleted())
	}
	if r.result.Slices > 0 {
		r.fill(jobs.OutcomeRunning)
		if err := river.RecordOutput(ctx, r.result); err != nil {
			return err
		}
	}
	if stopping {
		return river.JobSnooze(0)
	}
	return river.JobSnooze(r.progress.Rest)
}

// fail ends an attempt. The next one goes on from here; after the last, nothing
// is kept to go on from.
func (r *run) fail(ctx context.Context, err error) error {
	last := r.job.Attempt >= r.job.MaxAttempts
	r.result.Error = err.Error()
	r.log().Error("run failed", "attempt", r.job.Attempt, "last", last, "deleted", r.progress.Deleted(), "error", err)
	if last {
		return r.conclude(ctx, jobs.OutcomeFailed, err)
	}
	if errors.Is(err, purge.ErrLost) {
		return err // see interrupted
	}
	r.fill(jobs.OutcomeFailed)
	return errors.Join(err, river.RecordOutput(ctx, r.result))
}

// conclude ends the run for good, and wakes the one that waits longest.
func (r *run) conclude(ctx context.Context, outcome jobs.Outcome, verdict error) error {
	// Whoever is woken looks whether a run is under way: let this one not be.
	// Its progress stays until the job has ended too, a moment later: a replica
	// that is killed in between must not have the run begin afresh.
	err := r.record(ctx, outcome)
	if err == nil {
		err = r.wakeNext(ctx)
	}
	if err != nil {
		r.log().Warn("next run not woken: it starts a little later", "error", err)
	}
	r.result.Progress = nil
	return errors.Join(verdict, river.RecordOutput(ctx, r.result))
}

// wakeNext makes the run that has waited longest for its turn available now.
func (r *run) wakeNext(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordInterval)
	defer cancel()
	table := r.replica.table("river_job")
	_, err := r.replica.Pool.Exec(ctx, `
		WITH woken AS (
			UPDATE `+table+`
			SET state = 'available', scheduled_at = now()
			WHERE id = (
				SELECT id
				FROM `+table+`
				WHERE kind = $1
					AND id <> $2
					AND state IN ('available', 'scheduled')
					AND metadata ? 'snoozes'
				ORDER BY id
				LIMIT 1
				FOR UPDATE SKIP LOCKED)
		)
		-- Also for one that fell due without a notification.
		SELECT pg_notify($3, '{"queue":"default"}')`,
		jobs.TokenCleanupKind, r.job.ID, r.replica.Schema+".river_insert")
	return err
}

// logEnd is the one line of a run.
func (r *run) logEnd(outcome jobs.Outcome) {
	r.fill(outcome)
	var counts []any
	for _, t := range r.result.Tables {
		count := t.Deleted
		if r.request.args.DryRun {
			count = t.Estimate
		}
		counts = append(counts, slog.Int64(t.Table, count))
	}
	log := r.log().With(slog.Group("tables", counts...))
	for i := range r.progress.Tables {
		if t := &r.progress.Tables[i]; t.Absent {
			log = log.With("skipped", t.Name+" does not exist")
		}
	}
	log.Info("run finished", "outcome", string(outcome), "deleted", r.result.Deleted,
		"duration", time.Duration(r.result.DurationMS)*time.Millisecond, "slices", r.result.Slices)
}

// log adds the facts that every line about a run carries.
func (r *run) log() *slog.Logger {
	log := r.replica.Log.With("job_id", r.job.ID, "replica", r.replica.ID)
	if tick := r.request.args.Tick; tick != nil {
		log = log.With("tick", *tick)
	}
	return log
}
