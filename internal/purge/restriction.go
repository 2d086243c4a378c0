package purge

import (
	"fmt"
	"slices"
	"strings"
)

// restriction is a foreign key because of which a row of a heap cannot be deleted while another row
// refers to it.
type restriction struct {
	from string // the referring table for FROM, with ONLY unless it is partitioned
	on   string // that row r refers to row t
	self bool   // the table refers to itself
	soft bool   // it restricts nothing: the reference is set to NULL, or to its default
}

// referrers selects the rows that refer to row t and are not deleted with it. It leaves out row t
// itself and the other rows of the target.
func (k restriction) referrers(s *statement, in target) string {
	referrers := fmt.Sprintf("SELECT FROM %s AS r WHERE %s", k.from, k.on)
	if !k.self {
		return referrers
	}
	together := "r.ctid OPERATOR(pg_catalog.=) t.ctid"
	if len(in.rows) > 0 {
		together = fmt.Sprintf("r.ctid OPERATOR(pg_catalog.=) ANY(%s::pg_catalog.tid[])", s.arg(in.rows))
	}
	return referrers + " AND NOT (r.tableoid OPERATOR(pg_catalog.=) t.tableoid AND " + together + ")"
}

// referred is SQL for whether others refer to row t.
func (h heap) referred(s *statement, in target) string {
	var terms []string
	for _, k := range h.restrictions {
		terms = append(terms, "EXISTS ("+k.referrers(s, in)+")")
	}
	return strings.Join(terms, "\n    OR ")
}

// withoutOwn is the heap as if its rows kept none of each other.
func (h heap) withoutOwn() heap {
	h.restrictions = slices.DeleteFunc(slices.Clone(h.restrictions), func(k restriction) bool { return k.self })
	return h
}
