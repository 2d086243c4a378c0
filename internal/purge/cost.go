package purge

import (
	"math"
	"time"
)

// costWeight is by how much an older batch counts less than the next one in the mean cost of a unit of work. With
// 0.2 the duty swung by a factor of four where batches took 80 % more or less than usual.
const costWeight = 0.05

// cost is the mean time that a unit of work takes: a block of a sweep, a row of a list. It is the time of all batches
// over their units, and not the mean of each batch's quotient: the first batches are small, so what each batch costs besides
// its units would count for too much. The zero value is not known yet.
type cost struct {
	Took  float64 `json:"took,omitempty"`  // nanoseconds, where each batch counts less than the next one
	Units float64 `json:"units,omitempty"` // counted in the same way
}

// after returns the mean with one more batch in it.
func (c cost) after(took time.Duration, units int64) cost {
	if units <= 0 {
		return c
	}
	return cost{
		Took:  (1-costWeight)*c.Took + float64(took),
		Units: (1-costWeight)*c.Units + float64(units),
	}
}

// of is how long that many units are expected to take.
func (c cost) of(units int64) time.Duration {
	if c.Units == 0 {
		return 0
	}
	return time.Duration(min(c.Took/c.Units*float64(max(units, 0)), float64(math.MaxInt64/4)))
}
