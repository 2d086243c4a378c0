package demo

import (
	"fmt"
	"slices"
	"time"

	//nolint:depguard // The application beside is for tests and for the demo, which this is.
	"github.com/siltgate/siltgate/internal/testkit/application"
	"github.com/siltgate/siltgate/jobs"
)

// latency says how long statements took, with the slowest.
func latency(statements []application.Statement) string {
	if len(statements) == 0 {
		return "none was made"
	}
	var took []time.Duration
	for _, s := range statements {
		took = append(took, s.Took)
	}
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[int(share*float64(len(took)-1))] }
	return fmt.Sprintf("half took up to %s, 99 in 100 up to %s, the slowest %s",
		milliseconds(at(0.5)), milliseconds(at(0.99)), milliseconds(at(1)))
}

// during picks the statements that were under way while one of the runs was.
func during(runs []jobs.Run, statements []application.Statement) []application.Statement {
	var picked []application.Statement
	for _, s := range statements {
		if slices.ContainsFunc(runs, func(r jobs.Run) bool {
			return r.StartedAt != nil && s.Began.Add(s.Took).After(*r.StartedAt) &&
				(r.FinishedAt == nil || s.Began.Before(*r.FinishedAt))
		}) {
			picked = append(picked, s)
		}
	}
	return picked
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1fms", float64(d.Microseconds())/1000)
}
