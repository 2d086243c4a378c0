package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/localpg/pgtest"
)

// database is a test's own, with the application's tables and the ledger.
type database struct {
	t    testing.TB
	url  string // as superuser
	pool *pgxpool.Pool
}

func newDatabase(t testing.TB) *database {
	t.Helper()
	url := pgtest.Database(t)
	db := &database{t: t, url: url, pool: pgtest.Pool(t, url)}
	db.exec(createTokens)
	db.exec(createLedger)
	return db
}

func (db *database) exec(sql string, args ...any) {
	db.t.Helper()
	_, err := db.pool.Exec(db.t.Context(), sql, args...)
	require.NoError(db.t, err, sql)
}

// number runs a query for one integer.
func (db *database) number(sql string, args ...any) int64 {
	db.t.Helper()
	var n int64
	require.NoError(db.t, db.pool.QueryRow(db.t.Context(), sql, args...).Scan(&n), sql)
	return n
}

// texts runs a query for one column of text.
func (db *database) texts(sql string, args ...any) []string {
	db.t.Helper()
	rows, err := db.pool.Query(db.t.Context(), sql, args...)
	require.NoError(db.t, err, sql)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(db.t, err, sql)
	return all
}

// now is the database's clock.
func (db *database) now() time.Time {
	db.t.Helper()
	var now time.Time
	require.NoError(db.t, db.pool.QueryRow(db.t.Context(), `SELECT clock_timestamp()`).Scan(&now))
	return now
}

// jobs are whole rows of river_job, for a person to read. They serve after the test has
// failed, so what cannot be read is said and not asserted.
func (db *database) jobs() []string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	rows, err := db.pool.Query(ctx, `SELECT left(to_jsonb(j)::text, 4000) FROM siltgate.river_job AS j ORDER BY id`)
	if err != nil {
		return []string{err.Error()}
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return append(all, err.Error())
	}
	return all
}
