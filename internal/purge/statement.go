package purge

import (
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// target is the part of a heap that a batch works on.
type target interface {
	// where restricts row t of the heap to the target.
	where(s *statement) string
}

// blockRange is the heap's blocks from..to, to excluded.
type blockRange struct{ from, to int64 }

func (r blockRange) where(s *statement) string {
	return fmt.Sprintf("t.ctid >= %s AND t.ctid < %s", s.arg(firstOf(r.from)), s.arg(firstOf(r.to)))
}

// firstOf is the lowest ctid of a block.
func firstOf(block int64) pgtype.TID {
	return pgtype.TID{BlockNumber: uint32(block), Valid: true}
}

func (l rowList) where(s *statement) string {
	return fmt.Sprintf("t.ctid = ANY(%s::tid[])", s.arg(l))
}

// description is SQL for what a heap was when it was inspected: which columns of
// which types, whose partition, who refers to it, what intercepts a DELETE.
// Every statement that deletes compares it, under the table's lock.
const description = `SELECT concat_ws(';'::text,
    (SELECT string_agg(a.attname::text || ':'::text || a.atttypid::text, ','::text ORDER BY a.attname)
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = %[1]s::oid AND a.attname = ANY(%[2]s::name[])),
    (SELECT string_agg(i.inhrelid::text || '<'::text || i.inhparent::text, ','::text ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = ANY(%[3]s::oid[])),
    (SELECT string_agg(k.oid::text, ','::text ORDER BY k.oid)
        FROM pg_catalog.pg_constraint AS k WHERE k.confrelid = %[1]s::oid AND k.contype = 'f'::"char"),
    (SELECT string_agg(w.oid::text, ','::text ORDER BY w.oid)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = %[1]s::oid))`

// guard fails the statement if the heap is not as it was inspected. It is
// evaluated once, before any row is looked at. A mismatch must not look like
// nothing to do, so it raises the only error that plain SQL can: a description
// is no boolean.
func (h heap) guard(s *statement) string {
	current := fmt.Sprintf(description, s.arg(h.oid), s.arg(h.columnNames()), s.arg(h.path))
	return fmt.Sprintf("t.tableoid = %s::oid\n  AND CASE WHEN (%s) = %s::text THEN true ELSE (%[2]s)::boolean END",
		s.arg(h.oid), current, s.arg(h.description))
}

// deleteRows deletes the target's dead rows.
func (h heap) deleteRows(in target) *statement {
	s := &statement{}
	fmt.Fprintf(s, "DELETE FROM ONLY %s AS t\nWHERE %s\n  AND %s\n  AND %s", h.name, in.where(s), h.dead(s, h.arms), h.guard(s))
	return s
}

// deleteUnlocked deletes the target's dead rows that nobody holds, limit at
// most; 0 = all.
func (h heap) deleteUnlocked(in target, limit int64) *statement {
	s := &statement{}
	fmt.Fprintf(s, "DELETE FROM ONLY %s AS t\nWHERE t.ctid = ANY(ARRAY(\n"+
		"    SELECT t.ctid FROM ONLY %[1]s AS t\n    WHERE %s\n      AND %s\n", h.name, in.where(s), h.dead(s, h.arms))
	if limit > 0 {
		fmt.Fprintf(s, "    LIMIT %s\n", s.arg(limit))
	}
	fmt.Fprintf(s, "    FOR UPDATE SKIP LOCKED))\n  AND %s\n  AND %s", h.dead(s, h.arms), h.guard(s))
	return s
}

// countRows counts the target's dead rows, also those that others refer to, and
// finds the oldest expiry among them.
func (h heap) countRows(in target) *statement {
	s := &statement{}
	h.selfReferences = nil
	oldest := "NULL::timestamptz"
	if h.table.ExpiresColumn != "" {
		expires := h.arms[0]
		oldest = fmt.Sprintf("min(%s) FILTER (WHERE isfinite(%s))", expires.instant(s), expires.instant(s))
	}
	fmt.Fprintf(s, "SELECT count(*), %s\nFROM ONLY %s AS t\nWHERE %s\n  AND %s", oldest, h.name, in.where(s), h.dead(s, h.arms))
	return s
}

// selectRows finds the target's dead rows.
func (h heap) selectRows(in target) *statement {
	s := &statement{}
	fmt.Fprintf(s, "SELECT t.ctid FROM ONLY %s AS t\nWHERE %s\n  AND %s", h.name, in.where(s), h.dead(s, h.arms))
	return s
}

// listDead lists rows that one arm calls dead, through its index: limit at most,
// and those of a timestamp in its order, from a key on unless that is nil.
func (h heap) listDead(a arm, from any, limit int) *statement {
	s := &statement{}
	if a.kind == boolean {
		fmt.Fprintf(s, "SELECT t.ctid, NULL::timestamptz\nFROM ONLY %s AS t\nWHERE %s\nLIMIT %s", h.name, a.indexable(s), s.arg(limit))
		return s
	}
	column := "t." + pgx.Identifier{a.column}.Sanitize()
	fmt.Fprintf(s, "SELECT t.ctid, %s\nFROM ONLY %s AS t\nWHERE %s", column, h.name, a.indexable(s))
	if from != nil {
		fmt.Fprintf(s, "\n  AND %s >= %s", column, s.arg(from))
	}
	fmt.Fprintf(s, "\nORDER BY %s\nLIMIT %s", column, s.arg(limit))
	return s
}

// estimateDead asks the planner how many rows of the table are dead.
func estimateDead(table string, arms []arm) *statement {
	s := &statement{}
	fmt.Fprintf(s, "EXPLAIN (FORMAT JSON)\nSELECT FROM %s AS t\nWHERE ", table)
	for i, a := range arms {
		if i > 0 {
			s.WriteString(" OR ")
		}
		s.WriteString(a.indexable(s))
	}
	return s
}
