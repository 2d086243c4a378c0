package cli

import (
	"bytes"
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/siltgate/siltgate/internal/localpg/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// output is what a call of siltgate left.
type output struct {
	code           int
	stdout, stderr string
}

// siltgate calls the program with an environment of its own.
func siltgate(ctx context.Context, environ []string, args ...string) output {
	var stdout, stderr bytes.Buffer
	code := Run(ctx, args, environ, &stdout, &stderr)
	return output{code: code, stdout: stdout.String(), stderr: stderr.String()}
}

// newDatabase is an environment with a database of its own.
func newDatabase(t *testing.T) ([]string, *pgxpool.Pool) {
	t.Helper()
	url := pgtest.Database(t)
	return []string{"DATABASE_URL=" + url}, pgtest.Pool(t, url)
}
