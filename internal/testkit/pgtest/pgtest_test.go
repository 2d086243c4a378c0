package pgtest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestEachTestHasADatabaseOfItsOwnOnOneServer(t *testing.T) {
	t.Parallel()
	one, two := pgtest.Pool(t, pgtest.Database(t)), pgtest.Pool(t, pgtest.Database(t))
	_, err := one.Exec(t.Context(), "CREATE TABLE only_here ()")
	require.NoError(t, err)
	_, err = two.Exec(t.Context(), "TABLE only_here")
	require.ErrorContains(t, err, "does not exist")
	require.Equal(t, one.Config().ConnConfig.Port, two.Config().ConnConfig.Port)
	require.EqualValues(t, pgtest.Server(t).Port(), one.Config().ConnConfig.Port)
}

func TestADatabaseIsDroppedWithItsTest(t *testing.T) {
	t.Parallel()
	var url string
	t.Run("inner", func(t *testing.T) {
		url = pgtest.Database(t)
		// This session is still open when the test ends.
		_, err := pgx.Connect(t.Context(), url)
		require.NoError(t, err)
	})
	_, err := pgx.Connect(t.Context(), url)
	require.ErrorContains(t, err, "does not exist")
}

func TestAServerOfItsOwnMayCrash(t *testing.T) {
	t.Parallel()
	var server *localpg.Server
	t.Run("inner", func(t *testing.T) {
		server = pgtest.NewServer(t, localpg.Options{Settings: map[string]string{"cluster_name": "mine"}})
		require.NotEqual(t, pgtest.Server(t).Pid(), server.Pid())
		require.NoError(t, server.Crash(t.Context()))
	})
	require.NoDirExists(t, server.Dir())
}

// TestDyingHelper does nothing here: the tests below run it in a process of its own.
func TestDyingHelper(t *testing.T) {
	deed := os.Getenv("PGTEST_DEED")
	if deed == "" {
		return
	}
	fmt.Println("dir", pgtest.Server(t).Dir())
	require.NoError(t, os.WriteFile(filepath.Join(t.TempDir(), "file"), nil, 0o600))
	switch deed {
	case "fail":
		t.Fatal("as asked")
	case "panic":
		panic("as asked")
	case "connect":
		var options, name string
		pool := pgtest.Pool(t, pgtest.Database(t))
		err := pool.QueryRow(t.Context(), `SELECT current_setting('work_mem'), current_setting('application_name')`).Scan(&options, &name)
		require.NoError(t, err)
		require.Equal(t, "4MB", options)
		require.Empty(t, name)
		t.Fatal("connected")
	case "interrupt":
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGINT))
		select {}
	case "leak":
		go func() { select {} }()
	}
}

func TestATestBinaryLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for deed, says := range map[string]string{
		"fail":      "as asked",
		"panic":     "as asked",
		"leak":      "found unexpected goroutines",
		"interrupt": "",
	} {
		t.Run(deed, func(t *testing.T) {
			t.Parallel()
			temporary := t.TempDir()
			for _, dir := range []string{temporary, filepath.Dir(temporary)} {
				require.NoError(t, os.Chmod(dir, 0o755)) // as root, the server runs as another user
			}
			output := die(t, "PGTEST_DEED="+deed, "TMPDIR="+temporary)
			require.Contains(t, output, says)

			_, dir, _ := strings.Cut(firstLine(output, "dir "), " ")
			require.True(t, strings.HasPrefix(dir, temporary) || strings.HasPrefix(dir, "/dev/shm/siltgate-postgres-"), dir)
			// After a panic the guards clear up, a moment later.
			require.Eventually(t, func() bool {
				entries, err := os.ReadDir(temporary)
				_, gone := os.Stat(dir)
				return err == nil && len(entries) == 0 && errors.Is(gone, fs.ErrNotExist)
			}, pgtest.Patience, 20*time.Millisecond)
		})
	}
}

func TestLibpqsVariablesDoNotReachTheTests(t *testing.T) {
	t.Parallel()
	output := die(t, "PGTEST_DEED=connect", "PGOPTIONS=-c work_mem=1MB", "PGAPPNAME=mine", "PGSERVICE=missing",
		"PGHOST=nowhere.invalid", "PGTARGETSESSIONATTRS=standby", "PGSSLCERT=/missing", "PGCONNECT_TIMEOUT=soon")
	require.Contains(t, output, "connected")
}

func TestAPostgresThatCannotBeHadIsOneError(t *testing.T) {
	t.Parallel()
	output := die(t, "PGTEST_DEED=pass", "POSTGRES_BIN_DIR=/nonexistent")
	require.Regexp(t, `^these tests need a Postgres, and none of them ran: use Postgres of /nonexistent: .*apt-get install postgresql.*\n$`, output)
}

// die runs TestDyingHelper in a test binary that has to fail, and returns its output.
func die(t *testing.T, environ ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestDyingHelper$", "-test.v")
	cmd.Env = append(os.Environ(), environ...)
	output, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, "it has to fail:\n%s", output)
	return string(output)
}

func firstLine(text, prefix string) string {
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), prefix) {
			return lines.Text()
		}
	}
	return ""
}

func TestAManagedRoleHasWhatAManagedPostgresGives(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	_, plain := pgtest.Role(t, url, `CREATE TABLE mine (); GRANT SELECT ON mine TO %[1]s`)
	_, managed := pgtest.ManagedRole(t, url, ``)

	pool := pgtest.Pool(t, managed)
	_, err := pool.Exec(t.Context(), `CREATE SCHEMA app; CREATE TABLE app.tokens ()`)
	require.NoError(t, err, "it owns the database")
	_, err = pool.Exec(t.Context(), `CREATE PUBLICATION everything FOR ALL TABLES`)
	require.ErrorContains(t, err, "must be superuser")
	var can bool
	require.NoError(t, pool.QueryRow(t.Context(), `
		SELECT rolsuper OR rolreplication OR rolbypassrls OR NOT rolcreaterole OR pg_has_role('pg_read_all_stats', 'MEMBER')
		FROM pg_roles
		WHERE rolname = current_user`).Scan(&can))
	require.False(t, can)

	_, err = pgtest.Pool(t, plain).Exec(t.Context(), `TABLE mine`)
	require.NoError(t, err)
}
