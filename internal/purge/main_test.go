package purge

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// database is a test's own database.
type database struct {
	t    testing.TB
	url  string
	pool *pgxpool.Pool
}

func newDatabase(t testing.TB, ddl ...string) *database {
	t.Helper()
	url := pgtest.Database(t)
	db := &database{t: t, url: url, pool: pgtest.Pool(t, url)}
	for _, statement := range ddl {
		db.exec(statement)
	}
	return db
}

func (db *database) exec(sql string, args ...any) {
	db.t.Helper()
	_, err := db.pool.Exec(db.t.Context(), sql, args...)
	require.NoError(db.t, err, sql)
}

// begin begins a transaction, which is over when the test is: a pool waits for it.
func (db *database) begin() pgx.Tx {
	db.t.Helper()
	tx, err := db.pool.Begin(db.t.Context())
	require.NoError(db.t, err)
	db.t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	return tx
}

// number runs a query for one integer.
func (db *database) number(sql string) int64 {
	db.t.Helper()
	var n int64
	require.NoError(db.t, db.pool.QueryRow(db.t.Context(), sql).Scan(&n), sql)
	return n
}

// strings runs a query for one column of text.
func (db *database) strings(sql string) []string {
	db.t.Helper()
	rows, err := db.pool.Query(db.t.Context(), sql)
	require.NoError(db.t, err, sql)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(db.t, err, sql)
	return all
}

// role makes a role with what the statement grants to %[1]s; it goes with the test.
func (db *database) role(grants string) string {
	db.t.Helper()
	var name string
	require.NoError(db.t, db.pool.QueryRow(db.t.Context(), `SELECT 'role_of_' || current_database()`).Scan(&name))
	db.exec(`CREATE ROLE ` + name)
	db.t.Cleanup(func() {
		_, err := db.pool.Exec(context.Background(), `DROP OWNED BY `+name+`; DROP ROLE `+name)
		require.NoError(db.t, err)
	})
	db.exec(fmt.Sprintf(grants, name))
	return name
}

// alone claims the right to delete in a database in which nothing else does: what its batches compare
// is a constant.
func alone(context.Context, *pgx.Conn) (Fence, error) {
	return Fence{Table: "(SELECT 1::pg_catalog.int8 AS epoch)", Epoch: 1}, nil
}

// session opens a run's session.
func (db *database) session() *Session {
	db.t.Helper()
	return db.watched(nil)
}

// watched is a session whose statements are told of before they are sent. Whatever the test
// is about, a statement that leaves it to the search_path which object it means fails it.
func (db *database) watched(statement pgtest.Watch) *Session {
	db.t.Helper()
	s, err := Open(db.t.Context(), db.config(statement), alone)
	require.NoError(db.t, err)
	db.t.Cleanup(func() { s.Close(context.Background()) })
	return s
}

// config is how to connect. Statements are told of before they are sent, and are held to
// leave no name to the search_path.
func (db *database) config(statement pgtest.Watch) *pgx.ConnConfig {
	db.t.Helper()
	config, err := pgx.ParseConfig(db.url)
	require.NoError(db.t, err)
	config.Tracer = pgtest.Watch(func(sql string) {
		if names := unqualifiedOnce(sql); len(names) > 0 {
			db.t.Errorf("a session's statement must name these with their schema: %s\n%s", names, sql)
		}
		if statement != nil {
			statement(sql)
		}
	})
	return config
}

// testEngine is an engine and the tables that it is to purge.
type testEngine struct {
	Engine

	tables []Table
}

// engine is an engine without pauses over a session of its own.
func (db *database) engine(tables ...Table) testEngine {
	db.t.Helper()
	return db.engineOn(db.session(), tables...)
}

// engineOn is an engine without pauses.
func (db *database) engineOn(session *Session, tables ...Table) testEngine {
	return testEngine{tables: tables, Engine: Engine{
		Session: session,
		Pace:    Pace{DutyCycle: 1, BatchTarget: 10 * time.Millisecond},
		Log:     slog.New(slog.DiscardHandler),
	}}
}

// serverEngine is an engine without pauses on a server of the test's own, in a new database with so many dead tokens.
func serverEngine(t *testing.T, server *localpg.Server, dead int) (*pgx.Conn, *Session, Engine) {
	t.Helper()
	require.NoError(t, server.CreateDatabase(t.Context(), "app", ""))
	db := &database{t: t, url: server.URL("app")}
	conn, err := pgx.Connect(t.Context(), db.url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	_, err = conn.Exec(t.Context(), createTokens+fmt.Sprintf(`; INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, %d)`, dead))
	require.NoError(t, err)
	e := db.engine().Engine
	e.Pace.BatchTarget = time.Millisecond
	return conn, e.Session, e
}

// purge runs an engine over the tables to the end.
func (db *database) purge(tables ...Table) (Progress, error) {
	db.t.Helper()
	e := db.engine(tables...)
	defer e.Session.Close(db.t.Context())
	return e.Run(db.t.Context(), Request{Tables: tables}, Progress{})
}

// mustPurge is purge for runs that succeed.
func (db *database) mustPurge(tables ...Table) Progress {
	db.t.Helper()
	p, err := db.purge(tables...)
	require.NoError(db.t, err)
	require.True(db.t, p.Done)
	return p
}

// tokens is the usual table, and what makes it.
var tokens = Table{Name: "refresh_tokens", Rules: []Rule{{Expires: []string{"expires_at"}, Done: "revoked"}}}

const createTokens = `
	CREATE TABLE refresh_tokens (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		token_hash text NOT NULL DEFAULT md5(random()::text),
		expires_at timestamptz,
		revoked boolean DEFAULT false
	)`

const indexTokens = `
	CREATE INDEX ON refresh_tokens (expires_at);
	CREATE INDEX ON refresh_tokens (id) WHERE revoked`
