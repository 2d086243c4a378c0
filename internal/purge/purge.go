// Package purge deletes dead rows in small committed batches, so gently that
// the application beside it does not notice.
//
// A run fixes its cutoff by the database's clock and works table by table, heap
// by heap, through one of two plans: the index plan lists dead rows by their
// indexes and deletes them in heap order, the sweep plan deletes from one range
// of blocks after another. Each batch is a transaction of its own that restates
// the predicate, so a row renewed meanwhile stays; each row is visited once, so
// every run ends. Where a batch meets a lock it yields and takes what is free;
// where it meets a foreign key it isolates the rows that cannot go. A table that
// fails does so alone. Run returns a Progress that is valid beside any error
// and from which another process goes on.
package purge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Engine purges tables over one session.
type Engine struct {
	Session *Session

	Pace Pace

	// Lag makes deleting wait for standbys. Nil: it does not.
	Lag *LagGuard

	// MaxRows is how many rows a run may delete; 0 = no cap.
	MaxRows int64

	// MaxClockSkew is how far the database's clock may be from this process's;
	// 0 = any distance.
	MaxClockSkew time.Duration

	Log *slog.Logger

	// listFor is listPatience, unless a test is less patient.
	listFor time.Duration
}

// Request is what a call of Run is to do.
type Request struct {
	// Tables to purge, each one configured.
	Tables []Table

	// DryRun counts dead rows and deletes nothing.
	DryRun bool

	// Until is when the slice ends; the batch in hand is finished first. Zero:
	// the call goes on to the end of the run.
	Until time.Time

	// Report is told of progress after every batch. It must not keep the value.
	Report func(*Progress)
}

// longestRest is how far a rest may reach beyond the slice's end; what is longer
// is rested between two slices.
const longestRest = 5 * time.Second

// run is one call of Run.
type run struct {
	Engine
	Request
	progress *Progress
	rest     time.Duration // before the next statement, for the work done since the last rest
}

var (
	errSliceOver   = errors.New("slice over")
	errCapped      = errors.New("cap reached")
	errTableLocked = errors.New("is locked by another session")
)

// Run works on the tables until they are done, the slice is over or ctx is
// done; then Progress says how far it came. It returns an error if ctx ended it
// (the cause), if the session was lost, or, at the end of everything else, for
// the tables that failed.
func (e Engine) Run(ctx context.Context, req Request, from Progress) (Progress, error) {
	progress := from
	progress.Rest = 0
	r := &run{Engine: e, Request: req, progress: &progress}
	if err := r.begin(ctx); err != nil {
		return progress, err
	}
	for i := range progress.Tables {
		t := &progress.Tables[i]
		if t.Done || t.Error != "" {
			continue
		}
		err := r.purge(ctx, t)
		switch {
		case err == nil:
			t.Done = true
		case errors.Is(err, errSliceOver):
			return progress, nil
		case errors.Is(err, errCapped):
			progress.Capped, progress.Done = true, true
			return progress, nil
		case ctx.Err() != nil:
			return progress, context.Cause(ctx)
		case e.Session.lost():
			return progress, fmt.Errorf("purge %s: %w: %w", t.Name, ErrLost, err)
		default:
			t.Error = advised(err).Error()
		}
	}
	if err := progress.err(); err != nil {
		return progress, err
	}
	progress.Done = true
	progress.Capped = r.MaxRows > 0 && progress.Deleted() >= r.MaxRows
	return progress, nil
}

// begin compares the clocks and, in a run's first slice, fixes the cutoff.
func (r *run) begin(ctx context.Context) error {
	now, ahead, err := r.Session.Now(ctx)
	if err != nil {
		return err
	}
	if r.MaxClockSkew > 0 && ahead.Abs() > r.MaxClockSkew {
		return fmt.Errorf("the database's clock is %s from this replica's: at most %s is allowed, and one of them is wrong",
			ahead.Round(time.Millisecond), r.MaxClockSkew)
	}
	if r.progress.Cutoff.After(now) {
		return fmt.Errorf("the run's cutoff %s is in the future: the database's clock was set back", r.progress.Cutoff.Format(time.RFC3339))
	}
	if r.progress.Cutoff.IsZero() {
		r.progress.Cutoff = now
		r.progress.Tables = make([]TableProgress, len(r.Tables))
		for i, t := range r.Tables {
			r.progress.Tables[i] = TableProgress{Name: t.String(), Title: t.String()}
		}
	}
	if err := r.Session.awaitFlush(ctx, r.Pace.DutyCycle < 1); err != nil {
		return err
	}
	// The cutoff is worth recording before the first row goes.
	r.report()
	return nil
}

