package purge

import "time"

// outcome is how a batch went, as far as the pace cares.
type outcome int

const (
	finished outcome = iota
	blocked          // it met a lock
	timedOut         // it met the statement timeout
)

// Pace is how gently a run goes.
type Pace struct {
	// DutyCycle is the share of a run's time spent deleting: more than 0, at
	// most 1 (no pauses).
	DutyCycle float64

	// BatchTarget is how long one batch should take.
	BatchTarget time.Duration
}

// rest is the pause that follows on work that took so long; an hour at most.
func (p Pace) rest(took time.Duration) time.Duration {
	return time.Duration(min(float64(took)*(1-p.DutyCycle)/p.DutyCycle, float64(time.Hour)))
}

// pacer decides how large the next batch is, from nothing but how long the last
// one took and how it went. It controls time because rows tell nothing: 5000 of
// them took 9 ms in one heap and 94 ms in another.
type pacer struct {
	target time.Duration // how long one batch should take
	size   int           // of the next batch, in blocks or rows
	step   int           // additive increase
	least  int           // a slow batch never makes the next one smaller than this
	few    int           // a target of this size is worth isolating rows in
	most   int
}

// blockPacer paces a sweep; its sizes are heap blocks.
func blockPacer(p Pace) pacer {
	return pacer{target: p.BatchTarget, size: 64, step: 16, least: 8, few: 1, most: 1024}
}

// rowPacer paces a list; its sizes are rows.
func rowPacer(p Pace) pacer {
	return pacer{target: p.BatchTarget, size: 500, step: 125, least: 50, few: 50, most: 10_000}
}

// afterRefusal returns the pacer for trying again where some rows cannot be
// deleted: each of those costs several statements, and a target is seen to in
// one go. False: the target is small enough for that.
func (p pacer) afterRefusal() (pacer, bool) {
	larger := p.size > p.few
	p.size = min(p.size, p.few)
	return p, larger
}

// after returns the pacer for the next batch.
func (p pacer) after(took time.Duration, how outcome) pacer {
	switch {
	case how == timedOut:
		// Only the server's own limit goes below the least size, and then that is it.
		p.size = max(p.size/2, 1)
		p.least = min(p.least, p.size)
		return p
	case how == blocked, took > 2*p.target:
		p.size /= 2
	case took > p.target+p.target/4:
		p.size = int(float64(p.size) * float64(p.target) / float64(took))
	case took < p.target/2:
		p.size += max(p.size, p.step) // rows that lie together: the guess was far off
	case took < p.target-p.target/4:
		p.size += p.step
	}
	p.size = min(max(p.size, p.least), p.most)
	return p
}
