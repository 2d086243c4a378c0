package localpg

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// initialize creates the cluster and its configuration.
func (s *Server) initialize(ctx context.Context, settings map[string]string) error {
	if err := s.initdb(ctx); err != nil {
		return fmt.Errorf("run initdb: %w", err)
	}
	conf, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("configure Postgres: %w", err)
	}
	defer func() { _ = conf.Close() }()
	if _, err := conf.WriteString(configuration(settings)); err != nil {
		return fmt.Errorf("configure Postgres: %w", err)
	}
	return nil
}

func (s *Server) initdb(ctx context.Context) error {
	secret := filepath.Join(s.dir, "password")
	if err := os.WriteFile(secret, []byte(s.password+"\n"), 0o600); err != nil {
		return err
	}
	defer func() { _ = os.Remove(secret) }()
	if err := give(secret, s.account); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "initdb"),
		"--pgdata", s.data(), "--username", superuser, "--pwfile", secret,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	var output bytes.Buffer
	p, err := s.spawn(cmd, &output)
	if err != nil {
		return err
	}
	<-p.done
	if p.err != nil {
		return fmt.Errorf("%w; it said:\n%s", p.err, output.String())
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// configuration is what we add to postgresql.conf: settings over our defaults. ALTER SYSTEM
// overrides both.
func configuration(settings map[string]string) string {
	all := map[string]string{
		"fsync":                   "off",
		"jit":                     "off",
		"listen_addresses":        "127.0.0.1",
		"max_connections":         "200",
		"max_wal_senders":         "10",
		"shared_buffers":          "128MB",
		"timezone":                "UTC",
		"unix_socket_directories": "", // a long temporary directory would not fit a socket's path
		"wal_level":               "replica",
	}
	maps.Copy(all, settings)

	var conf strings.Builder
	quote := strings.NewReplacer(`\`, `\\`, `'`, `''`)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&conf, "%s = '%s'\n", name, quote.Replace(all[name]))
	}
	return conf.String()
}

// privateDir creates a directory that only account can read.
func privateDir(account *syscall.Credential) (string, error) {
	base, err := filepath.Abs(os.TempDir())
	if err != nil {
		return "", fmt.Errorf("create a directory for Postgres: %w", err)
	}
	if account != nil && !reachable(base) {
		base = "/tmp"
	}
	dir, err := os.MkdirTemp(base, "siltgate-postgres-")
	if err != nil {
		return "", fmt.Errorf("create a directory for Postgres: %w", err)
	}
	if err := give(dir, account); err != nil {
		return dir, fmt.Errorf("create a directory for Postgres: %w", err)
	}
	return dir, nil
}
