package migrations

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// store is goose's own store of versions, which finds its table by name alone: here the
// table is named with its schema.
type store struct {
	database.Store
	schema string
}

func newStore(schema string) (store, error) {
	postgres, err := database.NewStore(goose.DialectPostgres, pgx.Identifier{schema, versionTable}.Sanitize())
	return store{Store: postgres, schema: schema}, err
}

// TableExists implements database.StoreExtender.
func (s store) TableExists(ctx context.Context, db database.DBTxConn) (exists bool, err error) {
	err = db.QueryRowContext(ctx, `
		SELECT EXISTS (
			SELECT
			FROM pg_catalog.pg_class AS class
			JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
			WHERE namespace.nspname = $1
				AND class.relname = $2)`, s.schema, versionTable).Scan(&exists)
	return exists, err
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
