package doctor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestAnArchiverThatFailsIsNamed(t *testing.T) {
	t.Parallel()
	server := pgtest.NewServer(t, localpg.Options{Settings: map[string]string{"archive_mode": "on", "archive_command": "false", "wal_level": "replica"}})
	f := &fixture{t: t, url: server.URL("postgres"), pool: pgtest.Pool(t, server.URL("postgres"))}
	status := func() (now Status) {
		for _, c := range f.as(f.url).Examine(t.Context()).Checks {
			if c.Name == "archiver" {
				now = c.Status
			}
		}
		return now
	}
	require.Equal(t, OK, status())
	f.exec(`SELECT pg_logical_emit_message(false, 'filler', 'x')`, `SELECT pg_switch_wal()`)
	require.Eventually(t, func() bool { return status() == Warn }, pgtest.Patience, 100*time.Millisecond)
	f.is(f.as(f.url).Examine(t.Context()), "archiver", Warn, "archiving fails, at 0000")
}
