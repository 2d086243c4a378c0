package purge

import (
	"context"
	"fmt"
	"slices"
)

// policed is a relation with row security that is active for the current role, and that may keep it from
// seeing, locking or deleting some rows.
type policed struct {
	Object

	// open is set if permissive policies let the role work on all rows, restricted if a restrictive policy may hide
	// rows: a further permissive one would not help.
	open, restricted bool

	// policies are the names of those that exist.
	policies []string
}

// hiddenRows are the findings of row security that may hide rows of a table from a role.
func hiddenRows(role string, table Object, all []policed) []Finding {
	grantee := quote(role)
	var restricted, closed []Object
	var policies []string
	for _, p := range all {
		if p.restricted {
			restricted = append(restricted, p.Object)
			continue
		}
		closed = append(closed, p.Object)
		policies = append(policies, p.policies...)
	}

	var findings []Finding
	if len(restricted) > 0 {
		findings = append(findings, refused(fmt.Sprintf("row security with a restrictive policy may hide dead rows of %s from role %s", namesOf(table, restricted), grantee),
			"", "ALTER ROLE "+grantee+" BYPASSRLS"))
	}
	if len(closed) > 0 {
		name := "siltgate"
		for n := 2; slices.Contains(policies, name); n++ {
			name = fmt.Sprintf("siltgate_%d", n)
		}
		f := refused(fmt.Sprintf("row security may hide dead rows of %s from role %s", namesOf(table, closed), grantee),
			"it needs a policy that lets it work on all rows, or BYPASSRLS")
		before := "CREATE POLICY " + quote(name) + " ON "
		after := " TO " + grantee + " USING (true)"
		if len(closed) > mostNamed && table.Kind == "p" {
			f.SQL = []string{onEach(table, closed, before, after)}
		} else {
			for _, o := range closed {
				f.SQL = append(f.SQL, before+o.SQL()+after)
			}
		}
		findings = append(findings, f)
	}
	return findings
}

// mend is the statement that lets a role work on all rows.
func (p policed) mend(role string) string {
	return hiddenRows(role, p.Object, []policed{p})[0].SQL[0]
}

// notePolicies keeps RowSecurity of those of the objects only whose policies may hide rows
// from the role, and notes what mends it.
func (r *reader) notePolicies(ctx context.Context, objects []Object) error {
	var oids []uint32
	for _, o := range objects {
		if o.RowSecurity {
			oids = append(oids, o.OID)
		}
	}
	if len(oids) == 0 {
		return nil
	}
	a, err := r.account(ctx)
	if err != nil {
		return err
	}
	hidden, err := r.policedOf(ctx, oids)
	if err != nil {
		return err
	}
	for i := range objects {
		at := slices.IndexFunc(hidden, func(p policed) bool { return p.OID == objects[i].OID })
		if objects[i].RowSecurity = at >= 0; at >= 0 {
			objects[i].PolicyMend = hidden[at].mend(a.Role)
		}
	}
	return nil
}
