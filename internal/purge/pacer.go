package purge

import "time"

// outcome is how a batch went, for the pacer.
type outcome int

const (
	finished outcome = iota
	blocked          // it met a lock
	timedOut         // it met the statement timeout
)

// pacer decides how large the next batch is, by how long the last one took and how it went. It goes
// by time because the number of rows says little: 5000 of them took 9 ms in one heap and 94 ms in
// another.
type pacer struct {
	target    time.Duration // how long one batch should take
	size      int           // of the next batch, in blocks or rows
	increment int           // by which size may grow at least after a batch that was too fast
	minSize   int           // a slow batch makes the next one no smaller than this
	isolateAt int           // at this size and below, rows that cannot be deleted are isolated one by one
	maxSize   int
}

// blockPacer is for a sweep, whose sizes are in blocks.
func blockPacer(p Pace) pacer {
	return pacer{target: p.BatchTarget, size: 64, increment: 16, minSize: 8, isolateAt: 1, maxSize: 1024}
}

// rowPacer is for a list, whose sizes are in rows.
func rowPacer(p Pace) pacer {
	return pacer{target: p.BatchTarget, size: 500, increment: 125, minSize: 50, isolateAt: 50, maxSize: 10_000}
}

// from returns the pacer that begins with a size, that of the last batch of the slice before. 0:
// there was none.
func (p pacer) from(size int) pacer {
	if size > 0 {
		p.size = min(size, p.maxSize)
		p.minSize = min(p.minSize, p.size)
	}
	return p
}

// afterUndeletable returns the pacer for a smaller try at a target in which some rows cannot be deleted:
// to isolate one of those takes several statements, all in one batch. It returns false if the target
// is small enough for that already.
func (p pacer) afterUndeletable() (smaller pacer, again bool) {
	larger := p.size > p.isolateAt
	p.size = min(p.size, p.isolateAt)
	return p, larger
}

// after returns the pacer for the next batch. The time that it took is without its overhead.
func (p pacer) after(took time.Duration, how outcome) pacer {
	switch {
	case how == timedOut:
		// A statement timeout alone makes a batch smaller than minSize, which goes down with it.
		p.size = max(p.size/2, 1)
		p.minSize = min(p.minSize, p.size)
		return p
	case how == blocked, took > 2*p.target:
		p.size /= 2
	case took > p.target+p.target/4:
		p.size = int(float64(p.size) * float64(p.target) / float64(took))
	case took < p.target-p.target/4:
		// As many as would have taken as long as the target, and no more than twice as many.
		right := float64(p.size) * float64(p.target) / float64(max(took, 1))
		p.size = int(min(right, float64(p.size+max(p.size, p.increment))))
	}
	p.size = min(max(p.size, p.minSize), p.maxSize)
	return p
}
