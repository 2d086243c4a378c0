package purge

import "time"

const (
	// lagInterval is how often a guard asks the database.
	lagInterval = time.Second

	// blindInterval is how often, while it cannot read the answer.
	blindInterval = time.Minute
)

// sight is when a guard asked the database last, and whether it could read the answer.
type sight struct {
	asked time.Time
	blind bool
}

// due reports whether it is time to ask again. If so, it counts as asked now.
func (s *sight) due(now time.Time) bool {
	interval := lagInterval
	if s.blind {
		interval = blindInterval
	}
	if now.Sub(s.asked) < interval {
		return false
	}
	s.asked = now
	return true
}

// turnsBlind records whether the answer could be read, and reports whether it is the first that could
// not.
func (s *sight) turnsBlind(err error) bool {
	was := s.blind
	s.blind = err != nil
	return s.blind && !was
}
