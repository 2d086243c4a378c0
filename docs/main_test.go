package docs

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/cli"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// TestMain is also each program that the pages' blocks call: the test binary under another name.
// So the blocks need nothing that the tests do not need themselves.
func TestMain(m *testing.M) {
	if program := programs()[filepath.Base(os.Args[0])]; program != nil {
		os.Exit(program(context.Background(), os.Args[1:]))
	}
	pgtest.MainWithoutServer(m)
}

func programs() map[string]func(context.Context, []string) int {
	return map[string]func(context.Context, []string) int{"siltgate": siltgate, "psql": exitCode(psql), "curl": exitCode(curl)}
}

func siltgate(ctx context.Context, args []string) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	return cli.Run(ctx, args, os.Environ(), os.Stdout, os.Stderr)
}

func exitCode(program func(context.Context, []string) error) func(context.Context, []string) int {
	return func(ctx context.Context, args []string) int {
		if err := program(ctx, args); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}
}

// psql executes `psql URL -c SQL`, `psql URL -f FILE`, or what comes in.
func psql(ctx context.Context, args []string) error {
	var sql string
	switch {
	case len(args) == 3 && args[1] == "-c":
		sql = args[2]
	case len(args) == 3 && args[1] == "-f":
		text, err := os.ReadFile(args[2])
		if err != nil {
			return err
		}
		sql = string(text)
	case len(args) == 1:
		text, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		sql = string(text)
	default:
		return fmt.Errorf("this psql does not know %q", args)
	}
	return execute(ctx, args[0], sql)
}

// execute executes statements as psql does: each by itself.
func execute(ctx context.Context, url, sql string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, statement := range statements(sql) {
		if _, err := conn.PgConn().Exec(ctx, statement).ReadAll(); err != nil {
			return fmt.Errorf("%w in:\n%s", err, statement)
		}
	}
	return nil
}

// curl prints what the last argument, a URL, answers.
func curl(ctx context.Context, args []string) error {
	url := args[len(args)-1]
	if !strings.Contains(url, "://") {
		url = "http://" + url
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}
