package purge

import (
	"cmp"
	"context"
	"time"
)

// proceed is called before every batch. It takes the rest that is due, waits for what guards say,
// and returns why the run must not go on now: errSliceOver, errNoTime, errCapped, errShare, or ctx's cause.
func (r *slice) proceed(ctx context.Context) error {
	if r.rest > LongestRest && !r.Until.IsZero() && time.Now().Add(r.rest).After(r.Until) {
		r.progress.Rest, r.progress.WaitingFor = r.rest, Resting
		return errSliceOver
	}
	if err := r.takeRest(ctx); err != nil {
		return err
	}
	for {
		over := r.over()
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case over != nil:
			return over
		case r.DryRun:
			return nil
		case r.MaxDuration > 0 && r.clock().Sub(r.progress.Cutoff) >= r.MaxDuration:
			return errCapped
		case r.shareSpent():
			return errShare
		}
		reason, err := r.guarded(ctx)
		if err != nil {
			return err
		}
		changed := reason != r.progress.WaitingFor
		r.progress.WaitingFor = reason
		if changed || reason != "" {
			r.report()
		}
		if reason == "" {
			return nil
		}
		if err := r.Session.sleep(ctx, lagInterval); err != nil {
			return err
		}
		r.progress.Waited += lagInterval
		r.moved = true // it is not the look at the table that takes so long
	}
}

// over is why the slice must end now; nil if it need not. A slice that has not got the run any further, because the
// look at the table took all of its time, has FirstStepPatience more: otherwise no slice of a table with very many
// partitions would ever delete anything.
func (r *slice) over() error {
	late := time.Since(r.Until)
	switch {
	case r.Until.IsZero(), late <= 0, !r.moved && late <= FirstStepPatience:
		return nil
	case r.moved:
		return errSliceOver
	}
	return errNoTime
}

// guarded returns why deleting must wait, empty if it need not. Its error ends the slice.
func (r *slice) guarded(ctx context.Context) (string, error) {
	reason, err := r.WAL.reason(ctx, r.Session, &r.progress.WAL, r.Log)
	standby := r.Lag.reason(ctx, r.Session, &r.progress.Standbys, r.Log)
	return cmp.Or(reason, standby), err
}
