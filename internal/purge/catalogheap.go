package purge

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// measure reads a heap's size and fingerprint. It waits for a lock on the heap.
func (s *Session) measure(ctx context.Context, h *heap) error {
	blocks, err := readRows(ctx, s.catalog(), "read its size", func(row pgx.CollectableRow) (blocks *int64, err error) {
		err = row.Scan(&blocks, &h.rowsPerBlock, &h.analyzed, &h.mayVetoDelete, &h.fingerprint, &h.file)
		return blocks, err
	}, `
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
	switch {
	case err != nil:
		return err
	case len(blocks) == 0, blocks[0] == nil: // dropped before, or while the statement waited for it
		return h.gone()
	}
	h.blocks = *blocks[0]
	return nil
}

// heapFingerprint is SQL for a text that describes a heap: by its name, its columns and their types,
// whose partition it is, and what acts on a DELETE: triggers (those of foreign keys too), rules,
// row-level security. Every statement that deletes compares the text with that of when the heap was
// examined, under the table's lock. Its parameters: the heap, its columns, the heap with its ancestors,
// and these with the tables that a DELETE cascades into, or would cascade into if rows were not spared.
// Of those tables the names, the keys and row-level security matter too. Otherwise the rows that a row is
// spared for might be looked for in another table or column, or be hidden. Nothing is ordered by the OIDs of
// constraints, triggers and rules: from Postgres 16 on the planner would read all of the database's by the index that
// has that order.
const heapFingerprint = `SELECT pg_catalog.concat_ws(';'::pg_catalog.text,
    (SELECT pg_catalog.string_agg(pg_catalog.format('%%I.%%I', n.nspname, c.relname), ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.oid OPERATOR(pg_catalog.=) ANY(%[4]s::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ',' ORDER BY pg_catalog.pg_get_constraintdef(k.oid))
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid OPERATOR(pg_catalog.=) ANY(%[4]s::pg_catalog.oid[]) AND k.contype OPERATOR(pg_catalog.=) 'f'
        AND k.confrelid OPERATOR(pg_catalog.=) %[1]s::pg_catalog.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(a.attname, ':', a.atttypid), ',' ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) %[1]s::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) ANY(%[2]s::pg_catalog.name[])),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent, i.inhdetachpending), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY(%[3]s::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY(%[4]s::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY(%[4]s::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY(%[4]s::pg_catalog.oid[])))`

// blocksOf is how large the heap is now.
func (s *Session) blocksOf(ctx context.Context, h heap) (int64, error) {
	return readRow(ctx, s.catalog(), "read the size of "+h.name, pgx.RowTo[int64], `
		SELECT coalesce(pg_catalog.pg_relation_size($1::pg_catalog.oid::pg_catalog.regclass), 0)
			OPERATOR(pg_catalog./) pg_catalog.current_setting('block_size')::pg_catalog.int8`, h.oid)
}

// isRewritten reports whether the heap's rows were moved to another file since the position entered
// it, as VACUUM FULL, CLUSTER and pg_repack do: then dead rows may have got to where the run had been.
func (s *Session) isRewritten(ctx context.Context, h heap, at position) (bool, error) {
	return readRow(ctx, s.catalog(), "read whether "+h.name+" was rewritten", pgx.RowTo[bool], `
		SELECT EXISTS (
			SELECT
			FROM pg_catalog.pg_class AS c
			WHERE c.oid OPERATOR(pg_catalog.=) $1
				AND c.relfilenode OPERATOR(pg_catalog.<>) $2
		)`, h.oid, at.File)
}

// exists reports whether the heap is still there.
func (s *Session) exists(ctx context.Context, h heap) (bool, error) {
	return readRow(ctx, s.catalog(), "look for "+h.name, pgx.RowTo[bool], `SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) $1)`, h.oid)
}

// empty reports which relations have no rows. It waits for no lock: if one of the relations is locked,
// it reports none.
func (c catalog) empty(ctx context.Context, oids []uint32) (map[uint32]bool, error) {
	all, err := readEach(ctx, c, "read the sizes of its partitions", oids, one[uint32], `
		SELECT c.oid
		FROM pg_catalog.pg_class AS c
		WHERE c.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
			AND CASE
				WHEN c.relkind OPERATOR(pg_catalog.=) 'r' AND c.relam OPERATOR(pg_catalog.=) 2::pg_catalog.oid -- heap
					THEN pg_catalog.pg_relation_size(c.oid::pg_catalog.regclass) OPERATOR(pg_catalog.=) 0
				ELSE false
			END`)
	if isHindered(err) {
		return nil, nil
	}
	empty := map[uint32]bool{}
	for _, oid := range all {
		empty[oid] = true
	}
	return empty, err
}

// hasIndex reports whether an index of the heap serves a lead.
func (s *Session) hasIndex(ctx context.Context, h heap, l lead) (bool, error) {
	return readRow(ctx, s.catalog(), "read its indexes", pgx.RowTo[bool], `
			SELECT EXISTS (
				SELECT
				FROM pg_catalog.pg_index AS i
				JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
				JOIN pg_catalog.pg_am AS m ON m.oid OPERATOR(pg_catalog.=) c.relam
				LEFT JOIN pg_catalog.pg_attribute AS a
					ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid AND a.attnum OPERATOR(pg_catalog.=) i.indkey[0]
				CROSS JOIN LATERAL (
					SELECT pg_catalog.pg_get_expr(i.indpred, i.indrelid) OPERATOR(pg_catalog.=) ANY($3::pg_catalog.text[]) AS implied
				) AS predicate
				WHERE i.indrelid OPERATOR(pg_catalog.=) $1
					AND i.indisvalid
					AND m.amname OPERATOR(pg_catalog.=) 'btree'
					-- A child may allow NULL where its parent does not.
					AND (a.attnotnull OR NOT $5::pg_catalog.bool)
					AND (
						a.attname OPERATOR(pg_catalog.=) $2::pg_catalog.name AND coalesce(predicate.implied, true)
						OR $4::pg_catalog.bool AND predicate.implied
					))`,
		h.oid, l.name, l.impliedPredicates(), l.isFlag(), l.notNullable)
}

// storageOf reads what decides how much log the heap's rows make.
func (s *Session) storageOf(ctx context.Context, h heap) (storage, error) {
	return readRow(ctx, s.catalog(), "look at the storage of "+h.name, func(row pgx.CollectableRow) (storage, error) {
		in := storage{blocks: h.blocks}
		err := row.Scan(&in.rows, &in.blockSize, &in.images, &in.wholeRows)
		return in, err
	}, `
		SELECT
			greatest(0, c.reltuples)::pg_catalog.int8,
			pg_catalog.current_setting('block_size')::pg_catalog.int8,
			pg_catalog.current_setting('full_page_writes')::pg_catalog.bool,
			pg_catalog.current_setting('wal_level') OPERATOR(pg_catalog.=) 'logical'::pg_catalog.text
				AND c.relreplident OPERATOR(pg_catalog.=) 'f'
		FROM pg_catalog.pg_class AS c
		WHERE c.oid OPERATOR(pg_catalog.=) $1::pg_catalog.oid`, h.oid)
}
