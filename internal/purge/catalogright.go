package purge

import (
	"context"
	"slices"
)

// rightsOn reads what the current role may do with relations of which it reads the
// columns.
func (c catalog) rightsOn(ctx context.Context, oids []uint32, columns []string) ([]rights, error) {
	return readEach(ctx, c, "read the role's privileges", oids, func(r *rights) []any {
		return []any{&r.OID, &r.Schema, &r.Name, &r.Kind, &r.usage, &r.delete, &r.update, &r.readable, &r.disinherited}
	}, `
		SELECT
			c.oid,
			n.nspname,
			c.relname,
			c.relkind::pg_catalog.text,
			pg_catalog.has_schema_privilege(n.oid, 'USAGE'::pg_catalog.text),
			pg_catalog.has_table_privilege(c.oid, 'DELETE'::pg_catalog.text),
			pg_catalog.has_any_column_privilege(c.oid, 'UPDATE'::pg_catalog.text),
			NOT EXISTS (
				SELECT
				FROM pg_catalog.pg_attribute AS a
				WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid
					AND a.attname OPERATOR(pg_catalog.=) ANY($2::pg_catalog.name[])
					AND NOT a.attisdropped
					AND NOT pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'::pg_catalog.text)
			),
			CASE
				WHEN pg_catalog.pg_has_role(c.relowner, 'MEMBER'::pg_catalog.text)
					AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE'::pg_catalog.text)
				THEN pg_catalog.pg_get_userbyid(c.relowner)::pg_catalog.text
				ELSE ''
			END
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE c.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
		ORDER BY n.nspname, c.relname`, columns)
}

// policedOf lists those of the relations whose policies may hide rows. A policy may also
// need a setting that a run does not have. Nothing is hidden if a policy with USING (true)
// lets the role SELECT, UPDATE (for FOR UPDATE) and DELETE, and no restrictive policy with
// another condition concerns it.
func (c catalog) policedOf(ctx context.Context, oids []uint32) ([]policed, error) {
	all, err := readEach(ctx, c, "read its policies", oids, func(p *policed) []any {
		return []any{&p.OID, &p.Schema, &p.Name, &p.Kind, &p.open, &p.restricted, &p.policies}
	}, `
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
						AND `+toThisRole+`
						AND pg_catalog.pg_get_expr(p.polqual, p.polrelid) OPERATOR(pg_catalog.=) 'true'::pg_catalog.text
				)
			),
			EXISTS (
				SELECT
				FROM pg_catalog.pg_policy AS p
				WHERE p.polrelid OPERATOR(pg_catalog.=) c.oid
					AND NOT p.polpermissive
					AND p.polcmd OPERATOR(pg_catalog.=) ANY('{*,r,w,d}'::pg_catalog."char"[])
					AND `+toThisRole+`
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
		ORDER BY n.nspname, c.relname`)
	return slices.DeleteFunc(all, func(p policed) bool { return p.open && !p.restricted }), err
}

// toThisRole is SQL for: policy p concerns the current role.
const toThisRole = `EXISTS (
						SELECT
						FROM pg_catalog.unnest(p.polroles) AS whom (oid)
						WHERE whom.oid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
							OR pg_catalog.pg_has_role(whom.oid, 'USAGE'::pg_catalog.text)
					)`

// policedBy lists the heaps and what these are partitions or children of that have row
// security, whomever it concerns.
func (c catalog) policedBy(ctx context.Context, reach Reach) ([]Object, error) {
	var oids []uint32
	for _, o := range slices.Concat(reach.Ancestors, reach.Heaps) {
		oids = append(oids, o.OID)
	}
	return readEach(ctx, c, "read its policies", asSet(oids), func(o *Object) []any { return []any{&o.OID, &o.Schema, &o.Name} }, `
		SELECT c.oid, n.nspname, c.relname
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE c.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
			AND c.relrowsecurity
		ORDER BY n.nspname, c.relname`)
}
