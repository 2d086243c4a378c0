package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
)

const (
	// recordInterval is how much of its counts a killed run can lose.
	recordInterval = 5 * time.Second

	// firstRecord comes sooner, and the next ones at twice the time each: a run
	// that loses its database again and again gets ahead all the same.
	firstRecord = 500 * time.Millisecond
)

// report records progress on the job, every few seconds. A record that cannot
// be written is written again with the next.
func (r *run) report(ctx context.Context, progress *purge.Progress) {
	if time.Since(r.recorded) < min(max(firstRecord, time.Since(r.began)/2), recordInterval) {
		return
	}
	r.recorded = time.Now()
	r.progress = *progress
	if err := r.record(ctx, jobs.OutcomeRunning); err != nil {
		r.log().Warn("progress not recorded", "error", err)
		return
	}
	r.advanced = r.progress.Batches() > r.batches
}

// record writes the result to the job at once.
func (r *run) record(ctx context.Context, outcome jobs.Outcome) error {
	r.fill(outcome)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordInterval)
	defer cancel()
	_, err := river.ClientFromContext[pgx.Tx](ctx).JobUpdate(ctx, r.job.ID, &river.JobUpdateParams{Output: r.result})
	return err
}

// fill brings the result up to date with the progress.
func (r *run) fill(outcome jobs.Outcome) {
	r.result.Outcome = outcome
	r.result.Cutoff = r.progress.Cutoff
	r.result.DurationMS = (r.earlier + time.Since(r.began)).Milliseconds()
	r.result.Deleted = 0
	r.result.Tables = nil
	for i := range r.progress.Tables {
		t := &r.progress.Tables[i]
		if t.Absent {
			continue
		}
		table := jobs.TableResult{
			Table: t.Title, Plan: t.Plan, Estimate: t.Estimate, Oldest: t.Oldest, Deleted: t.Deleted,
			Locked: t.Locked, Undeletable: t.Undeletable, Batches: t.Batches,
			DurationMS: t.Took.Milliseconds(), Error: t.Error,
		}
		if r.request.args.DryRun {
			table.Estimate, table.Deleted = t.Deleted, 0
		}
		r.result.Deleted += table.Deleted
		r.result.Tables = append(r.result.Tables, table)
	}
	if outcome != jobs.OutcomeFailed {
		r.result.Error = ""
	}
	progress, err := json.Marshal(r.progress)
	if err != nil {
		panic(fmt.Sprintf("progress is not JSON: %v", err))
	}
	r.result.Progress = progress
}
