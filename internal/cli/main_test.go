package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/internal/testkit/transcript"
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
	p := &program{environ: environ, stdout: &stdout, stderr: &stderr, patience: 200 * time.Millisecond}
	code := p.execute(ctx, args)
	return output{code: code, stdout: stdout.String(), stderr: stderr.String()}
}

// newDatabase is an environment with a database of its own.
func newDatabase(t *testing.T) ([]string, *pgxpool.Pool) {
	t.Helper()
	url := pgtest.Database(t)
	return []string{"DATABASE_URL=" + url}, pgtest.Pool(t, url)
}

// lines is what a command has written so far.
type lines struct{ transcript.Transcript }

// await waits until the command has written a text.
func (l *lines) await(t *testing.T, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(l.String(), text) }, pgtest.Patience, 10*time.Millisecond,
		"not written: %s", text)
}
