// Package backoff waits between two tries of something that may succeed later.
package backoff

import (
	"context"
	"math/rand/v2"
	"time"
)

// Backoff waits twice as long each time, from First up to Longest. By chance it waits up to half
// of that less or more: replicas that lost the same database do not all come back at once.
type Backoff struct {
	First   time.Duration
	Longest time.Duration

	last time.Duration // before it is made longer or shorter by chance
}

// Wait reports whether ctx lasted until the wait was over.
func (b *Backoff) Wait(ctx context.Context) bool {
	b.last = min(max(b.First, 2*b.last), b.Longest)
	select {
	case <-ctx.Done():
		return false
	case <-time.After(b.last/2 + rand.N(b.last)):
		return true
	}
}
