package purge

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// querier runs the catalog's statements: the session that deletes, or any other
// connection.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// catalog reads from Postgres's catalog what a DELETE concerns. Each of its statements finds its
// rows by OIDs, through an index, so that its cost does not depend on how much else the database
// has.
type catalog struct {
	db   querier
	oids *portion // how many relations one statement is asked about, however many partitions there are
}

func newCatalog(db querier) catalog {
	return catalog{db: db, oids: &portion{size: mostOIDs, least: fewestOIDs}}
}

// mostOIDs is how many relations one statement of the catalog is asked about, so that each statement is
// short, and fewestOIDs how many if that takes too long.
const mostOIDs, fewestOIDs = 500, 5

// readEach runs a statement of the catalog for OIDs, a portion at a time, as its parameter $1. into says where the columns
// of a row go. args are its further parameters, purpose is for its error.
func readEach[T any](ctx context.Context, c catalog, purpose string, oids []uint32, into func(*T) []any, sql string, args ...any) ([]T, error) {
	var all []T
	for len(oids) > 0 {
		n := min(c.oids.size, len(oids))
		rows, err := fetch(c.db.Query(ctx, sql, append([]any{oids[:n]}, args...)...))
		if isTimeout(err) && c.oids.shrink(n) {
			continue
		}
		if err == nil {
			all, err = pgx.AppendRows(all, rows, func(row pgx.CollectableRow) (read T, err error) {
				err = row.Scan(into(&read)...)
				return read, err
			})
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", purpose, err)
		}
		oids = oids[n:]
	}
	return all, nil
}

// one is where the only column of a row goes.
func one[T any](column *T) []any { return []any{column} }

// readRows runs a statement of the catalog and collects its rows.
func readRows[T any](ctx context.Context, c catalog, purpose string, to pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	rows, err := c.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", purpose, err)
	}
	all, err := pgx.CollectRows(rows, to)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", purpose, err)
	}
	return all, nil
}

// readRow runs a statement of the catalog that returns one row.
func readRow[T any](ctx context.Context, c catalog, purpose string, to pgx.RowToFunc[T], sql string, args ...any) (read T, err error) {
	all, err := readRows(ctx, c, purpose, to, sql, args...)
	switch {
	case err != nil:
		return read, err
	case len(all) != 1:
		return read, fmt.Errorf("%s: %w", purpose, pgx.ErrNoRows)
	}
	return all[0], nil
}

// portion is how much one statement is asked for.
type portion struct{ size, least int }

// shrink makes the portion a tenth of what a statement was asked for that took too long. It reports whether
// that is less.
func (p *portion) shrink(asked int) bool {
	p.size = max(asked/10, p.least)
	return p.size < asked
}

// resolve finds the OIDs of configured tables; 0 for one that does not exist.
func (c catalog) resolve(ctx context.Context, tables []Table) ([]uint32, error) {
	schemas, names, identifiers := make([]string, len(tables)), make([]string, len(tables)), make([]string, len(tables))
	for i, t := range tables {
		schemas[i], names[i], identifiers[i] = t.Schema, t.Name, t.identifier()
	}
	// A name with a schema is looked up without a right on that schema.
	return readRows(ctx, c, "look up the configured tables", pgx.RowTo[uint32], `
		SELECT
			coalesce(CASE
				WHEN asked.schema OPERATOR(pg_catalog.=) ''
					THEN pg_catalog.to_regclass(($3::pg_catalog.text[])[asked.place])::pg_catalog.oid
				ELSE (
					SELECT c.oid
					FROM pg_catalog.pg_class AS c
					JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
					WHERE n.nspname OPERATOR(pg_catalog.=) asked.schema::pg_catalog.name
						AND c.relname OPERATOR(pg_catalog.=) ($2::pg_catalog.name[])[asked.place]
				)
			END, 0::pg_catalog.oid)
		FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS asked (schema, place)
		ORDER BY asked.place`, schemas, names, identifiers)
}

// account is the session's role, and the server's version.
type account struct {
	Role    string
	Version int // 150004 is 15.4
	Path    string
}

// schemas are those of the search_path, whether or not they exist and may be used.
func (a account) schemas() []string {
	schemas := splitPath(a.Path)
	for i, schema := range schemas {
		if schema == "$user" {
			schemas[i] = a.Role
		}
	}
	return schemas
}

func (c catalog) account(ctx context.Context) (account, error) {
	return readRow(ctx, c, "read the session's role", pgx.RowToStructByName[account], `
		SELECT
			current_user::pg_catalog.text AS role,
			pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version,
			pg_catalog.current_setting('search_path') AS path`)
}
