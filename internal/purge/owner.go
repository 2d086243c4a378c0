package purge

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
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
	var findings []Finding
	var o Object
	var owner, heir string
	err := r.readEach(ctx, `
		SELECT
			c.oid,
			n.nspname,
			c.relname,
			pg_catalog.pg_get_userbyid(c.relowner)::pg_catalog.text,
			CASE
				-- Nobody can be made the owner whose members are one database's owner.
				WHEN pg_catalog.pg_get_userbyid(n.nspowner) OPERATOR(pg_catalog.=) 'pg_database_owner'::pg_catalog.name
				THEN pg_catalog.pg_get_userbyid(d.datdba)
				ELSE pg_catalog.pg_get_userbyid(n.nspowner)
			END::pg_catalog.text
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		JOIN pg_catalog.pg_database AS d ON d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
		WHERE c.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
			AND NOT pg_catalog.pg_has_role(current_user, c.relowner, 'MEMBER'::pg_catalog.text)
			AND NOT pg_catalog.pg_has_role(c.relowner, n.nspowner, 'MEMBER'::pg_catalog.text)
			AND NOT pg_catalog.pg_has_role(c.relowner, d.datdba, 'MEMBER'::pg_catalog.text)
		ORDER BY n.nspname, c.relname`,
		append([]uint32{e.oid}, e.heaps...), []any{&o.OID, &o.Schema, &o.Name, &owner, &heir}, func() error {
			findings = append(findings, Finding{
				Severity: Warned,
				Problem: fmt.Sprintf("%s belongs to role %s, which owns neither its schema nor the database: its triggers run with the rights of role %s",
					o.Title(), pgx.Identifier{owner}.Sanitize(), pgx.Identifier{a.Role}.Sanitize()),
				SQL: []string{fmt.Sprintf("ALTER TABLE %s OWNER TO %s", o.SQL(), pgx.Identifier{heir}.Sanitize())},
			})
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read who owns it: %w", err)
	}
	return findings[:min(len(findings), mostNamed)], nil
}

// openPath warns of schemas in the role's search_path in which others may create objects,
// where the path is used: for a table's name, or by its triggers.
func (r *reader) openPath(ctx context.Context, a account, e *examined) ([]Finding, error) {
	rows, err := r.db.Query(ctx, `
		SELECT
			n.nspname::pg_catalog.text,
			CASE
				WHEN acl.grantee OPERATOR(pg_catalog.=) 0::pg_catalog.oid THEN ''
				ELSE pg_catalog.pg_get_userbyid(acl.grantee)::pg_catalog.text
			END
		FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS path (name, place)
		JOIN pg_catalog.pg_namespace AS n ON n.nspname OPERATOR(pg_catalog.=) path.name
		JOIN pg_catalog.pg_database AS d ON d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
		CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) AS acl
		WHERE acl.privilege_type OPERATOR(pg_catalog.=) 'CREATE'::pg_catalog.text
			AND n.nspname OPERATOR(pg_catalog.<>) 'pg_catalog'::pg_catalog.name
			AND n.nspname OPERATOR(pg_catalog.!~) '^pg_temp'::pg_catalog.text
			AND ($1 OR EXISTS (
				SELECT
				FROM pg_catalog.pg_trigger AS g
				WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($2::pg_catalog.oid[])
					AND `+madeByUser+`
					AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8
			))
			AND (acl.grantee OPERATOR(pg_catalog.=) 0::pg_catalog.oid OR NOT (
				pg_catalog.pg_has_role(current_user, acl.grantee, 'MEMBER'::pg_catalog.text)
				OR pg_catalog.pg_has_role(acl.grantee, n.nspowner, 'MEMBER'::pg_catalog.text)
				OR pg_catalog.pg_has_role(acl.grantee, d.datdba, 'MEMBER'::pg_catalog.text)
			))
		ORDER BY path.place, 2`, e.table.Schema == "", append([]uint32{e.oid}, e.heaps...))
	if err != nil {
		return nil, fmt.Errorf("read who may create objects in its search_path: %w", err)
	}
	var findings []Finding
	var schema, grantee string
	_, err = pgx.ForEachRow(rows, []any{&schema, &grantee}, func() error {
		quoted, who, whom := pgx.Identifier{schema}.Sanitize(), "anyone", "PUBLIC"
		if grantee != "" {
			whom = pgx.Identifier{grantee}.Sanitize()
			who = "role " + whom
		}
		problem := fmt.Sprintf("%s may create objects in schema %s of the search_path of role %s, by which ",
			who, quoted, pgx.Identifier{a.Role}.Sanitize())
		if e.table.Schema == "" {
			problem += fmt.Sprintf("%s is found: name it %s", e.table.Name, e.title)
		} else {
			problem += "its triggers find their tables and functions"
		}
		findings = append(findings, Finding{
			Severity: Warned,
			Problem:  problem,
			SQL:      []string{fmt.Sprintf("REVOKE CREATE ON SCHEMA %s FROM %s", quoted, whom)},
		})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read who may create objects in its search_path: %w", err)
	}
	return findings, nil
}
