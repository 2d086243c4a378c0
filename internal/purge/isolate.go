package purge

import (
	"context"
	"fmt"
	"time"
)

// isolationPatience is how long rows are isolated in one target: each lock and
// each slow row costs a timeout. What is left then is the next run's.
const isolationPatience = 10 * time.Second

// isolation halves a list of rows, some of which cannot go, until those are alone.
type isolation struct {
	run    *run
	heap   heap
	into   *TableProgress
	until  time.Time
	result batchResult
}

// isolate deletes what it can of a target in which some rows cannot go: because
// a constraint or a trigger keeps them, because rows that refer to them are
// locked, or because together they take too long.
func (r *run) isolate(ctx context.Context, h heap, t *TableProgress, in target) (batchResult, error) {
	ids, err := r.Session.rowIDs(ctx, h.selectRows(in))
	if err != nil {
		return batchResult{}, fmt.Errorf("find dead rows: %w", err)
	}
	if limit := r.limit(h, in); limit > 0 && int64(len(ids)) > limit {
		ids = ids[:limit]
	}
	i := isolation{run: r, heap: h, into: t, until: time.Now().Add(isolationPatience), result: batchResult{how: blocked}}
	err = i.halve(ctx, ids)
	return i.result, err
}

// halve deletes a list, or each half of it.
func (i *isolation) halve(ctx context.Context, ids rowList) error {
	switch {
	case len(ids) == 0:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case time.Now().After(i.until):
		i.result.locked += int64(len(ids))
		return nil
	}

	n, err := i.run.Session.execute(ctx, i.heap.deleteRows(ids))
	locked := isLockConflict(err)
	switch {
	case err == nil:
		i.into.Deleted += n
		i.result.deleted += n
		return nil
	case !locked && !isRefusal(err) && !isTimeout(err):
		return fmt.Errorf("delete rows one by one: %w", err)
	}
	if len(ids) > 1 {
		half := len(ids) / 2
		if err := i.halve(ctx, ids[:half]); err != nil {
			return err
		}
		return i.halve(ctx, ids[half:])
	}
	if locked {
		i.result.locked++
	} else {
		i.result.undeletable++
	}
	return nil
}
