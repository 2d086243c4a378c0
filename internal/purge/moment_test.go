package purge

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// What expires at the cutoff has not expired before it.
func TestANumberIsEarlierThanAnInstantOnlyIfItIsLessThanIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]Unit{Seconds, Milliseconds}).Draw(t, "unit")
		each := map[Unit]int64{Seconds: 1_000_000, Milliseconds: 1000}[unit]
		number := rapid.Int64Range(-1e15/each, 4e15/each).Draw(t, "number")
		after := rapid.Int64Range(0, each-1).Draw(t, "microseconds after it")
		s := &statement{}
		moment{column: column{name: "expires", kind: integer}, unit: unit}.bound(s, time.UnixMicro(number*each+after))
		require.Equal(t, after > 0, number < s.args[0].(int64))
		require.Equal(t, number+min(after, 1), s.args[0])
	})
}
