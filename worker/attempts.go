package worker

import (
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// adjustAttempts sets AttemptedAt by this process's clock, because retries are planned by that
// clock and River wrote the database's. It sets MaxAttempts so that a killed replica costs the run
// no attempt: only failures count.
func (c *cleaner) adjustAttempts(job *rivertype.JobRow) {
	now := time.Now()
	job.AttemptedAt = &now
	if failed := job.Attempt - 1 - metadataOf(job).Rescues; failed+1 >= c.replica.MaxAttempts {
		job.MaxAttempts = job.Attempt
	} else {
		job.MaxAttempts = job.Attempt + 1
	}
}

// NextRetry spreads five tries over about a quarter of an hour. A run whose
// replica was killed did not fail: it goes on at once.
func (c *cleaner) NextRetry(job *river.Job[encodedArgs]) time.Time {
	now := time.Now()
	if job.AttemptedAt != nil && now.Sub(*job.AttemptedAt) >= c.rescueAfter {
		return now
	}
	pause := firstRetry
	for range job.Attempt - 1 {
		pause = min(retryGrowth*pause, longestRetry)
	}
	return now.Add(pause)
}
