package schedule

import "time"

const (
	// periodTicks and periodDays bound how many ticks are compared. An expression repeats
	// itself in a year, but for the 29th of February.
	periodTicks = 1500
	periodDays  = 400
)

// Period is the shortest time between two ticks; 0 if the schedule is off or has but one.
func (s Schedule) Period() time.Duration {
	if s.every > 0 {
		return s.every
	}
	// The instants are the same whenever it is asked, so that all replicas agree.
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	shortest := time.Duration(0)
	tick := s.Next(from)
	for range periodTicks {
		next := s.Next(tick)
		if next.IsZero() || tick.IsZero() || next.After(from.AddDate(0, 0, periodDays)) {
			break
		}
		if between := next.Sub(tick); shortest == 0 || between < shortest {
			shortest = between
		}
		if shortest <= time.Second {
			break // there is none shorter
		}
		tick = next
	}
	return shortest
}
