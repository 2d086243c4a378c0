package purge

import (
	"errors"
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
	mu     sync.Mutex
	asked  time.Time
	missed bool // it could not read the last answer, as on a busy server
	blind  bool // it can read no answer
	seen   T
}

// look asks the database, unless it was asked a moment ago. If an answer cannot be read once, what was seen before still
// counts. It returns an error if another one cannot be read either, or the role may not read it, for the first time in a row.
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
	if err != nil && !g.missed && !errors.Is(err, errBlind) {
		g.missed = true
		return nil
	}
	was := g.blind
	if g.seen, g.missed, g.blind = seen, err != nil, err != nil; was {
		return nil
	}
	return err
}
