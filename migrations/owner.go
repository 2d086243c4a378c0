package migrations

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// createSchema is safe when several processes call it at once, which IF NOT EXISTS alone is not.
func (m Migrator) createSchema(ctx context.Context, pool *pgxpool.Pool) error {
	var exists bool
	err := pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)`, m.Schema).Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = pool.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{m.Schema}.Sanitize())
	var pgErr *pgconn.PgError
	switch {
	case !errors.As(err, &pgErr):
		return err
	case pgErr.Code == "23505":
		return nil // another process created it this instant
	case pgErr.Code == "42501":
		return errMayNotCreate(ctx, pool, m.Schema)
	}
	return err
}

// errMayNotCreate says what lets the role have the schema.
func errMayNotCreate(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	var role, database string
	if err := pool.QueryRow(ctx, `SELECT current_user::text, current_database()::text`).Scan(&role, &database); err != nil {
		return fmt.Errorf("read who migrates: %w", err)
	}
	role = pgx.Identifier{role}.Sanitize()
	return fmt.Errorf("role %s may not create it in database %q: whoever may has to run `CREATE SCHEMA %s AUTHORIZATION %[1]s`, "+
		"or `GRANT CREATE ON DATABASE %[4]s TO %[1]s`", role, database, pgx.Identifier{schema}.Sanitize(), pgx.Identifier{database}.Sanitize())
}

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

// checkVersionTable refuses to read versions from something that runs code of its owner when
// it is read, as a view may.
func checkVersionTable(ctx context.Context, pool *pgxpool.Pool, schema string) error {
	var plain bool
	err := pool.QueryRow(ctx, `
		SELECT class.relkind = 'r' AND NOT class.relrowsecurity
		FROM pg_catalog.pg_class AS class
		JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
		WHERE namespace.nspname = $1
			AND class.relname = $2`, schema, versionTable).Scan(&plain)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil // never migrated
	case err != nil:
		return fmt.Errorf("read migrations: %w", err)
	case !plain:
		return fmt.Errorf("read migrations: %s.%s is no plain table, so that Siltgate did not make it: "+
			"look at what is in schema %[1]q, and whose it is", schema, versionTable)
	}
	return nil
}
