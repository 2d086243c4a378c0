package e2e

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestASessionPoolOfPgBouncerWorks(t *testing.T) {
	t.Parallel()
	pgtest.PgBouncerProgram(t)
	db := newDatabase(t)
	db.fill(500, 100)
	pooled := pgtest.PgBouncer(t, db.url, "session", 0)
	f := newFleet(t, db, "DATABASE_URL="+pooled, "REFRESH_TOKEN_CLEANUP_CRON=*/2 * * * * *")
	app := startApp(t, db)
	replicas := f.start(2)
	await(t, patience, "three ticks to have run", func() bool {
		return db.number(`SELECT count(*) FROM siltgate.runs WHERE trigger = 'schedule' AND state = 'completed'`) >= 3
	})
	db.awaitCompleted(db.ask(`{}`))
	for _, r := range replicas {
		r.signal(sigterm)
	}
	for _, r := range replicas {
		require.Zero(t, r.wait(stopWithin))
	}
	app.Stop()
	db.requireEveryTickOnce(2 * time.Second)
	app.requireUndisturbed()
	require.EqualValues(t, 100, db.number(`SELECT count(*) FROM refresh_tokens WHERE user_id = 0`))

	// A replica that is told of nothing looks for new runs every 30 s, and each of these is asked for just after
	// it has looked.
	f.startWith([]string{"REFRESH_TOKEN_CLEANUP_CRON=off"}, 1)
	db.awaitCompleted(db.ask(`{}`))
	began := time.Now()
	for range 3 {
		db.awaitCompleted(db.ask(`{}`))
	}
	require.Less(t, time.Since(began), 2*30*time.Second, "notifications come through")
}

func TestATransactionPoolOfPgBouncerIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	pgtest.PgBouncerProgram(t)
	for _, roundRobin := range []int{0, 1} {
		for _, busy := range []int{0, 6} {
			t.Run(fmt.Sprintf("round robin %d, %d others", roundRobin, busy), func(t *testing.T) {
				t.Parallel()
				db := newDatabase(t)
				db.fill(10, 10)
				f := newFleet(t, db)
				pooled := pgtest.PgBouncer(t, db.url, "transaction", roundRobin)
				useBusily(t, pooled, busy)
				r := f.callWith([]string{"DATABASE_URL=" + pooled}, "run")
				require.Equal(t, 1, r.code, r.stdout)
				require.Equal(t, "siltgate: connections are pooled by transaction, as with PgBouncer's pool_mode=transaction: "+
					"advisory locks and LISTEN need a direct connection, or pool_mode=session\n", r.stderr)
				require.Zero(t, db.purged())
				for _, command := range [][]string{{"migrate"}, {"migrate", "--status"}, {"history"}, {"enqueue"}} {
					r := f.callWith([]string{"DATABASE_URL=" + pooled, "SILTGATE_SCHEMA=other"}, command...)
					require.Equal(t, 1, r.code, command)
					require.Contains(t, r.stderr, "connections are pooled by transaction, as with PgBouncer's", command)
				}
				require.Zero(t, db.number(`SELECT count(*) FROM pg_namespace WHERE nspname = 'other'`))
			})
		}
	}
}

func TestAStatementPoolOfPgBouncerIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	pgtest.PgBouncerProgram(t)
	db := newDatabase(t)
	f := newFleet(t, db)
	pooled := pgtest.PgBouncer(t, db.url, "statement", 0)
	for _, command := range [][]string{{"run"}, {"run", "--once"}, {"migrate"}, {"history"}, {"enqueue"}} {
		r := f.callWith([]string{"DATABASE_URL=" + pooled}, command...)
		require.Equal(t, 1, r.code, command)
		require.Contains(t, r.stderr, "siltgate: connections are pooled by statement, as with PgBouncer's pool_mode=statement: "+
			"transactions, advisory locks and LISTEN need a direct connection, or pool_mode=session\n", command)
	}
}

func TestFault58ASessionPoolThatResetsNothingKeepsNothingOfOurs(t *testing.T) {
	t.Parallel()
	pgtest.PgBouncerProgram(t)
	db := newDatabase(t)
	db.fill(500, 100)
	pooled := pgtest.PgBouncer(t, db.url, "session", 0, "server_reset_query =", "server_idle_timeout = 600")
	f := newFleet(t, db, "DATABASE_URL="+pooled)
	r := f.start(1)[0]
	db.awaitCompleted(db.ask(`{}`))
	f.must("migrate")
	f.must("history")
	f.must("enqueue", "--wait", "--dry-run")
	r.signal(sigterm)
	require.Zero(t, r.wait(stopWithin))

	// All of the pool's sessions at once, as another client is lent them.
	sessions := db.number(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND client_port IS NOT NULL`)
	require.Positive(t, sessions)
	for range sessions {
		conn, err := pgx.Connect(t.Context(), pooled)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
		var left []string
		require.NoError(t, conn.QueryRow(t.Context(), `
			SELECT ARRAY(
				SELECT name || '=' || setting FROM pg_settings
				-- PgBouncer itself sets these, for each client anew.
				WHERE source = 'session' AND name NOT IN ('application_name', 'client_encoding', 'DateStyle', 'TimeZone', 'standard_conforming_strings')
				UNION ALL SELECT 'siltgate.replica' WHERE current_setting('siltgate.replica', true) <> ''
				UNION ALL SELECT 'prepared ' || statement FROM pg_prepared_statements
				UNION ALL SELECT 'listens on ' || channel FROM pg_listening_channels() AS channel)`, pgx.QueryExecModeSimpleProtocol).Scan(&left))
		require.Empty(t, left)
	}
}

// useBusily makes a pool have more than one session, by clients that go on to use it.
func useBusily(t testing.TB, pooled string, clients int) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var work sync.WaitGroup
	for i := range clients {
		conn, err := pgx.Connect(t.Context(), pooled)
		require.NoError(t, err)
		random := randomness(t, fmt.Sprintf("client %d", i))
		work.Go(func() {
			for ctx.Err() == nil {
				_, _ = conn.Exec(ctx, `SELECT pg_sleep($1)`, pgx.QueryExecModeSimpleProtocol, random.Float64()/50)
			}
			_ = conn.Close(context.Background())
		})
	}
	t.Cleanup(func() {
		stop()
		work.Wait()
	})
}
