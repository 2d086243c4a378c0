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

// run is a job that this replica works on, for one slice.
type run struct {
	replica  Replica
	job      *rivertype.JobRow
	request  request
	result   jobs.Result
	progress purge.Progress

	starved      bool          // see rankStarved
	wishNoted    bool          // need not be noted again: siltgate.turn names this run, or one that goes before it
	hasCutoff    bool          // an earlier slice or attempt has read a cutoff
	sliceBegan   time.Time     // when this slice began
	batches      int64         // that earlier slices deleted
	advanced     bool          // the job records batches of this slice
	workedBefore time.Duration // how long earlier slices worked
	recorded     time.Time     // when the job recorded progress last
	awaitClose   func()        // waits until the session has ended, if the run had one
}

// newRun makes a run of a job, with the progress that the job records.
func newRun(replica Replica, job *rivertype.JobRow) *run {
	r := &run{replica: replica, job: job, sliceBegan: time.Now(), awaitClose: func() {}}
	// An output that no replica can have written counts as none.
	var recorded jobs.Result
	if json.Unmarshal(job.Output(), &recorded) != nil {
		return r
	}
	r.hasCutoff = !recorded.Cutoff.IsZero()
	if recorded.Progress == nil {
		return r
	}
	var progress purge.Progress
	if json.Unmarshal(recorded.Progress, &progress) != nil {
		return r
	}
	if err := checkRecorded(recorded, progress); err != nil {
		r.log().Warn("the progress that the job records is not valid: the run begins anew", "error", err)
		return r
	}
	r.result, r.progress = recorded, progress
	r.batches = progress.Batches()
	r.workedBefore = time.Duration(recorded.DurationMS) * time.Millisecond
	if recorded.Outcome == jobs.OutcomeFailed {
		r.progress.Retry()
	}
	return r
}

// contender is the run as one of those that want the turn.
func (r *run) contender() contender {
	return contender{r.job.ID, rankOf(r.request.args.Tick != nil, !r.progress.Cutoff.IsZero(), r.starved)}
}

// contenderAfterSlice is the run when it goes on: it has begun, and is no longer starved.
func (r *run) contenderAfterSlice() contender {
	return contender{r.job.ID, rankOf(r.request.args.Tick != nil, true, false)}
}

// waited reports whether a replica has had the run before and given it back.
func (r *run) waited() bool { return metadataOf(r.job).Snoozes > 0 }

// slice purges until the run is done or its slice is over.
func (r *run) slice(ctx context.Context, session *purge.Session) error {
	r.sliceBegan = time.Now() // the wait for the turn does not count
	r.result.Slices++
	r.progress.WaitingFor = "" // its turn has come
	accepted, ofPatterns, err := r.acceptedRules(ctx)
	if err != nil {
		return err
	}
	pace := r.replica.Pace
	if r.request.args.Tick == nil || r.request.args.DryRun {
		pace.FinishWithin = 0 // somebody waits for the result
	}
	if r.request.args.FullSpeed {
		pace.DutyCycle, pace.FinishWithin = 1, 0
	}
	engine := purge.Engine{
		Session:      session,
		Configured:   r.replica.Tables,
		Pace:         pace,
		Lag:          r.replica.Lag,
		WAL:          r.replica.WAL,
		MaxRows:      r.replica.MaxRows,
		MaxDuration:  r.replica.MaxDuration,
		MaxShare:     r.replica.MaxShare,
		MaxClockSkew: r.replica.MaxClockSkew,
		Log:          r.log(),
	}
	me := r.contenderAfterSlice()
	if r.starved { // it keeps its rank for as long as this slice lasts
		me = r.contender()
	}
	watched, stop := r.watched(ctx, me)
	defer stop()
	counted := r.beginMetrics()
	defer counted.End()
	written := r.finished() // by earlier slices
	progress, err := engine.Run(watched, purge.Request{
		Tables:           r.request.tables,
		DryRun:           r.request.args.DryRun,
		Accepted:         accepted,
		AcceptedPatterns: ofPatterns,
		Confirmed:        r.request.args.Confirm,
		Until:            r.sliceBegan.Add(sliceLength),
		Earlier:          r.earlierRuns,
		Batch:            counted.Batch,
		Report: func(progress *purge.Progress) {
			r.addMetrics(counted, progress)
			r.report(ctx, progress)
		},
		Record: func(progress *purge.Progress) error {
			r.addMetrics(counted, progress)
			r.progress = *progress
			return r.record(ctx, jobs.OutcomeRunning)
		},
	}, r.progress)
	r.progress = progress
	r.addMetrics(counted, &progress)
	if progress.Done {
		written = nil // write all: a replica that was killed may have left some out
	}
	r.saveTables(ctx, written)
	r.saveStops(ctx)
	return err
}

// refuse ends a run whose arguments are wrong, for good.
func (r *run) refuse(ctx context.Context, err error) error {
	r.result = jobs.Result{Outcome: jobs.OutcomeCancelled, Error: err.Error()}
	r.log().Error("run refused", "error", err)
	r.replica.metrics.RunEnded(string(jobs.OutcomeCancelled), false, nil) // whatever it says, it is not the schedule's
	return errors.Join(refusedError{err}, river.RecordOutput(ctx, r.result))
}

