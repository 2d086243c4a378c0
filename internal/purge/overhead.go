package purge

import "time"

const (
	// A batch with less overhead than usual lowers the usual one only by the shorterWeight-th part of
	// the difference: it may be chance, if another session's flush of the WAL included the batch's. A
	// batch of the least size with more overhead raises it by the leastWeight-th part.
	shorterWeight = 16
	leastWeight   = 4
)

// overhead is the part of a batch's time that does not depend on its size: the way to the database and
// back, and the flush of a little WAL. Smaller batches would save none of it.
type overhead struct {
	usual time.Duration // of a small transaction; 0: not known yet
	batch time.Duration // of the current batch
	least bool          // the current batch has the least size
}

// begin begins a batch.
func (o *overhead) begin(least bool) { o.batch, o.least = 0, least }

// add takes into account by how much a transaction of the batch took longer than its statements.
func (o *overhead) add(beside time.Duration) {
	beside = max(beside, 0) // the server's clock may have been set
	switch {
	case o.usual == 0:
		o.usual = beside
	case beside < o.usual:
		o.usual -= (o.usual - beside) / shorterWeight
	case o.least:
		o.usual += (beside - o.usual) / leastWeight
	}
	o.batch += min(beside, o.usual)
}
