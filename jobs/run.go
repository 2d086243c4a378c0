package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// DefaultRecent is how many runs Recent reads at most if it is not told.
const DefaultRecent = 20

// Reader is a pgx connection, pool or transaction.
type Reader interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Run is a row of the view siltgate.runs. A field that is nil is not known, or not known yet.
type Run struct {
	ID int64

	// State is River's: available (waits for a replica), running, retryable (failed, and will
	// be tried again), scheduled (goes on later), pending, completed, cancelled or
	// discarded (failed at its last attempt). Standing says it in words.
	State string

	// Trigger is schedule or manual. Tick is the instant of the schedule.
	Trigger string
	Tick    *time.Time

	// RequestedBy, Reason, DryRun and Tables are the arguments. Tables is nil for all tables.
	RequestedBy *string
	Reason      *string
	DryRun      bool
	Tables      []string

	// Attempt counts from 1; 0: no replica has taken the run up. Replica is the latest that has.
	Attempt int
	Replica *string

	// CreatedAt is zero if the run was inserted with a time that is not finite.
	CreatedAt  time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time

	// Duration is the time spent working.
	Duration *time.Duration

	// Deleted counts committed deletions. Found counts the dead rows that the run has seen,
	// whether they went or stayed, or that a dry run counted. Referenced are those that stay
	// because other rows refer to them.
	Deleted    *int64
	Found      *int64
	Referenced *int64

	// WaitingFor says in a sentence what a waiting run waits for.
	WaitingFor *string

	// Duty is the share of its time that the run spends deleting, or did at its end. FinishBy is
	// when a scheduled run is to be done, and Forecast when one that works probably will be.
	Duty     *float64
	FinishBy *time.Time
	Forecast *time.Time

	// Warnings are those of a dry run, and of a run that has held a table.
	Warnings []string

	// Outcome is empty while the run has not begun.
	Outcome Outcome

	// Error is why the latest attempt failed. A run that ended well has none.
	Error *string

	// CancelledBy is the role that cancelled it by cancel_token_cleanup: by hand, by the command or by
	// the web page. River's own ways leave no name.
	CancelledBy *string

	// Output is what the run has recorded, for Result. Recent leaves it out.
	Output json.RawMessage
}

// Ended reports whether the run is over, however.
func (r Run) Ended() bool {
	return r.State == "completed" || r.State == "cancelled" || r.State == "discarded"
}

// Standing says in a word or two where the run stands: waiting, running, retrying (it failed, and
// is tried again) or, if it is over, its outcome without underscores: dry run.
func (r Run) Standing() string {
	switch {
	case r.State == "retryable":
		return "retrying"
	case r.State == "running":
		return "running"
	case !r.Ended():
		return "waiting"
	case r.State == "cancelled":
		return "cancelled"
	case r.State == "discarded":
		return "failed"
	case r.Outcome == OutcomeDryRun:
		return "dry run"
	case r.Outcome == OutcomeCapped, r.Outcome == OutcomeHeld, r.Outcome == OutcomeSuperseded, r.Outcome == OutcomeFailed, r.Outcome == OutcomeCancelled:
		return string(r.Outcome)
	}
	return "completed"
}

// Waits says what the run waits for: "waits for run 12, asked for by hand", or "waits: standby "b"
// is 14s behind". It is empty if the run waits for nobody. One that only rests between two batches
// waits for nobody.
func (r Run) Waits() string {
	switch {
	case r.WaitingFor == nil, *r.WaitingFor == "", *r.WaitingFor == "resting":
		return ""
	case strings.HasPrefix(*r.WaitingFor, "run ") && !strings.HasSuffix(*r.WaitingFor, " goes first"), strings.HasPrefix(*r.WaitingFor, "its "), strings.HasPrefix(*r.WaitingFor, "a replica "):
		return "waits for " + *r.WaitingFor
	}
	return "waits: " + *r.WaitingFor
}

