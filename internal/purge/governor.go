package purge

import (
	"math"
	"time"
)

const (
	// quietDuty is a share of time at which the application does not notice: fewer than
	// one of a hundred of its commits meet a batch, so its 99th percentile stays.
	quietDuty = 0.01

	// spareWork and spareTime are the reserve of the plan. It counts with a quarter more work than
	// is expected, and without the last twentieth of the time.
	spareWork = 1.25
	spareTime = 0.05

	// maxGrowth is how much the duty may grow in one growthInterval. It falls at once.
	maxGrowth = 1.25
)

// Pace is how gently a run goes.
type Pace struct {
	// DutyCycle is the share of a run's time spent deleting: more than 0, at
	// most 1 (no pauses).
	DutyCycle float64

	// BatchTarget is how long one batch should take.
	BatchTarget time.Duration

	// FinishWithin is the time that a run has from its cutoff on. It goes as slowly as that
	// allows, and never faster than DutyCycle. 0: it goes at DutyCycle.
	FinishWithin time.Duration
}

// rest is the pause after work that took so long, at the largest duty.
func (p Pace) rest(took time.Duration) time.Duration { return restAt(p.DutyCycle, took) }

// Lasts is how long a run takes that begins now and whose statements take so long in all.
func (p Pace) Lasts(work time.Duration) time.Duration {
	now := time.Unix(0, 0)
	g := newGovernor(p.DutyCycle, now, p.FinishWithin)
	g.Work = work
	return g.forecast(now).Sub(now)
}

// growthInterval is a second, or less for a run that has little time in all.
func growthInterval(within time.Duration) time.Duration {
	return max(min(time.Second, within/120), time.Millisecond)
}

// governor decides which share of its time a run spends deleting: as little as its
// deadline allows. It is a pure value; the progress of a run carries it, so that another
// replica goes on at the same pace.
type governor struct {
	// Most is the largest duty, which the operator sets.
	Most float64 `json:"most"`

	// FinishBy is when the run ought to be done. Zero: as soon as Most allows.
	FinishBy time.Time `json:"finish_by,omitzero"`

	// Within is how much time the run had in all.
	Within time.Duration `json:"within,omitempty"`

	// Duty is the share now; At is when it was decided.
	Duty float64   `json:"duty"`
	At   time.Time `json:"at,omitzero"`

	// Work is the time that deleting what is left is expected to take, rests aside.
	Work time.Duration `json:"work,omitempty"`

	// SaidLate is set once it was logged that the run will miss its deadline.
	SaidLate bool `json:"said_late,omitempty"`
}

// newGovernor is for a run that begins now. A run with no time limit goes at the largest duty.
func newGovernor(most float64, now time.Time, within time.Duration) governor {
	g := governor{Most: most, Duty: most, At: now}
	if within > 0 {
		g.FinishBy, g.Within = now.Add(within), within
		g.Duty = g.quiet()
	}
	return g
}

// resumed is the governor in another slice of the run, which began at its cutoff: the settings may
// have changed since.
func (g governor) resumed(p Pace, cutoff, now time.Time) governor {
	fresh := newGovernor(p.DutyCycle, cutoff, p.FinishWithin)
	if g.Duty > 0 {
		fresh.Duty = min(max(g.Duty, fresh.quiet()), fresh.Most)
		fresh.Work, fresh.SaidLate = g.Work, g.SaidLate
	}
	if fresh.FinishBy.IsZero() {
		fresh.Duty = fresh.Most
	}
	fresh.At = now
	return fresh
}

func (g governor) quiet() float64 { return min(quietDuty, g.Most) }

// after returns the governor for the next batch, given how long the work that is left will take.
func (g governor) after(now time.Time, work time.Duration) governor {
	g.Work = work
	want := g.want(now)
	if want > g.Duty && !g.FinishBy.IsZero() {
		steps := max(float64(now.Sub(g.At))/float64(growthInterval(g.Within)), 0)
		want = min(want, g.Duty*math.Pow(maxGrowth, steps))
	}
	g.Duty, g.At = want, now
	return g
}

// want is the duty at which the work would be done in time, but no less than quiet and no more than
// Most.
func (g governor) want(now time.Time) float64 {
	if g.FinishBy.IsZero() {
		return g.Most
	}
	left := g.timeLeft(now)
	if left <= 0 {
		return g.Most
	}
	return min(max(spareWork*float64(g.Work)/float64(left), g.quiet()), g.Most)
}

// forecast is when the run is expected to be done. The plan spends spareWork · work / time left.
// Followed all the way, the duty falls as (time left)^(spareWork-1), which is its fourth root, until
// it is quiet; from then on it stays.
func (g governor) forecast(now time.Time) time.Time {
	want := g.want(now)
	lasts := min(float64(g.Work)/want, float64(math.MaxInt64/4))
	left := float64(g.timeLeft(now))
	if quiet := g.quiet(); !g.FinishBy.IsZero() && want > quiet && lasts < left {
		lasts = left - (1-1/spareWork)*left*math.Pow(quiet/want, 1/(spareWork-1))
	}
	return now.Add(time.Duration(lasts))
}

// timeLeft is what the plan counts on until the deadline.
func (g governor) timeLeft(now time.Time) time.Duration {
	return g.FinishBy.Sub(now) - time.Duration(spareTime*float64(g.Within))
}

// late reports whether the run is expected to miss its deadline by more than lateMargin.
func (g governor) late(now time.Time) bool {
	return !g.FinishBy.IsZero() && g.forecast(now).After(g.FinishBy.Add(lateMargin))
}

// rest is the pause after work that took so long. It is longer than mostRest, or than a tenth of the time left, only
// where Most demands that: after a batch that stood still by chance the run would be late.
func (g governor) rest(took time.Duration) time.Duration {
	rest := restAt(g.Duty, took)
	if g.FinishBy.IsZero() {
		return rest
	}
	return max(min(rest, mostRest, g.timeLeft(g.At)/10), restAt(g.Most, took))
}

// restAt is the rest after which work was that share of the time; an hour at most.
func restAt(duty float64, took time.Duration) time.Duration {
	return time.Duration(min(float64(took)*(1-duty)/duty, float64(time.Hour)))
}

// batchTarget is how long a batch should take: as configured, or less if the rest after it would be
// longer than longRest.
func (g governor) batchTarget(configured time.Duration) time.Duration {
	if g.Duty >= 1 {
		return configured
	}
	return min(configured, time.Duration(float64(longRest)*g.Duty/(1-g.Duty)))
}
