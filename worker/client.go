package worker

import (
	"context"
	"errors"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/siltgate/siltgate/jobs"
)

// runsInHand is how many runs a replica fetches at a time. One of them deletes; the replica sends
// the others to wait, and refuses wrong ones, without delay.
const runsInHand = 8

// newClient makes the River client that has the runs executed.
func (c *cleaner) newClient(periodic ...*river.PeriodicJob) (*river.Client[pgx.Tx], error) {
	r := c.replica
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, c); err != nil {
		return nil, err
	}
	return river.NewClient(newDriver(r), &river.Config{
		ID:           r.ID,
		Schema:       r.Schema,
		Logger:       riverLogger(r.Log, r.outage),
		Queues:       map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: runsInHand}},
		Workers:      workers,
		PeriodicJobs: periodic,
		ErrorHandler: &errorHandler{log: r.Log},

		FetchPollInterval:    pollInterval,
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: c.rescueAfter,

		// The row that says that a tick ran must outlive the catch-up window.
		CancelledJobRetentionPeriod: r.History,
		CompletedJobRetentionPeriod: r.History,
		DiscardedJobRetentionPeriod: r.History,

		// Reindexing needs to own the indexes, which a worker's role need not.
		ReindexerIndexNames: []string{},
		ReindexerSchedule:   river.NeverSchedule(),
	})
}

// errorHandler ends jobs that would fail at every attempt: refused runs, and jobs of other kinds.
type errorHandler struct{ log *slog.Logger }

// refusedError says that a job is wrong, so that no further attempt would help.
type refusedError struct{ error }

// HandleError implements river.ErrorHandler.
func (h *errorHandler) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	var refused refusedError
	switch {
	case errors.As(err, &refused):
		return &river.ErrorHandlerResult{SetCancelled: true}
	case job.Kind != jobs.TokenCleanupKind:
		h.log.Error("job refused: Siltgate works on no jobs of this kind", "job_id", job.ID, "kind", job.Kind, "error", err)
		return &river.ErrorHandlerResult{SetCancelled: true}
	}
	return nil
}

// HandlePanic logs a defect in Siltgate; River retries the run.
func (h *errorHandler) HandlePanic(_ context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	h.log.Error("run panicked, which is a defect of Siltgate: it is tried again", "job_id", job.ID, "attempt", job.Attempt, "panic", value, "trace", trace)
	return nil
}
