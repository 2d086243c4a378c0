package purge

import (
	"context"
	"time"
)

// walk deletes the walker's rows batch by batch, and sizes each batch by how the last one went.
func (r *slice) walk(ctx context.Context, h heap, t *TableProgress, w walker, pace pacer) error {
	pace = pace.from(t.Position.Size)
	for {
		t.Position.Size = pace.size
		pace.target = r.progress.Governor.batchTarget(r.Pace.BatchTarget)
		in := w.next(pace.size)
		if in.empty() {
			return nil
		}
		if err := r.proceed(ctx); err != nil {
			return err
		}

		smallest := pace.size <= pace.minSize
		r.Session.overhead.begin(smallest)
		began := time.Now()
		done, err := r.batch(ctx, h, t, in)
		switch {
		case r.DryRun: // to isolate rows is to delete others
		case isUndeletable(err):
			t.note(err)
			r.progress.Isolation.Failures++
			smaller, again := pace.afterUndeletable()
			if again && !r.progress.Isolation.spent() {
				pace = smaller
				r.pay(time.Since(began))
				continue
			}
			done, err = r.isolate(ctx, h, t, in, err)
		case isTimeout(err) && pace.size == 1:
			done, err = r.isolate(ctx, h, t, in, err)
		}
		took := time.Since(began)
		switch {
		case isTimeout(err) && pace.size > 1:
			r.pay(took)
			pace = pace.after(took, timedOut)
			continue
		case err != nil:
			r.pay(took)
			return err
		}

		if r.shareSpent() {
			// The target is not finished: once the share is larger it is gone through again, and what stays is counted then.
			t.Position.Deleted += done.deleted
		} else {
			w.advance(in, done.deleted)
			t.Locked += done.locked
			t.Undeletable += done.undeletable
			t.Referenced += done.referenced
		}
		t.Work.learn(in, took)
		t.Work.estimateLeft(w.left(&t.Work), r.heaps)
		if r.rowCap() > 0 {
			t.Work.capped(t.Deleted, r.shareEnd)
		}
		r.pay(took)
		t.Batches++
		r.moved = true
		t.Position.Lists = 0 // this list came to something
		pace = pace.after(took-r.Session.overhead.batch, done.how)
		r.measured(took)
		r.report()
		if r.stintOver() {
			return errStint
		}
	}
}

// walker yields the targets of a plan one after the other. There are three, because what is left is another thing in
// each: the rows of a list (listWalk), the blocks of a heap (sweepWalk), and rows in the order of their references with
// the circles among them, which do not move the position (orderedWalk, in window.go).
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
	w.at.Row = newRowID(firstOf(done.to))
}

func (w *sweepWalk) left(work *Workload) time.Duration {
	return work.Block.of(w.at.End - w.at.Row.block() + w.at.From)
}
