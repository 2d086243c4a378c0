package purge

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
)

const (
	// maxCount is more than any table has rows, and far from the end of an int64, so that
	// counts can be summed.
	maxCount = 1 << 50

	// maxTook is longer than any run is worked on.
	maxTook = 10 * 365 * 24 * time.Hour
)

// clone returns a Progress that shares nothing with p: the one that is read again from a job's row.
func (p *Progress) clone() (same Progress, err error) {
	encoded, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(encoded, &same)
	}
	if err != nil {
		return same, fmt.Errorf("copy the progress: %w", err)
	}
	return same, nil
}

// Check returns an error for a Progress that no run can have recorded. A job's row, where
// progress is kept, may be written by others than replicas. It does not
// check what the Progress says of rows: a batch deletes dead rows only, wherever it is told to look.
func (p *Progress) Check() error {
	switch {
	case p.Cutoff.IsZero() && len(p.Tables) > 0:
		return fmt.Errorf("%d tables were begun before the cutoff was read", len(p.Tables))
	case p.Waited < 0 || p.Waited > maxTook:
		return fmt.Errorf("waited: want 0 to %s, got %s", maxTook, p.Waited)
	case p.Rested < 0 || p.Rested > maxTook:
		return fmt.Errorf("rested: want 0 to %s, got %s", maxTook, p.Rested)
	case p.Isolation.Took < 0 || p.Isolation.Took > maxTook || p.Isolation.Failures < 0:
		return fmt.Errorf("isolation: want no less than 0, got %s and %d", p.Isolation.Took, p.Isolation.Failures)
	case p.First < 0 || p.First > 0 && p.First >= len(p.Tables):
		return fmt.Errorf("first: want 0 to %d, got %d", len(p.Tables)-1, p.First)
	}
	if err := p.Governor.check(); err != nil {
		return fmt.Errorf("governor: %w", err)
	}
	names := map[string]bool{}
	for i := range p.Tables {
		t := &p.Tables[i]
		if names[t.Name] {
			return fmt.Errorf("table %.80q is there twice", t.Name)
		}
		names[t.Name] = true
		if err := t.check(); err != nil {
			return fmt.Errorf("table %.80q: %w", t.Name, err)
		}
	}
	return nil
}

func (t *TableProgress) check() error {
	at := &t.Position
	err := checkCounts(map[string]int64{
		"estimate": t.Estimate, "deleted": t.Deleted, "batches": t.Batches, "left_more": t.LeftMore, "rounds": int64(t.Rounds),
		"end": at.End, "lists": int64(at.Lists), "pass": int64(at.Pass), "deleted in a pass": at.Deleted, "earlier": at.Earlier, "size": int64(at.Size), "from": at.From,
	})
	if err := cmp.Or(err, t.checkStayed(), at.checkStayed(), t.Trial.check(t.Held != "" && t.Matched == nil)); err != nil {
		return err
	}
	switch {
	case t.Took < 0 || t.Took > maxTook:
		return fmt.Errorf("took: want 0 to %s, got %s", maxTook, t.Took)
	case at.Row.block() > math.MaxUint32:
		return fmt.Errorf("row: block %d is beyond any heap", at.Row.block())
	}
	if err := t.Work.check(); err != nil {
		return fmt.Errorf("work: %w", err)
	}
	if d := t.Dropped; d != nil && (min(d.Partitions, d.Rows, int64(d.Tries)) < 0 || max(d.Partitions, d.Rows, int64(d.Tries)) > maxCount) {
		return fmt.Errorf("dropped: want counts of 0 to %d", int64(maxCount))
	}
	if t.Matched != nil {
		if err := t.Matched.check(); err != nil {
			return err
		}
	}
	for _, plan := range []string{t.Plan, at.Plan} {
		switch plan {
		case "", planIndex, planSweep, planMixed:
		default:
			return fmt.Errorf("plan: %.80q is none", plan)
		}
	}
	return nil
}

func (s *Stayed) checkStayed() error {
	return checkCounts(map[string]int64{
		"counted": s.Counted, "locked": s.Locked, "undeletable": s.Undeletable, "referenced": s.Referenced, "untried": s.Untried,
	})
}

func checkCounts(counts map[string]int64) error {
	for name, count := range counts {
		if count < 0 || count > maxCount {
			return fmt.Errorf("%s: want 0 to %d, got %d", name, int64(maxCount), count)
		}
	}
	return nil
}

// check bounds what is used of a governor: its deadline follows from the settings.
func (g governor) check() error {
	switch {
	case !(g.Duty >= 0 && g.Duty <= 1):
		return fmt.Errorf("duty: want 0 to 1, got %g", g.Duty)
	case g.Work < 0 || g.Work > maxTook:
		return fmt.Errorf("work: want 0 to %s, got %s", maxTook, g.Work)
	}
	return nil
}

func (w *Workload) check() error {
	for name, took := range map[string]time.Duration{"worked": w.Worked, "left": w.Left, "earlier": w.Earlier} {
		if took < 0 || took > maxTook {
			return fmt.Errorf("%s: want 0 to %s, got %s", name, maxTook, took)
		}
	}
	for name, each := range map[string]cost{"row": w.Row, "block": w.Block} {
		if !(each.Took >= 0 && each.Took <= float64(maxTook) && each.Units >= 0 && each.Units <= maxCount) {
			return fmt.Errorf("%s: want 0 to %s for 0 to %d units, got %g ns for %g", name, maxTook, int64(maxCount), each.Took, each.Units)
		}
	}
	return nil
}

func (t *Trial) check(held bool) error {
	switch {
	case t == nil && held:
		return errors.New("held: without a trial")
	case t == nil:
		return nil
	case t.Rows < 0 || t.Rows > maxCount || t.Block < 0 || t.Block > math.MaxUint32:
		return fmt.Errorf("trial: %d rows up to block %d are none", t.Rows, t.Block)
	case t.Dead == nil:
		return nil
	case t.Dead.Trial != nil || t.Dead.Held != "":
		return errors.New("trial: has a trial of its own")
	}
	return t.Dead.check()
}

func (m *Matched) check() error {
	err := checkCounts(map[string]int64{
		"tables": m.Tables, "visited": m.Visited, "failed_more": m.FailedMore, "cut": m.Cut, "held": m.Held, "share": m.Share, "rounds of tables": int64(m.Rounds),
		"estimate of tables": m.Closed.Estimate, "deleted of tables": m.Closed.Deleted, "batches of tables": m.Closed.Batches,
	})
	if err := cmp.Or(err, m.Closed.checkStayed()); err != nil {
		return err
	}
	switch {
	case m.Closed.Worked < 0 || m.Closed.Worked > maxTook:
		return fmt.Errorf("worked: want 0 to %s, got %s", maxTook, m.Closed.Worked)
	case m.Next > math.MaxUint32+1:
		return fmt.Errorf("next: %d is beyond any table", m.Next)
	case len(m.Open) > mostOpen || len(m.Failed) > mostFailed:
		return fmt.Errorf("want at most %d open tables and %d failed ones, got %d and %d", mostOpen, mostFailed, len(m.Open), len(m.Failed))
	}
	for i := range m.Open {
		if m.Open[i].Matched != nil {
			return fmt.Errorf("table %.80q is a pattern among the tables of one", m.Open[i].Name)
		}
		if err := m.Open[i].check(); err != nil {
			return fmt.Errorf("table %.80q: %w", m.Open[i].Name, err)
		}
	}
	return nil
}