// end records how the slice ended and says to River what is next.
func (r *run) end(ctx context.Context, err error) error {
	err = purge.Explain(r.replica.explainGone(ctx, err))
	stopping, cancelled := endedEarly(ctx)
	cancelled = cancelled || errors.Is(err, rivertype.ErrJobCancelledRemotely) || errors.As(err, new(jobEndedError))
	var paused pausedError
	switch {
	case errors.Is(err, errJobGone):
		r.log().Warn("run left off: its job was deleted, or another replica has it", "deleted", r.progress.Deleted(), "error", err)
		return river.JobSnooze(0)
	case errors.As(err, new(schemaGoneError)):
		r.log().Error("run left off: there is nothing left to record it in", "deleted", r.progress.Deleted(), "error", err)
		return river.JobSnooze(0)
	case r.takenOver(ctx):
		// The trigger siltgate_fence would ignore what this replica records.
		r.log().Warn("run was taken over by another replica while this one stood still", "stood", time.Since(r.sliceBegan))
		return river.JobSnooze(0)
	case cancelled:
		r.logEnd(jobs.OutcomeCancelled)
		return r.conclude(ctx, jobs.OutcomeCancelled, river.JobCancel(errors.New("cancelled")))
	case errors.As(err, &paused):
		return r.givePaused(ctx, paused.pause)
	case errors.Is(err, purge.ErrLost) && r.advanced:
		return r.interrupted(err)
	case errors.As(err, new(turnWantedError)):
		r.log().Info("run given back", "deleted", r.progress.Deleted(), "reason", err.Error())
		r.progress.WaitingFor = err.Error()
		return r.giveBack(ctx, stopping)
	case errors.Is(err, purge.ErrFenced), errors.Is(err, purge.ErrFenceLocked):
		r.log().Warn("run given back: it waits for its turn", "deleted", r.progress.Deleted(), "error", err)
		return r.giveBack(ctx, stopping)
	case err != nil && !stopping: // while the replica stops, the next slice meets the error again
		return r.fail(ctx, err)
	case !r.progress.Done:
		if !stopping {
			r.logPace(ctx)
		}
		return r.giveBack(ctx, stopping)
	}
	outcome := jobs.OutcomeCompleted
	switch {
	case r.request.args.DryRun:
		outcome = jobs.OutcomeDryRun
	case r.progress.Held():
		outcome = jobs.OutcomeHeld
	case r.progress.Capped:
		outcome = jobs.OutcomeCapped
	}
	r.logEnd(outcome)
	return r.conclude(ctx, outcome, nil)
}

// goesOn reports whether another slice follows as soon as the run has rested, when this one ended with
// err: then end gives the run back.
func (r *run) goesOn(ctx context.Context, err error) bool {
	stopping, cancelled := endedEarly(ctx)
	return !cancelled && !r.progress.Done &&
		(err == nil || stopping || errors.As(err, new(turnWantedError)) || errors.Is(err, purge.ErrLost) && r.advanced)
}

// takenOver reports whether the slice lasted so long that River took this replica for dead, and another one has
// fetched the run: this process stood still. One that did not is told by errJobGone.
func (r *run) takenOver(ctx context.Context) bool {
	if time.Since(r.sliceBegan) < jobTimeout {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	var replica string
	err := r.replica.pool.QueryRow(ctx, `
		SELECT attempted_by[cardinality(attempted_by)]
		FROM `+r.replica.table("river_job")+`
		WHERE id = $1`, r.job.ID).Scan(&replica)
	return err == nil && replica != r.replica.ID
}

// interrupted gives back a run that has lost its database, and spends no attempt. The run goes on
// from what its job records. A server that takes over may lack the last deletions, but then it
// lacks the record of them too.
func (r *run) interrupted(err error) error {
	r.log().Warn("run interrupted: it goes on when the database is back", "deleted", r.progress.Deleted(), "error", purge.Explain(err))
	return river.JobSnooze(0)
}

// giveBack gives the run back, for any replica to work its next slice.
func (r *run) giveBack(ctx context.Context, stopping bool) error {
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

// fail ends an attempt. The next attempt goes on from the recorded progress. The last one records that the run has
// failed, and no progress.
func (r *run) fail(ctx context.Context, err error) error {
	last := r.job.Attempt >= r.job.MaxAttempts
	r.replica.metrics.AttemptFailed()
	r.result.Error = err.Error()
	r.log().Error("run failed", "attempt", r.job.Attempt, "last", last, "deleted", r.progress.Deleted(), "error", err)
	if last {
		return r.conclude(ctx, jobs.OutcomeFailed, err)
	}
	if errors.Is(err, purge.ErrLost) {
		return err // there is nothing to record it in; River retries
	}
	r.fill(jobs.OutcomeFailed)
	return errors.Join(err, river.RecordOutput(ctx, r.result))
}

// conclude ends the run for good, and wakes the one that is next.
func (r *run) conclude(ctx context.Context, outcome jobs.Outcome, verdict error) error {
	// The run that is woken looks whether another one is under way, so this one's end is recorded
	// first. Its progress is kept until River has ended the job a moment later: if the replica is
	// killed in between, the run goes on and does not begin anew.
	if err := r.record(ctx, outcome); err != nil {
		r.log().Warn("end of the run not recorded yet: River records it when it ends the job", "error", err)
	}
	if outcome != jobs.OutcomeCancelled { // whoever cancels a run does not accept its rules
		r.acceptRules(ctx)
	}
	r.wake(ctx)
	r.result.Progress = nil
	r.countEnd(outcome)
	return errors.Join(verdict, river.RecordOutput(ctx, r.result))
}

// log adds the facts that every line about a run carries.
func (r *run) log() *slog.Logger {
	log := r.replica.Log.With("job_id", r.job.ID, "replica", r.replica.ID)
	if tick := r.request.args.Tick; tick != nil {
		log = log.With("tick", *tick)
	}
	return log
}
