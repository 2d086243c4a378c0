package purge

import (
	"context"
	"errors"
	"fmt"
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
		return h, reach.Refused()
	}
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

// empty reports which relations have no rows. It waits for no lock: if one of the relations is locked,
// it reports none.
func (r *reader) empty(ctx context.Context, oids []uint32) (map[uint32]bool, error) {
	empty := map[uint32]bool{}
	var oid uint32
	err := r.readEach(ctx, `
		SELECT c.oid
		FROM pg_catalog.pg_class AS c
		WHERE c.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
			AND CASE
				WHEN c.relkind OPERATOR(pg_catalog.=) 'r' AND c.relam OPERATOR(pg_catalog.=) 2::pg_catalog.oid -- heap
					THEN pg_catalog.pg_relation_size(c.oid::pg_catalog.regclass) OPERATOR(pg_catalog.=) 0
				ELSE false
			END`,
		oids, []any{&oid}, func() error {
			empty[oid] = true
			return nil
		})
	if isHindered(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the sizes of its partitions: %w", err)
	}
	return empty, nil
}

// measure reads a heap's size and fingerprint. It waits for a lock on the heap.
func (s *Session) measure(ctx context.Context, h *heap) error {
	rows, err := s.reads.Query(ctx, `
		SELECT
			pg_catalog.pg_relation_size(c.oid::pg_catalog.regclass) OPERATOR(pg_catalog./) block.size,
			block.size OPERATOR(pg_catalog./) 24,
			c.reltuples OPERATOR(pg_catalog.>) 0::pg_catalog.float4,
			c.relrowsecurity OR EXISTS (
				SELECT
				FROM pg_catalog.pg_trigger AS g
				WHERE g.tgrelid OPERATOR(pg_catalog.=) c.oid
					AND `+madeByUser+`
					-- 11 = for each row, before, on delete: it may say no
					AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 11) OPERATOR(pg_catalog.=) 11
					AND g.tgenabled OPERATOR(pg_catalog.<>) 'D'::pg_catalog."char"
			),
			(`+fmt.Sprintf(heapFingerprint, "$1", "$2", "$3", "$4")+`),
			c.relfilenode
		FROM pg_catalog.pg_class AS c,
			(SELECT pg_catalog.current_setting('block_size')::pg_catalog.int8 AS size) AS block
		WHERE c.oid OPERATOR(pg_catalog.=) $1::pg_catalog.oid`,
		h.oid, h.table.columnNames(), h.path, h.watched)
	if err != nil {
		return fmt.Errorf("read its size: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		if rows.Err() != nil {
			return fmt.Errorf("read its size: %w", rows.Err())
		}
		return h.gone()
	}
	if err := rows.Scan(&h.blocks, &h.rowsPerBlock, &h.analyzed, &h.mayVetoDelete, &h.fingerprint, &h.file); err != nil {
		return fmt.Errorf("read its size: %w", err)
	}
	return nil
}

// blocksOf is how large the heap is now.
func (s *Session) blocksOf(ctx context.Context, h heap) (int64, error) {
	var blocks int64
	err := s.reads.QueryRow(ctx, `
		SELECT pg_catalog.pg_relation_size($1::pg_catalog.oid::pg_catalog.regclass)
			OPERATOR(pg_catalog./) pg_catalog.current_setting('block_size')::pg_catalog.int8`, h.oid).Scan(&blocks)
	if err != nil {
		return 0, fmt.Errorf("read the size of %s: %w", h.name, err)
	}
	return blocks, nil
}

// isRewritten reports whether the heap's rows were moved to another file since the position entered
// it, as VACUUM FULL, CLUSTER and pg_repack do: then dead rows may have got to where the run had been.
func (s *Session) isRewritten(ctx context.Context, h heap, at position) (bool, error) {
	var rewritten bool
	err := s.reads.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT
			FROM pg_catalog.pg_class AS c
			WHERE c.oid OPERATOR(pg_catalog.=) $1
				AND c.relfilenode OPERATOR(pg_catalog.<>) $2
		)`, h.oid, at.File).Scan(&rewritten)
	if err != nil {
		return false, fmt.Errorf("read whether %s was rewritten: %w", h.name, err)
	}
	return rewritten, nil
}

// exists reports whether the heap is still there.
func (s *Session) exists(ctx context.Context, h heap) (bool, error) {
	var exists bool
	err := s.reads.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) $1)`, h.oid).Scan(&exists)
	return exists, err
}
