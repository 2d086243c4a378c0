package purge

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgtype"
)

// rowsPerBlock is more than a heap block can hold (MaxHeapTuplesPerPage is 291
// for blocks of 8 kB).
const rowsPerBlock = 300

// batch deletes a target's dead rows, or counts them in a dry run, and notes
// the counts. After an error the target is to be tried again: nothing of it was
// noted but rows that are gone.
func (r *run) batch(ctx context.Context, h heap, t *TableProgress, in target) (int64, outcome, error) {
	if r.DryRun {
		return 0, finished, r.count(ctx, h, t, in)
	}

	st := h.deleteRows(in)
	limit := r.limit(in)
	if limit > 0 {
		st = h.deleteUnlocked(in, limit)
	}
	n, err := r.Session.execute(ctx, st)
	switch {
	case isLockConflict(err):
		n, err := r.yield(ctx, h, t, in, limit)
		return n, blocked, err
	case isForeignKeyViolation(err):
		n, err := r.isolate(ctx, h, t, in, limit)
		return n, finished, err
	case err != nil:
		return 0, finished, fmt.Errorf("delete batch: %w", err)
	}
	t.Deleted += n

	if h.keepsRows {
		kept, err := r.remaining(ctx, h, in)
		if err != nil {
			return n, finished, err
		}
		t.Undeletable += kept
	}
	return n, finished, nil
}

// limit is how many rows of the target the run may still delete; 0 = all of them.
func (r *run) limit(in target) int64 {
	left := r.MaxRows - r.progress.Deleted()
	if r.MaxRows == 0 || left >= mostRows(in) {
		return 0
	}
	return left
}

// mostRows is how many rows a target can have.
func mostRows(in target) int64 {
	switch in := in.(type) {
	case rowList:
		return int64(len(in))
	case blockRange:
		return (in.to - in.from) * rowsPerBlock
	default:
		panic(fmt.Sprintf("target %T has no size", in))
	}
}

// count is a batch of a dry run.
func (r *run) count(ctx context.Context, h heap, t *TableProgress, in target) error {
	var n int64
	var oldest pgtype.Timestamptz
	if err := r.Session.query(ctx, h.countRows(in), &n, &oldest); err != nil {
		return fmt.Errorf("count dead rows: %w", err)
	}
	t.Deleted += n
	if oldest.Valid && (t.Oldest == nil || oldest.Time.Before(*t.Oldest)) {
		at := oldest.Time.UTC()
		t.Oldest = &at
	}
	return nil
}

// remaining counts a target's rows that are dead and still there.
func (r *run) remaining(ctx context.Context, h heap, in target) (int64, error) {
	var n int64
	var oldest pgtype.Timestamptz
	if err := r.Session.query(ctx, h.countRows(in), &n, &oldest); err != nil {
		return 0, fmt.Errorf("count rows left: %w", err)
	}
	return n, nil
}

// yield takes what is free of a target in which someone holds a lock. What
// stays is the next run's.
func (r *run) yield(ctx context.Context, h heap, t *TableProgress, in target, limit int64) (int64, error) {
	n, err := r.Session.execute(ctx, h.deleteUnlocked(in, limit))
	switch {
	case isForeignKeyViolation(err):
		return r.isolate(ctx, h, t, in, limit)
	case isLockConflict(err):
		// Either the whole table is locked, or rows that refer to ours are.
		if _, err := r.Session.execute(ctx, h.deleteRows(rowList{})); isLockConflict(err) {
			return 0, errTableLocked
		}
		return r.isolate(ctx, h, t, in, limit)
	case err != nil:
		return 0, fmt.Errorf("delete unlocked rows: %w", err)
	}
	t.Deleted += n

	left, err := r.remaining(ctx, h, in)
	if err != nil {
		return n, err
	}
	t.Locked += left
	return n, nil
}
