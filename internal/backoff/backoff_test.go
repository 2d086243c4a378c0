package backoff_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/backoff"
)

func TestEachWaitIsTwiceTheLastUpToTheLongestGiveOrTakeAHalf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wait := backoff.Backoff{First: time.Second, Longest: 5 * time.Second}
		for _, seconds := range []float64{1, 2, 4, 5, 5} {
			began := time.Now()
			require.True(t, wait.Wait(t.Context()))
			require.InDelta(t, seconds, time.Since(began).Seconds(), seconds/2)
		}
	})
}

func TestReplicasThatFailedTogetherDoNotTryTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		waits := map[time.Duration]bool{}
		for range 20 {
			began := time.Now()
			wait := backoff.Backoff{First: time.Second, Longest: time.Second}
			require.True(t, wait.Wait(t.Context()))
			waits[time.Since(began)] = true
		}
		require.Greater(t, len(waits), 15)
	})
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		wait := backoff.Backoff{First: time.Hour, Longest: time.Hour}
		require.False(t, wait.Wait(ctx))
		require.Equal(t, time.Second, time.Since(began))
	})
}
