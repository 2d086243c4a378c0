package jobs

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Status is the fleet at a glance: the one row of the view siltgate.status.
type Status struct {
	// Paused is set while runs are paused: since when, until when (nil: until somebody resumes),
	// on whose request and why.
	Paused      bool
	PausedAt    *time.Time
	PausedUntil *time.Time
	PausedBy    *string
	PauseReason *string

	// Leader is the replica that leads; nil: none does.
	Leader *string

	// Replicas is how many run. Disagreeing are those whose configuration is not the leader's.
	Replicas    int64
	Disagreeing []string

	// Schedule is the leader's, NextTick its next tick. Overdue is the first tick that has been
	// due for more than a minute and was given no run. Nil: not known, or none.
	Schedule *string
	NextTick *time.Time
	Overdue  *time.Time

	// Held are the configured tables that the latest runs have held: their rule has changed, and
	// would delete more of them than SILTGATE_MAX_SHARE.
	Held []string
}

// GetStatus reads it. The role needs SELECT on the view and USAGE on the schema. The schema is
// DefaultSchema.
func GetStatus(ctx context.Context, db Querier) (Status, error) {
	return GetStatusIn(ctx, db, DefaultSchema)
}

// GetStatusIn is GetStatus for another schema than DefaultSchema.
func GetStatusIn(ctx context.Context, db Querier, schema string) (s Status, err error) {
	err = db.QueryRow(ctx, `
		SELECT
			paused,
			paused_at,
			paused_until,
			paused_by,
			pause_reason,
			leader,
			replicas,
			disagreeing,
			schedule,
			next_tick,
			overdue,
			held
		FROM `+pgx.Identifier{schema, "status"}.Sanitize()).Scan(
		&s.Paused, &s.PausedAt, &s.PausedUntil, &s.PausedBy, &s.PauseReason,
		&s.Leader, &s.Replicas, &s.Disagreeing, &s.Schedule, &s.NextTick, &s.Overdue, &s.Held)
	if err != nil {
		return s, fmt.Errorf("read the fleet's status: %w", err)
	}
	return s, nil
}

// Pause says in one sentence on whose request runs are paused, until when and why. It is empty if
// they are not paused.
func (s Status) Pause() string {
	if !s.Paused {
		return ""
	}
	var text strings.Builder
	text.WriteString("paused")
	if s.PausedBy != nil {
		text.WriteString(" by " + *s.PausedBy)
	}
	if s.PausedUntil != nil {
		text.WriteString(" until " + s.PausedUntil.UTC().Format(time.RFC3339))
	}
	if s.PauseReason != nil {
		text.WriteString(": " + *s.PauseReason)
	}
	return text.String()
}
