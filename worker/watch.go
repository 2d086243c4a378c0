package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/rivertype"
)

// jobEndedError says that a person ended the job while its run was worked.
type jobEndedError struct{ state rivertype.JobState }

func (e jobEndedError) Error() string { return fmt.Sprintf("the job was set to %s", e.state) }

// errJobGone says that the job was deleted, or given to another replica, while it was worked.
var errJobGone = errors.New("the job is no longer this replica's")

// turnWantedError names a run that goes before the one that is worked.
type turnWantedError struct{ by int64 }

func (e turnWantedError) Error() string { return fmt.Sprintf("run %d goes first", e.by) }

// watched returns a context that ends when the slice has to: the run is cancelled or another
// replica's, another run goes first, or runs are paused. River only notifies of a cancelling, and
// a notification may be lost, so this reads the tables.
func (r *run) watched(ctx context.Context, me contender) (watched context.Context, stop func()) {
	watched, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-watched.Done():
				return
			case <-time.After(watchInterval):
			}
			if reason := r.reasonToEnd(watched, me); reason != nil {
				cancel(reason)
				return
			}
		}
	}()
	return watched, func() {
		cancel(nil)
		<-done
	}
}

// reasonToEnd returns why the slice has to end. It returns nil if it need not, or if the tables could
// not be read.
func (r *run) reasonToEnd(ctx context.Context, me contender) error {
	ctx, cancel := context.WithTimeout(ctx, watchInterval)
	defer cancel()
	var state rivertype.JobState
	var cancelled, ours bool
	var wantedBy, wantedRank int64
	var paused pauseRow
	err := r.replica.pool.QueryRow(ctx, `
		SELECT
			job.state::text,
			job.metadata ? 'cancel_attempted_at',
			coalesce(job.attempted_by[cardinality(job.attempted_by)] = $2, false),
			coalesce(waiting.id, 0),
			coalesce(turn.wanted_rank, 0),
			`+pausedColumns+`
		FROM `+r.replica.table("river_job")+` AS job
		LEFT JOIN `+r.replica.table("turn")+` AS turn
			ON turn.wanted_until > pg_catalog.now() AND turn.wanted_until < pg_catalog.now() + $3::pg_catalog.interval
		LEFT JOIN `+r.replica.table("river_job")+` AS waiting
			ON waiting.id = turn.wanted_by AND waiting.id <> job.id AND waiting.finalized_at IS NULL
		LEFT JOIN `+r.replica.paused()+` AS paused ON true
		WHERE job.id = $1`, r.job.ID, r.replica.ID, longestReservation,
	).Scan(append([]any{&state, &cancelled, &ours, &wantedBy, &wantedRank}, paused.scan()...)...)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return errJobGone
	case err != nil:
		if gone := r.replica.explainGone(ctx, err); errors.As(gone, new(schemaGoneError)) {
			return gone
		}
		return nil
	case state == rivertype.JobStateCancelled, state == rivertype.JobStateCompleted, state == rivertype.JobStateDiscarded:
		return jobEndedError{state}
	case state != rivertype.JobStateRunning, !ours:
		return errJobGone
	case cancelled:
		return rivertype.ErrJobCancelledRemotely
	case paused.Paused:
		return pausedError{paused.pause()}
	case wantedBy != 0 && me.yields(time.Since(r.sliceBegan), contender{wantedBy, rank(wantedRank)}):
		return turnWantedError{wantedBy}
	}
	return nil
}
