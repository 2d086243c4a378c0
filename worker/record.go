package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
)

// report records progress on the job, every few seconds. If one record cannot be written, the next
// one has all that it had.
func (r *run) report(ctx context.Context, progress *purge.Progress) {
	if time.Since(r.recorded) < min(max(firstRecord, time.Since(r.sliceBegan)/2), recordInterval) {
		return
	}
	r.recorded = time.Now()
	r.progress = *progress
	if err := r.record(ctx, jobs.OutcomeRunning); err != nil {
		r.log().Warn("progress not recorded: the next record has it too", "error", err)
		return
	}
	r.advanced = r.progress.Batches() > r.batches
}

// record writes the result to the job at once. The end of a run is durable then, and with it all
// that the run has deleted. While the run is at work, a crash of the server may lose the latest record and the
// deletions since the one before: the run goes on from that one.
func (r *run) record(ctx context.Context, outcome jobs.Outcome) error {
	r.fill(outcome)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	client, output := river.ClientFromContext[pgx.Tx](ctx), &river.JobUpdateParams{Output: r.result}
	if outcome != jobs.OutcomeRunning {
		_, err := client.JobUpdate(ctx, r.job.ID, output)
		return err
	}
	_, err := client.JobUpdateTx(ctx, &unawaitedTx{lateTx{pool: r.replica.pool}}, r.job.ID, output)
	return err
}

// pace is how fast the run goes. While it waits for others nobody knows when it will end.
func (r *run) pace() jobs.Pace {
	now := r.progress.PaceNow()
	pace := jobs.Pace{
		Duty: now.Duty, WaitingFor: r.progress.WaitingFor, StandbysLeftOut: r.progress.Standbys.LeftOut,
		ArchiverLeftOut: r.progress.WAL.ArchiverLeftOut,
		Late:            now.Late,
	}
	if !now.FinishBy.IsZero() {
		pace.FinishBy = &now.FinishBy
	}
	if !now.Forecast.IsZero() && (pace.WaitingFor == "" || pace.WaitingFor == purge.Resting) {
		pace.Forecast = &now.Forecast
	}
	return pace
}

// logPace says after the first slice of a run how it goes on, and at debug after the others.
func (r *run) logPace(ctx context.Context) {
	level := slog.LevelDebug
	if r.result.Slices == 1 {
		level = slog.LevelInfo
	}
	pace := r.pace()
	facts := []any{"deleted", r.progress.Deleted(), "duty", pace.Duty}
	if pace.FinishBy != nil {
		facts = append(facts, "finish_by", *pace.FinishBy)
	}
	if pace.Forecast != nil {
		facts = append(facts, "forecast", pace.Forecast.Round(time.Second))
	}
	if pace.WaitingFor != "" {
		facts = append(facts, "waiting_for", pace.WaitingFor)
	}
	r.log().Log(ctx, level, "run goes on in its next slice", facts...)
}

// fill brings the result up to date with the progress.
func (r *run) fill(outcome jobs.Outcome) {
	r.result.Outcome = outcome
	r.result.Cutoff = r.progress.Cutoff
	r.result.DurationMS = (r.workedBefore + time.Since(r.sliceBegan)).Milliseconds()
	r.result.WaitedMS = r.progress.Waited.Milliseconds()
	r.result.Pace = r.pace()
	r.result.Deleted = 0
	r.result.Tables = nil
	for i := range r.progress.Tables {
		t := &r.progress.Tables[i]
		if t.Absent {
			continue
		}
		table := jobs.TableResult{
			Table: t.Title, Rule: t.Rule, Plan: t.Plan, Estimate: t.Estimate, Found: t.Found(), Oldest: t.Oldest, Deleted: t.Deleted, Held: t.Held,
			Locked: t.Locked, Referenced: t.Referenced, Undeletable: t.Undeletable, Untried: t.Untried, Refusal: t.Refusal,
			Batches:    t.Batches,
			DurationMS: t.Took.Milliseconds(), Error: t.Error,
		}
		switch {
		case r.request.args.DryRun:
			r.show(t, t, &table)
		case t.Held != "" && t.Matched != nil: // one of its tables is, or more
			table.Warnings = append(table.Warnings, t.Held)
		case t.Held != "":
			r.show(t, t.Trial.Dead, &table)
		}
		if d := t.Dropped; d != nil {
			table.DroppedPartitions, table.DroppedRows, table.NotDropped = d.Partitions, d.Rows, d.Why
		}
		if m := t.Matched; m != nil {
			table.Matched, table.Worst = &m.Tables, worst(m.Worst)
		}
		if t.Proven() && !r.request.args.DryRun {
			table.Watermark = &r.progress.Cutoff
		}
		r.result.Deleted += table.Deleted
		r.result.Tables = append(r.result.Tables, table)
	}
	if outcome != jobs.OutcomeFailed {
		r.result.Error = ""
	}
	r.result.Progress = encode(r.progress)
}

// encode is the JSON of a value whose type always has one.
func encode(value any) []byte {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("%T is not JSON: %v", value, err))
	}
	return encoded
}

// worst is a pattern's worst table.
func worst(of *purge.Worst) *jobs.Worst {
	if of == nil {
		return nil
	}
	return &jobs.Worst{
		Table: of.Table, Found: of.Deleted + of.Counted + of.Locked + of.Referenced + of.Undeletable, Deleted: of.Deleted,
		Locked: of.Locked, Referenced: of.Referenced, Undeletable: of.Undeletable, Refusal: of.Refusal, Error: of.Error,
	}
}
