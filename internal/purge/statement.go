package purge

import (
	"fmt"
	"slices"
	"strings"
)

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
    (SELECT pg_catalog.string_agg(pg_catalog.concat(i.inhrelid, '<', i.inhparent), ',' ORDER BY i.inhrelid, i.inhparent)
        FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ANY(%[3]s::pg_catalog.oid[])),
    (SELECT pg_catalog.string_agg(c.oid::pg_catalog.text, ',' ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) ANY(%[4]s::pg_catalog.oid[])
        AND pg_catalog.row_security_active(c.oid)),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(g.oid, g.tgenabled), ',' ORDER BY g.oid::pg_catalog.text)
        FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY(%[4]s::pg_catalog.oid[])
        AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8),
    (SELECT pg_catalog.string_agg(pg_catalog.concat(w.oid, w.ev_enabled), ',' ORDER BY w.oid::pg_catalog.text)
        FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class OPERATOR(pg_catalog.=) ANY(%[4]s::pg_catalog.oid[])))`

// requireFingerprint makes the statement fail if the heap is not as it was when it was examined, or if
// its name means another table now. It is evaluated once, before any row is read. A mismatch must not
// look as if there were no dead rows. So the condition then casts a text with the session's mark to
// boolean, which is an error.
func (h heap) requireFingerprint(s *statement) string {
	current := fmt.Sprintf(heapFingerprint, s.arg(h.oid), s.arg(h.table.columnNames()), s.arg(h.path), s.arg(h.watched))
	return fmt.Sprintf("t.tableoid OPERATOR(pg_catalog.=) %s::pg_catalog.oid\n  AND CASE WHEN (%s) OPERATOR(pg_catalog.=) %s::pg_catalog.text "+
		"THEN true ELSE pg_catalog.concat(%[4]s::pg_catalog.text, (%[2]s))::pg_catalog.bool END", s.arg(h.oid), current, s.arg(h.fingerprint), s.arg(h.mark)) + h.fence.compare(s)
}

// deleteRows deletes the target's dead rows.
func (h heap) deleteRows(in target) *statement {
	if len(h.spares) > 0 {
		return h.deleteLocked(in, h.lockRows(in, 0, "FOR UPDATE"))
	}
	s := &statement{}
	fmt.Fprintf(s, "DELETE FROM ONLY %s AS t\nWHERE %s\n  AND %s\n  AND %s", h.name, in.where(s), h.deletable(s, in), h.requireFingerprint(s))
	return s
}

// deleteUnlocked deletes the target's dead rows that nobody has locked, limit at most; 0 = all.
func (h heap) deleteUnlocked(in target, limit int64) *statement {
	if len(h.spares) > 0 {
		return h.deleteLocked(in, h.lockRows(in, limit, "FOR UPDATE SKIP LOCKED"))
	}
	s := &statement{}
	fmt.Fprintf(s, "DELETE FROM ONLY %s AS t\nWHERE t.ctid OPERATOR(pg_catalog.=) ANY(ARRAY(\n"+
		"    SELECT t.ctid FROM ONLY %[1]s AS t\n    WHERE %s\n      AND %s\n", h.name, in.where(s), h.deletable(s, in))
	if limit > 0 {
		fmt.Fprintf(s, "    LIMIT %s\n", s.arg(limit))
	}
	fmt.Fprintf(s, "    FOR UPDATE SKIP LOCKED))\n  AND %s\n  AND %s", h.deletable(s, in), h.requireFingerprint(s))
	return s
}

// countRows counts the target's dead rows that could be deleted, and those that other rows refer to. It
// finds the oldest expiry among the former.
func (h heap) countRows(in target) *statement {
	s := &statement{}
	expires, referred := "NULL::pg_catalog.timestamptz", "false"
	for _, c := range h.conditions {
		if len(c.expires) > 0 {
			expires = c.expiry(s)
			break
		}
	}
	if len(h.restrictions) > 0 {
		referred = h.referred(s, target{})
	}
	// OFFSET 0: each row is looked at once.
	fmt.Fprintf(s, "SELECT\n    pg_catalog.count(*) FILTER (WHERE NOT dead.referred),\n    pg_catalog.count(*) FILTER (WHERE dead.referred),\n"+
		"    pg_catalog.min(dead.expires) FILTER (WHERE NOT dead.referred AND pg_catalog.isfinite(dead.expires))\n"+
		"FROM (\n  SELECT %s AS expires, %s AS referred\n  FROM ONLY %s AS t\n  WHERE %s\n  AND %s\n  OFFSET 0) AS dead",
		expires, referred, h.name, in.where(s), h.dead(s))
	return s
}

// countAll counts the target's rows, dead or not.
func (h heap) countAll(in target) *statement {
	s := &statement{}
	fmt.Fprintf(s, "SELECT pg_catalog.count(*) FROM ONLY %s AS t\nWHERE %s", h.name, in.where(s))
	return s
}

// selectRows finds the target's dead rows.
func (h heap) selectRows(in target) *statement {
	s := &statement{}
	fmt.Fprintf(s, "SELECT t.ctid FROM ONLY %s AS t\nWHERE %s\n  AND %s", h.name, in.where(s), h.deletable(s, in))
	return s
}

// listReferences lists a range's dead rows: for each, whether rows of other tables refer to it, and the
// rows of its own table that do, one a line. Rows of other partitions are listed with a ctid that no row
// has.
func (h heap) listReferences(in target) *statement {
	s := &statement{}
	var own []string
	for _, k := range h.ownReferences {
		own = append(own, fmt.Sprintf("SELECT\n        CASE WHEN r.tableoid OPERATOR(pg_catalog.=) t.tableoid THEN r.ctid ELSE '(4294967295,0)' END AS ctid,\n"+
			"        %t AS soft\n    FROM %s AS r\n    WHERE %s\n      AND NOT (r.tableoid OPERATOR(pg_catalog.=) t.tableoid AND r.ctid OPERATOR(pg_catalog.=) t.ctid)",
			k.soft, k.from, k.on))
	}
	others := h
	others.restrictions = slices.DeleteFunc(slices.Clone(h.restrictions), func(k restriction) bool { return k.self })
	referred := "false"
	if len(others.restrictions) > 0 {
		referred = others.referred(s, in)
	}
	// OFFSET 0: each row's referrers are looked up by themselves.
	fmt.Fprintf(s, "SELECT t.ctid, %s, own.ctid, own.soft\nFROM ONLY %s AS t\nLEFT JOIN LATERAL (\n    %s\n    OFFSET 0) AS own ON true\nWHERE %s\n  AND %s",
		referred, h.name, strings.Join(own, "\n    UNION ALL\n    "), in.where(s), h.dead(s))
	return s
}
