package migrations

import (
	"context"
	"errors"
	"fmt"

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
