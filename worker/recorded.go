package worker

import (
	"encoding/json"
	"fmt"

	"github.com/riverqueue/river/rivertype"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
)

// checkRecorded returns an error for a record that no replica has written.
func checkRecorded(recorded jobs.Result, progress purge.Progress) error {
	const longest = 10 * 365 * 24 * 3600 * 1000 // ms, ten years
	switch {
	case recorded.DurationMS < 0 || recorded.DurationMS > longest:
		return fmt.Errorf("duration_ms: want 0 to %d, got %d", longest, recorded.DurationMS)
	case recorded.Slices < 0:
		return fmt.Errorf("slices: want 0 or more, got %d", recorded.Slices)
	}
	return progress.Check()
}

// riverMetadata is what is read of a job's metadata: River's counts, and why the database refused
// the job's arguments when it was inserted.
type riverMetadata struct {
	Rescues int    `json:"river:rescue_count"`
	Snoozes int    `json:"snoozes"`
	Refused string `json:"siltgate:refused"`
}

// metadataOf reads it. A value that cannot be read counts as zero.
func metadataOf(job *rivertype.JobRow) (m riverMetadata) {
	_ = json.Unmarshal(job.Metadata, &m)
	return m
}
