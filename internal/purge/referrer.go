package purge

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// lookedUp reports whether a run has to read the rows that refer through a key: if these are the table's
// own.
func (k ReachedKey) lookedUp() bool { return k.Self && len(k.Way) == 0 }

// spared reports whether a run does not try to delete rows that are referred to through a key, provided
// that the role may read who refers to them.
func (k ReachedKey) spared() bool {
	return !k.Self && len(k.Way) == 0 && (k.Restricts() || k.Action == Cascade && k.Configured != "")
}

// cascadeSpared reports whether rows are spared because the key would delete rows of another configured
// table, dead or not, whose own rules decide about them. Then nothing is ever deleted through the key.
func (k ReachedKey) cascadeSpared() bool { return k.spared() && k.Action == Cascade }

// referrers finds what the role lacks to read the rows that refer to a table's. For rows of the table
// itself, and for rows that a cascade would delete, that refuses the table. For rows of others it is a
// warning, since a run then tries the rows that they keep.
func (r *reader) referrers(ctx context.Context, a account, e *examined, reach Reach) ([]Finding, error) {
	var findings []Finding
	for _, key := range reach.Keys {
		var missing []Finding
		var err error
		switch {
		case key.lookedUp() && !slices.Contains(e.heaps, key.From):
			missing, err = r.missingSelect(ctx, a, key.Key, append([]string{"ctid", "tableoid"}, key.Columns...), key.From)
		case key.cascadeSpared():
			missing, err = r.unseen(ctx, a, key.Key)
		case key.spared():
			missing, err = r.unspared(ctx, a, e, key.Key)
		}
		if err != nil {
			return nil, err
		}
		findings = append(findings, missing...)
	}
	return findings, nil
}

// missingSelect is what the role lacks to read columns of relations for a key.
func (r *reader) missingSelect(ctx context.Context, a account, key Key, columns []string, oids ...uint32) ([]Finding, error) {
	all, err := r.rightsOn(ctx, oids, columns)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	grantee := quote(a.Role)
	for _, right := range all {
		if !right.usage {
			schema := quote(right.Schema)
			findings = append(findings, refused(fmt.Sprintf("role %s may not use schema %s, where foreign key %q is", grantee, schema, key.Name),
				"", "GRANT USAGE ON SCHEMA "+schema+" TO "+grantee))
		}
		if !right.readable {
			findings = append(findings, refused(fmt.Sprintf("role %s lacks SELECT of %s on %s, to see which rows foreign key %q keeps",
				grantee, strings.Join(columns, ", "), right.Title(), key.Name), "", fmt.Sprintf("GRANT SELECT (%s) ON %s TO %s", quoteAll(columns), right.SQL(), grantee)))
		}
	}
	return findings, nil
}

// unseen refuses a table if the role does not see all rows that a cascade would delete.
func (r *reader) unseen(ctx context.Context, a account, key Key) ([]Finding, error) {
	findings, err := r.missingSelect(ctx, a, key, key.Columns, key.From)
	if err != nil {
		return nil, err
	}
	objects, err := r.objects(ctx, []uint32{key.From})
	if err != nil {
		return nil, err
	}
	grantee := quote(a.Role)
	for _, o := range objects {
		if o.RowSecurity {
			findings = append(findings, refused(fmt.Sprintf("row security may hide rows of %s from role %s, and foreign key %q would delete them (ON DELETE CASCADE)",
				o.Title(), grantee, key.Name), "", "ALTER ROLE "+grantee+" BYPASSRLS"))
		}
	}
	return findings, nil
}

// unspared warns of a key of another table that the role may not look up.
func (r *reader) unspared(ctx context.Context, a account, e *examined, key Key) ([]Finding, error) {
	missing, err := r.missingSelect(ctx, a, key, key.Columns, key.From)
	if err != nil {
		return nil, err
	}
	referred, err := r.missingSelect(ctx, a, key, key.Referenced, e.heaps...)
	if err != nil {
		return nil, err
	}
	var statements []string
	for _, f := range append(missing, referred...) {
		statements = append(statements, f.SQL...)
	}
	if len(statements) == 0 {
		return nil, nil
	}
	return []Finding{warned(fmt.Sprintf("role %s may not see which rows foreign key %q of %s keeps: they are tried, one by one, at every run",
		quote(a.Role), key.Name, key.FromTitle()), "", statements[:min(len(statements), mostNamed)]...)}, nil
}
