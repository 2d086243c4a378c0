package schedule

import "time"

const (
	// gapStep is the distance between two instants whose gaps are compared. Where ticks are closer
	// together than that, not every gap is looked at.
	gapStep = time.Hour

	// gapSpan is how far ahead gaps are looked for: more than two months.
	gapSpan = 70 * 24 * time.Hour
)

// LongestGap returns the longest time from one tick to the next, such as the weekend of a schedule
// for working days. It looks at the gap that now is in and at those of the coming ten weeks. It is
// zero when the schedule is off.
func (s Schedule) LongestGap(now time.Time) time.Duration {
	var longest time.Duration
	for at := now; at.Before(now.Add(gapSpan)); {
		tick, next := s.LatestTick(at), s.Next(at)
		if tick.IsZero() || next.IsZero() {
			break
		}
		longest = max(longest, next.Sub(tick))
		at = later(next, at.Add(gapStep))
	}
	return longest
}
