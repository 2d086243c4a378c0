package purge

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Progress is where a run stands: valid beside any error, and enough to go on
// from, in this process or another.
type Progress struct {
	// Cutoff is the database's clock when the run began. Zero before.
	Cutoff time.Time `json:"cutoff"`

	Tables []TableProgress `json:"tables"`

	// First is the index of the table that the next slice begins with.
	First int `json:"first,omitempty"`

	// WaitingFor says in a sentence what the run waits for now; empty: for nothing. Waited is how
	// long it has waited in all, for standbys, slots and the archiver.
	WaitingFor string        `json:"waiting_for,omitempty"`
	Waited     time.Duration `json:"waited,omitempty"`

	// Rested is for how long the run has rested between two statements.
	Rested time.Duration `json:"rested,omitempty"`

	// Standbys are those that the run waits for, or has given up waiting for.
	Standbys Standbys `json:"standbys,omitzero"`

	// WAL is the same of replication slots and the archiver.
	WAL WALWaits `json:"wal,omitzero"`

	// Isolation is what the run has spent on rows that cannot be deleted.
	Isolation Isolation `json:"isolation,omitzero"`

	// Governor decides how much of its time the run spends deleting.
	Governor governor `json:"governor,omitzero"`

	// Rest is how long the run has to pause before it goes on.
	Rest time.Duration `json:"rest,omitempty"`

	// Done is set when no table is left to work on.
	Done bool `json:"done,omitempty"`

	// Capped is set when the run ended at MaxRows or at MaxDuration.
	Capped bool `json:"capped,omitempty"`
}

// TableProgress is one table's part of a Progress. Its counts are of committed
// work, over all slices and attempts.
type TableProgress struct {
	// Name is the table as configured, Title as the database knows it.
	Name  string `json:"name"`
	Title string `json:"title"`

	// Matched is where the run stands with the tables of a pattern; the counts here are sums over
	// them. Nil: the table is named.
	Matched *Matched `json:"matched,omitempty"`

	// Dropped is what was done with whole partitions. Nil: the settings do not want that.
	Dropped *Dropped `json:"dropped,omitempty"`

	// Relation is the OID of the table that the progress was made on.
	Relation uint32 `json:"relation,omitempty"`

	// Fingerprint is that of the rules that the progress was made under, Rule is them in words.
	Fingerprint string `json:"fingerprint,omitempty"`
	Rule        string `json:"rule,omitempty"`

	// Plan is how dead rows are found: index, sweep, or mixed.
	Plan string `json:"plan,omitempty"`

	// Estimate is the planner's guess of the dead rows; Oldest the expiry of
	// the oldest one counted by a dry run.
	Estimate int64      `json:"estimate"`
	Oldest   *time.Time `json:"oldest,omitempty"`

	// Touched counts the rows of other tables that would change or go with the dead
	// ones. Dry runs only.
	Touched []Touched `json:"touched,omitempty"`

	// Deleted counts rows whose deletion has committed, Stayed those that are still there.
	Deleted int64 `json:"deleted"`
	Batches int64 `json:"batches"`
	Stayed

	// Refusal is why the first row could not be deleted.
	Refusal string `json:"refusal,omitempty"`

	// Survey is what a dry run has seen of the heaps before this one, see Seen.
	Survey *Survey `json:"survey,omitempty"`

	// Took is the time spent on the table, pauses included.
	Took time.Duration `json:"took"`

	// Work is how much work the table is.
	Work Workload `json:"work,omitzero"`

	// Start is where the last run stopped, if it was capped: the walk through the table begins there.
	Start Stop `json:"start,omitzero"`

	// Position is where to go on within a heap.
	Position position `json:"position"`

	// Through is the OID of the last heap that the run has visited: it has visited all heaps from
	// Start on up to this one. Those that it could not purge are in Left.
	Through uint32 `json:"through,omitempty"`

	// Left are partitions that could not be purged, LeftMore counts those beyond
	// mostLeft. Rounds is how often the locked ones were tried again.
	Left     []leftHeap `json:"left,omitempty"`
	LeftMore int64      `json:"left_more,omitempty"`
	Rounds   int        `json:"rounds,omitempty"`

	// Cut is set when dead rows may be left without being counted: the cap cut a batch short, or a
	// heap was rewritten while it was purged.
	Cut bool `json:"cut,omitempty"`

	// Anew makes the next attempt visit all heaps again.
	Anew bool `json:"anew,omitempty"`

	// Trial is where the count stands if the rule has changed. Held is why the run deletes nothing
	// by the rule, or of a dry run why a run would not. Cleared is the fingerprint of a rule that
	// passed its trial, Confirmed of one that somebody has confirmed.
	Trial     *Trial `json:"trial,omitempty"`
	Held      string `json:"held,omitempty"`
	Cleared   string `json:"cleared,omitempty"`
	Confirmed string `json:"confirmed,omitempty"`

	Done   bool   `json:"done,omitempty"`
	Absent bool   `json:"absent,omitempty"` // an optional table that does not exist
	Error  string `json:"error,omitempty"`  // why the table failed; it waits for another attempt
}

// Found is how many dead rows the run has seen: those that it deleted and those that stayed. In a dry
// run, and for a table that is held, it is how many dead rows there are.
func (t *TableProgress) Found() int64 {
	if t.Held != "" && t.Trial != nil && t.Trial.Dead != nil {
		return t.Deleted + t.Trial.Dead.Found()
	}
	return t.Deleted + t.Counted + t.Locked + t.Referenced + t.Undeletable
}

