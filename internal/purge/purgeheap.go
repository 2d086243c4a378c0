package purge

import (
	"context"
	"errors"
	"fmt"
)

// mostLists is how many lists in a row may use up their slice without a deletion. After that the heap is
// swept, because a sweep deletes with its first batch.
const mostLists = 2

// purgeHeap works on one heap, from the table's position if that is in it.
func (r *slice) purgeHeap(ctx context.Context, h heap, t *TableProgress) error {
	t.enter(h)
	if err := r.workHeap(ctx, h, t); err != nil || r.DryRun || t.Cut {
		return err
	}
	rewritten, err := r.Session.isRewritten(ctx, h, t.Position)
	if rewritten {
		t.Cut = true
		r.Log.Warn("a table was rewritten while it was purged: dead rows that were moved are left for the next run", "table", h.name)
	}
	return err
}

func (r *slice) workHeap(ctx context.Context, h heap, t *TableProgress) error {
	if err := r.Session.restrict(ctx, &h); err != nil {
		return err
	}
	// If referring rows have to be looked up, each batch is planned anew, because the best plan of the
	// look-up depends on the size of the batch.
	if err := r.Session.keepPlans(ctx, len(h.restrictions) == 0); err != nil {
		return err
	}
	at := &t.Position
	if at.Plan == "" {
		// The planner is asked heap by heap: over a partitioned table it would lock
		// all partitions and their indexes at once.
		estimate, err := r.Session.estimate(ctx, h.name, h.conditions)
		if err != nil {
			return err
		}
		plan, err := r.choosePlan(ctx, h, estimate)
		if err != nil {
			return err
		}
		if !r.DryRun {
			t.Estimate += estimate
		}
		t.recordPlan(plan)
	}
	if at.Plan == planIndex {
		listed, err := r.workList(ctx, h, t)
		if listed && err == nil && r.DryRun {
			return r.surveyLive(ctx, h, t)
		}
		if err != nil || listed {
			return err
		}
		t.restart(0) // too many dead rows for a list: sweep from here on
		t.Plan = ""
		t.recordPlan(planSweep)
	}
	return r.sweep(ctx, h, t)
}

// workList deletes the rows that indexes list, one list after the other, each of bounded size and time.
// It returns false if the heap is to be swept instead: an index is gone, there are so many dead rows
// that a sweep is cheaper, or lists take too long.
func (r *slice) workList(ctx context.Context, h heap, t *TableProgress) (bool, error) {
	leads, err := r.Session.leads(ctx, h)
	if err != nil || leads == nil { // an index is gone since the plan was made
		return false, err
	}
	for t.Position.Lists < mostLists {
		if err := r.proceed(ctx); err != nil {
			return false, err
		}
		t.Position.Lists++
		found, err := r.list(ctx, h, leads, t.Position.Row)
		switch {
		case errors.Is(err, errTooMany), isTimeout(err):
			return false, nil
		case isGivenBack(err), ctx.Err() != nil:
			return false, err
		case err != nil:
			return false, fmt.Errorf("list dead rows: %w", err)
		case found.partial && r.DryRun:
			return false, nil // a dry run deletes nothing, so a second round would count these rows again: sweep
		}
		t.Position.Partial = t.Position.Partial || found.partial
		list := &listWalk{at: &t.Position, ids: found.ids}
		if found.full || t.Position.Partial {
			list.more = max(t.Estimate-t.Deleted-int64(len(found.ids)), 0)
		}
		if err := r.walk(ctx, h, t, list, rowPacer(r.Pace)); err != nil {
			return false, err
		}
		switch {
		case found.full: // the next list begins where this one ended
		case !t.Position.Partial:
			return true, nil
		case !t.nextRound():
			return false, nil
		}
	}
	return false, nil
}

// sweep deletes the dead rows of one range of blocks after another, once through the heap.
func (r *slice) sweep(ctx context.Context, h heap, t *TableProgress) error {
	if len(h.ownReferences) > 0 {
		return r.sweepWindows(ctx, h, t)
	}
	at := &t.Position
	if at.End == 0 {
		at.From = t.Start.startIn(h)
		at.Row = newRowID(firstOf(at.From))
	}
	if at.End == 0 || at.End > h.blocks {
		at.End = h.blocks // rows in later blocks are left for the next run
	}
	for {
		if err := r.walk(ctx, h, t, &sweepWalk{at: at}, blockPacer(r.Pace)); err != nil || at.From == 0 {
			return err
		}
		at.Row, at.End, at.From = 0, min(at.From, h.blocks), 0
	}
}
