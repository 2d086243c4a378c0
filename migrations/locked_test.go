package migrations

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFault56AMigrationThatWaitsForALockEndsAndNamesWhoHasIt(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	_, err := m.Up(t.Context())
	require.NoError(t, err)
	tx, err := pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	_, err = tx.Exec(t.Context(), `LOCK TABLE siltgate.river_job IN ACCESS SHARE MODE`) // as a dump has it
	require.NoError(t, err)
	var holder uint32
	require.NoError(t, tx.QueryRow(t.Context(), `SELECT pg_backend_pid()`).Scan(&holder))

	undone := 0
	for err == nil && undone <= int(Latest) {
		_, err = m.Down(t.Context())
		undone++
	}
	require.ErrorContains(t, err, fmt.Sprintf("process %d of role ", holder))
	require.ErrorContains(t, err, "has locked a table of it for more than 10s: end that transaction, then run `siltgate migrate` again")
	require.NoError(t, tx.Rollback(t.Context()))
	_, err = m.Up(t.Context())
	require.NoError(t, err)
}

func TestASchemaThatIsAheadIsNotUndoneByAnOlderProgram(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	_, err := m.Up(t.Context())
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `INSERT INTO siltgate.siltgate_migration (version_id, is_applied) VALUES (99, true)`)
	require.NoError(t, err)
	_, err = m.Down(t.Context())
	require.EqualError(t, err, fmt.Sprintf(
		`undo migration of schema "siltgate": it is ahead of this program, which knows version %d: undo it with the program that made it`, Latest))
}
