package purge

import (
	"context"
	"fmt"
)

// mostConflicts is how many locks are waited for while isolating; each costs a
// lock_timeout, and the rows behind the others are the next run's.
const mostConflicts = 50

// isolation halves a list of rows, some of which cannot go, until those are
// alone. Its counts are noted when the whole list was seen: a target that is
// tried again must not be counted twice.
type isolation struct {
	run  *run
	heap heap
	into *TableProgress

	conflicts   int
	locked      int64
	undeletable int64
}

// isolate deletes what it can of a target in which some rows cannot go: because
// others refer to them, or because those others are locked.
func (r *run) isolate(ctx context.Context, h heap, t *TableProgress, in target, limit int64) (int64, error) {
	ids, err := r.Session.rowIDs(ctx, h.selectRows(in))
	if err != nil {
		return 0, fmt.Errorf("find dead rows: %w", err)
	}
	if limit > 0 && int64(len(ids)) > limit {
		ids = ids[:limit]
	}

	before := t.Deleted
	isolation := isolation{run: r, heap: h, into: t}
	if err := isolation.halve(ctx, ids); err != nil {
		return t.Deleted - before, err
	}
	t.Locked += isolation.locked
	t.Undeletable += isolation.undeletable
	return t.Deleted - before, nil
}

// halve deletes a list, or each half of it.
func (i *isolation) halve(ctx context.Context, ids rowList) error {
	switch {
	case len(ids) == 0:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case i.conflicts == mostConflicts:
		i.locked += int64(len(ids))
		return nil
	}

	n, err := i.run.Session.execute(ctx, i.heap.deleteRows(ids))
	locked := isLockConflict(err)
	switch {
	case err == nil:
		i.into.Deleted += n
		return nil
	case !locked && !isForeignKeyViolation(err):
		return fmt.Errorf("delete rows one by one: %w", err)
	case locked:
		i.conflicts++
	}
	if len(ids) > 1 {
		half := len(ids) / 2
		if err := i.halve(ctx, ids[:half]); err != nil {
			return err
		}
		return i.halve(ctx, ids[half:])
	}
	if locked {
		i.locked++
	} else {
		i.undeletable++
	}
	return nil
}
