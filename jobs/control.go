package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrNoRun is the error of Get and Cancel for an id that no run has.
var ErrNoRun = errors.New("there is no such run")

// MaxPause is how long a pause may last that ends by itself.
const MaxPause = 366 * 24 * time.Hour

// PauseArgs say why runs are to be paused, and for how long.
type PauseArgs struct {
	// Reason and RequestedBy are shown wherever somebody looks why no run is at work. Each has
	// at most MaxTextLength characters. Without RequestedBy the session's user is recorded.
	Reason, RequestedBy string

	// For is when the pause ends by itself, MaxPause at most. 0: not before Resume.
	For time.Duration
}

// Validate reports every argument that Pause refuses, in one error.
func (a PauseArgs) Validate() error {
	var problems []error
	for _, text := range []struct{ name, value string }{{"requested by", a.RequestedBy}, {"reason", a.Reason}} {
		if n := utf8.RuneCountInString(text.value); n > MaxTextLength {
			problems = append(problems, fmt.Errorf("%s: want at most %d characters, got %d", text.name, MaxTextLength, n))
		}
	}
	if a.For < 0 || a.For > MaxPause {
		problems = append(problems, fmt.Errorf("for: want more than 0 and at most %s, got %s; leave it out to pause until somebody resumes", MaxPause, a.For))
	}
	return errors.Join(problems...)
}

// Pause keeps all replicas from working runs, also those that start later. A run at work ends
// its batch within seconds and goes back to the queue without spending an attempt. Runs
// that are asked for, and ticks, wait; of several ticks the latest runs in the end. To pause
// again changes the reason and the end. It calls the schema's function pause_token_cleanup, so
// the role needs EXECUTE on that and USAGE on the schema. It returns false if runs were
// paused already. The schema is DefaultSchema.
func Pause(ctx context.Context, db Querier, args PauseArgs) (bool, error) {
	return PauseIn(ctx, db, DefaultSchema, args)
}

// PauseIn is Pause for another schema than DefaultSchema.
func PauseIn(ctx context.Context, db Querier, schema string, args PauseArgs) (bool, error) {
	if err := args.Validate(); err != nil {
		return false, fmt.Errorf("pause: %w", err)
	}
	var lasting *time.Duration
	if args.For > 0 {
		lasting = &args.For
	}
	var paused bool
	err := db.QueryRow(ctx, `
		SELECT `+pgx.Identifier{schema, "pause_token_cleanup"}.Sanitize()+`(
			reason => $1,
			lasting => $2,
			requested_by => $3)`, args.Reason, lasting, args.RequestedBy).Scan(&paused)
	if err != nil {
		return false, fmt.Errorf("pause: %w", err)
	}
	return paused, nil
}

// Resume lets runs be worked again. It calls the schema's function resume_token_cleanup. It
// returns false if runs were not paused. The schema is DefaultSchema.
func Resume(ctx context.Context, db Querier) (bool, error) {
	return ResumeIn(ctx, db, DefaultSchema)
}

// ResumeIn is Resume for another schema than DefaultSchema.
func ResumeIn(ctx context.Context, db Querier, schema string) (bool, error) {
	var resumed bool
	err := db.QueryRow(ctx, `SELECT `+pgx.Identifier{schema, "resume_token_cleanup"}.Sanitize()+`()`).Scan(&resumed)
	if err != nil {
		return false, fmt.Errorf("resume: %w", err)
	}
	return resumed, nil
}

// Cancel ends a run for good: at once if it waits, else after the batch in hand, within seconds.
// It calls the schema's function cancel_token_cleanup. It returns false if the run had ended, and
// ErrNoRun if there is none with this id. The schema is DefaultSchema.
func Cancel(ctx context.Context, db Querier, id int64) (bool, error) {
	return CancelIn(ctx, db, DefaultSchema, id)
}

// CancelIn is Cancel for another schema than DefaultSchema.
func CancelIn(ctx context.Context, db Querier, schema string, id int64) (bool, error) {
	var cancelled bool
	err := db.QueryRow(ctx, `SELECT `+pgx.Identifier{schema, "cancel_token_cleanup"}.Sanitize()+`($1)`, id).Scan(&cancelled)
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == "P0002" { // no_data_found
		return false, fmt.Errorf("cancel run %d: %w", id, ErrNoRun)
	}
	if err != nil {
		return false, fmt.Errorf("cancel run %d: %w", id, err)
	}
	return cancelled, nil
}
