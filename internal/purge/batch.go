package purge

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgtype"
)

// batchResult is what a batch did, and the dead rows it had to leave. Rows that
// are gone are also noted in the table's progress, as each statement commits;
// those that are left only once the target is done with.
type batchResult struct {
	deleted     int64
	locked      int64
	undeletable int64
	how         outcome
}

// batch deletes a target's dead rows, or counts them in a dry run.
func (r *run) batch(ctx context.Context, h heap, t *TableProgress, in target) (batchResult, error) {
	if r.DryRun {
		return r.count(ctx, h, t, in)
	}

	limit := r.limit(h, in)
	st := h.deleteRows(in)
	if limit > 0 {
		st = h.deleteUnlocked(in, limit)
	}
	n, err := r.Session.execute(ctx, st)
	switch {
	case isLockConflict(err):
		return r.yield(ctx, h, t, in, limit)
	case err != nil:
		return batchResult{}, fmt.Errorf("delete batch: %w", err)
	}
	t.Deleted += n
	result := batchResult{deleted: n}
	switch {
	case limit > 0 && n == limit: // what is left, is left by the cap
	case h.keepsRows || len(h.selfReferences) > 0:
		result.undeletable, err = r.remaining(ctx, h, in)
	case limit > 0:
		result.locked, err = r.remaining(ctx, h, in)
	}
	return result, err
}

// limit is how many rows of the target the run may still delete; 0 = all of them.
func (r *run) limit(h heap, in target) int64 {
	left := r.MaxRows - r.progress.Deleted()
	if r.MaxRows == 0 || left >= h.mostRows(in) {
		return 0
	}
	return left
}

// mostRows is how many rows a target can have.
func (h heap) mostRows(in target) int64 {
	switch in := in.(type) {
	case rowList:
		return int64(len(in))
	case blockRange:
		return (in.to - in.from) * h.rowsPerBlock
	default:
		panic(fmt.Sprintf("target %T has no size", in))
	}
}

// count is a batch of a dry run: what it found counts as deleted.
func (r *run) count(ctx context.Context, h heap, t *TableProgress, in target) (batchResult, error) {
	n, oldest, err := r.Session.countDead(ctx, h, in)
	if err != nil {
		return batchResult{}, fmt.Errorf("count dead rows: %w", err)
	}
	t.Deleted += n
	if oldest.Valid && (t.Oldest == nil || oldest.Time.Before(*t.Oldest)) {
		at := oldest.Time.UTC()
		t.Oldest = &at
	}
	return batchResult{deleted: n}, nil
}

// remaining counts a target's rows that are dead and still there.
func (r *run) remaining(ctx context.Context, h heap, in target) (int64, error) {
	n, _, err := r.Session.countDead(ctx, h, in)
	if err != nil {
		return 0, fmt.Errorf("count rows left: %w", err)
	}
	return n, nil
}

// countDead counts a target's dead rows, and finds the oldest expiry among them.
func (s *Session) countDead(ctx context.Context, h heap, in target) (n int64, oldest pgtype.Timestamptz, err error) {
	err = s.query(ctx, h.countRows(in), &n, &oldest)
	return n, oldest, err
}

// yield takes what is free of a target in which someone holds a lock. What
// stays is the next run's.
func (r *run) yield(ctx context.Context, h heap, t *TableProgress, in target, limit int64) (batchResult, error) {
	n, err := r.Session.execute(ctx, h.deleteUnlocked(in, limit))
	switch {
	case isLockConflict(err):
		// Either the whole table is locked, or rows that refer to ours are.
		if _, err := r.Session.execute(ctx, h.deleteRows(rowList{})); isLockConflict(err) {
			return batchResult{}, errTableLocked
		}
		return r.isolate(ctx, h, t, in)
	case err != nil:
		return batchResult{}, fmt.Errorf("delete unlocked rows: %w", err)
	}
	t.Deleted += n
	result := batchResult{deleted: n, how: blocked}
	if limit == 0 || n < limit {
		result.locked, err = r.remaining(ctx, h, in)
	}
	return result, err
}
