package purge

import (
	"cmp"
	"context"
	"errors"
	"slices"
)

// heap is a relation that holds rows: the table itself, or one of its partitions or children. A ctid
// means something within one heap only.
type heap struct {
	relation
	conditions []condition // what makes a row of it dead
	oid        uint32
	name       string // quoted, for SQL
	label      string // with its schema, for people
	file       uint32 // which VACUUM FULL and its like replace by another one
	blocks     int64

	// analyzed heaps have statistics.
	analyzed bool

	// path is the heap and all that it is a partition or a child of.
	path []uint32

	// watched are the path and the tables into which a DELETE cascades: a change of
	// their triggers and rules changes what it reaches.
	watched []uint32

	// fingerprint is what each statement compares, to fail if the heap has changed.
	fingerprint string

	// fence is the session's.
	fence fence

	// rowsPerBlock is more than a block can hold.
	rowsPerBlock int64

	// mayVetoDelete is set if a trigger or a policy may keep a dead row.
	mayVetoDelete bool

	// referredTo is set if foreign keys lead to the heap.
	referredTo bool

	// touches are the keys by which rows of other tables change or go with the heap's.
	touches []Key

	// mark is in the error with which a statement fails if the heap has changed.
	mark string

	// spares are configured tables that refer to the heap ON DELETE CASCADE: no row of them may be
	// deleted so.
	spares []uint32

	// restrictions are the foreign keys that keep rows of the heap.
	restrictions []restriction

	// ownReferences are the foreign keys by which rows of the heap, or of its table, refer
	// to each other.
	ownReferences []restriction
}

// rewrites reports whether the deletion of a row updates other rows of the heap, which then get another
// ctid.
func (h heap) rewrites() bool {
	return slices.ContainsFunc(h.ownReferences, func(k restriction) bool { return k.soft })
}

// errDropped is a partition that was dropped or detached.
var errDropped = errors.New("is no partition of it any more")

// heap describes one of a relation's heaps, and refuses it if a DELETE on it
// would do more or less than to delete its rows.
func (s *Session) heap(ctx context.Context, r relation, oid uint32, conditions []condition, read *reader) (heap, error) {
	h := heap{relation: r, conditions: conditions, oid: oid, mark: s.mark, fence: s.fence}
	above, err := read.ancestors(ctx, oid)
	if err != nil {
		return h, err
	}
	h.path = append([]uint32{oid}, above...)
	if !slices.Contains(h.path, r.oid) {
		return h, errDropped
	}
	h.watched = slices.Clone(h.path)
	for {
		// The fingerprint is read first: statements notice what changes after that.
		if err := s.measure(ctx, &h); err != nil {
			h.label = read.titleOf(ctx, oid)
			return h, err
		}
		reach, err := read.reach(ctx, r.table, r.object, []uint32{oid})
		switch {
		case err != nil:
			return h, err
		case len(reach.Heaps) == 0:
			return h, h.gone()
		}
		watched := len(h.watched)
		for _, cascaded := range reach.cascades() {
			if !slices.Contains(h.watched, cascaded) {
				h.watched = append(h.watched, cascaded)
			}
		}
		if len(h.watched) > watched {
			continue
		}
		h.name, h.label = reach.Heaps[0].SQL(), reach.Heaps[0].Title()
		h.referredTo = len(reach.Keys) > 0
		h.touches, h.spares = reach.touches(), reach.cascadesSpared()
		retyped, err := read.isRetyped(ctx, h)
		if err == nil && retyped {
			err = errChanged
		}
		return h, cmp.Or(err, reach.Refused())
	}
}

// isRetyped reports whether a column of the rules is not of the type any more that the conditions were made for: while the
// run was in another heap, no statement compared the fingerprint of this one.
func (r *reader) isRetyped(ctx context.Context, h heap) (bool, error) {
	columns, err := r.columnsOf(ctx, []uint32{h.oid}, h.table.columnNames())
	for name, c := range h.columns {
		if columns[h.oid][name].typeName != c.typeName {
			return true, err
		}
	}
	return false, err
}

// gone is the error of a heap that does not exist any more.
func (h heap) gone() error {
	if h.oid == h.relation.oid {
		return errAbsent
	}
	return errDropped
}

// titleOf is a relation's name for people, if it can be read.
func (r *reader) titleOf(ctx context.Context, oid uint32) string {
	objects, err := r.objects(ctx, []uint32{oid})
	if err != nil || len(objects) == 0 {
		return ""
	}
	return objects[0].Title()
}
