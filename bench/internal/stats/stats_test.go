package stats

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPercentileIsTheSmallestValueNotExceededByTheShare(t *testing.T) {
	t.Parallel()
	var took []time.Duration
	for i := 1; i <= 1000; i++ {
		took = append(took, time.Duration(i)*time.Millisecond)
	}
	for q, want := range map[float64]int{
		0: 1, 0.5: 500, 0.99: 990, 0.999: 999, 0.9991: 1000, 1: 1000,
	} {
		require.Equal(t, took[want-1], Percentile(took, q), "q=%v", q)
	}
	require.Equal(t, 7*time.Second, Percentile([]time.Duration{7 * time.Second}, 0.01))
	require.Zero(t, Percentile(nil, 0.5))
}

func TestSummarizeSortsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	got := Summarize([]time.Duration{3 * time.Millisecond, time.Millisecond, 2500 * time.Microsecond})
	require.Equal(t, Latency{N: 3, P50: 2.5, P99: 3, P999: 3, Max: 3}, got)
	require.Equal(t, Latency{}, Summarize(nil))
}

func TestMedianOfRepetitionsKeepsTheWorstMaximum(t *testing.T) {
	t.Parallel()
	got := MedianLatency([]Latency{
		{N: 10, P50: 1, P99: 9, P999: 30, Max: 31},
		{N: 20, P50: 3, P99: 7, P999: 20, Max: 90},
		{N: 30, P50: 2, P99: 8, P999: 40, Max: 41},
	})
	require.Equal(t, Latency{N: 60, P50: 2, P99: 8, P999: 30, Max: 90}, got)
}

func TestMedianOfAnEvenNumberIsTheLower(t *testing.T) {
	t.Parallel()
	require.Equal(t, 2, Median([]int{4, 1, 3, 2}))
	require.Zero(t, Median([]float64{}))
}

func TestTimelinePutsRequestsWhereTheyWereDue(t *testing.T) {
	t.Parallel()
	zero := time.Unix(1000, 0)
	at := func(ms, took int) Point {
		return Point{Due: zero.Add(time.Duration(ms) * time.Millisecond), Took: time.Duration(took) * time.Millisecond}
	}
	got := Timeline([]Point{at(-150, 5), at(-50, 1), at(-1, 3), at(0, 2), at(99, 4), at(300, 9)}, zero, 100*time.Millisecond)
	require.Equal(t, []Window{
		{At: -0.2, P50: 5, Max: 5},
		{At: -0.1, P50: 1, Max: 3},
		{At: 0, P50: 2, Max: 4},
		{At: 0.3, P50: 9, Max: 9},
	}, got)
}
