package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// patience is for conditions to which no promise gives a time.
const patience = pgtest.Patience

// await polls until done reports true, and fails the test if that takes too long.
func await(t testing.TB, within time.Duration, what string, done func() bool) {
	t.Helper()
	const interval = 20 * time.Millisecond
	deadline := time.Now().Add(within)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s for %s", within, what)
		}
		<-time.After(interval)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