// purge works on one table, waits a while for one that is locked, and looks again
// at one whose definition changed.
func (r *run) purge(ctx context.Context, t *TableProgress) error {
	defer func(began time.Time) { t.Took += time.Since(began) }(time.Now())

	i := slices.IndexFunc(r.Tables, func(table Table) bool { return table.String() == t.Name })
	if i < 0 {
		return errors.New("is not configured any more")
	}
	for refused := 0; ; refused++ {
		batches := t.Batches
		err := r.purgeTable(ctx, r.Tables[i], t)
		if !errors.Is(err, errTableLocked) && !isLockConflict(err) && !isChanged(err) {
			return err
		}
		if t.Batches > batches {
			refused = 0
		}
		if refused == lockTries {
			return err
		}
		r.rest = min(200*time.Millisecond<<refused, 5*time.Second)
		if err := r.proceed(ctx); err != nil {
			return err
		}
	}
}

// purgeTable works on one table from its position on.
func (r *run) purgeTable(ctx context.Context, table Table, t *TableProgress) error {
	relation, err := r.Session.inspect(ctx, table)
	if errors.Is(err, errAbsent) && table.Optional {
		t.Absent = true
		return nil
	}
	if err != nil {
		return err
	}
	if twin := r.twin(t, relation); twin != "" {
		return fmt.Errorf("is the same table as %s", twin)
	}
	t.Title = relation.title
	if r.DryRun {
		relation.selfReferences = nil // count them all, in whatever order they could go
	}

	// How best to look for rows that refer to a batch's depends on its size.
	if err := r.Session.keepPlans(ctx, len(relation.selfReferences) == 0); err != nil {
		return err
	}

	arms := deadArms(table, relation.columns, r.progress.Cutoff)
	if t.Position.Heap == 0 && !r.DryRun {
		if t.Estimate, err = r.Session.estimate(ctx, relation.name, arms); err != nil {
			return err
		}
	}
	heaps, err := r.Session.heaps(ctx, relation, arms)
	if err != nil {
		return err
	}
	for _, h := range heaps {
		if h.oid < t.Position.Heap || h.blocks == 0 && len(heaps) > 1 {
			continue // dealt with before, or a partition that is empty
		}
		err := r.purgeHeap(ctx, h, t)
		if isUndefinedTable(err) && h.oid != relation.oid {
			if exists, lookErr := r.Session.exists(ctx, h); lookErr == nil && !exists {
				continue // the partition was dropped meanwhile, its rows with it
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// twin is the name of an earlier table of the run that is the same relation.
func (r *run) twin(t *TableProgress, relation relation) string {
	for i := range r.progress.Tables {
		switch other := &r.progress.Tables[i]; {
		case other == t:
			return ""
		case other.Title == relation.title && other.Error == "":
			return other.Name
		}
	}
	return ""
}

// report tells the caller where the run stands.
func (r *run) report() {
	if r.Report != nil {
		r.Report(r.progress)
	}
}

// proceed is asked before every batch. It rests, outside of any transaction,
// and says why the run must not go on now, if so.
func (r *run) proceed(ctx context.Context) error {
	if r.rest > longestRest && !r.Until.IsZero() && time.Now().Add(r.rest).After(r.Until) {
		r.progress.Rest = r.rest
		return errSliceOver
	}
	if err := r.Session.sleep(ctx, r.rest); err != nil {
		return err
	}
	r.rest = 0
	for {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !r.Until.IsZero() && time.Now().After(r.Until):
			return errSliceOver
		case r.DryRun:
			return nil
		case r.MaxRows > 0 && r.progress.Deleted() >= r.MaxRows:
			return errCapped
		case !r.Lag.behind(ctx, r.Session, r.Log):
			return nil
		}
		if err := r.Session.sleep(ctx, lagInterval); err != nil {
			return err
		}
	}
}
