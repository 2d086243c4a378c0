package purge

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// lead is a column by whose index dead rows are found: all that are dead for one reason, and perhaps
// others.
type lead struct {
	column

	// after is the moment that orders the rows; nil: they are listed at once.
	after *moment

	// condition is SQL that the index serves.
	condition func(s *statement) string

	// negated is set if it leads to the rows of which a boolean is false.
	negated bool

	// notNullable is set if it leads to all such rows only where the column is never NULL.
	notNullable bool
}

// reason is one way for a row to be dead, and the columns of which one leads to all such rows.
type reason []lead

// reasons are all ways for a row to be dead. One without leads is found by a sweep only.
func reasons(conditions []condition) []reason {
	var all []reason
	for _, c := range conditions {
		if len(c.expires) > 0 {
			all = append(all, c.expiryLeads())
		}
		if c.done != nil || c.doneAt != nil {
			all = append(all, c.doneLeads())
		}
	}
	return all
}

// expiryLeads are the columns that lead to rows that have expired. If there are several, the latest
// that is not NULL counts, so only a column that is never NULL leads to all such rows.
func (c condition) expiryLeads() reason {
	at := c.cutoff.Add(-c.rule.KeepExpired)
	var leads reason
	for _, m := range c.expires {
		if (len(c.expires) == 1 || m.notNull) && m.kind != decimal {
			leads = append(leads, lead{
				column: m.column, after: &m, notNullable: len(c.expires) > 1, condition: func(s *statement) string { return m.before(s, at) },
			})
		}
	}
	return leads
}

// doneLeads are the columns that lead to rows that are done.
func (c condition) doneLeads() reason {
	var leads reason
	if v := c.done; v != nil && v.isIndexable() {
		leads = append(leads, lead{column: v.column, condition: v.indexed, negated: v.isNegated()})
	}
	if m := c.doneAt; m != nil && m.kind != decimal {
		at := c.cutoff.Add(-c.rule.KeepDone)
		leads = append(leads, lead{column: m.column, after: m, condition: func(s *statement) string { return m.before(s, at) }})
	}
	return leads
}

// simple reports whether each lead leads to dead rows alone, so that a list needs no
// further condition.
func simple(conditions []condition) bool {
	for _, c := range conditions {
		if c.lifetime != nil || c.only != nil || c.rule.Keep != "" || len(c.expires) > 1 || c.done != nil && (c.doneAt != nil || c.done.values != nil) {
			return false
		}
	}
	return true
}

// impliedPredicates are the conditions of partial indexes that hold every row that the
// lead leads to, as Postgres prints them.
func (l lead) impliedPredicates() []string {
	name := l.name
	if quoted := quote(name); strings.ToLower(name) != name || strings.ContainsAny(name, " -.$") {
		name = quoted
	}
	switch {
	case l.negated:
		return []string{"(NOT " + name + ")", "(" + name + " = false)"}
	case l.isFlag():
		return []string{name, "(" + name + " = true)"}
	}
	return []string{"(" + name + " IS NOT NULL)"}
}

// isFlag reports whether the lead's rows are those for which a boolean is true, or false.
func (l lead) isFlag() bool { return l.kind == boolean }

// listDead lists rows that a lead leads to, through its index: limit at most, and those of
// a moment in its order, from a key on unless that is nil.
func (h heap) listDead(l lead, from any, limit int) *statement {
	s := &statement{}
	key := "NULL::pg_catalog.timestamptz"
	if l.after != nil {
		key = l.sql()
	}
	fmt.Fprintf(s, "SELECT t.ctid, %s\nFROM ONLY %s AS t\nWHERE %s", key, h.name, l.condition(s))
	if l.after != nil && from != nil {
		fmt.Fprintf(s, "\n  AND %s OPERATOR(pg_catalog.>=) %s", key, s.arg(from))
	}
	if !simple(h.conditions) {
		fmt.Fprintf(s, "\n  AND %s", h.dead(s))
	}
	if l.after != nil {
		fmt.Fprintf(s, "\nORDER BY %s", key)
	}
	fmt.Fprintf(s, "\nLIMIT %s", s.arg(limit))
	return s
}

// estimateDead asks the planner how many rows of a heap are dead, or how many the leads
// lead to, of which it knows more.
func estimateDead(table string, conditions []condition) *statement {
	s := &statement{}
	fmt.Fprintf(s, "EXPLAIN (FORMAT JSON)\nSELECT FROM ONLY %s AS t\nWHERE ", table)
	all := reasons(conditions)
	if slices.ContainsFunc(all, func(r reason) bool { return len(r) == 0 }) {
		s.WriteString(dead(s, conditions))
		return s
	}
	for i, r := range all {
		if i > 0 {
			s.WriteString(" OR ")
		}
		s.WriteString(r[0].condition(s))
	}
	return s
}

// leads finds a lead for each reason for which a row may be dead, with an index that has the lead's
// column first and all rows to which the lead leads. It returns nil if one reason has no such lead.
func (s *Session) leads(ctx context.Context, h heap) ([]lead, error) {
	var leads []lead
	for _, r := range reasons(h.conditions) {
		found := false
		for _, l := range r {
			indexed, err := s.hasIndex(ctx, h, l)
			if err != nil {
				return nil, err
			}
			if found = indexed; found {
				leads = append(leads, l)
				break
			}
		}
		if !found {
			return nil, nil
		}
	}
	return leads, nil
}
