package purge

import (
	"context"
	"fmt"
	"time"
)

// mostFailures is how many statements may fail in one run until it isolates no more rows: each of them
// writes lines into the server's log. After twice as many it tries no more batches of tables in which
// rows were refused, and only counts their dead rows.
const mostFailures = 1000

// Isolation is what a run has spent on finding out which rows cannot go.
type Isolation struct {
	Took     time.Duration `json:"took,omitempty"`
	Failures int           `json:"failures,omitempty"`
}

// spent reports whether this run isolates no more rows. Then a batch in which some rows cannot go
// is left as it is.
func (i Isolation) spent() bool { return i.Took >= isolationPatience || i.Failures >= mostFailures }

// exhausted reports whether this run tries no more batches of tables in which rows were refused.
func (i Isolation) exhausted() bool { return i.Failures >= 2*mostFailures }

// isolation halves a list of rows, some of which cannot go, until those are alone.
type isolation struct {
	slice  *slice
	heap   heap
	into   *TableProgress
	until  time.Time
	locks  bool  // the target met a lock, and no refusal so far
	broken error // what refused a row first, if it is likely to refuse every row
	result batchResult
}

// isolate deletes what it can of a target in which some rows cannot go: because
// a constraint or a trigger keeps them, because rows that refer to them are
// locked, or because together they take too long. It fails if a broken trigger keeps
// every row of the table.
func (r *slice) isolate(ctx context.Context, h heap, t *TableProgress, in target, cause error) (batchResult, error) {
	spent := &r.progress.Isolation
	t.note(cause)
	if spent.spent() {
		return r.leave(ctx, h, t, in)
	}
	if isUndeletable(cause) && t.Deleted == 0 {
		if err := r.triesNone(ctx, h); err != nil {
			return batchResult{}, err
		}
	}
	defer func(began time.Time) { spent.Took += time.Since(began) }(time.Now())

	ids := in.rows
	if in.ranged() {
		var err error
		if ids, err = r.Session.rowIDs(ctx, h.selectRows(in)); err != nil {
			return batchResult{}, fmt.Errorf("find dead rows: %w", err)
		}
	}
	if limit := r.limit(h, in); limit > 0 && int64(len(ids)) > limit {
		ids = ids[:limit]
		t.Cut = true
	}
	i := isolation{slice: r, heap: h, into: t, until: time.Now().Add(TargetPatience), locks: isLockConflict(cause), result: batchResult{how: blocked}}
	err := i.halve(ctx, ids)
	if err == nil && i.broken != nil && t.Deleted == 0 {
		return batchResult{}, fmt.Errorf("delete batch: %w", i.broken)
	}
	if err == nil && len(h.restrictions) > 0 {
		_, i.result.referenced, err = r.remaining(ctx, h, in)
	}
	return i.result, err
}

// triesNone executes a DELETE of no rows. It fails if a trigger for each statement refuses even that:
// then every DELETE is refused, and it is useless to try the rows one by one.
func (r *slice) triesNone(ctx context.Context, h heap) error {
	_, err := r.Session.execute(ctx, h.deleteRows(target{}))
	if isUndeletable(err) {
		r.progress.Isolation.Failures++
		return fmt.Errorf("a trigger for each statement refuses every DELETE from it, whatever the rows: %w", err)
	}
	return nil
}

// leave counts the dead rows of a target in which some cannot be deleted, and deletes none.
func (r *slice) leave(ctx context.Context, h heap, t *TableProgress, in target) (batchResult, error) {
	n, referenced, err := r.remaining(ctx, h, in)
	t.Untried += n
	return batchResult{undeletable: n, referenced: referenced}, err
}

// halve deletes a list, or each half of it.
func (i *isolation) halve(ctx context.Context, ids rowList) error {
	switch {
	case len(ids) == 0:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case i.locks && time.Now().After(i.until):
		i.result.locked += int64(len(ids))
		return nil
	case time.Now().After(i.until), i.slice.progress.Isolation.spent():
		i.result.undeletable += int64(len(ids))
		i.into.Untried += int64(len(ids))
		return nil
	}

	n, err := i.slice.Session.execute(ctx, i.heap.deleteRows(target{rows: ids}))
	if err == nil {
		i.into.Deleted += n
		i.result.deleted += n
		return nil
	}
	i.slice.progress.Isolation.Failures++
	locked := isLockConflict(err)
	i.locks = i.locks && locked
	switch {
	case !locked && !isUndeletable(err) && !isTimeout(err):
		return fmt.Errorf("delete rows one by one: %w", err)
	case i.broken == nil && isUndeletable(err) && isBroken(err):
		i.broken = err
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
		i.into.note(err)
		i.result.undeletable++
	}
	return nil
}

// note remembers the first reason why rows of the table cannot be deleted, without a trigger's own
// words.
func (t *TableProgress) note(err error) {
	if t.Refusal != "" || !isUndeletable(err) && !isTimeout(err) {
		return
	}
	for _, pgErr := range postgresErrors(err) {
		t.Refusal = meaning(pgErr.Code) + " (SQLSTATE " + pgErr.Code + ")"
	}
}
