package demo

import (
	"fmt"
	"slices"
	"time"
)

// latency says how long statements took, with the slowest.
func latency(statements []statement) string {
	if len(statements) == 0 {
		return "none was made"
	}
	var took []time.Duration
	for _, s := range statements {
		took = append(took, s.took)
	}
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[int(share*float64(len(took)-1))] }
	return fmt.Sprintf("half took up to %s, 99 in 100 up to %s, the slowest %s",
		milliseconds(at(0.5)), milliseconds(at(0.99)), milliseconds(at(1)))
}

// during picks the statements that were under way while one of the runs was.
func during(runs []run, statements []statement) []statement {
	var picked []statement
	for _, s := range statements {
		if slices.ContainsFunc(runs, func(r run) bool {
			return r.StartedAt != nil && s.began.Add(s.took).After(*r.StartedAt) &&
				(r.FinishedAt == nil || s.began.Before(*r.FinishedAt))
		}) {
			picked = append(picked, s)
		}
	}
	return picked
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1fms", float64(d.Microseconds())/1000)
}
