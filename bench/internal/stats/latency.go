// Package stats is the arithmetic of the measurements.
package stats

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Latency sums up how long requests took, in milliseconds.
type Latency struct {
	N    int     `json:"n"`
	P50  float64 `json:"p50_ms"`
	P99  float64 `json:"p99_ms"`
	P999 float64 `json:"p999_ms"`
	Max  float64 `json:"max_ms"`
}

// Summarize sums up durations, which it sorts.
func Summarize(took []time.Duration) Latency {
	slices.Sort(took)
	return Latency{
		N:    len(took),
		P50:  Milliseconds(Percentile(took, 0.5)),
		P99:  Milliseconds(Percentile(took, 0.99)),
		P999: Milliseconds(Percentile(took, 0.999)),
		Max:  Milliseconds(Percentile(took, 1)),
	}
}

// Percentile is the smallest of the sorted durations that is not exceeded by
// the share q of them; 0 of none.
func Percentile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(q * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Median is the middle value, of an even number the lower of the two; the zero
// value of none.
func Median[T cmp.Ordered](values []T) T {
	if len(values) == 0 {
		var none T
		return none
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

// MedianOf is the median of one figure.
func MedianOf[S ~[]T, T any](of S, figure func(T) float64) float64 {
	values := make([]float64, len(of))
	for i, t := range of {
		values[i] = figure(t)
	}
	return Median(values)
}

// MedianLatency is the median of each figure over repetitions, but the worst of
// all the maxima and the sum of all the requests.
func MedianLatency(of []Latency) Latency {
	sum := Latency{
		P50:  MedianOf(of, func(l Latency) float64 { return l.P50 }),
		P99:  MedianOf(of, func(l Latency) float64 { return l.P99 }),
		P999: MedianOf(of, func(l Latency) float64 { return l.P999 }),
	}
	for _, l := range of {
		sum.N += l.N
		sum.Max = max(sum.Max, l.Max)
	}
	return sum
}

// Milliseconds is d with three decimals.
func Milliseconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000
}
