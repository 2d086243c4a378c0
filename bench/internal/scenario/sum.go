package scenario

import (
	"slices"
	"strings"
	"time"

	"github.com/siltgate/siltgate/bench/internal/foreground"
	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/stats"
	"github.com/siltgate/siltgate/bench/internal/watch"
)

// sum makes the trial's figures of what was recorded.
func (t *trial) sum(record *foreground.Record, seen *watch.Seen, before stretch, o method.Outcome) {
	r := &t.result
	ended := o.Began.Add(o.Took)
	r.Seconds = o.Took.Seconds()
	r.Deleted, r.Batches, r.Failed = o.Deleted, o.Batches, o.Failed
	r.Capped, r.Plan = o.Capped, o.Plan
	if o.Result != nil {
		r.DelayMS, r.RecordedMS, r.Paces = stats.Milliseconds(o.Delay), o.Result.DurationMS, o.Paces
	}

	r.Before = stats.Summarize(due(record.Points, before.from, before.to))
	r.took = due(record.Points, o.Began, ended)
	if t.step {
		r.calm = due(record.Points, o.Began, o.Began.Add(stepAfter))
		r.loads = due(record.Points, o.Began.Add(stepAfter), ended)
	}
	r.During = stats.Summarize(slices.Clone(r.took))
	r.After = stats.Summarize(due(record.Points, ended, ended.Add(time.Hour)))
	r.Errors, r.Deadlocks = record.Errors, record.Deadlocks
	if record.First != nil {
		r.Error = record.First.Error()
	}
	measured := record.Points
	for len(measured) > 0 && measured[0].Due.Before(before.from) {
		measured = measured[1:]
	}
	r.Timeline = stats.Timeline(measured, o.Began, timelineWidth)

	r.Writes, r.LongestWrite = spans(seen.Writes, o.Began, ended)
	r.Reads, r.LongestRead = spans(seen.Reads, o.Began, ended)
	r.LockWaits, r.LongestWait = spans(seen.LockWaits, o.Began, ended)
	r.Samples, r.Shares = seen.Samples, seen.Shares.Largest()
}

// spans sums up those of a phase, and says what the longest was about.
func spans(seen []watch.Span, from, to time.Time) (sum stats.Latency, longest string) {
	var points []stats.Point
	var most time.Duration
	for _, s := range seen {
		points = append(points, s.Point)
		if s.Took > most && !s.Due.Before(from) && s.Due.Before(to) {
			most, longest = s.Took, strings.Join(strings.Fields(s.Query), " ")
		}
	}
	return stats.Summarize(due(points, from, to)), longest
}

// speed is known when the rows that are gone are counted.
func (t *Trial) speed() { t.RowsPerSecond = float64(t.Gone) / max(t.Seconds, 1e-6) }

// due are the latencies of the requests that were due from..to, to excluded.
func due(points []stats.Point, from, to time.Time) []time.Duration {
	var took []time.Duration
	for _, p := range points {
		if !p.Due.Before(from) && p.Due.Before(to) {
			took = append(took, p.Took)
		}
	}
	return took
}
