package migrations

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// holdTurn takes the lock of the migrations in a session of its own, and returns its process.
func holdTurn(t *testing.T, pool *pgxpool.Pool, schema, application string) (pid int32, release func()) {
	t.Helper()
	conn, err := pool.Acquire(t.Context())
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `SELECT set_config('application_name', $1, false)`, application)
	require.NoError(t, err)
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT pg_backend_pid() FROM pg_advisory_lock($1)`, lockID(schema)).Scan(&pid))
	release = sync.OnceFunc(func() {
		_, err := conn.Exec(context.WithoutCancel(t.Context()), `SELECT pg_advisory_unlock_all()`)
		conn.Release()
		require.NoError(t, err)
	})
	t.Cleanup(release)
	return pid, release
}

func TestFault105WhoKeepsOthersFromMigratingIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	for schema, application := range map[string]string{"siltgate": "siltgate", "odd schema": "it's \"odd\""} {
		t.Run(schema, func(t *testing.T) {
			t.Parallel()
			m, pool := newMigrator(t, schema)
			pid, release := holdTurn(t, pool, schema, application)
			told := make(chan string, 10)
			m.Waiting = func(holder string, _ time.Duration) { told <- holder }
			ended := make(chan error, 1)
			go func() {
				_, err := m.Up(t.Context())
				ended <- err
			}()
			select {
			case holder := <-told:
				require.Contains(t, holder, fmt.Sprintf("process %d of role postgres, application ", pid))
				require.Contains(t, holder, map[string]string{"siltgate": "'siltgate'", "odd schema": `'it''s "odd"'`}[schema])
			case err := <-ended:
				require.Fail(t, "migrated beside the holder", "%v", err)
			case <-time.After(time.Minute):
				require.Fail(t, "nobody was told")
			}
			release()
			require.NoError(t, <-ended)
			require.Empty(t, told, "said once")
		})
	}
}

func TestFault105AMigrationWaitsForAnotherOneWithABound(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	pid, _ := holdTurn(t, pool, m.Schema, "psql")
	m.Patience = 2 * time.Second
	_, err := m.Down(t.Context())
	require.ErrorContains(t, err, fmt.Sprintf("process %d of role postgres, application 'psql' has had the lock of its migrations for more than 2s: ", pid))
	require.ErrorContains(t, err, "or end it, then run `siltgate migrate` again")
	_, err = m.Status(t.Context())
	require.NoError(t, err, "who only reads does not wait")
}
