package purge

import (
	"context"
	"fmt"
	"time"
)

// compareClocks reads the database's clock, and returns an error if a run must not go by it: it is too far from this
// process's, or earlier than the run's cutoff.
func (r *slice) compareClocks(ctx context.Context) (time.Time, error) {
	now, ahead, err := r.Session.Now(ctx)
	if err != nil {
		return now, err
	}
	r.ahead = ahead
	if r.MaxClockSkew > 0 && ahead.Abs() > r.MaxClockSkew {
		return now, fmt.Errorf("the database's clock is %s from this replica's: at most %s is allowed, and one of them is wrong",
			ahead.Round(time.Millisecond), r.MaxClockSkew)
	}
	if r.progress.Cutoff.After(now) {
		return now, fmt.Errorf("the run's cutoff %s is in the future: the database's clock was set back", r.progress.Cutoff.Format(time.RFC3339))
	}
	return now, nil
}

// clock is the database's.
func (r *slice) clock() time.Time { return time.Now().Add(r.ahead).UTC() }

// Now reads the database's clock, and how far it is ahead of this process's.
func (s *Session) Now(ctx context.Context) (now time.Time, ahead time.Duration, err error) {
	asked := time.Now()
	if err := s.conn.QueryRow(ctx, `SELECT pg_catalog.clock_timestamp()`).Scan(&now); err != nil {
		return now, 0, fmt.Errorf("read the database's clock: %w", err)
	}
	answered := time.Now()
	return now.UTC(), now.Sub(asked.Add(answered.Sub(asked) / 2)), nil
}
