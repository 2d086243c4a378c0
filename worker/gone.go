package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// schemaGoneError says that somebody has dropped our schema, or its tables, while the replica runs.
type schemaGoneError struct {
	schema string
	err    error // how it was noticed
}

func (e schemaGoneError) Error() string {
	return fmt.Sprintf("schema %s is gone, with all that it knew of runs and ticks: run `siltgate migrate` to make it anew, then "+
		"what `siltgate grants` prints, or stop the replicas", pgx.Identifier{e.schema}.Sanitize())
}

func (e schemaGoneError) Unwrap() error { return e.err }

// explainGone returns a schemaGoneError for an error that comes from the lack of our tables, and any other
// error as it is.
func (r Replica) explainGone(ctx context.Context, err error) error {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || pgErr.Code != "42P01" && pgErr.Code != "3F000" { // undefined_table, invalid_schema_name
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), watchInterval)
	defer cancel()
	var there bool
	if r.pool.QueryRow(ctx, `SELECT pg_catalog.to_regclass($1) IS NOT NULL`, r.table("river_job")).Scan(&there) != nil || there {
		return err
	}
	return schemaGoneError{r.Schema, err}
}
