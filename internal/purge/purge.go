package purge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Engine purges tables over one session.
type Engine struct {
	Session *Session

	// Configured are all configured tables, also those that a request leaves out: no cascade may
	// delete rows of them. Nil: the tables of the request.
	Configured []Table

	Pace Pace

	// Lag makes deleting wait for standbys. Nil: it does not.
	Lag *LagGuard

	// WAL makes deleting wait for replication slots and the archiver. Nil: it does not.
	WAL *WALGuard

	// MaxRows is how many rows a run may delete; 0 = no cap.
	MaxRows int64

	// MaxDuration is how long a run may last from its cutoff on; 0 = no cap.
	MaxDuration time.Duration

	// MaxShare is the share of a table's rows above which a changed rule is held: by it the run
	// deletes nothing until somebody has confirmed it. 0 and 1 = never.
	MaxShare float64

	// MaxClockSkew is how far the database's clock may be from this process's;
	// 0 = any distance.
	MaxClockSkew time.Duration

	Log *slog.Logger

	// Tests set these shorter. 0: ListPatience and LongestBackOff.
	listFor, longestBackOff time.Duration
}

// Request is what a call of Run is to do.
type Request struct {
	// Tables to purge, each one configured.
	Tables []Table

	// DryRun counts dead rows and deletes nothing.
	DryRun bool

	// Accepted are the rules by which the run may delete from tables at once, without counting first how much
	// that would be: a run has completed by them, or somebody has confirmed them. They are by the tables' OIDs. AcceptedPatterns are those of patterns, by their names. A table or a pattern that no run
	// has completed has no entry.
	Accepted         map[uint32]Accepted
	AcceptedPatterns map[string]Accepted

	// Confirmed says that no rule is held.
	Confirmed bool

	// Until is when the slice ends, once the batch in hand is finished. Zero: Run works to the
	// end of the run.
	Until time.Time

	// Report is called with the progress after every batch, and may store it. It must not keep the value.
	Report func(*Progress)

	// Record is called before the first deletion by a changed rule, and has to store the progress at once:
	// whoever went on from an earlier one would count the table's rows when some are gone. Its error
	// ends the slice. Nil: nothing is stored.
	Record func(*Progress) error

	// Batch is called with how long each batch took, without the rest after it.
	Batch func(took time.Duration)

	// Earlier returns what earlier runs recorded of tables, by their names as configured. It is
	// called when a run begins. Nil: nothing is known.
	Earlier func(context.Context) map[string]Earlier
}

// slice is one call of Run: a part of a run.
type slice struct {
	Engine
	Request
	progress *Progress
	current  *TableProgress // the table that is worked on
	shareEnd int64          // how many of its rows the run may have deleted, if there is a cap
	rest     time.Duration  // due before the next statement, for the work since the last rest
	restsFor string         // why, if it is for something else
	ahead    time.Duration  // how far the database's clock is ahead of this process's
	heaps    heapsLeft      // of the current table
	stint    time.Time      // when to leave it for tables of which nothing is known yet
	moved    bool           // it has got the run further, or waited for something
	matches  []match        // the tables that patterns match, once they were looked for
	pattern  *TableProgress // the pattern's, while its tables are gone through
}

var (
	errSliceOver   = errors.New("slice over")
	errShare       = errors.New("the table has deleted its share of the cap")
	errCapped      = errors.New("the run has lasted for as long as it may")
	errStint       = errors.New("a table goes first of which nothing is known yet")
	errNoTime      = errors.New("the look at the table took so long that no time was left to delete: is it split into very many partitions?")
	errTableLocked = errors.New("the table is locked by another session, see pg_locks")
)