// position is a place in a table: the run has finished everything before it.
type position struct {
	Heap uint32 `json:"heap,omitempty"` // OID; 0 = before the first
	File uint32 `json:"file,omitempty"` // where the heap's rows were when it was entered
	Plan string `json:"plan,omitempty"` // the heap's
	Row  rowID  `json:"row,omitempty"`  // next row, or first row of the next block
	End  int64  `json:"end,omitempty"`  // blocks of the heap when its sweep began

	// Size is that of the next batch, in rows or blocks; 0: none has been worked on.
	Size int `json:"size,omitempty"`

	// From is the block that the sweep began at: when it has come to the end, it goes on from
	// the heap's first block up to there.
	From int64 `json:"from,omitempty"`

	// Partial is set when a list of this round was partial: dead rows may be left before Row.
	Partial bool `json:"partial,omitempty"`

	// Lists counts the lists in a row whose slices ended before anything was deleted.
	Lists int `json:"lists,omitempty"`

	// A table that refers to itself is swept in passes; lists come in rounds.
	Pass    int   `json:"pass,omitempty"`
	Deleted int64 `json:"deleted,omitempty"` // rows deleted in this pass, or round
	Earlier int64 `json:"earlier,omitempty"` // rows deleted in the one before

	// Survey is what a dry run has seen of the heap.
	Survey *Survey `json:"survey,omitempty"`

	// Stayed are the table's counts before this heap, because each pass counts the heap's rows anew.
	Stayed
}

// Stayed counts dead rows that a run has seen and not deleted.
type Stayed struct {
	// Counted rows could be deleted; a dry run only counts them.
	Counted     int64 `json:"counted,omitempty"`
	Locked      int64 `json:"locked,omitempty"`
	Undeletable int64 `json:"undeletable,omitempty"`

	// Referenced rows stay because others refer to them.
	Referenced int64 `json:"referenced,omitempty"`

	// Untried is how many of the undeletable rows were only counted: to find out which of them can
	// be deleted would have cost too much.
	Untried int64 `json:"untried,omitempty"`
}

// add counts other rows too.
func (s *Stayed) add(o Stayed) {
	s.Counted += o.Counted
	s.Locked += o.Locked
	s.Undeletable += o.Undeletable
	s.Referenced += o.Referenced
	s.Untried += o.Untried
}

// Deleted sums the rows deleted over all tables.
func (p *Progress) Deleted() int64 {
	var sum int64
	for i := range p.Tables {
		sum += p.Tables[i].Deleted
	}
	return sum
}

// Batches sums the batches over all tables.
func (p *Progress) Batches() int64 {
	var sum int64
	for i := range p.Tables {
		sum += p.Tables[i].Batches
	}
	return sum
}

// Held reports whether a table is held.
func (p *Progress) Held() bool {
	return slices.ContainsFunc(p.Tables, func(t TableProgress) bool { return t.Held != "" })
}

// Retry makes the next attempt try the tables that failed again, from where they stopped.
func (p *Progress) Retry() {
	for i := range p.Tables {
		t := &p.Tables[i]
		t.Error = ""
		t.retryLeft()
		if t.Held == "" {
			t.Trial = nil // it is made anew, with the partitions that could not be counted
		}
		if m := t.Matched; m != nil {
			m.retry()
		}
		t.Dropped.retry()
	}
}

// err joins what failed.
func (p *Progress) err() error {
	var failed []error
	for i := range p.Tables {
		if t := &p.Tables[i]; t.Error != "" {
			failed = append(failed, fmt.Errorf("purge %s: %s", t.Name, t.Error))
		}
	}
	return errors.Join(failed...)
}

// enter begins a heap, unless the position is already in it.
func (t *TableProgress) enter(h heap) {
	if t.Position.Heap != h.oid {
		t.Survey = t.Seen()
		t.Position = position{Heap: h.oid, File: h.file, Stayed: t.Stayed}
	}
}

// nextPass begins another pass over the heap if the last one deleted rows, and fewer than the one
// before: otherwise the application makes new ones as fast as they are deleted.
func (t *TableProgress) nextPass() bool {
	at := &t.Position
	if at.Deleted == 0 || at.Pass > 0 && at.Deleted >= at.Earlier {
		return false
	}
	at.Earlier = at.Deleted
	t.restart(at.Pass + 1)
	return true
}

// mostRounds is how often dead rows are listed anew, and how many passes a sweep makes. Otherwise rows that are revoked
// meanwhile could keep a run from ending.
const mostRounds = 100

// nextRound begins to list dead rows anew, unless the last round deleted none: the next one would not
// either.
func (t *TableProgress) nextRound() bool {
	at := &t.Position
	if at.Deleted == 0 || at.Pass == mostRounds {
		return false
	}
	t.restart(at.Pass + 1)
	return true
}

// restart goes back to the beginning of the heap. The rows that were counted or left there are counted
// anew.
func (t *TableProgress) restart(pass int) {
	at := &t.Position
	at.Row, at.Partial, at.Pass, at.Deleted, at.Survey = 0, false, pass, 0, nil
	t.recount()
}

// recount forgets which rows of the heap were counted or left: they are counted anew.
func (t *TableProgress) recount() { t.Stayed = t.Position.Stayed }
