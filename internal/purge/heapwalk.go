package purge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// mostLeft is how many partitions that could not be purged are kept in a table's
// progress by name. If there are more, another attempt visits all of them.
const mostLeft = 100

// leftHeap is a partition that could not be purged. The others are.
type leftHeap struct {
	Heap   uint32 `json:"heap"` // OID
	Name   string `json:"name"`
	Reason string `json:"reason"`

	// Failed partitions are not tried again in this attempt. The others are locked.
	Failed bool `json:"failed,omitempty"`
}

// heapWalk visits the heaps of a table, and those that were locked again.
type heapWalk struct {
	*slice

	examined   *examined
	conditions []condition
	read       *reader
	into       *TableProgress
}

// single reports whether the table has only one heap: then the heap's error is the table's.
func (w *heapWalk) single() bool { return len(w.examined.heaps) == 1 }

// all works on every heap that the run has not visited yet and that is not refused. Then it returns what
// is wrong with the others.
func (w *heapWalk) all(ctx context.Context) error {
	if err := w.visit(ctx); err != nil {
		return err
	}
	refused := w.examined.err()
	w.into.Anew = refused != nil // refused heaps may be mended by the next attempt
	return joined(refused, w.into.leftError())
}

// visit works on those heaps, and records those that could not be purged.
func (w *heapWalk) visit(ctx context.Context) error {
	t := w.into
	w.heaps = heapsLeft{toCome: len(w.examined.heaps)}
	for chunk := range slices.Chunk(t.Start.rotated(w.examined.heaps), mostOIDs) {
		if t.Start.dealtWith(chunk[len(chunk)-1], t.Through) {
			w.heaps.visited(len(chunk))
			continue
		}
		empty, err := w.read.empty(ctx, chunk)
		if err != nil {
			return err
		}
		for _, oid := range chunk {
			w.heaps.visited(1)
			if t.Start.dealtWith(oid, t.Through) {
				continue
			}
			if !w.examined.refused[oid] && (w.single() || !empty[oid]) {
				left, err := w.one(ctx, oid)
				if err != nil {
					return err
				}
				t.leave(left)
			}
			t.Through, w.moved = oid, true
		}
	}
	return w.again(ctx)
}

// joined is both errors in one line.
func joined(a, b error) error {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	return fmt.Errorf("%w; %w", a, b)
}

// again tries locked partitions again, in rounds with pauses, until they are free or
// have been tried often enough.
func (w *heapWalk) again(ctx context.Context) error {
	t := w.into
	for ; t.Rounds <= LockTries; t.Rounds++ {
		locked := slices.DeleteFunc(slices.Clone(t.Left), func(l leftHeap) bool { return l.Failed })
		if len(locked) == 0 {
			return nil
		}
		if t.Rounds > 0 {
			w.backOff(t.Rounds-1, fmt.Sprintf("partition %s is locked by another session", locked[0].Name))
			if err := w.proceed(ctx); err != nil {
				return err
			}
		}
		if i := slices.IndexFunc(locked, func(l leftHeap) bool { return l.Heap == t.Position.Heap }); i > 0 {
			locked[0], locked[i] = locked[i], locked[0] // it goes on from the position
		}
		for _, l := range locked {
			left, err := w.one(ctx, l.Heap)
			if err != nil {
				return err
			}
			t.Left = slices.DeleteFunc(t.Left, func(other leftHeap) bool { return other.Heap == l.Heap })
			t.leave(left)
		}
	}
	return nil
}

// one works on one heap. If only this heap could not be purged, it returns it as left; an error concerns
// the whole table, or ends the slice.
func (w *heapWalk) one(ctx context.Context, oid uint32) (*leftHeap, error) {
	h, err := w.Session.heap(ctx, w.examined.relation, oid, w.conditions, w.read)
	if err == nil {
		err = w.purgeHeap(ctx, h, w.into)
	}
	switch {
	case err == nil, w.dropped(ctx, h, err):
		return nil, nil
	case w.single(), ctx.Err() != nil, w.Session.lost(), isChanged(err), isServers(err),
		isGivenBack(err):
		return nil, err
	}
	// What was counted in it is counted anew when it is tried again.
	if w.into.Position.Heap == oid {
		w.into.recount()
		w.into.Position = position{}
	}
	return &leftHeap{
		Heap:   oid,
		Name:   cmp.Or(h.label, fmt.Sprintf("the partition with OID %d", oid)),
		Reason: Explain(err).Error(),
		Failed: !errors.Is(err, errTableLocked) && !isLockConflict(err),
	}, nil
}

// leave records a heap that could not be purged; nil: there is none.
func (t *TableProgress) leave(left *leftHeap) {
	switch {
	case left == nil:
	case len(t.Left) < mostLeft:
		t.Left = append(t.Left, *left)
	default:
		t.LeftMore++
	}
}

// leftError names the partitions that could not be purged; nil if all could.
func (t *TableProgress) leftError() error {
	var named []string
	for _, l := range t.Left[:min(len(t.Left), mostNamed)] {
		named = append(named, l.Name+": "+l.Reason)
	}
	return notPurged("partition", "", named, int64(len(t.Left))+t.LeftMore)
}

// notPurged is the error that count partitions, or tables, could not be purged; some are named with
// their reasons. It is nil if count is 0.
func notPurged(kind, of string, named []string, count int64) error {
	if count == 0 {
		return nil
	}
	words := strings.Join(named, "; ")
	if more := count - int64(len(named)); more > 0 {
		words += fmt.Sprintf("; and %d more", more)
	}
	if count == 1 {
		return fmt.Errorf("1 %s%s was not purged, all others were: %s", kind, of, words)
	}
	return fmt.Errorf("%d %ss%s were not purged, all others were: %s", count, kind, of, words)
}

// retryLeft makes the next attempt try the partitions again that could not be purged, or all partitions
// if not all of those are known by name.
func (t *TableProgress) retryLeft() {
	t.Rounds = 0
	if t.Anew || t.LeftMore > 0 {
		t.Left, t.LeftMore, t.Anew, t.Through, t.Position = nil, 0, false, 0, position{}
		t.recount()
	}
	for i := range t.Left {
		t.Left[i].Failed = false
	}
}
