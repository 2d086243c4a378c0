package purge

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

const (
	// mostOpen is how many tables of a pattern may be begun and not finished. Their positions
	// are in the progress; beyond that the run goes on with these.
	mostOpen = 8

	// mostFailed is how many tables of a pattern that failed are known by name. If there are
	// more, another attempt visits all of the pattern's.
	mostFailed = 50

	// longestReason is how many characters are kept of why one of them failed.
	longestReason = 300
)

// Matched is where a run stands with the tables of a pattern. Its size does not depend on how
// many there are: those that are finished are counted and no longer named.
type Matched struct {
	// Tables is how many tables the pattern matched when that was looked up last.
	Tables int64 `json:"tables"`

	// A round visits the tables in the order of their OIDs. It begins at First, and after the
	// highest OID goes on with the lowest. Next is the OID that the round goes on from, minus First.
	First uint32 `json:"first,omitempty"`
	Next  uint64 `json:"next,omitempty"`

	// Visited is how many tables the round has come to.
	Visited int64 `json:"visited,omitempty"`

	// Open are tables that were begun, and are not finished.
	Open []TableProgress `json:"open,omitempty"`

	// Failed are tables that failed, FailedMore counts those beyond mostFailed. Rounds is how
	// often the locked ones were tried again.
	Failed     []failedTable `json:"failed,omitempty"`
	FailedMore int64         `json:"failed_more,omitempty"`
	Rounds     int           `json:"rounds,omitempty"`

	// Closed sums up the tables that are not open any more.
	Closed counts `json:"closed"`

	// Share is how many rows each table may delete in this round, if there is a cap. Cut counts
	// the tables that had to stop at it.
	Share int64 `json:"share,omitempty"`
	Cut   int64 `json:"cut,omitempty"`

	// Held counts the tables that are held, FirstHeld names one of them and says why.
	Held      int64  `json:"held,omitempty"`
	FirstHeld string `json:"first_held,omitempty"`

	// Worst is the table that needs attention most. Nil: no table had anything to do.
	Worst *Worst `json:"worst,omitempty"`
}

// failedTable is a table of a pattern that could not be purged. The others are.
type failedTable struct {
	OID    uint32 `json:"oid"`
	Name   string `json:"name"`
	Reason string `json:"reason"`

	// Final ones are not tried again in this attempt. The others are locked.
	Final bool `json:"final,omitempty"`
}

// counts are sums over tables.
type counts struct {
	Estimate int64 `json:"estimate,omitempty"`
	Deleted  int64 `json:"deleted,omitempty"`
	Batches  int64 `json:"batches,omitempty"`
	Stayed

	Worked time.Duration `json:"worked,omitempty"`
}

// Worst is one table of a pattern: one that failed, else the one with the most rows that could
// not go, else the one with the most rows that went.
type Worst struct {
	Table       string `json:"table"`
	Deleted     int64  `json:"deleted"`
	Counted     int64  `json:"counted,omitempty"`
	Locked      int64  `json:"locked,omitempty"`
	Referenced  int64  `json:"referenced,omitempty"`
	Undeletable int64  `json:"undeletable,omitempty"`
	Refusal     string `json:"refusal,omitempty"`
	Error       string `json:"error,omitempty"`
}

// place is where in a round a table comes.
func (m *Matched) place(oid uint32) uint64 { return uint64(oid - m.First) }

// tally brings the counts of a pattern's progress up to date.
func (t *TableProgress) tally() {
	m := t.Matched
	if m == nil {
		return
	}
	sum := m.Closed
	var left time.Duration
	for i := range m.Open {
		sum.add(&m.Open[i])
		left = min(left+m.Open[i].Work.Left, maxTook)
	}
	t.Work.Worked = sum.Worked
	if sum.Worked > 0 { // else what the run before took is all that is known
		t.Work.estimateLeft(left, heapsLeft{done: int(m.Visited), toCome: int(max(m.Tables-m.Visited, 0))})
	}
	t.Estimate, t.Deleted, t.Batches, t.Stayed = sum.Estimate, sum.Deleted, sum.Batches, sum.Stayed
}

// add counts a table, with what was left of it.
func (c *counts) add(t *TableProgress) {
	c.addDone(t)
	c.Stayed.add(t.Stayed)
}

// addDone counts what was done in a table that will be visited again.
func (c *counts) addDone(t *TableProgress) {
	c.Estimate += t.Estimate
	c.Deleted += t.Deleted
	c.Batches += t.Batches
	c.Worked += t.Work.Worked
}

// close removes a table from the open ones. If the run will visit it again, its rows that are left are
// not counted yet: that visit counts them.
func (t *TableProgress) close(i int, again bool) {
	m := t.Matched
	done := &m.Open[i]
	if again {
		m.Closed.addDone(done)
	} else {
		m.Closed.add(done)
	}
	m.rank(done)
	t.merge(done)
	m.Open = slices.Delete(m.Open, i, i+1)
}

