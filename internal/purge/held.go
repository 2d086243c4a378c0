package purge

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Trial is the count that decides whether a table is purged by a rule that has changed: of its
// dead rows, and of all its rows.
type Trial struct {
	// Fingerprint is that of the rules that are tried.
	Fingerprint string `json:"fingerprint"`

	// Dead is where the count of dead rows stands. Nil in a dry run, which counts them anyway.
	Dead *TableProgress `json:"dead,omitempty"`

	// Rows are all rows counted so far: of the heaps up to Through, and of the heap At up to Block.
	Rows    int64  `json:"rows"`
	Through uint32 `json:"through,omitempty"`
	At      uint32 `json:"at,omitempty"`
	Block   int64  `json:"block,omitempty"`
}

// Accepted are the rules by which a run may delete from a table, or from a pattern's tables, without a trial.
type Accepted struct {
	// Fingerprints are those of the rule by which a run last completed, and of one that was accepted since.
	Fingerprints []string

	// Run is the number of the run that completed last: a later one has a higher number.
	Run int64
}

// changed reports whether the table's rule is none of the accepted ones, so that it needs a trial. The
// rule of a table that no run has completed needs none. For a table of a pattern, also a new one, the
// rules that count are those accepted for the pattern. But if a run that completed the table by itself
// is later than the last one that completed the pattern, those accepted for the table count.
func (r *slice) changed(t *TableProgress) bool {
	if r.MaxShare <= 0 {
		return false
	}
	own, known := r.Accepted[t.Relation]
	if pattern, found := r.patternOf(t); found {
		of, completed := r.AcceptedPatterns[pattern.String()]
		if completed && (!known || of.Run > own.Run) {
			return !slices.Contains(of.Fingerprints, pattern.FingerprintAmong(r.configured()))
		}
	}
	return known && !slices.Contains(own.Fingerprints, t.Fingerprint)
}

// patternOf is the pattern that a table belongs to, unless the table is configured by its own name.
func (r *slice) patternOf(t *TableProgress) (Table, bool) {
	all := r.configured()
	if slices.ContainsFunc(all, func(c Table) bool { return !c.IsPattern() && c.String() == t.Name }) {
		return Table{}, false
	}
	first := slices.IndexFunc(all, func(c Table) bool { return c.Matches(t.Title) })
	if first < 0 {
		return Table{}, false
	}
	return all[first], true
}

// confirm notes the table's rule in the run's first slice on it, if somebody has confirmed the run. If a
// later slice finds another rule, nobody has confirmed that one.
func (r *slice) confirm(t *TableProgress) {
	if r.Confirmed && t.Confirmed == "" {
		t.Confirmed = t.Fingerprint
	}
}

// confirmed reports whether somebody has confirmed the table's rule or, for a table of a pattern, the
// pattern's rule.
func (r *slice) confirmed(t *TableProgress) bool {
	if r.pattern != nil {
		t = r.pattern
	}
	return t.Confirmed != "" && t.Confirmed == t.Fingerprint
}

// holdOne notes that a table of the pattern is held.
func (t *TableProgress) holdOne(of *TableProgress) {
	m := t.Matched
	m.Held++
	if m.FirstHeld == "" {
		m.FirstHeld = of.Title + ": " + of.Held
	}
	t.Held = m.FirstHeld
	if m.Held > 1 {
		t.Held = fmt.Sprintf("%d of its tables are held, as is %s", m.Held, m.FirstHeld)
	}
}

// hold decides, if the table's rule has changed, whether the table is held: its rule calls more
// of it dead than MaxShare. It counts exactly, because statistics may be old or missing.
func (w *heapWalk) hold(ctx context.Context) error {
	t := w.into
	if w.pattern == nil {
		w.confirm(t)
	}
	if t.Held != "" || t.Cleared == t.Fingerprint || w.confirmed(t) || !w.changed(t) {
		return nil
	}
	if t.Trial == nil || t.Trial.Fingerprint != t.Fingerprint {
		t.Trial = &Trial{Fingerprint: t.Fingerprint}
	}
	counting := *w.slice
	counting.DryRun = true
	trial := &heapWalk{slice: &counting, examined: w.examined, conditions: w.conditions, read: w.read, into: t}
	if !w.DryRun {
		if t.Trial.Dead == nil {
			t.Trial.Dead = &TableProgress{}
		}
		trial.into = t.Trial.Dead
		if err := trial.visit(ctx); err != nil {
			return err
		}
		if err := trial.into.uncounted(); err != nil {
			return err
		}
	}
	held, err := trial.exceeds(ctx, t.Trial, trial.into.Counted)
	w.rest, w.moved = counting.rest, counting.moved
	switch {
	case err != nil:
		return fmt.Errorf("count its rows: %w", err)
	case held:
		t.Held = fmt.Sprintf("its rule is not the one by which a run last completed, and it would delete %s of %s rows, "+
			"which is more than SILTGATE_MAX_SHARE=%s allows: none of them was deleted. If the rule is right, "+
			"confirm it: siltgate enqueue --confirm. If not, change it back",
			grouped(trial.into.Counted), grouped(t.Trial.Rows), strconv.FormatFloat(w.MaxShare, 'g', -1, 64))
	default:
		t.Cleared = t.Fingerprint
		return w.record()
	}
	return nil
}

// uncounted is the error of partitions that could not be counted, whose dead rows might be many.
func (t *TableProgress) uncounted() error {
	count := int64(len(t.Left)) + t.LeftMore
	if count == 0 {
		return nil
	}
	return fmt.Errorf("its rule has changed, and it is not known how much it would delete, so nothing is deleted: "+
		"%d partitions could not be counted, the first of them %s: %s", count, t.Left[0].Name, t.Left[0].Reason)
}

// exceeds reports whether the dead rows are a larger share of the table than MaxShare. It counts the
// table's rows, dead or not, and stops when there are so many that the share is not larger.
func (w *heapWalk) exceeds(ctx context.Context, trial *Trial, dead int64) (bool, error) {
	enough := func() bool { return float64(dead) <= w.MaxShare*float64(trial.Rows) }
	for _, oid := range w.examined.heaps {
		switch {
		case enough():
			return false, nil
		case oid <= trial.Through, w.examined.refused[oid]:
			continue
		case trial.At != oid:
			trial.At, trial.Block = oid, 0
		}
		h, err := w.Session.heap(ctx, w.examined.relation, oid, w.conditions, w.read)
		if err == nil {
			err = w.countRows(ctx, h, trial, enough)
		}
		if err != nil && !w.dropped(ctx, h, err) {
			return false, err
		}
		trial.Through = oid
	}
	return !enough(), nil
}

// countRows adds the heap's rows to the trial, as many as are needed.
func (w *heapWalk) countRows(ctx context.Context, h heap, trial *Trial, enough func() bool) error {
	walk := &sweepWalk{at: &position{Row: newRowID(firstOf(trial.Block)), End: h.blocks}}
	pace := blockPacer(w.Pace)
	for !enough() {
		in := walk.next(pace.size)
		if in.empty() {
			return nil
		}
		if err := w.proceed(ctx); err != nil {
			return err
		}
		began := time.Now()
		var n int64
		err := w.Session.query(ctx, h.countAll(in), &n)
		took := time.Since(began)
		w.slice.read(took)
		if isTimeout(err) && pace.size > 1 {
			pace = pace.after(took, timedOut)
			continue
		}
		if err != nil {
			return err
		}
		walk.advance(in, 0)
		trial.Rows += n
		trial.Block = walk.at.Row.block()
		w.moved = true
		pace = pace.after(took, finished)
		w.report()
	}
	return nil
}
