package purge

// Stop is a place in a table at which a run was capped.
type Stop struct {
	// Relation and Fingerprint are the table and its rules, as they were then.
	Relation    uint32 `json:"relation"`
	Fingerprint string `json:"fingerprint"`

	// Heap is the OID of the heap that was swept, Block the first one that was not yet.
	Heap  uint32 `json:"heap"`
	Block int64  `json:"block"`
}

// Stopped is where the next run begins in the table. Only a sweep goes on at its block; a list, and
// rows that refer to each other, begin their heap anew. A run that ends where it began has deleted rows there all
// the same, so the next one begins with the next heap: otherwise those after it would never have their turn. It is zero
// if the next run begins at the table's beginning.
func (t *TableProgress) Stopped() Stop {
	at := &t.Position
	var block int64
	if at.Plan == planSweep && at.Pass == 0 {
		block = at.Row.block()
	}
	if t.Done || at.Heap == 0 || at.Heap == t.Relation && block == 0 {
		return Stop{}
	}
	stop := Stop{Relation: t.Relation, Fingerprint: t.Fingerprint, Heap: at.Heap, Block: block}
	if t.Through == 0 && block == at.From && at.Deleted+at.Earlier > 0 {
		stop.Heap, stop.Block = at.Heap+1, 0
	}
	return stop
}

// checkStart forgets the start if it is of another table or of other rules.
func (t *TableProgress) checkStart() {
	if t.Start.Relation != t.Relation || t.Start.Fingerprint != t.Fingerprint {
		t.Start = Stop{}
	}
}

// startIn is the block at which the sweep of a heap begins.
func (s Stop) startIn(h heap) int64 {
	if s.Heap != h.oid || s.Block < 0 || s.Block >= h.blocks || len(h.ownReferences) > 0 {
		return 0
	}
	return s.Block
}

// rotated are a table's heaps in the order in which the run visits them: from the start on, then
// those before it. It is given them in the order of their OIDs.
func (s Stop) rotated(heaps []uint32) []uint32 {
	var first, then []uint32
	for _, oid := range heaps {
		if oid >= s.Heap {
			first = append(first, oid)
		} else {
			then = append(then, oid)
		}
	}
	return append(first, then...)
}

// dealtWith reports whether a run has visited a heap that has come through another one in that order;
// 0 = through none.
func (s Stop) dealtWith(oid, through uint32) bool {
	early, late := oid >= s.Heap, through >= s.Heap
	switch {
	case through == 0:
		return false
	case early != late:
		return early
	}
	return oid <= through
}
