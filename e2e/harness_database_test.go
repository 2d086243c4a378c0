package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// database is one test's database, with the application's tables and the ledger.
type database struct {
	t      testing.TB
	server *localpg.Server // shared with other tests, unless the test has made its own
	url    string          // as superuser
	pool   *pgxpool.Pool
}

func newDatabase(t testing.TB) *database {
	t.Helper()
	return prepared(t, pgtest.Server(t), pgtest.Database(t))
}

// newDatabaseOn makes a database on a server of the test's own, which the test may crash.
func newDatabaseOn(t testing.TB, server *localpg.Server) *database {
	t.Helper()
	const name = "auth"
	require.NoError(t, server.CreateDatabase(t.Context(), name, ""))
	return prepared(t, server, server.URL(name))
}

// prepared makes the tables. Its pool lives until the fleets on it are judged.
func prepared(t testing.TB, server *localpg.Server, url string) *database {
	t.Helper()
	db := &database{t: t, server: server, url: url}
	db.connect()
	t.Cleanup(func() { db.pool.Close() })
	db.exec(createTokens)
	db.exec(createLedger)
	return db
}

func (db *database) connect() {
	db.t.Helper()
	pool, err := pgxpool.New(db.ctx(), db.url)
	require.NoError(db.t, err)
	db.pool = pool
}

// ctx outlives the test's own context, which is done when its cleanups judge.
func (db *database) ctx() context.Context { return context.WithoutCancel(db.t.Context()) }

// address is the server's, host:port.
func (db *database) address() string { return parsed(db.t, db.url).Host }

// crash kills the server with SIGKILL; restart shuts it down and starts it again; rise starts
// one that is down. From then on the test judges by new connections.
func (db *database) crash() {
	db.t.Helper()
	require.NoError(db.t, db.server.Crash(db.t.Context()))
}

func (db *database) restart(mode localpg.Mode) {
	db.t.Helper()
	require.NoError(db.t, db.server.Restart(db.t.Context(), mode))
	db.pool.Reset()
}

func (db *database) rise() {
	db.t.Helper()
	require.NoError(db.t, db.server.StartAgain(db.t.Context()))
	db.pool.Reset()
}

// moveTo makes the test judge by another server from now on: the one that took over.
func (db *database) moveTo(server *localpg.Server) {
	db.t.Helper()
	db.server, db.url = server, server.URL(databaseOf(db.t, db.url))
	db.pool.Close()
	db.connect()
}

func (db *database) exec(sql string, args ...any) {
	db.t.Helper()
	_, err := db.pool.Exec(db.ctx(), sql, args...)
	require.NoError(db.t, err, sql)
}

// number runs a query for one integer.
func (db *database) number(sql string, args ...any) int64 {
	db.t.Helper()
	var n int64
	require.NoError(db.t, db.pool.QueryRow(db.ctx(), sql, args...).Scan(&n), sql)
	return n
}

// texts runs a query for one column of text.
func (db *database) texts(sql string, args ...any) []string {
	db.t.Helper()
	rows, err := db.pool.Query(db.ctx(), sql, args...)
	require.NoError(db.t, err, sql)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(db.t, err, sql)
	return all
}

// now is the database's clock.
func (db *database) now() time.Time {
	db.t.Helper()
	var now time.Time
	require.NoError(db.t, db.pool.QueryRow(db.ctx(), `SELECT clock_timestamp()`).Scan(&now))
	return now
}

// jobs are whole rows of river_job, for a person to read. They are read after the test has failed,
// so an error is shown and not asserted.
func (db *database) jobs() []string {
	ctx, cancel := context.WithTimeout(db.ctx(), 10*time.Second)
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
