package examples_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/child"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func goAdmin(command string) func(t *testing.T, url string) admin {
	return func(t *testing.T, url string) admin {
		t.Helper()
		binary := filepath.Join(t.TempDir(), "go-admin")
		output, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./go-admin").CombinedOutput()
		require.NoError(t, err, string(output))
		return commands(t, url,
			func(user, reason string) []string { return []string{binary, command, user, "alice", reason} },
			[]string{binary, "runs"})
	}
}

func psqlAdmin(t *testing.T, url string) admin {
	t.Helper()
	psql := need(t, "psql", "psql")
	return commands(t, url,
		func(user, reason string) []string {
			return []string{psql, "-X", url, "-v", "user=" + user, "-v", "admin=alice", "-v", "reason=" + reason, "-f", "psql-admin/sign-out.sql"}
		},
		[]string{psql, "-X", url, "-f", "psql-admin/runs.sql"})
}

func pythonAdmin(t *testing.T, url string) admin {
	t.Helper()
	python := need(t, "python3 with psycopg 3 (python3-psycopg)", "/usr/bin/python3")
	if output, err := exec.CommandContext(t.Context(), python, "-c", "import psycopg").CombinedOutput(); err != nil {
		missing(t, "python3 with psycopg 3 (python3-psycopg): "+string(output))
	}
	return commands(t, url,
		func(user, reason string) []string {
			return []string{python, "python-admin/admin.py", "sign-out", user, "alice", reason}
		},
		[]string{python, "python-admin/admin.py", "runs"})
}

// commands is a tool that is a command for each thing it does.
func commands(t *testing.T, url string, signOut func(user, reason string) []string, runs []string) admin {
	t.Helper()
	execute := func(args []string) (string, error) {
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Env = append(os.Environ(), "DATABASE_URL="+url)
		output, err := cmd.CombinedOutput()
		return string(output), err
	}
	return admin{
		signOut: func(user, reason string) (string, error) { return execute(signOut(user, reason)) },
		runs: func() string {
			output, err := execute(runs)
			require.NoError(t, err, output)
			return output
		},
	}
}

// nestAdmin is a server: its button is pressed over HTTP.
func nestAdmin(t *testing.T, url string) admin {
	t.Helper()
	node := need(t, "node", "node")
	compiler := need(t, "npm ci in examples/nestjs-admin", "nestjs-admin/node_modules/.bin/tsc")
	compile := exec.CommandContext(t.Context(), compiler, "-p", "nestjs-admin")
	output, err := compile.CombinedOutput()
	require.NoError(t, err, string(output))

	server := exec.CommandContext(t.Context(), node, "nestjs-admin/dist/main.js")
	server.Env = append(os.Environ(), "DATABASE_URL="+url, "PORT=0", "TZ=America/New_York")
	server.Stderr = t.Output()
	started, printed, err := child.StartPiped(server, pgtest.Reaper())
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = started.Stop(pgtest.Patience) // it ends by the signal
		_ = printed.Close()
	})
	address, log := "", ""
	for lines := bufio.NewScanner(printed); address == "" && lines.Scan(); log += lines.Text() + "\n" {
		_, address, _ = strings.Cut(lines.Text(), "listening on ")
	}
	require.NotEmpty(t, address, log)
	go func() { _, _ = io.Copy(io.Discard, printed) }()

	do := func(method, path, form string) (string, error) {
		request, err := http.NewRequestWithContext(t.Context(), method, address+path, strings.NewReader(form))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		if response.StatusCode >= http.StatusBadRequest {
			return string(body), fmt.Errorf("answered %s", response.Status)
		}
		return string(body), nil
	}
	page, err := do(http.MethodGet, "/", "")
	require.NoError(t, err)
	require.Contains(t, page, "<button>")
	return admin{
		signOut: func(user, reason string) (string, error) {
			return do(http.MethodPost, "/users/"+user+"/sign-out", "admin=alice&reason="+strings.ReplaceAll(reason, " ", "+"))
		},
		runs: func() string {
			runs, err := do(http.MethodGet, "/runs", "")
			require.NoError(t, err)
			require.True(t, json.Valid([]byte(runs)), runs)
			return runs
		},
	}
}

// need is the first of some programs that is there.
func need(t *testing.T, what string, programs ...string) string {
	t.Helper()
	for _, program := range programs {
		if path, err := exec.LookPath(program); err == nil {
			return path
		}
	}
	missing(t, what)
	return ""
}

// missing skips a test that needs what is not here; in CI it fails.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("not here: %s", what)
	}
	t.Skipf("not here: %s", what)
}
