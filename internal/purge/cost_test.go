package purge

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A run of half a minute has some fifty batches. The first ones are small, and each costs something besides its rows.
func TestTheForecastOfAShortRunIsRightFromAThirdOn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const target = 10 * time.Millisecond
		begin := rapid.SampledFrom([]func(Pace) pacer{blockPacer, rowPacer}).Draw(t, "sizes")
		fixed := time.Duration(rapid.Int64Range(0, int64(target/4)).Draw(t, "what each batch costs besides"))
		unit := time.Duration(rapid.Int64Range(int64(10*time.Microsecond), int64(50*time.Microsecond)).Draw(t, "what a unit costs"))
		units := rapid.Int64Range(30, 60).Draw(t, "batches") * int64(target/unit)

		start := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
		now, g, pace := start, newGovernor(0.3, start, time.Hour), begin(Pace{BatchTarget: target})
		var c cost
		forecasts := map[time.Duration]time.Duration{}
		for left := units; left > 0; {
			batch := min(left, int64(pace.size))
			took := fixed + time.Duration(batch)*unit
			now, left = now.Add(took), left-batch
			c = c.after(took, batch)
			g = g.after(now, c.of(left))
			forecasts[now.Sub(start)] = g.forecast(now).Sub(start)
			pace = pace.after(took, finished)
			now = now.Add(g.rest(took))
		}
		lasted := now.Sub(start)
		for at, forecast := range forecasts {
			if at > lasted/3 {
				require.InEpsilon(t, lasted, forecast, 0.1, "after %s", at)
			}
		}
	})
}

func TestAMeanCostFollowsWhatBatchesTakeNow(t *testing.T) {
	t.Parallel()
	var c cost
	require.Zero(t, c.of(100), "nothing is known before the first batch")
	for range 100 {
		c = c.after(time.Second, 100)
	}
	require.Equal(t, time.Second, c.of(100).Round(time.Millisecond))
	require.Equal(t, c, c.after(time.Second, 0), "a batch without units says nothing")
	for range 100 {
		c = c.after(2*time.Second, 100)
	}
	require.Equal(t, 2*time.Second, c.of(100).Round(100*time.Millisecond))
}
