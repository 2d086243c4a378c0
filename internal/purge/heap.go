package purge

import (
	"context"
	"errors"
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

	// victimsPerBlock are worth a list. Where dead rows lie anywhere the sweep is
	// as fast from 4 in a block on; where they lie together, from 8.
	victimsPerBlock = 4

	// fewVictims are always worth a list, however small the heap.
	fewVictims = 1000

	// listPatience is for how long dead rows are listed, before those that were
	// found are deleted: less than half a slice, or the slices of a huge table
	// would be over before they had deleted anything.
	listPatience = 10 * time.Second

	// mostLists may be made in a row that are all that a slice has time for. The
	// next one would be, too: a sweep deletes with its first batch.
	mostLists = 2

	// mostRounds bounds how often dead rows are listed anew, or rows that are
	// revoked meanwhile might keep a run from its end.
	mostRounds = 100

	// mostRepeats bounds how often one range of a table that refers to itself is
	// worked on in a row; the next pass takes what is left.
	mostRepeats = 100

	// lockTries is how often a locked table is tried again before it fails for
	// this attempt: with the pauses between, for about 20 seconds, which is less
	// than a slice.
	lockTries = 8
)

// purgeHeap works on one heap, from the table's position if that is in it.
func (r *run) purgeHeap(ctx context.Context, h heap, t *TableProgress) error {
	t.enter(h)
	at := &t.Position
	if at.Plan == "" {
		plan, err := r.choosePlan(ctx, h)
		if err != nil {
			return err
		}
		t.plan(plan)
	}
	if at.Plan == planIndex {
		enough, err := r.workList(ctx, h, t)
		if err != nil || enough {
			return err
		}
		// Few indexes are worth using for many rows: sweep from here on, which in
		// a dry run counts again what the list counted.
		if r.DryRun {
			t.Deleted -= at.Found
		}
		t.restart(0)
		t.Plan = ""
		t.plan(planSweep)
	}
	return r.sweep(ctx, h, t)
}

// choosePlan says how to find a heap's dead rows.
func (r *run) choosePlan(ctx context.Context, h heap) (string, error) {
	if len(h.selfReferences) > 0 {
		return planSweep, nil // in passes, which only a sweep makes
	}
	indexed, err := r.Session.hasIndexes(ctx, h)
	if err != nil || !indexed {
		return planSweep, err
	}
	if !h.analyzed {
		return planIndex, nil
	}
	// A list that is given up was for naught: no need to begin one that will be.
	estimate, err := r.Session.estimate(ctx, h.name, h.arms)
	if err != nil {
		return "", err
	}
	if estimate > 2*h.worthListing() {
		return planSweep, nil
	}
	return planIndex, nil
}

// worthListing is up to how many victims a list is cheaper than a sweep.
func (h heap) worthListing() int64 { return max(victimsPerBlock*h.blocks, fewVictims) }

// workList deletes what the indexes list, in rounds of bounded size and time. It
// returns false when there is so much to delete that a sweep is cheaper, or so
// little time that lists come to nothing.
func (r *run) workList(ctx context.Context, h heap, t *TableProgress) (bool, error) {
	for t.Position.Lists < mostLists {
		if err := r.proceed(ctx); err != nil {
			return false, err
		}
		t.Position.Lists++
		found, err := r.list(ctx, h, t.Position.Row)
		switch {
		case errors.Is(err, errTooMany), isTimeout(err):
			return false, nil
		case errors.Is(err, errSliceOver), errors.Is(err, errCapped), ctx.Err() != nil:
			return false, err
		case err != nil:
			return false, fmt.Errorf("list dead rows: %w", err)
		case found.partial && r.DryRun:
			return false, nil // what a round leaves is told from what it had by being there
		}
		t.Position.Partial = t.Position.Partial || found.partial
		if err := r.walk(ctx, h, t, &listWalk{at: &t.Position, ids: found.ids}, rowPacer(r.Pace)); err != nil {
			return false, err
		}
		switch {
		case found.full: // on from where it ended
		case !t.Position.Partial:
			return true, nil
		case !t.nextRound():
			return false, nil
		}
	}
	return false, nil
}

// sweep deletes range after range of blocks, once over the heap; over a table
// that refers to itself in several passes.
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
		if !w.again || !t.nextPass() {
			return nil
		}
	}
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
		done, err := r.batch(ctx, h, t, in)
		if isRefusal(err) {
			smaller, again := pace.afterRefusal()
			if pace = smaller; again {
				r.rest = r.Pace.rest(time.Since(began))
				continue
			}
			done, err = r.isolate(ctx, h, t, in)
		} else if isTimeout(err) && pace.size == 1 {
			done, err = r.isolate(ctx, h, t, in)
		}
		took := time.Since(began)
		r.rest = r.Pace.rest(took)
		switch {
		case isTimeout(err) && pace.size > 1:
			pace = pace.after(took, timedOut)
			continue
		case err != nil:
			return err
		}

		if w.advance(in, done.deleted) {
			t.Locked += done.locked
			t.Undeletable += done.undeletable
		}
		t.Batches++
		t.Position.Lists = 0
		pace = pace.after(took, done.how)
		r.report()
	}
}
