package purge

import "context"

const (
	planIndex = "index"
	planSweep = "sweep"
	planMixed = "mixed"
)

const (
	// victimsPerBlock is up to how many dead rows in each block a list is faster than a sweep. A
	// sweep was as fast from 4 on where dead rows were scattered, and from 8 on where they lay
	// together.
	victimsPerBlock = 4

	// fewVictims is a number of dead rows up to which a list pays in any heap.
	fewVictims = 1000
)

// choosePlan decides how to find a heap's dead rows.
func (r *slice) choosePlan(ctx context.Context, h heap, estimate int64) (string, error) {
	if len(h.ownReferences) > 0 {
		return planSweep, nil // deletes rows in the order of their references, see window.go
	}
	leads, err := r.Session.leads(ctx, h)
	if err != nil || leads == nil {
		return planSweep, err
	}
	if !h.analyzed {
		return planIndex, nil
	}
	// By the planner's estimate the list would be given up as too long.
	if estimate > 2*h.worthListing() {
		return planSweep, nil
	}
	return planIndex, nil
}

// worthListing is up to how many dead rows a list is cheaper than a sweep.
func (h heap) worthListing() int64 { return max(victimsPerBlock*h.blocks, fewVictims) }

// recordPlan records the plan of one more heap.
func (t *TableProgress) recordPlan(name string) {
	switch t.Plan {
	case "", name:
		t.Plan = name
	default:
		t.Plan = planMixed
	}
	t.Position.Plan, t.Position.Size = name, 0
}
