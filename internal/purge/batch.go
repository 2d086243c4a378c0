package purge

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// batchResult is what a batch did, and how many dead rows it had to leave. The deleted ones are counted
// in the table's progress already, as each statement committed; the others are not yet.
type batchResult struct {
	deleted     int64
	locked      int64
	undeletable int64
	referenced  int64
	how         outcome
}

// batch deletes a target's dead rows, or counts them in a dry run.
func (r *slice) batch(ctx context.Context, h heap, t *TableProgress, in target) (batchResult, error) {
	if r.DryRun {
		return r.countBatch(ctx, h, t, in)
	}

	if t.Refusal != "" && r.progress.Isolation.exhausted() { // rows of this table have failed, and too many are tried one by one
		return r.leave(ctx, h, t, in)
	}
	limit := r.limit(h, in)
	before, err := r.deadBefore(ctx, h, in)
	if err != nil {
		return batchResult{}, err
	}
	st := h.deleteRows(in)
	skipsLocked := limit > 0 || r.Session.skipsLocked
	if skipsLocked {
		st = h.deleteUnlocked(in, limit)
	}
	n, err := r.Session.execute(ctx, st)
	switch {
	case isLockConflict(err):
		return r.aroundLocks(ctx, h, t, in, limit)
	case err != nil:
		return batchResult{}, fmt.Errorf("delete batch: %w", err)
	}
	t.Deleted += n
	result := batchResult{deleted: n}
	if limit > 0 && n == limit {
		return result, nil // the cap may have left rows, and nothing else is known of them
	}
	if !skipsLocked && !h.mayVetoDelete && len(h.restrictions) == 0 {
		return result, nil // nothing may have left rows
	}
	if h.mayVetoDelete && len(h.restrictions) == 0 {
		result.undeletable = max(before-n, 0)
		return result, nil
	}
	left, referenced, err := r.remaining(ctx, h, in)
	result.referenced = referenced
	switch {
	case h.mayVetoDelete:
		result.undeletable = max(before-n, left)
	case !skipsLocked: // it waited for locks, so what is left is kept by something else
		result.undeletable = left
	default:
		result.locked = left
	}
	return result, err
}

// deadBefore counts a target's dead rows that could be deleted, if a trigger may keep some of them. After the
// batch they would not be found: a trigger that only marks a row as deleted moves it to another place.
func (r *slice) deadBefore(ctx context.Context, h heap, in target) (int64, error) {
	if !h.mayVetoDelete {
		return 0, nil
	}
	n, _, err := r.remaining(ctx, h, in)
	return n, err
}

// limit is how many rows of the target may still be deleted; 0 = all of them.
func (r *slice) limit(h heap, in target) int64 {
	left := r.shareEnd - r.current.Deleted
	if r.rowCap() == 0 || left >= in.mostRows(h) {
		return 0
	}
	return left
}

// countBatch is a batch of a dry run.
func (r *slice) countBatch(ctx context.Context, h heap, t *TableProgress, in target) (batchResult, error) {
	var n, referenced int64
	if len(h.ownReferences) == 0 { // else they are counted already: see countWindow
		var oldest pgtype.Timestamptz
		var err error
		if n, referenced, oldest, err = r.Session.countDead(ctx, h, in); err != nil {
			return batchResult{}, fmt.Errorf("count dead rows: %w", err)
		}
		t.seen(oldest)
	}
	if err := r.survey(ctx, h, t, in); err != nil {
		return batchResult{}, err
	}
	if err := r.countTouched(ctx, h, t, in); err != nil {
		return batchResult{}, err
	}
	t.Counted += n
	return batchResult{referenced: referenced}, nil
}

// seen takes the expiry of a dead row into account, for Oldest.
func (t *TableProgress) seen(expiry pgtype.Timestamptz) {
	// JSON knows the years 0 to 9999 only, and there was no year 0.
	if year := expiry.Time.Year(); year < 1 || year > 9999 {
		return
	}
	if expiry.Valid && (t.Oldest == nil || expiry.Time.Before(*t.Oldest)) {
		at := expiry.Time.UTC()
		t.Oldest = &at
	}
}

// remaining counts a target's dead rows that are still there: n that could be deleted, and those that
// other rows refer to.
func (r *slice) remaining(ctx context.Context, h heap, in target) (n, referenced int64, err error) {
	n, referenced, _, err = r.Session.countDead(ctx, h, in)
	if err != nil {
		return 0, 0, fmt.Errorf("count rows left: %w", err)
	}
	return n, referenced, nil
}

// countDead counts a target's dead rows: n that could be deleted, with the oldest expiry among them,
// and those that other rows refer to.
func (s *Session) countDead(ctx context.Context, h heap, in target) (n, referenced int64, oldest pgtype.Timestamptz, err error) {
	err = s.query(ctx, h.countRows(in), &n, &referenced, &oldest)
	return n, referenced, oldest, err
}

// aroundLocks deletes the rows of a target that nobody has locked. The others are left for the next run.
func (r *slice) aroundLocks(ctx context.Context, h heap, t *TableProgress, in target, limit int64) (batchResult, error) {
	n, err := r.Session.execute(ctx, h.deleteUnlocked(in, limit))
	switch {
	case isLockConflict(err):
		// Either the whole table is locked, or rows that refer to ours are. A DELETE of no rows needs the table's lock alone.
		if _, err := r.Session.execute(ctx, h.deleteRows(target{})); isLockConflict(err) {
			return batchResult{}, errTableLocked
		}
		return r.isolate(ctx, h, t, in, err)
	case err != nil:
		return batchResult{}, fmt.Errorf("delete unlocked rows: %w", err)
	}
	t.Deleted += n
	result := batchResult{deleted: n, how: blocked}
	if limit == 0 || n < limit {
		result.locked, result.referenced, err = r.remaining(ctx, h, in)
	}
	return result, err
}

// measured tells the caller how long a batch took.
func (r *slice) measured(took time.Duration) {
	if r.Batch != nil {
		r.Batch(took)
	}
}
