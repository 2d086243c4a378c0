package purge

import (
	"context"
	"fmt"
	"time"
)

const (
	planIndex = "index"
	planSweep = "sweep"
	planMixed = "mixed"
)

const (
	// mostVictims bounds a list: at 8 bytes each, and as much again while it is collected.
	mostVictims = 1_000_000

	// fewVictims are always worth a list, however small the heap.
	fewVictims = 1000

	// mostPasses bounds the sweeps over a table that refers to itself; what is
	// left then, the next run takes.
	mostPasses = 100

	// lockTries is how often a locked table is tried again before it fails for
	// this attempt: with the pauses between, for about 20 seconds, which is less
	// than a slice.
	lockTries = 8
)

// purgeHeap works on one heap, from the table's position if that is in it.
func (r *run) purgeHeap(ctx context.Context, h heap, t *TableProgress) error {
	at := &t.Position
	at.enter(h)
	if at.Plan == "" {
		indexed, err := r.Session.hasIndexes(ctx, h)
		if err != nil {
			return err
		}
		// Rows that refer to each other go in passes, which only a sweep makes.
		if indexed && len(h.selfReferences) == 0 {
			t.plan(planIndex)
		} else {
			t.plan(planSweep)
		}
	}
	if at.Plan == planIndex {
		enough, err := r.workList(ctx, h, t)
		if err != nil || enough {
			return err
		}
		// Few indexes are worth using for many rows: sweep from here on.
		at.Plan, t.Plan = planSweep, ""
		t.plan(planSweep)
	}
	return r.sweep(ctx, h, t)
}

// workList deletes what the indexes list, in rounds of bounded size. It returns
// false when there is so much to delete that a sweep is cheaper.
func (r *run) workList(ctx context.Context, h heap, t *TableProgress) (bool, error) {
	at := &t.Position
	for {
		if err := r.proceed(ctx); err != nil {
			return false, err
		}
		began := time.Now()
		found := victims{most: mostVictims, from: at.Row}
		for _, a := range h.arms {
			err := r.Session.list(ctx, h.listDead(a), &found)
			if isTimeout(err) {
				return false, nil
			}
			if err != nil {
				return false, fmt.Errorf("list dead rows: %w", err)
			}
		}
		found.settle()
		r.rest = r.Pace.rest(time.Since(began))
		if int64(len(found.ids)) > max(h.blocks, fewVictims) {
			return false, nil
		}
		if err := r.walk(ctx, h, t, &listWalk{at: at, ids: found.ids}, rowPacer(r.Pace)); err != nil {
			return false, err
		}
		if !found.full {
			return true, nil
		}
	}
}

// sweep deletes range after range of blocks, once over the heap; over a table
// that refers to itself until a pass finds nothing.
func (r *run) sweep(ctx context.Context, h heap, t *TableProgress) error {
	at := &t.Position
	if at.End == 0 {
		at.End = h.blocks // fixed: rows that come later are the next run's
	}
	for {
		w := &sweepWalk{at: at, again: len(h.selfReferences) > 0}
		if err := r.walk(ctx, h, t, w, blockPacer(r.Pace)); err != nil {
			return err
		}
		if !w.again || at.Found == 0 || at.Pass == mostPasses {
			return nil
		}
		at.Row, at.Found = 0, 0
		at.Pass++
	}
}

// walker yields the targets of a plan one after the other.
type walker interface {
	// next is the target from the position on, of at most size rows or blocks;
	// nil at the end.
	next(size int) target
	// advance moves the position past the target, of which n rows were deleted.
	advance(done target, n int64)
}

// listWalk goes through a list of rows.
type listWalk struct {
	at  *position
	ids []rowID
}

func (w *listWalk) next(size int) target {
	if len(w.ids) == 0 {
		return nil
	}
	return rowList(w.ids[:min(size, len(w.ids))])
}

func (w *listWalk) advance(done target, _ int64) {
	rows := done.(rowList)
	w.ids = w.ids[len(rows):]
	w.at.Row = rows[len(rows)-1] + 1
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

func (w *sweepWalk) advance(done target, n int64) {
	w.at.Found += n
	if w.again && n > 0 {
		return
	}
	blocks := done.(blockRange)
	w.at.Row += rowID(blocks.to-blocks.from) << 16
}

// walk works batch by batch, at the pace of what each one met.
func (r *run) walk(ctx context.Context, h heap, t *TableProgress, w walker, pace pacer) error {
	for {
		in := w.next(pace.size)
		if in == nil {
			return nil
		}
		if err := r.proceed(ctx); err != nil {
			return err
		}

		began := time.Now()
		n, how, err := r.batch(ctx, h, t, in)
		took := time.Since(began)
		r.rest = r.Pace.rest(took)
		switch {
		case isTimeout(err) && pace.size > 1:
			pace = pace.after(took, timedOut)
			continue
		case err != nil:
			return err
		}

		w.advance(in, n)
		t.Batches++
		pace = pace.after(took, how)
		r.report()
	}
}
