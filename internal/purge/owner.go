package purge

import (
	"context"
	"fmt"
)

// warnings are what an operator should know about whose code a run would execute. The triggers of a
// table are its owner's and run with the role's rights. A name without a schema, in a setting or in a
// trigger, may come to mean another table.
func (r *reader) warnings(ctx context.Context, a account, e *examined) ([]Finding, error) {
	findings, err := r.strangers(ctx, a, e)
	if err != nil {
		return findings, err
	}
	path, err := r.openPath(ctx, a, e)
	return append(findings, path...), err
}

// strangers warns of owners who could not change the table's schema anyway.
func (r *reader) strangers(ctx context.Context, a account, e *examined) ([]Finding, error) {
	strangers, err := r.strangersAmong(ctx, append([]uint32{e.oid}, e.heaps...))
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, s := range strangers[:min(len(strangers), mostNamed)] {
		findings = append(findings, warned(fmt.Sprintf("%s belongs to role %s, which owns neither its schema nor the database: its triggers run with the rights of role %s",
			s.Title(), quote(s.owner), quote(a.Role)), "", fmt.Sprintf("ALTER TABLE %s OWNER TO %s", s.SQL(), quote(s.heir))))
	}
	return findings, nil
}

// openPath warns of schemas in the role's search_path in which others may create objects,
// where the path is used: for a table's name, or by its triggers.
func (r *reader) openPath(ctx context.Context, a account, e *examined) ([]Finding, error) {
	open, err := r.openSchemas(ctx, e.table.Schema == "", append([]uint32{e.oid}, e.heaps...))
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, s := range open {
		quoted, who, whom := quote(s.Schema), "anyone", "PUBLIC"
		if s.Creator != "" {
			whom = quote(s.Creator)
			who = "role " + whom
		}
		f := warned(fmt.Sprintf("%s may create objects in schema %s of the search_path of role %s, by which ", who, quoted, quote(a.Role)),
			"", fmt.Sprintf("REVOKE CREATE ON SCHEMA %s FROM %s", quoted, whom))
		if e.table.Schema == "" {
			f.Problem += e.table.Name + " is found"
			f.Remedy = "name it " + e.title
		} else {
			f.Problem += "its triggers find their tables and functions"
		}
		findings = append(findings, f)
	}
	return findings, nil
}
