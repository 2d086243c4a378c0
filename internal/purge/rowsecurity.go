package purge

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// policed is a relation with row security that is active for the current role, and that may keep it from
// seeing, locking or deleting some rows.
type policed struct {
	Object

	// restricted is set if a restrictive policy may hide rows: a further permissive one would not
	// help.
	restricted bool

	// policies are the names of those that exist.
	policies []string
}

// policedOf lists those of the relations whose policies may hide rows. A policy may also
// need a setting that a run does not have. Nothing is hidden if a policy with USING (true)
// lets the role SELECT, UPDATE (for FOR UPDATE) and DELETE, and no restrictive policy with
// another condition concerns it.
func (c catalog) policedOf(ctx context.Context, oids []uint32) ([]policed, error) {
	var all []policed
	var p policed
	var open bool
	err := c.readEach(ctx, `
		SELECT
			c.oid,
			n.nspname,
			c.relname,
			c.relkind::pg_catalog.text,
			-- Each command has a permissive policy that lets all rows through.
			NOT EXISTS (
				SELECT
				FROM pg_catalog.unnest('{r,w,d}'::pg_catalog."char"[]) AS needed (command)
				WHERE NOT EXISTS (
					SELECT
					FROM pg_catalog.pg_policy AS p
					WHERE p.polrelid OPERATOR(pg_catalog.=) c.oid
						AND p.polpermissive
						AND (p.polcmd OPERATOR(pg_catalog.=) '*'::pg_catalog."char"
							OR p.polcmd OPERATOR(pg_catalog.=) needed.command)
						AND EXISTS (
							SELECT
							FROM pg_catalog.unnest(p.polroles) AS whom (oid)
							WHERE whom.oid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
								OR pg_catalog.pg_has_role(whom.oid, 'USAGE'::pg_catalog.text)
						)
						AND pg_catalog.pg_get_expr(p.polqual, p.polrelid) OPERATOR(pg_catalog.=) 'true'::pg_catalog.text
				)
			),
			EXISTS (
				SELECT
				FROM pg_catalog.pg_policy AS p
				WHERE p.polrelid OPERATOR(pg_catalog.=) c.oid
					AND NOT p.polpermissive
					AND p.polcmd OPERATOR(pg_catalog.=) ANY('{*,r,w,d}'::pg_catalog."char"[])
					AND EXISTS (
						SELECT
						FROM pg_catalog.unnest(p.polroles) AS whom (oid)
						WHERE whom.oid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
							OR pg_catalog.pg_has_role(whom.oid, 'USAGE'::pg_catalog.text)
					)
					AND pg_catalog.pg_get_expr(p.polqual, p.polrelid) OPERATOR(pg_catalog.<>) 'true'::pg_catalog.text
			),
			ARRAY(
				SELECT p.polname::pg_catalog.text
				FROM pg_catalog.pg_policy AS p
				WHERE p.polrelid OPERATOR(pg_catalog.=) c.oid
			)
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE c.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
			AND c.relrowsecurity
			AND pg_catalog.row_security_active(c.oid)
		ORDER BY n.nspname, c.relname`,
		oids, []any{&p.OID, &p.Schema, &p.Name, &p.Kind, &open, &p.restricted, &p.policies}, func() error {
			if !open || p.restricted {
				all = append(all, p)
			}
			p = policed{}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read its policies: %w", err)
	}
	return all, nil
}

// hiddenRows are the findings of row security that may hide rows of a table from a role.
func hiddenRows(role string, table Object, all []policed) []Finding {
	grantee := pgx.Identifier{role}.Sanitize()
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
		findings = append(findings, Finding{
			Severity: Refused,
			Problem: fmt.Sprintf("row security with a restrictive policy may hide dead rows of %s from role %s",
				namesOf(table, restricted), grantee),
			SQL: []string{fmt.Sprintf("ALTER ROLE %s BYPASSRLS", grantee)},
		})
	}
	if len(closed) > 0 {
		name := "siltgate"
		for n := 2; slices.Contains(policies, name); n++ {
			name = fmt.Sprintf("siltgate_%d", n)
		}
		f := Finding{
			Severity: Refused,
			Problem: fmt.Sprintf("row security may hide dead rows of %s from role %s: it needs a policy that lets it work on all rows, or BYPASSRLS",
				namesOf(table, closed), grantee),
		}
		before := "CREATE POLICY " + pgx.Identifier{name}.Sanitize() + " ON "
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
