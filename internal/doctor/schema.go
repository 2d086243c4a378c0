package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/migrations"
)

func (e *examination) examineSchema(ctx context.Context) {
	e.try(ctx, "schema", "version", e.lookAtVersion)
	e.try(ctx, "schema", "owner", e.lookAtOwner)
	e.try(ctx, "schema", "privileges", e.lookAtRights)
}

// lookAtVersion compares the schema with this program.
func (e *examination) lookAtVersion(ctx context.Context) ([]Check, error) {
	var exists, usable bool
	err := e.conn.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1),
			coalesce((SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = $1), false)`,
		e.Config.Schema).Scan(&exists, &usable)
	switch {
	case err != nil:
		return nil, err
	case !exists:
		return []Check{{Status: Fail, Reason: fmt.Sprintf("schema %q does not exist", e.Config.Schema), Remedy: "siltgate migrate"}}, nil
	case !usable:
		return nil, nil // the privileges say so
	}
	version, err := migrations.Version(ctx, e.conn, e.Config.Schema)
	switch {
	case sqlState(err) == "42501":
		return nil, nil
	case err != nil:
		return nil, err
	case version < migrations.Latest:
		return []Check{{
			Status: Fail, Remedy: "siltgate migrate",
			Reason: fmt.Sprintf("schema %q is at version %d, this program needs %d", e.Config.Schema, version, migrations.Latest),
		}}, nil
	case version > migrations.Latest:
		return []Check{{
			Status: Warn, Remedy: "upgrade this program",
			Reason: fmt.Sprintf("schema %q is at version %d, this program knows %d", e.Config.Schema, version, migrations.Latest),
		}}, nil
	}
	return []Check{{Status: OK, Reason: fmt.Sprintf("schema %q is at version %d", e.Config.Schema, version)}}, nil
}

// lookAtOwner finds who else could put code into the schema, which would run with the rights of
// the replicas.
func (e *examination) lookAtOwner(ctx context.Context) ([]Check, error) {
	var owner string
	var creators, strangers, revokes, gifts []string
	err := e.conn.QueryRow(ctx, `
		WITH schema AS (
			SELECT n.oid, n.nspname, n.nspowner, n.nspacl, o.rolname
			FROM pg_namespace AS n
			JOIN pg_roles AS o ON o.oid = n.nspowner
			WHERE n.nspname = $1
		), creator AS (
			SELECT coalesce(quote_ident(r.rolname), 'PUBLIC') AS name
			FROM schema
			CROSS JOIN aclexplode(schema.nspacl) AS acl
			LEFT JOIN pg_roles AS r ON r.oid = acl.grantee
			WHERE acl.privilege_type = 'CREATE' AND acl.grantee <> schema.nspowner AND NOT coalesce(r.rolsuper, false)
		), stranger AS (
			SELECT DISTINCT r.oid, r.rolname
			FROM schema
			CROSS JOIN LATERAL (
				SELECT relowner FROM pg_class WHERE relnamespace = schema.oid
				UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = schema.oid
				UNION ALL SELECT typowner FROM pg_type WHERE typnamespace = schema.oid
				UNION ALL SELECT oprowner FROM pg_operator WHERE oprnamespace = schema.oid
			) AS object (owner)
			JOIN pg_roles AS r ON r.oid = object.owner
			WHERE r.oid <> schema.nspowner AND NOT r.rolsuper
		)
		SELECT
			schema.rolname,
			ARRAY(SELECT name FROM creator ORDER BY name),
			ARRAY(SELECT rolname FROM stranger ORDER BY rolname),
			ARRAY(SELECT format('REVOKE CREATE ON SCHEMA %I FROM %s', schema.nspname, name) FROM creator ORDER BY name),
			ARRAY(
				SELECT format('ALTER TABLE %I.%I OWNER TO %I', schema.nspname, c.relname, schema.rolname)
				FROM pg_class AS c
				JOIN stranger ON stranger.oid = c.relowner
				WHERE c.relnamespace = schema.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
			) || ARRAY(
				SELECT format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, schema.rolname)
				FROM pg_proc AS p
				JOIN stranger ON stranger.oid = p.proowner
				WHERE p.pronamespace = schema.oid
			)
		FROM schema`, e.Config.Schema).Scan(&owner, &creators, &strangers, &revokes, &gifts)
	switch {
	case err == pgx.ErrNoRows: //nolint:errorlint // Scan returns it as it is.
		return nil, nil // there is no schema, which is said
	case err != nil:
		return nil, err
	case len(creators) > 0:
		return []Check{{
			Status: Fail, SQL: revokes,
			Reason: strings.Join(creators, ", ") + " may create objects in the schema, which could run with the rights of the replicas",
		}}, nil
	case len(strangers) > 0:
		return []Check{{
			Status: Fail, SQL: gifts, Unless: "you did not look at these objects: they may have been put there on purpose, and run as your role",
			Reason: "objects in the schema belong to " + strings.Join(strangers, ", ") + ": their code could run with the rights of the replicas",
		}}, nil
	}
	return []Check{{Status: OK, Reason: fmt.Sprintf("the schema and all in it belong to %q", owner)}}, nil
}

// lookAtRights finds what this role lacks to be a replica's.
func (e *examination) lookAtRights(ctx context.Context) ([]Check, error) {
	lacking, err := migrations.Lacking(ctx, e.conn, e.Config.Schema)
	switch {
	case err != nil:
		return nil, err
	case len(lacking) > 0:
		return []Check{{Status: Fail, Reason: "this role may not do all that a replica does in the schema", SQL: lacking}}, nil
	}
	return []Check{{Status: OK, Reason: "this role may do all that a replica does in the schema"}}, nil
}
