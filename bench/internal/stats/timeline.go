package stats

import "time"

// Window sums up the requests that were due within a stretch of time.
type Window struct {
	At  float64 `json:"at_s"` // its beginning, relative to the purge's
	P50 float64 `json:"p50_ms"`
	Max float64 `json:"max_ms"`
}

// Point is one request: when it was due, and how long it took from then.
type Point struct {
	Due  time.Time
	Took time.Duration
}

// Timeline sums points up, which are in the order of Due, by windows of that
// width; zero is at the time zero. Windows without points are left out.
func Timeline(points []Point, zero time.Time, width time.Duration) []Window {
	var windows []Window
	for len(points) > 0 {
		slot := floor(points[0].Due.Sub(zero), width)
		var took []time.Duration
		for len(points) > 0 && floor(points[0].Due.Sub(zero), width) == slot {
			took = append(took, points[0].Took)
			points = points[1:]
		}
		sum := Summarize(took)
		windows = append(windows, Window{
			At:  (time.Duration(slot) * width).Seconds(),
			P50: sum.P50,
			Max: sum.Max,
		})
	}
	return windows
}

// floor divides towards minus infinity.
func floor(d, width time.Duration) int64 {
	q := int64(d / width)
	if d%width < 0 {
		q--
	}
	return q
}
