// Package migrations brings Siltgate's schema up to date: River's tables first,
// then ours, all numbered in one version table inside the schema. Any number of
// processes may do so at once; one works and the others find the work done.
//
// Nothing outside the schema is touched. Within a major version of Siltgate
// migrations only add, so a replica one version behind goes on working.
//
// # Where to find what
//
//	sql/                one file for each subject; template.go: with the schema's name in it
//	migrations.go       up, down and status; steps.go: what was done; store.go: the table of versions
//	exclusive.go        one process migrates at a time, and which one that is; locked.go: who has locked a table; timing.go: for how long that is waited for
//	schema.go           creates the schema; owner.go: refuses one in which others may have put code
//	rights.go           what a replica's role needs
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/siltgate/siltgate/internal/outage"
	"github.com/siltgate/siltgate/internal/session"
)

//go:embed sql/*.sql
var files embed.FS

// Latest is the schema version that this program was built for.
const Latest = 22

const (
	// versionTable records, inside our schema, which migrations were applied.
	versionTable = "siltgate_migration"

	// first is the number of the first migration. Smaller numbers were used by programs
	// before the first release, whose schemas this one cannot bring up to date.
	first = 10

	// riverVersion is what the first migration brings River's tables to. A newer River
	// gets a migration of its own.
	riverVersion = 8
	riverName    = "river"
)

// Migrator migrates one schema of one database.
type Migrator struct {
	// Config says how to connect. The role must own the schema, or be allowed to create it.
	Config *pgxpool.Config

	// Schema is where River's tables and ours live.
	Schema string

	// Waiting is told at once who keeps others from migrating, and how long that is waited for. May be nil.
	Waiting func(holder string, patience time.Duration)

	// Patience is how long another migration is waited for. Defaults to 5 minutes.
	Patience time.Duration
}

// Step is one migration: known to this program, and perhaps applied.
type Step struct {
	Version   int64
	Name      string
	AppliedAt time.Time // zero: not applied
}

// Up applies what is missing, and returns it. It creates the schema if need be.
func (m Migrator) Up(ctx context.Context) ([]Step, error) {
	var applied []Step
	err := m.with(ctx, func(provider *goose.Provider) error {
		results, err := provider.Up(ctx)
		applied = steps(results)
		return err
	})
	if outage.IsPooling(err) {
		err = outage.ErrPooledByTransaction
	}
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && (pgErr.Code == "42P07" || pgErr.Code == "42710") {
		err = ErrNoRecord(m.Schema) // what the first migration makes is there already
	}
	if err != nil {
		return applied, fmt.Errorf("migrate schema %q: %w", m.Schema, err)
	}
	return applied, nil
}

// ErrNoRecord refuses a schema that has its tables, but not the record of its migrations: a dump
// without data was restored.
func ErrNoRecord(schema string) error {
	return fmt.Errorf("schema %[1]q has tables, but no record of its migrations: it seems to be restored without its data; "+
		"restore it with its data, or `DROP SCHEMA %[2]s CASCADE` and run `siltgate migrate`",
		schema, pgx.Identifier{schema}.Sanitize())
}

// Down undoes the newest migration that is applied, and returns it; none when
// there is nothing left to undo.
func (m Migrator) Down(ctx context.Context) ([]Step, error) {
	var undone []Step
	err := m.with(ctx, func(provider *goose.Provider) error {
		result, err := provider.Down(ctx)
		switch {
		case errors.Is(err, goose.ErrNoNextVersion):
			return nil
		case errors.Is(err, goose.ErrVersionNotFound):
			return fmt.Errorf("it is ahead of this program, which knows version %d: undo it with the program that made it", Latest)
		}
		if result != nil && err == nil {
			undone = steps([]*goose.MigrationResult{result})
		}
		return err
	})
	if err != nil {
		return undone, fmt.Errorf("undo migration of schema %q: %w", m.Schema, err)
	}
	return undone, nil
}

// Status lists every migration this program knows. It changes nothing.
func (m Migrator) Status(ctx context.Context) (all []Step, err error) {
	if err := outage.CheckPooling(ctx, m.Config); err != nil {
		return nil, err
	}
	config := m.Config.Copy()
	session.PinPool(config)
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, limitLocks())
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	defer pool.Close()
	defer func() { err = m.explainLock(ctx, pool, err) }()

	if err := checkVersionTable(ctx, pool, m.Schema); err != nil {
		return nil, err
	}
	applied, err := appliedAt(ctx, pool, m.Schema)
	if err != nil {
		return nil, err
	}
	known, err := known()
	if err != nil {
		return nil, err
	}
	for i := range known {
		known[i].AppliedAt = applied[known[i].Version]
	}
	return known, nil
}

