package purge

import (
	"cmp"
	"context"
	"time"
)

// PaceNow is how fast a run goes.
type PaceNow struct {
	// Duty is the share of its time that it spends deleting. 0: it has not begun.
	Duty float64

	// FinishBy is when it ought to be done; zero: it has no deadline. Forecast is when it
	// probably is; zero: that is not known.
	FinishBy, Forecast time.Time

	// Late: it is expected to miss its deadline although it goes at its largest duty.
	Late bool
}

// PaceNow says how fast the run goes, as of its latest statement.
func (p *Progress) PaceNow() PaceNow {
	g := p.Governor
	now := PaceNow{Duty: g.Duty, FinishBy: g.FinishBy}
	if g.Duty > 0 && (p.Done || g.Work > 0 && !p.unknown(nil)) {
		now.Forecast = g.forecast(g.At)
		now.Late = g.SaidLate && g.late(g.At)
	}
	return now
}

// pay takes into account that a statement on the table took so long: the governor decides anew, and
// a rest is due before the next statement.
func (r *slice) pay(took time.Duration) {
	r.current.Work.Worked += took
	now := r.clock()
	g := r.progress.Governor.after(now, r.progress.workLeft())
	if g.Duty >= g.Most && g.late(now) && !g.SaidLate {
		g.SaidLate = true
		r.Log.Warn("run will end late: it goes at the largest duty cycle",
			"duty", g.Duty, "finish_by", g.FinishBy, "forecast", g.forecast(now).Round(time.Second))
	}
	r.progress.Governor = g
	r.rest = g.rest(took)
}

// read is pay for a statement that only reads. Its rest is at the largest duty, because only what is
// written holds up the application's commits.
func (r *slice) read(took time.Duration) {
	r.current.Work.Worked += took
	r.rest = r.Pace.rest(took)
}

// Resting is the WaitingFor of a run that rests.
const Resting = "resting"

// takeRest takes the rest that is due.
func (r *slice) takeRest(ctx context.Context) error {
	if r.rest >= shownRest {
		r.progress.WaitingFor = cmp.Or(r.restsFor, Resting)
		r.report()
	}
	began := time.Now()
	err := r.Session.sleep(ctx, r.rest)
	r.progress.Rested += time.Since(began)
	r.rest, r.restsFor, r.progress.WaitingFor = 0, "", ""
	return err
}