// Result decodes Output. It is the zero Result while nothing is recorded. The error is of an
// output that others than Siltgate wrote.
func (r Run) Result() (result Result, err error) {
	if len(r.Output) == 0 {
		return result, nil
	}
	if err := json.Unmarshal(r.Output, &result); err != nil {
		return Result{}, fmt.Errorf("read the output of run %d: %w", r.ID, err)
	}
	return result, nil
}

// Get reads a run. The error is ErrNoRun if there is none with this id. The role needs
// SELECT on the view siltgate.runs and USAGE on the schema. The schema is DefaultSchema.
func Get(ctx context.Context, db Reader, id int64) (Run, error) {
	return GetIn(ctx, db, DefaultSchema, id)
}

// GetIn is Get for another schema than DefaultSchema.
func GetIn(ctx context.Context, db Reader, schema string, id int64) (Run, error) {
	rows, _ := db.Query(ctx, `SELECT `+runColumns+`, output FROM `+runsOf(schema)+` WHERE id OPERATOR(pg_catalog.=) $1`, id)
	run, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByNameLax[Run])
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNoRun
	}
	if err != nil {
		return Run{}, fmt.Errorf("read run %d: %w", id, err)
	}
	return run, nil
}

// Recently says which runs Recent reads. The zero value: the latest DefaultRecent.
type Recently struct {
	// Limit is how many at most. 0: DefaultRecent.
	Limit int

	// Since leaves out runs that had ended before then.
	Since time.Time

	// Failed leaves out runs without an error. A later attempt may still mend one.
	Failed bool
}

// Recent reads the latest runs, the latest first, without their Output: those that wait, that
// are at work and that have ended. It needs the rights that Get needs. The schema is DefaultSchema.
func Recent(ctx context.Context, db Reader, which Recently) ([]Run, error) {
	return RecentIn(ctx, db, DefaultSchema, which)
}

// RecentIn is Recent for another schema than DefaultSchema.
func RecentIn(ctx context.Context, db Reader, schema string, which Recently) ([]Run, error) {
	if which.Limit < 0 {
		return nil, errors.New("read the history: limit: want 0 or more")
	}
	if which.Limit == 0 {
		which.Limit = DefaultRecent
	}
	rows, _ := db.Query(ctx, `
		SELECT `+runColumns+`
		FROM `+runsOf(schema)+`
		WHERE ($2::pg_catalog.timestamptz IS NULL OR finished_at IS NULL OR finished_at OPERATOR(pg_catalog.>=) $2)
			AND (NOT $3 OR error IS NOT NULL)
		ORDER BY id DESC
		LIMIT $1`, which.Limit, instant(which.Since), which.Failed)
	runs, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[Run])
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return runs, nil
}

// runColumns are the columns of a Run, without its output. Since anyone may have inserted the job,
// texts that are longer than Siltgate writes them are cut, and infinite times are left out.
const runColumns = `
	id,
	state,
	trigger,
	tick,
	pg_catalog.left(requested_by, 1000) AS requested_by,
	pg_catalog.left(reason, 1000) AS reason,
	dry_run,
	pg_catalog.array_remove(tables, NULL) AS tables,
	attempt,
	replica,
	coalesce(CASE WHEN pg_catalog.isfinite(created_at) THEN created_at END, '0001-01-01 00:00:00Z') AS created_at,
	started_at,
	CASE WHEN pg_catalog.isfinite(finished_at) THEN finished_at END AS finished_at,
	duration,
	deleted,
	found,
	referenced,
	pg_catalog.left(waiting_for, 1000) AS waiting_for,
	duty,
	finish_by,
	forecast,
	warnings,
	coalesce(pg_catalog.left(outcome, 100), '') AS outcome,
	pg_catalog.left(error, 65536) AS error,
	pg_catalog.left(cancelled_by, 1000) AS cancelled_by`

func runsOf(schema string) string { return pgx.Identifier{schema, "runs"}.Sanitize() }

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
