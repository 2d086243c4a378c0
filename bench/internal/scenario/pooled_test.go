package scenario

import (
	"slices"
	"testing"
	"time"

	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/stats"
)

// measured is a method's trials, of which each has one 99th percentile.
func measured(name string, p99 ...float64) group {
	var g group
	for _, ms := range p99 {
		took := []time.Duration{time.Duration(ms * float64(time.Millisecond))}
		g = append(g, Trial{Method: name, During: stats.Latency{N: 1, P99: ms}, took: took})
	}
	return g
}

func TestEachRepetitionIsComparedWithItsOwnControl(t *testing.T) {
	t.Parallel()
	control := measured(method.None, 2, 4, 5)
	if got := measured(method.Scheduled, 3, 4, 10).ratios(control); !slices.Equal(got, []float64{1, 1.5, 2}) {
		t.Error(got)
	}
	if got := control.ratios(control); !slices.Equal(got, []float64{0.5, 0.8, 2.5}) {
		t.Error("the control is compared with the next repetition's", got)
	}
	if got := measured(method.None, 2).ratios(measured(method.None, 2)); len(got) > 0 {
		t.Error("one repetition has nothing to be compared with", got)
	}
}

func TestPooledFiguresAreOfAllRequests(t *testing.T) {
	t.Parallel()
	trials := append(measured(method.Scheduled, 3, 4, 10), measured(method.None, 2, 4, 5)...)
	row := pooledTable(trials).Rows[0]
	want := []string{method.Scheduled, "3", "4", "0–0", "10", "3–10", "10", "0–0", "2.00", "2.00", "1 of 3", "1.00 1.50 2.00"}
	if !slices.Equal(row, want) {
		t.Error(row)
	}
}
