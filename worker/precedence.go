package worker

import "time"

// rank says how soon it is a run's turn, compared with others. The lower rank goes first.
type rank int

const (
	// rankStarved is a scheduled run that has waited for one period of its schedule.
	rankStarved rank = iota
	rankByHandBegun
	rankByHand
	rankScheduledBegun
	rankScheduled
)

// scheduled reports whether it is the rank of a tick's run.
func (k rank) scheduled() bool {
	return k == rankStarved || k == rankScheduledBegun || k == rankScheduled
}

// rankOf is the rank of a run. It has begun when it has read its cutoff.
func rankOf(scheduled, begun, starved bool) rank {
	switch {
	case scheduled && starved:
		return rankStarved
	case scheduled && begun:
		return rankScheduledBegun
	case scheduled:
		return rankScheduled
	case begun:
		return rankByHandBegun
	default:
		return rankByHand
	}
}

// rankInSQL is rankOf for a row of river_job named job. It does not know for how long that run has
// waited.
const rankInSQL = `(
	CASE WHEN job.args ? 'tick' THEN 3 ELSE 1 END
	+ CASE WHEN job.metadata -> 'output' -> 'cutoff' IS NULL THEN 1 ELSE 0 END)`

// contender is a run that has the turn or waits for it.
type contender struct {
	job  int64
	rank rank
}

// before reports whether c goes before another run. Any two runs have an order, and it is the same
// for all replicas. `taken` says the same in SQL.
func (c contender) before(other contender) bool {
	if c.rank != other.rank {
		return c.rank < other.rank
	}
	return c.job < other.job
}

// yields reports whether c, which had this rank when it took the turn, ends its slice early for a
// run that waits. A starved run does so only for a run by hand that has not begun.
func (c contender) yields(held time.Duration, to contender) bool {
	if c.rank == rankStarved {
		return to.rank == rankByHand && held >= leastSlice
	}
	return to.before(c)
}
