package migrations

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Ownership is who owns a schema, and which other roles could put code into it. Code
// that the owner of an object defines may run with the rights of whoever uses that object. Superusers are not counted.
type Ownership struct {
	Owner     string
	Creators  []string // may create objects in the schema, named as in SQL
	Strangers []string // own objects in the schema, named as in SQL
}

// ReadOwnership reads it. The error is pgx.ErrNoRows if there is no such schema.
func ReadOwnership(ctx context.Context, db querier, schema string) (Ownership, error) {
	rows, _ := db.Query(ctx, `
		SELECT
			owner.rolname,
			ARRAY(
				SELECT coalesce(quote_ident(grantee.rolname), 'PUBLIC')
				FROM aclexplode(schema.nspacl) AS acl
				LEFT JOIN pg_roles AS grantee ON grantee.oid = acl.grantee
				WHERE acl.privilege_type = 'CREATE'
					AND acl.grantee <> schema.nspowner
					AND NOT coalesce(grantee.rolsuper, false)
				ORDER BY 1
			),
			ARRAY(
				SELECT DISTINCT quote_ident(stranger.rolname)
				FROM (
					SELECT relowner FROM pg_class WHERE relnamespace = schema.oid
					UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = schema.oid
					UNION ALL SELECT typowner FROM pg_type WHERE typnamespace = schema.oid
					UNION ALL SELECT oprowner FROM pg_operator WHERE oprnamespace = schema.oid
				) AS object (owner)
				JOIN pg_roles AS stranger ON stranger.oid = object.owner
				WHERE stranger.oid <> schema.nspowner
					AND NOT stranger.rolsuper
				ORDER BY 1
			)
		FROM pg_namespace AS schema
		JOIN pg_roles AS owner ON owner.oid = schema.nspowner
		WHERE schema.nspname = $1`, schema)
	o, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Ownership])
	if err != nil {
		return o, fmt.Errorf("read who owns the schema: %w", err)
	}
	return o, nil
}
