package purge

import (
	"sync"
	"time"
)

const (
	// lagInterval is how often a guard asks the database.
	lagInterval = time.Second

	// blindInterval is how often, while it cannot read the answer.
	blindInterval = time.Minute
)

// sight is what a guard has seen of the database.
type sight[T any] struct {
	mu    sync.Mutex
	asked time.Time
	blind bool // it could not read the answer
	seen  T
}

// look asks the database, unless it was asked a moment ago. It returns an error if the answer could not be read, for
// the first time in a row.
func (g *sight[T]) look(s *Session, now time.Time, read func() (T, error)) error {
	interval := lagInterval
	if g.blind {
		interval = blindInterval
	}
	if now.Sub(g.asked) < interval {
		return nil
	}
	g.asked = now
	seen, err := read()
	if s.lost() {
		return nil
	}
	was := g.blind
	if g.seen, g.blind = seen, err != nil; was {
		return nil
	}
	return err
}
