package pgtest

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/child"
)

// PgBouncerProgram is the path of PgBouncer, without which a test is skipped.
func PgBouncerProgram(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("pgbouncer"); err == nil {
		return path
	}
	return Installed(t, "PgBouncer", "apt-get install pgbouncer", "/usr/sbin/pgbouncer") // not every PATH leads there
}

// PgBouncer starts a pool before the database and returns the connection string by way of it.
func PgBouncer(t testing.TB, database, mode string, roundRobin int, settings ...string) string {
	t.Helper()
	path := PgBouncerProgram(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	require.NoError(t, listener.Close())

	u, err := url.Parse(database)
	require.NoError(t, err)
	password, _ := u.User.Password()
	dir := t.TempDir()
	config := filepath.Join(dir, "pgbouncer.ini")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, `
[databases]
* = host=127.0.0.1 port=%s user=%s password=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %s
unix_socket_dir =
auth_type = any
pool_mode = %s
server_round_robin = %d
%s
`, u.Port(), u.User.Username(), password, port, mode, roundRobin, strings.Join(settings, "\n")), 0o600))

	log, err := os.Create(filepath.Join(dir, "log"))
	require.NoError(t, err)
	defer func() { _ = log.Close() }()
	args := []string{config}
	if os.Geteuid() == 0 {
		args = append(args, "-u", "nobody") // it refuses to run as root
	}
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = log, log
	bouncer, err := child.Start(cmd, Reaper())
	require.NoError(t, err)
	t.Cleanup(func() {
		bouncer.Kill()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("pgbouncer:\n%s", text)
		}
	})

	pooled := *u
	pooled.Host = net.JoinHostPort("127.0.0.1", port)
	require.Eventually(t, func() bool {
		conn, err := pgx.Connect(t.Context(), pooled.String())
		return err == nil && conn.Close(t.Context()) == nil
	}, Patience, 50*time.Millisecond, "PgBouncer does not serve")
	return pooled.String()
}
