package purge

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// trigger is one that a DELETE on a heap fires, and what its function does.
type trigger struct {
	heap    Object
	name    string
	body    body
	role    string   // with whose rights the function runs
	definer bool     // these are its owner's
	judged  string   // the role whose privileges are looked up instead; empty: the session's
	path    []string // the function's own search_path; nil: the session's
	certain bool     // every DELETE executes all statements
}

// triggerFindings finds the privileges that the triggers of the heaps lack for their own statements, and
// marks the heaps from which no row could be deleted because of that. For statements that a trigger only
// executes under a condition it warns. It leaves out a finding whose GRANT is in said already.
func (r *reader) triggerFindings(ctx context.Context, a account, e *examined, said []Finding) ([]Finding, error) {
	triggers, err := r.triggersOf(ctx, e.heaps)
	if err != nil {
		return nil, err
	}
	mended := map[string]bool{}
	for _, f := range said {
		for _, statement := range f.SQL {
			mended[statement] = true
		}
	}
	var findings []Finding
	// The partitions of a table have the same triggers: they are looked up once.
	known := map[string][]Finding{}
	for _, t := range triggers {
		for _, d := range t.body.deeds {
			key := fmt.Sprintf("%q", []any{t.name, t.role, t.path, t.certain, d.privilege, d.schema, d.table, d.columns})
			missing, ok := known[key]
			if !ok {
				if missing, err = r.lacking(ctx, a, t, d); err != nil {
					return nil, err
				}
				known[key] = missing
			}
			for _, f := range missing {
				if f.Severity == Refused {
					e.refused[t.heap.OID] = true
				}
				if !mended[f.SQL[0]] {
					mended[f.SQL[0]] = true
					findings = append(findings, f)
				}
			}
		}
	}
	return findings, nil
}

// lacking finds what a role lacks for one of a trigger's statements.
func (r *reader) lacking(ctx context.Context, a account, t trigger, d deed) ([]Finding, error) {
	path := t.path
	if path == nil {
		path = a.schemas()
	}
	if d.schema != "" {
		path = []string{d.schema}
	}
	o, err := r.touchedBy(ctx, cmp.Or(t.judged, t.role), d, path)
	if err != nil || o == nil {
		return nil, err
	}
	grantee := quote(t.role)
	table := Object{Schema: o.Schema, Name: o.Name}
	var findings []Finding
	lack := func(certain bool, what, sql string) {
		f := Finding{Severity: Warned, SQL: []string{sql}}
		says := "may come to a statement for which it lacks"
		if certain {
			f.Severity, says = Refused, "lacks"
		}
		f.Problem = fmt.Sprintf("trigger %q of %s, which runs with the rights of role %s, %s %s", t.name, t.heap.Title(), grantee, says, what)
		findings = append(findings, f)
	}
	if !o.Usage {
		schema := quote(o.Schema)
		lack(t.certain, "USAGE on schema "+schema, "GRANT USAGE ON SCHEMA "+schema+" TO "+grantee)
	}
	if !o.Allowed {
		lack(t.certain, d.privilege+" on "+table.Title(), "GRANT "+d.privilege+" ON "+table.SQL()+" TO "+grantee)
	}
	defaulted := slices.ContainsFunc(o.SequenceColumns, func(column string) bool { return !slices.Contains(d.columns, column) })
	if d.privilege == "INSERT" && o.Sequence != "" && (len(d.columns) == 0 || defaulted) {
		sequence := Object{Schema: o.SequenceSchema, Name: o.Sequence}
		lack(t.certain && len(d.columns) > 0, "USAGE on sequence "+sequence.Title(),
			"GRANT USAGE ON SEQUENCE "+sequence.SQL()+" TO "+grantee)
	}
	return findings, nil
}
