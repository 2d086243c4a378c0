package pgtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Never fails the test if the condition holds whenever it is evaluated within the time. That is done in the
// test's own goroutine: the last evaluation of require.Never may outlive the test, and fail it.
func Never(t testing.TB, condition func() bool, within, interval time.Duration) {
	t.Helper()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for over := time.Now().Add(within); time.Now().Before(over); <-ticker.C {
		require.False(t, condition(), "condition holds")
	}
}
