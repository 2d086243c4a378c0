package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/migrations"
)

func (e *examination) examineSchema(ctx context.Context) {
	e.try(ctx, "schema", "version", e.checkVersion)
	e.try(ctx, "schema", "owner", e.checkOwner)
	e.try(ctx, "schema", "privileges", e.checkRights)
}

// checkVersion compares the schema with this program.
func (e *examination) checkVersion(ctx context.Context) ([]Check, error) {
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
	return []Check{{Status: OK, Brief: fmt.Sprint(version), Reason: fmt.Sprintf("schema %q is at version %d", e.Config.Schema, version)}}, nil
}

// checkOwner finds who else could put code into the schema, which would run with the rights of
// the replicas.
func (e *examination) checkOwner(ctx context.Context) ([]Check, error) {
	o, err := migrations.ReadOwnership(ctx, e.conn, e.Config.Schema)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, nil // there is no schema, which is said
	case err != nil:
		return nil, err
	case len(o.Creators) > 0:
		check := Check{Status: Fail, Reason: strings.Join(o.Creators, ", ") + " may create objects in the schema, which could run with the rights of the replicas"}
		for _, name := range o.Creators {
			check.SQL = append(check.SQL, "REVOKE CREATE ON SCHEMA "+quote(e.Config.Schema)+" FROM "+name)
		}
		return []Check{check}, nil
	case len(o.Strangers) > 0:
		gifts, err := e.gifts(ctx, o.Owner)
		return []Check{{
			Status: Fail, SQL: gifts, Unless: "you did not look at these objects: they may have been put there on purpose, and run as your role",
			Reason: "objects in the schema belong to " + strings.Join(o.Strangers, ", ") + ": their code could run with the rights of the replicas",
		}}, err
	}
	return []Check{{Status: OK, Reason: fmt.Sprintf("the schema and all in it belong to %q", o.Owner)}}, nil
}

// gifts give the schema's owner what other roles own in it.
func (e *examination) gifts(ctx context.Context, owner string) ([]string, error) {
	rows, _ := e.conn.Query(ctx, `
		SELECT format('ALTER %s OWNER TO %I', object.name, $2::text)
		FROM (
			SELECT format('TABLE %s.%I', relnamespace::regnamespace, relname), relnamespace, relowner FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
			UNION ALL SELECT 'ROUTINE ' || oid::regprocedure, pronamespace, proowner FROM pg_proc
		) AS object (name, schema, owner)
		JOIN pg_roles AS stranger ON stranger.oid = object.owner
		WHERE object.schema = $1::text::regnamespace
			AND NOT stranger.rolsuper
			AND stranger.rolname <> $2
		ORDER BY 1`, quote(e.Config.Schema), owner)
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// checkRights finds what this role lacks to be a replica's.
func (e *examination) checkRights(ctx context.Context) ([]Check, error) {
	lacking, err := migrations.Lacking(ctx, e.conn, e.Config.Schema)
	switch {
	case err != nil:
		return nil, err
	case len(lacking) > 0:
		return []Check{{Status: Fail, Reason: "this role may not do all that a replica does in the schema", SQL: lacking}}, nil
	}
	return []Check{{Status: OK, Reason: "this role may do all that a replica does in the schema"}}, nil
}
