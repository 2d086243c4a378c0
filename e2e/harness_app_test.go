package e2e

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/application"
)

// app is the application beside the fleet.
type app struct {
	*application.Application
	t testing.TB
}

// startApp starts the application. It stops at the test's end, or by Stop.
func startApp(t testing.TB, db *database) *app {
	t.Helper()
	return startAppAt(t, db.url)
}

// startLeisurely starts an application whose table hardly grows.
func startLeisurely(t testing.TB, db *database) *app {
	t.Helper()
	return startAppWith(t, db.url, 200*time.Millisecond)
}

// startAppAt is for an application that reaches its database by another way than the test.
func startAppAt(t testing.TB, url string) *app {
	t.Helper()
	return startAppWith(t, url, 10*time.Millisecond)
}

func startAppWith(t testing.TB, url string, rest time.Duration) *app {
	t.Helper()
	a, err := application.Start(t.Context(), application.Options{
		URL:    url,
		Rest:   rest,
		Random: func(user int) *rand.Rand { return randomness(t, fmt.Sprintf("user %d", user)) },
	})
	require.NoError(t, err)
	t.Cleanup(a.Stop)
	return &app{Application: a, t: t}
}

// requireUndisturbed is invariant F: no statement of the application failed, or waited for a
// lock longer than its patience, which is an error too.
func (a *app) requireUndisturbed() {
	a.t.Helper()
	a.requireUndisturbedByUs()
	require.Empty(a.t, a.Record().Outages, "the application lost its database")
}

// requireUndisturbedByUs is invariant F for a fault of the database itself: no statement failed for
// another reason.
func (a *app) requireUndisturbedByUs() {
	a.t.Helper()
	did := a.Record()
	require.NotEmpty(a.t, did.Statements)
	require.Empty(a.t, did.Failures, "the application was disturbed")
	var longest time.Duration
	for _, s := range did.Statements {
		longest = max(longest, s.Took)
	}
	a.t.Logf("the application: %d statements, the longest took %s; %d failed with the database", len(did.Statements),
		longest.Round(time.Millisecond), len(did.Outages))
}
