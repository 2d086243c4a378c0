package migrations

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// checkOwner refuses a schema in which others could have put something, or still could: it might run
// with the rights of the role that migrates, often a superuser, and later of the replicas.
func (m Migrator) checkOwner(ctx context.Context, pool *pgxpool.Pool) error {
	o, err := ReadOwnership(ctx, pool, m.Schema)
	if err != nil {
		return err
	}
	var role string
	if err := pool.QueryRow(ctx, `SELECT current_user::text`).Scan(&role); err != nil {
		return fmt.Errorf("read who migrates: %w", err)
	}
	schema := pgx.Identifier{m.Schema}.Sanitize()
	switch {
	case o.Owner != role:
		return fmt.Errorf("the schema belongs to role %q, this role is %q: whoever owns it may have put code into it that would run "+
			"as this role; migrate as %[1]q, or look at all that is in it, then run `DROP SCHEMA %[3]s CASCADE` or "+
			"`ALTER SCHEMA %[3]s OWNER TO %[4]s`", o.Owner, role, schema, pgx.Identifier{role}.Sanitize())
	case len(o.Strangers) > 0:
		names := strings.Join(o.Strangers, ", ")
		return fmt.Errorf("objects in the schema belong to %s: code of theirs would run as this role, or as the replicas' role; "+
			"look at them, then DROP them or run `REASSIGN OWNED BY %[1]s TO %[2]s`", names, pgx.Identifier{role}.Sanitize())
	case len(o.Creators) > 0:
		names := strings.Join(o.Creators, ", ")
		return fmt.Errorf("%s may create objects in the schema, which could run as the replicas' role: "+
			"`REVOKE CREATE ON SCHEMA %s FROM %[1]s`", names, schema)
	}
	return nil
}

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
