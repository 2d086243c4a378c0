package ui

import (
	"fmt"
	"time"

	"github.com/siltgate/siltgate/jobs"
)

// progress is how far the run at work is, how fast it goes and what holds it back.
type progress struct {
	Rows, Of int64 // deleted, or found by a dry run; and how many there may be
	Rate     int64 // rows a second, pauses included; 0: not known
	Duty     string
	Forecast *time.Time
	FinishBy *time.Time
	Late     bool // it will probably not end in time
	Waiting  string
}

// progressOf is how far a run is, and empty if there is no run. Anyone may have inserted its
// output: values that cannot be read are empty.
func progressOf(r *jobs.Run) progress {
	if r == nil {
		return progress{}
	}
	waits := r.Waits()
	now := progress{FinishBy: r.FinishBy, Waiting: text(&waits)}
	if now.Waiting == "" {
		now.Forecast = r.Forecast
	}
	if duty := r.Duty; duty != nil && *duty > 0 && *duty < 1 {
		now.Duty = fmt.Sprintf("%.3g %%", *duty*100)
	}
	result, _ := r.Result()
	for _, t := range result.Tables {
		rows := t.Deleted
		if r.DryRun {
			rows = t.Found
		}
		now.Rows += max(rows, 0)
		if !r.DryRun { // which counts the rows, and has no estimate
			now.Of += max(t.Estimate, t.Deleted, 0)
		}
	}
	if took := result.DurationMS; took > 0 {
		now.Rate = int64(float64(now.Rows) / float64(took) * 1000)
	}
	now.Late = result.Pace.Late || now.Forecast != nil && now.FinishBy != nil && now.Forecast.After(*now.FinishBy)
	return now
}
