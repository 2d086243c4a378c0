package purge

// walker yields the targets of a plan one after the other.
type walker interface {
	// next is the target from the position on, of at most size rows or blocks;
	// nil at the end.
	next(size int) target
	// advance moves the position past the target, of which n rows were deleted;
	// false: the target comes again.
	advance(done target, n int64) bool
}

// listWalk goes through a list of rows.
type listWalk struct {
	at  *position
	ids rowList
}

func (w *listWalk) next(size int) target {
	if len(w.ids) == 0 {
		return nil
	}
	return w.ids[:min(size, len(w.ids))]
}

func (w *listWalk) advance(done target, n int64) bool {
	w.at.Found += n
	listed := len(done.(rowList))
	w.at.Row = w.ids[listed-1] + 1
	w.ids = w.ids[listed:]
	return true
}

// sweepWalk goes through the blocks of a heap: up, and on odd passes down,
// because rows may refer to older ones or to newer ones.
type sweepWalk struct {
	at    *position
	again bool // a range that gave rows may give more: those they referred to
}

func (w *sweepWalk) next(size int) target {
	from := w.at.Row.block()
	to := min(from+int64(size), w.at.End)
	if from >= to {
		return nil
	}
	if w.at.Pass%2 == 1 {
		return blockRange{from: w.at.End - to, to: w.at.End - from}
	}
	return blockRange{from: from, to: to}
}

func (w *sweepWalk) advance(done target, n int64) bool {
	w.at.Found += n
	if w.again && n > 0 && w.at.Repeats < mostRepeats {
		w.at.Repeats++
		return false
	}
	w.at.Repeats = 0
	blocks := done.(blockRange)
	w.at.Row += rowID(blocks.to-blocks.from) << 16
	return true
}
