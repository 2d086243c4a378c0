package jobs

import (
	"encoding/json"
	"time"
)

// Outcome says how a run ended, or that it has not.
type Outcome string

const (
	// OutcomeRunning is a run that has begun and not ended.
	OutcomeRunning Outcome = "running"
	// OutcomeCompleted is a run that went through every table.
	OutcomeCompleted Outcome = "completed"
	// OutcomeDryRun is a dry run that went through every table.
	OutcomeDryRun Outcome = "dry_run"
	// OutcomeCapped is a run that stopped at SILTGATE_MAX_ROWS or SILTGATE_MAX_DURATION.
	OutcomeCapped Outcome = "capped"
	// OutcomeHeld is a run that has left a table as it was, because the table's rule has changed
	// and would delete more than SILTGATE_MAX_SHARE of it. It has done everything else.
	OutcomeHeld Outcome = "held"
	// OutcomeSuperseded is a tick's run that had not begun when the next tick's run was
	// inserted, which does all of its work.
	OutcomeSuperseded Outcome = "superseded"
	// OutcomeCancelled is a run that was cancelled, or refused for its arguments.
	OutcomeCancelled Outcome = "cancelled"
	// OutcomeFailed is a run whose latest attempt failed.
	OutcomeFailed Outcome = "failed"
)

// Result is what a run records on its job, as River's output: about every five
// seconds while it works, and at its end whatever the end was.
type Result struct {
	// Outcome is empty while the run has not begun.
	Outcome Outcome `json:"outcome,omitempty"`

	// Cutoff is the database's clock when the run began: rows dead by then are
	// its work. Zero if the run never got to read it.
	Cutoff time.Time `json:"cutoff,omitzero"`

	// Deleted counts committed deletions over all tables and attempts. In a dry run it is 0.
	Deleted int64 `json:"deleted"`

	// DurationMS is the time spent working, in milliseconds, over all slices.
	DurationMS int64 `json:"duration_ms"`

	// Slices counts the stretches of about half a minute that a run is worked in.
	Slices int `json:"slices"`

	// WaitedMS is the time that the run held back for others, in milliseconds.
	WaitedMS int64 `json:"waited_ms"`

	// Pace says how fast the run goes, and what holds it back.
	Pace Pace `json:"pace,omitzero"`

	Tables []TableResult `json:"tables,omitempty"`

	// Error is what ended the latest attempt, if it failed.
	Error string `json:"error,omitempty"`

	// Progress is Siltgate's own note of where to go on. A run that has ended
	// has none, so that retrying its job starts afresh.
	Progress json.RawMessage `json:"progress,omitempty"`
}

// Pace is how fast a run goes, and what holds it back.
type Pace struct {
	// Duty is the share of its time that the run spends deleting. 0: it has not begun.
	Duty float64 `json:"duty,omitempty"`

	// FinishBy is when a scheduled run ought to be done. It is left out of a run without a deadline.
	FinishBy *time.Time `json:"finish_by,omitempty"`

	// Forecast is when it probably will be. It is left out while that is not known, as while it
	// waits for others.
	Forecast *time.Time `json:"forecast,omitempty"`

	// Late is set when that is after FinishBy: the run goes at SILTGATE_DUTY_CYCLE, and is not
	// done in time.
	Late bool `json:"late,omitempty"`

	// WaitingFor says in a sentence what the run waits for now. Empty: for nothing.
	WaitingFor string `json:"waiting_for"`

	// StandbysLeftOut are standbys that the run did not wait for any longer, because they did not
	// catch up within SILTGATE_MAX_WAIT.
	StandbysLeftOut []string `json:"standbys_left_out,omitempty"`

	// ArchiverLeftOut is set when the run did not wait for the archiver any longer, because that did
	// not catch up within SILTGATE_MAX_WAIT.
	ArchiverLeftOut bool `json:"archiver_left_out,omitempty"`
}

