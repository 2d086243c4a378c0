package purge

import (
	"context"
	"time"
)

// Workload is how much work a table is, as far as the run knows.
type Workload struct {
	// Worked is the time that its statements have taken, the rests after them excluded.
	Worked time.Duration `json:"worked,omitempty"`

	// Left is how long the rest of it is expected to take. Before the first batch it is what the
	// table took in the last run that completed it; 0: nothing is known.
	Left time.Duration `json:"left,omitempty"`

	// Earlier is what the table took in that run.
	Earlier time.Duration `json:"earlier,omitempty"`

	// Row is how long one row of a list takes on average, Block one block of a sweep.
	Row   cost `json:"row,omitzero"`
	Block cost `json:"block,omitzero"`
}

// Earlier is what earlier runs recorded of a table.
type Earlier struct {
	// Took is how long its statements took in the last run that went through it.
	Took time.Duration

	// Stopped is where the last run was capped.
	Stopped Stop
}

// learn takes into account how long a batch took.
func (w *Workload) learn(in target, took time.Duration) {
	if in.ranged() {
		w.Block = w.Block.after(took, in.to-in.from)
	} else {
		w.Row = w.Row.after(took, int64(len(in.rows)))
	}
}

// heapsLeft is how many heaps of a table are done and how many come after the current one.
type heapsLeft struct{ done, toCome int }

// visited counts n more heaps as done.
func (h *heapsLeft) visited(n int) {
	h.done += n
	h.toCome -= n
}

// estimateLeft sets Left, given what is left of the current heap. For the heaps that come after it, it
// goes by the earlier run, or by the heaps that are done.
func (w *Workload) estimateLeft(here time.Duration, heaps heapsLeft) {
	switch {
	case heaps.toCome == 0:
	case w.Earlier > 0:
		here = max(here, w.Earlier-w.Worked)
	default:
		each := float64(w.Worked+here) / float64(max(heaps.done, 1))
		here += time.Duration(min(each*float64(heaps.toCome), float64(maxTook)))
	}
	w.Left = min(here, maxTook)
}

// capped bounds Left for a table of which upTo rows may be deleted in all, by how long each of those
// deleted so far took.
func (w *Workload) capped(deleted, upTo int64) {
	if deleted > 0 {
		each := float64(w.Worked) / float64(deleted)
		w.Left = min(w.Left, time.Duration(min(each*float64(max(upTo-deleted, 0)), float64(maxTook))))
	}
}

// workLeft is how long deleting what is left of all tables is expected to take.
func (p *Progress) workLeft() time.Duration {
	var sum time.Duration
	for i := range p.Tables {
		if t := &p.Tables[i]; !t.finished() {
			t.tally()
			sum = min(sum+t.Work.Left, maxTook)
		}
	}
	return sum
}

// unknown reports whether nothing is known of the work of some table other than but.
func (p *Progress) unknown(but *TableProgress) bool {
	for i := range p.Tables {
		if t := &p.Tables[i]; t != but && !t.finished() && t.Work == (Workload{}) {
			return true
		}
	}
	return false
}

// stints is into how many stints the time of a run is divided.
const stints = 60

// stintFrom is how long a table is worked on while nothing is known of others, which may need most of
// the run's time. Zero: until it is done.
func (r *slice) stintFrom(now time.Time) time.Time {
	if r.Pace.FinishWithin == 0 {
		return time.Time{}
	}
	return now.Add(max(r.Pace.FinishWithin/stints, 100*time.Millisecond))
}

// stintOver reports whether the current table has to give way to one of which nothing is known.
func (r *slice) stintOver() bool {
	return !r.stint.IsZero() && time.Now().After(r.stint) && r.progress.unknown(r.current)
}

// expect begins the tables' workloads with what earlier runs recorded.
func (r *slice) expect(ctx context.Context) {
	if r.Earlier == nil {
		return
	}
	earlier := r.Earlier(ctx)
	for i := range r.progress.Tables {
		t := &r.progress.Tables[i]
		t.Work.Earlier = min(max(earlier[t.Name].Took, 0), maxTook)
		t.Work.Left = t.Work.Earlier
		t.Start = earlier[t.Name].Stopped
	}
}
