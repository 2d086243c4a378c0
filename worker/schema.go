package worker

import (
	"context"
	"fmt"

	"github.com/siltgate/siltgate/migrations"
)

// hasTables reports whether River's tables are there.
func (r Replica) hasTables(ctx context.Context) bool {
	var exists bool
	err := r.pool.QueryRow(ctx, `SELECT pg_catalog.to_regclass($1) IS NOT NULL`, r.table("river_job")).Scan(&exists)
	return err == nil && exists
}

// checkSchema refuses a schema that is behind this program. One that is ahead is
// a rolling upgrade: migrations of a major version only add.
func (r Replica) checkSchema(ctx context.Context) error {
	version, err := migrations.Version(ctx, r.pool, r.Schema)
	switch {
	case err != nil:
		return err
	case version == 0 && r.hasTables(ctx):
		return migrations.ErrNoRecord(r.Schema)
	case version < migrations.Latest:
		return fmt.Errorf("schema %q is at version %d, this program needs %d: run `siltgate migrate`",
			r.Schema, version, migrations.Latest)
	case version > migrations.Latest:
		r.Log.Warn("schema is ahead of this program: upgrade this replica too",
			"schema", r.Schema, "version", version, "known", migrations.Latest)
	}
	return nil
}

// lacking lists what the replica's role may not do and must, each as the statement that grants it.
func (r Replica) lacking(ctx context.Context) ([]string, error) {
	return migrations.Lacking(ctx, r.pool, r.Schema)
}
