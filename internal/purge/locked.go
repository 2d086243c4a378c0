package purge

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// purge works on one table, or on those of a pattern.
func (r *slice) purge(ctx context.Context, t *TableProgress) error {
	defer func(began time.Time) { t.Took += time.Since(began) }(time.Now())

	i := slices.IndexFunc(r.Tables, func(table Table) bool { return table.String() == t.Name })
	if i < 0 {
		return errors.New("the table is no longer configured")
	}
	table := r.Tables[i]
	switch {
	case table.IsPattern():
		return r.purgePattern(ctx, table, t)
	case table.ByPattern:
		var err error
		if table, err = r.named(ctx, table); err != nil {
			return err
		}
	}
	return r.attempt(ctx, table, t, LockTries)
}

// attempt works on one table. It tries again, after pauses, while the table is locked or its
// definition changes.
func (r *slice) attempt(ctx context.Context, table Table, t *TableProgress, tries int) error {
	for refused := 0; ; refused++ {
		batches := t.Batches
		err := r.purgeTable(ctx, table, t)
		if sqlState(err) == "42501" { // insufficient_privilege
			err = r.denied(ctx, table, err)
		}
		if !errors.Is(err, errTableLocked) && !isLockConflict(err) && !isChanged(err) {
			return err
		}
		if t.Batches > batches {
			refused = 0
		}
		if refused == tries {
			return err
		}
		why := t.Title + " is locked by another session"
		if isChanged(err) {
			why = "the definition of " + t.Title + " changes"
		}
		r.backOff(refused, why)
		if err := r.proceed(ctx); err != nil {
			return err
		}
	}
}

// backOff makes the run wait before what is locked is tried again, after it has been tried again so many
// times. The wait is a rest of the run, during which its session is kept alive: so it is no pause of
// internal/backoff.
func (r *slice) backOff(again int, why string) {
	r.rest, r.restsFor = min(FirstBackOff<<again, cmp.Or(r.longestBackOff, LongestBackOff)), why
	r.moved = true // it is not the look at the table that takes so long
}
