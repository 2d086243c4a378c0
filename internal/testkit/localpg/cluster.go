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

// initialize creates an empty cluster, with settings over our defaults.
func (s *Server) initialize(ctx context.Context, settings map[string]string) error {
	all := defaults()
	maps.Copy(all, settings)
	if err := s.initdb(ctx); err != nil {
		return err
	}
	return s.configure(all)
}

func (s *Server) initdb(ctx context.Context) error {
	secret, err := s.secret("password", s.password)
	if err != nil {
		return fmt.Errorf("run initdb: %w", err)
	}
	defer func() { _ = os.Remove(secret) }()
	return s.call(ctx, "initdb",
		"--pgdata", s.data(), "--username", superuser, "--pwfile", secret,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync")
}

// call runs a program of Postgres's to its end.
func (s *Server) call(ctx context.Context, program string, args ...string) error {
	var output bytes.Buffer
	p, err := s.spawn(exec.CommandContext(ctx, filepath.Join(s.bin, program), args...), &output)
	if err != nil {
		return fmt.Errorf("run %s: %w", program, err)
	}
	if err := p.Err(); err != nil {
		return fmt.Errorf("run %s: %w; it said:\n%s", program, err, output.String())
	}
	return nil
}

// secret writes a file that only the server's user can read.
func (s *Server) secret(name, text string) (path string, err error) {
	path = filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		return "", err
	}
	return path, give(path, s.account)
}

// configure adds settings to postgresql.conf, where the last one of a name holds. ALTER
// SYSTEM overrides them all.
func (s *Server) configure(settings map[string]string) error {
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

// write makes a file of the cluster.
func (s *Server) write(name, text string) error {
	path := filepath.Join(s.data(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	return give(path, s.account)
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func defaults() map[string]string {
	return map[string]string{
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
}

func configuration(settings map[string]string) string {
	var conf strings.Builder
	quote := strings.NewReplacer(`\`, `\\`, `'`, `''`)
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&conf, "%s = '%s'\n", name, quote.Replace(settings[name]))
	}
	return conf.String()
}

// privateDir creates a directory that only account can read.
func privateDir(account *syscall.Credential, inMemory bool) (string, error) {
	base, err := filepath.Abs(os.TempDir())
	if err != nil {
		return "", fmt.Errorf("create a directory for Postgres: %w", err)
	}
	if account != nil && !reachable(base) {
		base = "/tmp"
	}
	if dir := memory(); inMemory && dir != "" {
		base = dir
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
