package purge

import (
	"context"
	"slices"
)

// Partitions and inheritance: rows of a table also lie in its children, at any
// depth, and what its ancestors declare concerns them too.

// member is one of a table's descendants, or the table itself.
type member struct {
	oid    uint32
	kind   string // relkind
	parent bool   // it has, or had, children
}

// ancestors lists what relations are partitions or children of, at any depth. A partition that is being detached is
// none any more.
func (c catalog) ancestors(ctx context.Context, oids ...uint32) ([]uint32, error) {
	above, err := readEach(ctx, c, "read what it is a partition of", oids, one[uint32], `
		WITH RECURSIVE line AS (
			SELECT i.inhparent
			FROM pg_catalog.pg_inherits AS i
			WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
				AND NOT i.inhdetachpending
			UNION
			SELECT i.inhparent
			FROM line
			JOIN pg_catalog.pg_inherits AS i ON i.inhrelid OPERATOR(pg_catalog.=) line.inhparent
			WHERE NOT i.inhdetachpending
		)
		SELECT line.inhparent FROM line`)
	return asSet(above), err
}

// descendants lists a relation's partitions and children, at any depth, without
// the relation. A partition that is being detached is none any more.
func (c catalog) descendants(ctx context.Context, oid uint32) ([]member, error) {
	var all []member
	seen := map[uint32]bool{oid: true}
	for parents := []uint32{oid}; len(parents) > 0; {
		children, err := readEach(ctx, c, "list its partitions", parents, func(m *member) []any { return []any{&m.oid, &m.kind, &m.parent} }, `
			SELECT
				c.oid,
				c.relkind::pg_catalog.text,
				c.relhassubclass
			FROM pg_catalog.pg_inherits AS i
			JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) i.inhrelid
			WHERE i.inhparent OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
				AND NOT i.inhdetachpending`)
		if err != nil {
			return nil, err
		}
		parents = nil
		for _, m := range children {
			if seen[m.oid] {
				continue
			}
			seen[m.oid] = true
			all = append(all, m)
			if m.parent {
				parents = append(parents, m.oid)
			}
		}
	}
	return all, nil
}

// heapsOf lists the relations in which a table's rows lie, itself and those below
// it, in an order that stays the same while partitions come and go: by OID.
func (c catalog) heapsOf(ctx context.Context, table Object) ([]uint32, error) {
	below, err := c.descendants(ctx, table.OID)
	if err != nil {
		return nil, err
	}
	var heaps []uint32
	for _, m := range append(below, member{oid: table.OID, kind: table.Kind}) {
		if m.kind != "p" {
			heaps = append(heaps, m.oid)
		}
	}
	slices.Sort(heaps)
	return heaps, nil
}

// locks counts the relations with their indexes, which a statement on all of them
// locks, and how many locks the server has room for.
func (c catalog) locks(ctx context.Context, oids []uint32) (locks, space int64, err error) {
	type room struct{ indexes, space int64 }
	all, err := readEach(ctx, c, "count what its keys lock", oids, func(r *room) []any { return []any{&r.indexes, &r.space} }, `
		SELECT
			pg_catalog.count(*),
			pg_catalog.current_setting('max_locks_per_transaction')::pg_catalog.int8 OPERATOR(pg_catalog.*) (
				pg_catalog.current_setting('max_connections')::pg_catalog.int8
					OPERATOR(pg_catalog.+) pg_catalog.current_setting('max_prepared_transactions')::pg_catalog.int8
			)
		FROM pg_catalog.pg_index AS i
		WHERE i.indrelid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])`)
	for _, r := range all {
		locks, space = locks+r.indexes, r.space
	}
	return locks + int64(len(oids)), space, err
}
