package worker

import (
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// mostKills is after how many kills a run is discarded: one that kills its replicas must not do so for ever.
const mostKills = 25

// adjustAttempts sets AttemptedAt by this process's clock, because retries are planned by that
// clock and River wrote the database's. It sets MaxAttempts so that a killed replica costs the run
// no attempt: only failures count.
func (c *cleaner) adjustAttempts(job *rivertype.JobRow) {
	now := time.Now()
	job.AttemptedAt = &now
	failed := job.Attempt - 1 - metadataOf(job).Rescues
	allowOneMore(job, failed+1 < c.replica.MaxAttempts)
}

// allowOneMore says whether River may retry a job. It decides by the job in hand, not by its row.
func allowOneMore(job *rivertype.JobRow, may bool) {
	job.MaxAttempts = job.Attempt
	if may {
		job.MaxAttempts++
	}
}

// NextRetry spreads five tries over about a quarter of an hour. A run whose
// replica was killed did not fail: it goes on at once. River asks for that time, and then
// whether the run may be tried again: kills are counted apart from failures.
func (c *cleaner) NextRetry(job *river.Job[encodedArgs]) time.Time {
	now := time.Now()
	if job.AttemptedAt != nil && now.Sub(*job.AttemptedAt) >= c.rescueAfter {
		allowOneMore(job.JobRow, metadataOf(job.JobRow).Rescues+1 < mostKills)
		return now
	}
	pause := firstRetry
	for range job.Attempt - 1 {
		pause = min(retryGrowth*pause, longestRetry)
	}
	return now.Add(pause)
}
