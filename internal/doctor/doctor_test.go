package doctor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestAWellDatabaseHasNoComplaint(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(
		`REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
		`INSERT INTO siltgate.heartbeats (replica, version, digest) VALUES ('a', '1', 'digest')`,
		`INSERT INTO siltgate.river_leader (elected_at, expires_at, leader_id, name) VALUES (now(), now() + interval '1 hour', 'a', 'default')`)
	r := f.doctor.Examine(t.Context())
	require.Zero(t, r.Count(Fail)+r.Count(Warn), r.String())
	require.Contains(t, r.String(), "0 fail")
	require.Empty(t, r.SQL())
	for line := range strings.Lines(r.String()) {
		require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), width)
	}

	brief := r.Text(width, false)
	require.Less(t, strings.Count(brief, "\n"), 24, "it fits on a terminal: %s", brief)
	require.Contains(t, brief, "  ok    public.refresh_tokens: about 0 rows dead\n")
	for _, c := range r.Checks {
		require.Contains(t, brief, c.Name)
	}
	for line := range strings.Lines(brief) {
		require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), width)
	}
}

func TestABriefReportHidesNothingThatIsNotOK(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`CREATE TABLE logins (token bigint REFERENCES refresh_tokens)`)
	r := f.doctor.Examine(t.Context())
	brief := r.Text(10_000, false)
	for _, c := range r.Checks {
		if c.Status == OK {
			continue
		}
		require.Contains(t, brief, fmt.Sprintf("  %-4s  %s: %s\n", c.Status, c.Name, c.Reason))
		require.Contains(t, brief, c.Remedy)
		for _, sql := range c.SQL {
			require.Contains(t, brief, sql)
		}
	}
	require.Positive(t, r.Count(Fail))
	require.Contains(t, brief, fmt.Sprintf("%d fail; --wide has the reasons of what is ok\n", r.Count(Fail)))
}

func TestADatabaseThatIsNotThereIsOneFailedCheck(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.as("postgres://nobody:wrong@127.0.0.1:1/none").Examine(t.Context())
	require.Len(t, r.Checks, 1)
	f.is(r, "server", Fail, "")
	require.NotContains(t, r.String(), "wrong")
}

func TestARoleThatMayNothingIsToldSoByEachCheck(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, url := pgtest.Role(t, f.url, "")
	r := f.as(url).Examine(t.Context())
	f.is(r, "privileges", Fail, "may not do all")
	f.is(r, "replicas", Warn, "could not be looked at")
	f.is(r, "clock", OK, "")
	f.is(r, "slots", OK, "")
	require.Contains(t, r.SQL(), "GRANT USAGE ON SCHEMA siltgate")
}

func TestWhoeverReadsIsGrantedEveryView(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var views []string
	require.NoError(t, f.pool.QueryRow(t.Context(), `
		SELECT array_agg(relname::text ORDER BY relname) FROM pg_class WHERE relnamespace = 'siltgate'::regnamespace AND relkind = 'v'`).Scan(&views))
	require.Equal(t, views, readableViews())
}
