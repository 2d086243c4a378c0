package purge

import (
	"math"
	"time"
)

// costWeight is the newest batch's share in the mean cost of a unit of work. With 0.2
// the duty swung by a factor of four where batches took 80 % more or less than usual.
const costWeight = 0.05

// cost is the mean time that a unit of work takes: a block of a sweep, a row of a list.
type cost float64 // nanoseconds; zero: not known yet

// after returns the mean with one more batch in it.
func (c cost) after(took time.Duration, units int64) cost {
	if units <= 0 {
		return c
	}
	now := cost(float64(took) / float64(units))
	if c == 0 {
		return now
	}
	return (1-costWeight)*c + costWeight*now
}

// of is how long that many units are expected to take.
func (c cost) of(units int64) time.Duration {
	return time.Duration(min(float64(c)*float64(max(units, 0)), float64(math.MaxInt64/4)))
}
