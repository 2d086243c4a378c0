package purge

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// stranger is a relation whose owner is neither the current role nor one that could change its schema anyway.
type stranger struct {
	Object

	owner string
	heir  string // the role that should own it: the schema's owner
}

// strangersAmong lists the strangers among relations.
func (c catalog) strangersAmong(ctx context.Context, oids []uint32) ([]stranger, error) {
	return readEach(ctx, c, "read who owns it", oids, func(s *stranger) []any { return []any{&s.OID, &s.Schema, &s.Name, &s.owner, &s.heir} }, `
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
		ORDER BY n.nspname, c.relname`)
}

// openSchema is a schema of the search_path in which a role may create objects that is neither the schema's owner nor
// the database's.
type openSchema struct {
	Schema  string
	Creator string // empty: anyone
}

// openSchemas lists them if the path is used: for a table's name, or by the triggers of relations.
func (c catalog) openSchemas(ctx context.Context, named bool, oids []uint32) ([]openSchema, error) {
	return readRows(ctx, c, "read who may create objects in its search_path", pgx.RowToStructByPos[openSchema], `
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
		ORDER BY path.place, 2`, named, oids)
}

// ownersOf are the roles that own relations, each once: all of them, and those whose rights the current role does not have.
func (c catalog) ownersOf(ctx context.Context, oids []uint32) (beyond, all []string, err error) {
	type owner struct {
		name string
		own  bool
	}
	owners, err := readEach(ctx, c, "read who owns its partitions", oids, func(o *owner) []any { return []any{&o.name, &o.own} }, `
		SELECT pg_catalog.pg_get_userbyid(c.relowner)::pg_catalog.text, pg_catalog.pg_has_role(c.relowner, 'USAGE'::pg_catalog.text)
		FROM pg_catalog.pg_class AS c
		WHERE c.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])`)
	for _, o := range owners {
		all = append(all, o.name)
		if !o.own {
			beyond = append(beyond, o.name)
		}
	}
	return asSet(beyond), asSet(all), err
}