// Version reads the schema's version; 0 when it was never migrated. A schema from before
// the first release is an error that says what to do.
func Version(ctx context.Context, db querier, schema string) (int64, error) {
	applied, err := appliedAt(ctx, db, schema)
	if err != nil {
		return 0, err
	}
	var newest int64
	for version := range applied {
		newest = max(newest, version)
	}
	return newest, nil
}

// querier is a pgx connection, pool or transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// appliedAt reads which versions are applied, and since when.
func appliedAt(ctx context.Context, db querier, schema string) (map[int64]time.Time, error) {
	table := pgx.Identifier{schema, versionTable}.Sanitize()
	// The error of a missing table may come early or late, so it is read in one place.
	rows, _ := db.Query(ctx, `
		SELECT
			version_id,
			tstamp AT TIME ZONE 'UTC'
		FROM `+table+`
		WHERE is_applied AND version_id > 0`)
	applied := map[int64]time.Time{}
	var version int64
	var at time.Time
	_, err := pgx.ForEachRow(rows, []any{&version, &at}, func() error {
		applied[version] = at
		return nil
	})
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && (pgErr.Code == "42P01" || pgErr.Code == "3F000") {
		return nil, nil // no such table or schema: never migrated
	}
	if errors.As(err, &pgErr) && pgErr.Code == "42501" {
		return nil, forbiddenError{table, err}
	}
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	for version := range applied {
		if version < first {
			return nil, errPreRelease(schema)
		}
	}
	return applied, nil
}

// errPreRelease refuses a schema whose migrations have the numbers from before the first release.
func errPreRelease(schema string) error {
	return fmt.Errorf("schema %[1]q was made by a Siltgate from before its first release, and cannot be brought up to date: "+
		"stop its replicas, then `DROP SCHEMA %[2]s CASCADE` and run `siltgate migrate`; "+
		"the history of runs goes with it, no table of the application does",
		schema, pgx.Identifier{schema}.Sanitize())
}

// with runs work with goose on connections that find nothing by their search_path but
// what is built in. It creates the schema first: goose keeps its version table inside.
func (m Migrator) with(ctx context.Context, work func(*goose.Provider) error) (err error) {
	if err := outage.CheckPooling(ctx, m.Config); err != nil {
		return err
	}
	config := m.Config.Copy()
	config.MaxConns = max(config.MaxConns, 4) // goose keeps one for its lock
	session.PinPool(config)
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		// goose's version table has a timestamp without zone: let it always be UTC.
		_, err := conn.Exec(ctx, "SET timezone TO 'UTC'; "+limitLocks())
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	defer func() { err = m.explainLock(ctx, pool, err) }()
	if err := m.createSchema(ctx, pool); err != nil {
		return err
	}
	if err := m.checkOwner(ctx, pool); err != nil {
		return err
	}
	if _, err := appliedAt(ctx, pool, m.Schema); err != nil {
		return err
	}

	db := stdlib.OpenDBFromPool(pool)
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := m.provider(db, pool)
	if err != nil {
		return err
	}
	return work(provider)
}

// provider is goose with River's migrations as the first one and ours after it.
func (m Migrator) provider(db *sql.DB, pool *pgxpool.Pool) (*goose.Provider, error) {
	river, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: m.Schema})
	if err != nil {
		return nil, err
	}
	direction := func(direction rivermigrate.Direction, target int) *goose.GoFunc {
		return &goose.GoFunc{RunDB: func(ctx context.Context, _ *sql.DB) error {
			_, err := river.Migrate(ctx, direction, &rivermigrate.MigrateOpts{TargetVersion: target})
			return err
		}}
	}

	store, err := newStore(m.Schema)
	if err != nil {
		return nil, err
	}
	ours, err := fs.Sub(files, "sql")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(lockID(m.Schema)))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectCustom, db, template{FS: ours, schema: m.Schema},
		goose.WithGoMigrations(goose.NewGoMigration(first,
			direction(rivermigrate.DirectionUp, riverVersion),
			direction(rivermigrate.DirectionDown, -1))),
		goose.WithStore(store),
		goose.WithSessionLocker(exclusive{SessionLocker: locker, migrator: m, pool: pool}),
		goose.WithDisableGlobalRegistry(true))
}
