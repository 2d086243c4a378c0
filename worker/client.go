package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/siltgate/siltgate/jobs"
)

const (
	// A slice ends well before River's timeout, which ends well before River
	// takes the replica for dead: so a killed replica's run is soon rescued.
	sliceLength = 30 * time.Second
	jobTimeout  = 60 * time.Second
	rescueAfter = 90 * time.Second

	// deadAfter is older than a slice becomes, with its last batch and until its job
	// is given back, without the lock.
	deadAfter = sliceLength + 15*time.Second

	// pollInterval is how late a retry may start. All else is notified.
	pollInterval = 10 * time.Second

	// runsInHand lets a replica that is deleting still send other runs to wait,
	// and refuse bad ones, at once. One deletes at a time all the same.
	runsInHand = 8
)

// newClient makes the River client. Runs end when draining is done; ahead is how
// far this process's clock is ahead of the database's.
func (r Replica) newClient(draining context.Context, ahead time.Duration, periodic ...*river.PeriodicJob) (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	// River compares its process's clock with the database's.
	rescueAfter := rescueAfter + max(ahead, 0)
	if err := river.AddWorkerSafely(workers, &cleaner{replica: r, draining: draining, rescueAfter: rescueAfter}); err != nil {
		return nil, err
	}
	return river.NewClient(riverpgxv5.New(r.Pool), &river.Config{
		ID:           r.ID,
		Schema:       r.Schema,
		Logger:       riverLogger(r.Log, r.Outage),
		Queues:       map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: runsInHand}},
		Workers:      workers,
		PeriodicJobs: periodic,
		ErrorHandler: &errorHandler{log: r.Log},

		FetchPollInterval:    pollInterval,
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,

		// The row that says that a tick ran must outlive the catch-up window.
		CancelledJobRetentionPeriod: r.History,
		CompletedJobRetentionPeriod: r.History,
		DiscardedJobRetentionPeriod: r.History,

		// Reindexing needs to own the indexes, which a worker's role need not.
		ReindexerIndexNames: []string{},
		ReindexerSchedule:   river.NeverSchedule(),
	})
}

// errorHandler ends jobs that no attempt can mend, and sees what never became a
// run of ours.
type errorHandler struct{ log *slog.Logger }

// refusedError is a job that is wrong by itself.
type refusedError struct{ error }

// HandleError implements river.ErrorHandler.
func (h *errorHandler) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	var refused refusedError
	switch {
	case errors.As(err, &refused):
		return &river.ErrorHandlerResult{SetCancelled: true}
	case job.Kind != jobs.TokenCleanupKind:
		h.log.Error("job refused", "job_id", job.ID, "kind", job.Kind, "error", err)
		return &river.ErrorHandlerResult{SetCancelled: true}
	}
	return nil
}

// HandlePanic logs a defect of ours; River retries the run.
func (h *errorHandler) HandlePanic(_ context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	h.log.Error("run panicked", "job_id", job.ID, "attempt", job.Attempt, "panic", value, "trace", trace)
	return nil
}
