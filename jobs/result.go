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
	// OutcomeCapped is a run that stopped at SILTGATE_MAX_ROWS.
	OutcomeCapped Outcome = "capped"
	// OutcomeCancelled is a run that was cancelled, or refused for its arguments.
	OutcomeCancelled Outcome = "cancelled"
	// OutcomeFailed is a run whose latest attempt failed.
	OutcomeFailed Outcome = "failed"
)

// Result is what a run records on its job, as River's output: about every five
// seconds while it works, and at its end whatever the end was.
type Result struct {
	Outcome Outcome `json:"outcome"`

	// Cutoff is the database's clock when the run began: rows dead by then are
	// its work. Zero if the run never got to read it.
	Cutoff time.Time `json:"cutoff,omitzero"`

	// Deleted counts committed deletions over all tables and attempts.
	Deleted int64 `json:"deleted"`

	// DurationMS is the time spent working, in milliseconds, over all slices.
	DurationMS int64 `json:"duration_ms"`

	// Slices counts the stretches of about half a minute that a run is worked in.
	Slices int `json:"slices"`

	Tables []TableResult `json:"tables,omitempty"`

	// Error is what ended the latest attempt, if it failed.
	Error string `json:"error,omitempty"`

	// Progress is Siltgate's own note of where to go on. A run that has ended
	// has none, so that retrying its job starts afresh.
	Progress json.RawMessage `json:"progress,omitempty"`
}

// TableResult is one table's share of a Result.
type TableResult struct {
	// Table is the name with its schema: public.refresh_tokens.
	Table string `json:"table"`

	// Plan is how dead rows were found: index, sweep or mixed (partitions).
	Plan string `json:"plan,omitempty"`

	// Estimate is the planner's guess of the dead rows before the run; after a
	// dry run their exact number.
	Estimate int64 `json:"estimate"`

	// Oldest is the expiry of the oldest dead row. Dry runs only.
	Oldest *time.Time `json:"oldest,omitempty"`

	// Deleted counts committed deletions.
	Deleted int64 `json:"deleted"`

	// Locked counts dead rows left because the application held them; the next
	// run takes them.
	Locked int64 `json:"locked"`

	// Undeletable counts dead rows that a foreign key, a trigger or a policy kept.
	Undeletable int64 `json:"undeletable"`

	Batches    int64  `json:"batches"`
	DurationMS int64  `json:"duration_ms"`
	Error      string `json:"error,omitempty"`
}
