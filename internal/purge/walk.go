package purge

import "time"

// walker yields the targets of a plan one after the other.
type walker interface {
	// next is the next target, of at most size rows or blocks; empty at the end.
	next(size int) target
	// advance moves the position past the target, of which n rows were deleted.
	advance(done target, n int64)
	// left is how long the rest of the heap is expected to take.
	left(w *Workload) time.Duration
}

// listWalk goes through a list of rows.
type listWalk struct {
	at   *position
	ids  rowList
	more int64 // how many rows later lists of the heap are expected to have
}

func (w *listWalk) next(size int) target {
	return target{rows: w.ids[:min(size, len(w.ids))]}
}

func (w *listWalk) advance(done target, n int64) {
	w.at.Deleted += n
	listed := len(done.rows)
	w.at.Row = w.ids[listed-1] + 1
	w.ids = w.ids[listed:]
}

func (w *listWalk) left(work *Workload) time.Duration { return work.Row.of(int64(len(w.ids)) + w.more) }

// sweepWalk goes through the blocks of a heap.
type sweepWalk struct{ at *position }

func (w *sweepWalk) next(size int) target {
	from := w.at.Row.block()
	to := min(from+int64(size), w.at.End)
	if from >= to {
		return target{}
	}
	return target{from: from, to: to}
}

func (w *sweepWalk) advance(done target, n int64) {
	w.at.Deleted += n
	w.at.Row += rowID(done.to-done.from) << 16
}

func (w *sweepWalk) left(work *Workload) time.Duration {
	return work.Block.of(w.at.End - w.at.Row.block() + w.at.From)
}
