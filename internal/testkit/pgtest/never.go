package pgtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Never fails the test if the condition holds at any look within the time. It looks in the
// test's own goroutine: the last look of require.Never may outlive the test, and fail it.
func Never(t testing.TB, condition func() bool, within, interval time.Duration) {
	t.Helper()
	look := time.NewTicker(interval)
	defer look.Stop()
	for over := time.Now().Add(within); time.Now().Before(over); <-look.C {
		require.False(t, condition(), "condition holds")
	}
}
