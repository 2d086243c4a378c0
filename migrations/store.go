package migrations

import (
	"context"

	"github.com/jackc/pgx/v5"
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
