package purge

import (
	"errors"
	"fmt"
	"time"
)

// Progress is where a run stands: valid beside any error, and enough to go on
// from, in this process or another.
type Progress struct {
	// Cutoff is the database's clock when the run began. Zero before.
	Cutoff time.Time `json:"cutoff"`

	Tables []TableProgress `json:"tables"`

	// Rest is how long the run has to pause before it goes on.
	Rest time.Duration `json:"rest,omitempty"`

	// Done is set when no table is left to work on.
	Done bool `json:"done,omitempty"`

	// Capped is set when the run ended at MaxRows.
	Capped bool `json:"capped,omitempty"`
}

// TableProgress is one table's part of a Progress. Its counts are of committed
// work, over all slices and attempts.
type TableProgress struct {
	// Name is the table as configured, Title as the database knows it.
	Name  string `json:"name"`
	Title string `json:"title"`

	// Plan is how dead rows are found: index, sweep, or mixed.
	Plan string `json:"plan,omitempty"`

	// Estimate is the planner's guess of the dead rows; Oldest the expiry of
	// the oldest one counted by a dry run.
	Estimate int64      `json:"estimate"`
	Oldest   *time.Time `json:"oldest,omitempty"`

	// Deleted counts rows deleted; in a dry run, rows found dead.
	Deleted     int64 `json:"deleted"`
	Locked      int64 `json:"locked,omitempty"`
	Undeletable int64 `json:"undeletable,omitempty"`
	Batches     int64 `json:"batches"`

	// Took is the time spent on the table, pauses included.
	Took time.Duration `json:"took"`

	// Position is where to go on within the table.
	Position position `json:"position"`

	Done   bool   `json:"done,omitempty"`
	Absent bool   `json:"absent,omitempty"` // an optional table that does not exist
	Error  string `json:"error,omitempty"`  // why the table failed; it waits for another attempt
}

// position is a place in a table: everything before it has been dealt with.
type position struct {
	Heap uint32 `json:"heap,omitempty"` // OID; 0 = before the first
	Plan string `json:"plan,omitempty"` // the heap's
	Row  rowID  `json:"row,omitempty"`  // next row, or first row of the next block
	End  int64  `json:"end,omitempty"`  // blocks of the heap when its sweep began

	// Partial: this round of lists did not have all dead rows before Row.
	Partial bool `json:"partial,omitempty"`

	// Lists were made in a row of which nothing came: their slices were over.
	Lists int `json:"lists,omitempty"`

	// A table that refers to itself is swept in passes; lists come in rounds.
	Pass    int   `json:"pass,omitempty"`
	Found   int64 `json:"found,omitempty"`   // rows deleted in this pass, or round
	Earlier int64 `json:"earlier,omitempty"` // rows deleted in the one before
	Repeats int   `json:"repeats,omitempty"` // of the range at Row

	// What was counted before this heap: each pass counts its rows anew.
	Locked      int64 `json:"locked,omitempty"`
	Undeletable int64 `json:"undeletable,omitempty"`
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

// Retry lets tables that failed be tried again, from where they stopped.
func (p *Progress) Retry() {
	for i := range p.Tables {
		p.Tables[i].Error = ""
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
		t.Position = position{Heap: h.oid, Locked: t.Locked, Undeletable: t.Undeletable}
	}
}

// nextPass begins another pass over the heap, if the last one promises more: it
// must have found rows, and fewer than the one before, or the application makes
// new ones as fast as they go.
func (t *TableProgress) nextPass() bool {
	at := &t.Position
	if at.Found == 0 || at.Pass > 0 && at.Found >= at.Earlier {
		return false
	}
	at.Earlier = at.Found
	t.restart(at.Pass + 1)
	return true
}

// nextRound begins to list dead rows anew, unless the last round deleted none:
// then it left what cannot be deleted now, and would again.
func (t *TableProgress) nextRound() bool {
	at := &t.Position
	if at.Found == 0 || at.Pass == mostRounds {
		return false
	}
	t.restart(at.Pass + 1)
	return true
}

// restart goes back to the beginning of the heap. What was left there is counted
// anew.
func (t *TableProgress) restart(pass int) {
	at := &t.Position
	at.Row, at.Partial, at.Pass, at.Found, at.Repeats = 0, false, pass, 0, 0
	t.Locked, t.Undeletable = at.Locked, at.Undeletable
}

// plan notes the plan of one more heap.
func (t *TableProgress) plan(name string) {
	switch t.Plan {
	case "", name:
		t.Plan = name
	default:
		t.Plan = planMixed
	}
	t.Position.Plan = name
}