// TableResult is one table's share of a Result.
type TableResult struct {
	// Table is the name with its schema, public.refresh_tokens, or the pattern, tenant_*.refresh_tokens.
	Table string `json:"table"`

	// Matched is how many tables there are, if Table is a pattern: the counts here are sums
	// over all of them. Nil: it is one table.
	Matched *int64 `json:"matched,omitempty"`

	// Worst is the one of them that needs attention most.
	Worst *Worst `json:"worst,omitempty"`

	// Rule says in words which rows are dead: expires_at < 2026-11-22T03:00:00Z or revoked.
	Rule string `json:"rule,omitempty"`

	// Plan is how dead rows were found: index, sweep or mixed (partitions).
	Plan string `json:"plan,omitempty"`

	// Estimate is the planner's guess of the dead rows, and never more than a guess. A dry
	// run, which counts them, has none.
	Estimate int64 `json:"estimate"`

	// Held is why nothing was deleted from the table, and how to confirm that it may be: its rule
	// has changed, and would delete more than SILTGATE_MAX_SHARE of it. In a dry run it
	// is why a run would delete nothing.
	Held string `json:"held,omitempty"`

	// Found counts the dead rows that the run has seen: those deleted, locked, referenced and
	// undeletable. In a dry run, and for a table that is held, it is how many dead rows there are.
	Found int64 `json:"found"`

	// Oldest is the expiry of the oldest dead row. Dry runs and held tables only.
	Oldest *time.Time `json:"oldest,omitempty"`

	// Reasons count the dead rows by what makes them dead, Bounds show the rows on both
	// sides of what decides, and Warnings say what looks as if the table's settings were
	// wrong, and which rows of other tables change or go with the dead ones. Dry runs and
	// held tables only.
	Reasons  *Reasons `json:"reasons,omitempty"`
	Bounds   []Bound  `json:"bounds,omitempty"`
	Warnings []string `json:"warnings,omitempty"`

	// Deleted counts committed deletions. In a dry run it is 0.
	Deleted int64 `json:"deleted"`

	// Locked counts dead rows left because the application held them; the next
	// run takes them.
	Locked int64 `json:"locked"`

	// Referenced counts dead rows that stay because other rows refer to them by a foreign key.
	Referenced int64 `json:"referenced"`

	// Undeletable counts other dead rows that a constraint, a trigger or a policy kept.
	Undeletable int64 `json:"undeletable"`

	// Untried is how many of the undeletable rows were left together with one that was
	// refused: to find out which of them could go would have cost too much.
	Untried int64 `json:"untried,omitempty"`

	// Refusal is why the first undeletable row could not go, in words.
	Refusal string `json:"refusal,omitempty"`

	// DroppedPartitions counts partitions that were dropped as a whole, in a dry run those that would be
	// dropped. Their rows are not among those deleted: nobody has counted them. DroppedRows is about how
	// many they were, by the table's statistics. NotDropped is why other partitions were not dropped, or
	// not yet.
	DroppedPartitions int64  `json:"dropped_partitions,omitempty"`
	DroppedRows       int64  `json:"dropped_rows_approximate,omitempty"`
	NotDropped        string `json:"not_dropped,omitempty"`

	// Watermark is the run's cutoff, once the run has gone through the whole table: every row
	// is gone that was dead by then, was committed before the run began and was not changed
	// since, but for those counted above as left.
	Watermark *time.Time `json:"watermark,omitempty"`

	Batches    int64  `json:"batches"`
	DurationMS int64  `json:"duration_ms"`
	Error      string `json:"error,omitempty"`
}

// Worst is one table of a pattern: one that failed, else the one with the most rows that had to
// stay, else the one from which the most rows were deleted.
type Worst struct {
	// Table is the name with its schema: tenant_42.refresh_tokens.
	Table string `json:"table"`

	// The counts are those of a TableResult, of this table alone.
	Found       int64 `json:"found"`
	Deleted     int64 `json:"deleted"`
	Locked      int64 `json:"locked,omitempty"`
	Referenced  int64 `json:"referenced,omitempty"`
	Undeletable int64 `json:"undeletable,omitempty"`

	// Refusal is why the first undeletable row could not go, in words.
	Refusal string `json:"refusal,omitempty"`

	// Error is why the table failed.
	Error string `json:"error,omitempty"`
}

// Reasons count dead rows by what makes them dead.
type Reasons struct {
	Expired int64 `json:"expired"`
	Done    int64 `json:"done"`
	Both    int64 `json:"both"`
}

// Bound is where the rows that die by a column's date meet those that live. All of it is
// written by the column's own clock, as the application wrote it.
type Bound struct {
	Column string `json:"column"`

	// Zone is the zone of that clock: UTC for a timestamptz, else the one that the
	// settings name.
	Zone string `json:"zone"`

	// Before is the bound: rows with an earlier date are dead.
	Before string `json:"before"`

	// LastDead is the latest date that is dead, FirstLive the earliest of a row that lives.
	// Empty where there is none, or none was found in the time of a statement.
	LastDead  string `json:"last_dead,omitempty"`
	FirstLive string `json:"first_live,omitempty"`
}