// merge takes over what a table says besides its counts.
func (t *TableProgress) merge(of *TableProgress) {
	if of.Plan != "" && of.Plan != t.Plan {
		if t.Plan == "" {
			t.Plan = of.Plan
		} else {
			t.Plan = planMixed
		}
	}
	t.Rule, t.Refusal = cmp.Or(t.Rule, of.Rule), cmp.Or(t.Refusal, of.Refusal)
	if of.Oldest != nil && (t.Oldest == nil || of.Oldest.Before(*t.Oldest)) {
		t.Oldest = of.Oldest
	}
	if seen := of.Seen(); seen != nil {
		if t.Survey == nil {
			t.Survey = &Survey{}
		}
		t.Survey.add(seen)
	}
	for _, touched := range of.Touched {
		if len(t.Touched) < mostNamed {
			t.Touched = append(t.Touched, touched)
		}
	}
	if of.Held != "" {
		t.holdOne(of)
	}
	if d := of.Dropped; d != nil {
		if t.Dropped == nil {
			t.Dropped = &Dropped{}
		}
		t.Dropped.Partitions += d.Partitions
		t.Dropped.Rows += d.Rows
		if d.Why != "" && t.Dropped.Why == "" {
			t.Dropped.Why = of.Title + ": " + d.Why
		}
	}
	t.Cut = t.Cut || of.Done && !of.Absent && !of.Proven()
}

// rank keeps the worst table.
func (m *Matched) rank(t *TableProgress) {
	of := &Worst{
		Table: t.Title, Deleted: t.Deleted, Counted: t.Counted, Locked: t.Locked, Referenced: t.Referenced, Undeletable: t.Undeletable,
		Refusal: short(t.Refusal), Error: short(t.Error),
	}
	if m.Worst == nil || of.worseThan(m.Worst) {
		m.Worst = of
	}
}

// Left is how many dead rows are left in the table.
func (w *Worst) Left() int64 { return w.Locked + w.Referenced + w.Undeletable }

func (w *Worst) worseThan(other *Worst) bool {
	if (w.Error == "") != (other.Error == "") {
		return w.Error != ""
	}
	return cmp.Or(cmp.Compare(w.Left(), other.Left()), cmp.Compare(w.Deleted+w.Counted, other.Deleted+other.Counted)) > 0
}

// fail notes an open table that could not be purged.
func (t *TableProgress) fail(i int, oid uint32, reason string, final bool) {
	m := t.Matched
	m.Open[i].Error = reason
	name := m.Open[i].Title
	t.close(i, true)
	if len(m.Failed) == mostFailed {
		m.FailedMore++
		return
	}
	m.Failed = append(m.Failed, failedTable{OID: oid, Name: name, Reason: short(reason), Final: final})
}

// short cuts a sentence to what is kept of it.
func short(reason string) string {
	if runes := []rune(reason); len(runes) > longestReason {
		return string(runes[:longestReason-1]) + "…"
	}
	return reason
}

// err names the tables that failed; nil if none did.
func (m *Matched) err() error {
	var named []string
	for _, f := range m.Failed[:min(len(m.Failed), mostNamed)] {
		named = append(named, f.Name+": "+f.Reason)
	}
	return notPurged("table", fmt.Sprintf(" of %d", m.Tables), named, int64(len(m.Failed))+m.FailedMore)
}

// anotherRound begins with the first table again, to share out what is left of the cap among those
// that had to stop. The rows that had to stay in them are counted anew.
func (t *TableProgress) anotherRound(left int64) {
	m := t.Matched
	m.shareOut(left, m.Cut)
	m.Next, m.Visited, m.Cut, m.Held = 0, 0, 0, 0
	m.Closed.Stayed = Stayed{}
	t.Cut = false
}

// shareOut divides what is left of the cap evenly among a number of tables. Each may delete at least
// one row.
func (m *Matched) shareOut(left, among int64) { m.Share = max(left/max(among, 1), 1) }

// retry lets tables that failed be tried again: all of the pattern's if not all of them are known.
func (m *Matched) retry() {
	m.Rounds = 0
	if m.Worst != nil && m.Worst.Error != "" {
		m.Worst = nil
	}
	if m.FailedMore > 0 {
		m.Failed, m.FailedMore, m.Next, m.Visited, m.Held = nil, 0, 0, 0, 0
		m.Closed.Stayed = Stayed{}
	}
	for i := range m.Failed {
		m.Failed[i].Final = false
	}
	for i := range m.Open {
		m.Open[i].retryLeft()
	}
}

// anew forgets where the run stands, but for what it has deleted: the rules are others now.
func (m *Matched) anew() {
	for i := range m.Open {
		m.Closed.addDone(&m.Open[i])
	}
	m.Closed.Stayed = Stayed{}
	*m = Matched{First: m.First, Closed: m.Closed}
}

// pivot is the OID of the table that a run with a cap begins with. It differs from run to run:
// otherwise, if the cap is too small for all tables, the same tables would use it up every time.
func pivot(all []match, cutoff time.Time) uint32 {
	if len(all) == 0 {
		return 0
	}
	return all[uint64(cutoff.UnixMicro())%uint64(len(all))].oid
}
