package purge

import (
	"fmt"
	"strings"
)

// statement is SQL under construction, with its arguments.
type statement struct {
	strings.Builder
	args []any

	// first is executed before it, in the same transaction. Nil: nothing is.
	first *statement
}

// arg adds a value and returns its placeholder.
func (s *statement) arg(value any) string {
	s.args = append(s.args, value)
	return fmt.Sprintf("$%d", len(s.args))
}

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
	referred := "false"
	if others := h.withoutOwn(); len(others.restrictions) > 0 {
		referred = others.referred(s, in)
	}
	// OFFSET 0: each row's referrers are looked up by themselves.
	fmt.Fprintf(s, "SELECT t.ctid, %s, own.ctid, own.soft\nFROM ONLY %s AS t\nLEFT JOIN LATERAL (\n    %s\n    OFFSET 0) AS own ON true\nWHERE %s\n  AND %s",
		referred, h.name, strings.Join(own, "\n    UNION ALL\n    "), in.where(s), h.dead(s))
	return s
}