// Run works on the tables until they are done, the slice is over or ctx is done. The Progress that it
// returns says how far it came, also beside an error; if the slice is over there is none, and Done is not set. If a table fails, Run goes on with the others,
// and returns the errors of all failed tables at the end. It returns an error at once if ctx is done
// (then the cause), if the clocks differ too much, if a guard has made it wait for too long, if it took all
// of the slice to look at a table, or if the session or the turn is lost. It does not change the Progress that it is given.
func (e Engine) Run(ctx context.Context, req Request, from Progress) (Progress, error) {
	progress, err := from.clone()
	if err != nil {
		return from, err
	}
	progress.Rest = 0
	r := &slice{Engine: e, Request: req, progress: &progress}
	if r.MaxDuration > 0 {
		r.Pace.FinishWithin = min(r.Pace.FinishWithin, r.MaxDuration)
	}
	if err := r.begin(ctx); err != nil {
		return progress, Explain(err)
	}
	for {
		t, shareEnd, capSpent := progress.next(r.rowCap())
		if t == nil {
			return r.finish(capSpent)
		}
		r.current, r.shareEnd = t, shareEnd
		r.stint = r.stintFrom(time.Now())
		err := r.purge(ctx, t)
		switch {
		case err == nil:
			t.Done, r.moved = true, true
		case errors.Is(err, errShare):
		case errors.Is(err, errCapped):
			return r.finish(true)
		case errors.Is(err, errStint):
			progress.nextTableFirst()
		case errors.Is(err, errSliceOver):
			progress.nextTableFirst()
			return progress, nil
		case errors.Is(err, errNoTime):
			progress.nextTableFirst()
			return progress, fmt.Errorf("purge %s: %w", t.Name, err)
		case ctx.Err() != nil:
			progress.nextTableFirst()
			return progress, context.Cause(ctx)
		case errors.As(err, new(guardError)):
			return progress, err
		case errors.Is(err, ErrFenced), errors.Is(err, ErrFenceLocked):
			return progress, fmt.Errorf("purge %s: %w", t.Name, err)
		case e.Session.lost():
			return progress, Explain(fmt.Errorf("purge %s: %w: %w", t.Name, ErrLost, err))
		default:
			t.Error = Explain(err).Error()
		}
	}
}

// isGivenBack reports whether a table was not finished for a reason that is not its own.
func isGivenBack(err error) bool {
	return errors.Is(err, errSliceOver) || errors.Is(err, errNoTime) || errors.Is(err, errShare) || errors.Is(err, errStint) || errors.Is(err, errCapped) ||
		errors.As(err, new(guardError))
}

// finish ends the run when no table is left to work on, or the cap is spent.
func (r *slice) finish(capSpent bool) (Progress, error) {
	if err := r.progress.err(); err != nil {
		return *r.progress, err
	}
	r.progress.Done = true
	r.progress.Governor = r.progress.Governor.after(r.clock(), 0) // no work is left
	r.progress.Capped = capSpent || r.rowCap() > 0 && r.progress.Deleted() >= r.rowCap()
	return *r.progress, nil
}

// rowCap is how many rows the run may delete; 0 = no cap. A dry run has none.
func (r *slice) rowCap() int64 {
	if r.DryRun {
		return 0
	}
	return r.MaxRows
}

// begin compares the clocks and, in a run's first slice, fixes the cutoff.
func (r *slice) begin(ctx context.Context) error {
	now, err := r.compareClocks(ctx)
	if err != nil {
		return err
	}
	if r.progress.Cutoff.IsZero() {
		r.progress.Cutoff = now
		tables, err := r.childrenFirst(ctx)
		if err != nil {
			return err
		}
		r.progress.Tables = make([]TableProgress, len(tables))
		for i, t := range tables {
			r.progress.Tables[i] = TableProgress{Name: t.String(), Title: t.String()}
		}
		r.expect(ctx)
	}
	r.progress.Governor = r.progress.Governor.resumed(r.Pace, r.progress.Cutoff, now)
	gentle := r.Pace.DutyCycle < 1 || r.Pace.FinishWithin > 0
	if err := r.Session.awaitFlush(ctx, gentle); err != nil {
		return err
	}
	r.report() // records the cutoff before the first row is deleted
	return nil
}

// shareSpent reports whether the table has deleted its share of the cap.
func (r *slice) shareSpent() bool { return r.rowCap() > 0 && r.current.Deleted >= r.shareEnd }

// report gives the caller the progress.
func (r *slice) report() {
	if r.Report != nil {
		r.tally()
		r.Report(r.progress)
	}
}

// record has the progress stored.
func (r *slice) record() error {
	if r.Record == nil {
		return nil
	}
	r.tally()
	if err := r.Record(r.progress); err != nil {
		return fmt.Errorf("record the progress before rows are deleted by a changed rule: %w", err)
	}
	return nil
}

func (r *slice) tally() {
	for i := range r.progress.Tables {
		r.progress.Tables[i].tally()
	}
}
