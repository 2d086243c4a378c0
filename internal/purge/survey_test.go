package purge

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// dryRun is what a dry run sees of a table.
func (db *database) dryRun(table Table) (TableProgress, *Survey) {
	db.t.Helper()
	e := db.engine(table)
	defer e.Session.Close(db.t.Context())
	p, err := e.Run(db.t.Context(), Request{Tables: e.tables, DryRun: true}, Progress{})
	require.NoError(db.t, err)
	_, err = json.Marshal(p)
	require.NoError(db.t, err, "whatever dates a table has, the progress is recorded")
	seen := p.Tables[0].Seen()
	require.NotNil(db.t, seen)
	return p.Tables[0], seen
}

func TestFault60ADryRunShowsTheRowsOnBothSidesOfEachBoundInTheColumnsOwnClock(t *testing.T) {
	t.Parallel()
	for plan, index := range map[string]string{
		planSweep: ``,
		planIndex: `; CREATE INDEX ON t (expires_at); CREATE INDEX ON t (done_at)`,
	} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, `CREATE TABLE t (expires_at timestamptz, done_at timestamp)`+index)
			// New York wrote done_at; an hour of grace is kept there.
			db.exec(`INSERT INTO t VALUES
				(now() - interval '3 days', NULL),
				(now() - interval '10 minutes', NULL),
				(now() + interval '20 minutes', NULL),
				(now() + interval '1 day', now() AT TIME ZONE 'America/New_York' - interval '2 hours'),
				(now() + interval '1 day', now() AT TIME ZONE 'America/New_York' - interval '30 minutes'),
				(now() - interval '1 day', now() AT TIME ZONE 'America/New_York' - interval '1 day'),
				(now() + interval '5 days', NULL), (now() + interval '6 days', NULL), ('infinity', NULL), (NULL, NULL)`)
			table := Table{Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Done: "done_at", KeepDone: time.Hour, ExpiresZone: "America/New_York", DoneZone: "America/New_York"}}}
			p, seen := db.dryRun(table)
			require.Equal(t, plan, p.Plan)
			require.EqualValues(t, 4, p.Counted)
			require.Equal(t, [3]int64{2, 1, 1}, [3]int64{seen.Expired, seen.Done, seen.Both})
			require.Len(t, seen.Edges, 2)
			expires, done := seen.Edges[0], seen.Edges[1]
			now := time.Now()
			near := func(want time.Time, seconds *int64) {
				t.Helper()
				require.NotNil(t, seconds)
				require.InDelta(t, want.Unix(), *seconds, 60)
			}
			near(now.Add(-10*time.Minute), expires.LastDead)
			near(now.Add(20*time.Minute), expires.FirstLive)
			near(now, &expires.Bound)
			zone, err := time.LoadLocation("America/New_York")
			require.NoError(t, err)
			_, offset := now.In(zone).Zone()
			local := now.Add(time.Duration(offset) * time.Second)
			near(local.Add(-time.Hour), &done.Bound)
			near(local.Add(-2*time.Hour), done.LastDead)
			near(local.Add(-30*time.Minute), done.FirstLive)
			require.Equal(t, "America/New_York", done.Zone)
			require.Equal(t, local.Add(-time.Hour).UTC().Format("2006-01-02"), done.Clock(&done.Bound)[:10])
		})
	}
}

// Each rule of a table with a lifetime for each kind of row has a bound, and rows around it, of its own.
func TestADryRunShowsOfARuleForSomeRowsOnlyThose(t *testing.T) {
	t.Parallel()
	for plan, index := range map[string]string{planSweep: ``, planIndex: `; CREATE INDEX ON t (used_at)`} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, `CREATE TABLE t (kind text, used_at timestamptz)`+index)
			db.exec(`INSERT INTO t VALUES
				('web', now() - interval '2 hours'), ('web', now() - interval '30 minutes'), ('web', now()), ('phone', now() - interval '31 days'), ('phone', now() - interval '29 days'),
				('phone', now() - interval '50 minutes'), (NULL, now() - interval '1 year'), (NULL, now() - interval '40 minutes'), ('robot', now() - interval '45 minutes')`)
			of := func(kind string, grace time.Duration) Rule {
				return Rule{Expires: []string{"used_at"}, KeepExpired: grace, Only: "kind", OnlyValues: []string{kind}}
			}
			p, seen := db.dryRun(Table{Name: "t", Rules: []Rule{of("web", time.Hour), of("phone", 30*24*time.Hour)}})
			require.Equal(t, plan, p.Plan)
			require.Len(t, seen.Edges, 2)
			for i, want := range [][2]time.Duration{{2 * time.Hour, 30 * time.Minute}, {31 * 24 * time.Hour, 29 * 24 * time.Hour}} {
				require.InDelta(t, time.Now().Add(-want[0]).Unix(), *seen.Edges[i].LastDead, 60)
				require.InDelta(t, time.Now().Add(-want[1]).Unix(), *seen.Edges[i].FirstLive, 60)
			}
		})
	}
}

func TestFault61ADryRunWarnsOfDatesAndSharesThatLookWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ rows, want string }{
		"an inverted column": {`SELECT now() + interval '1 day', n < 30 FROM generate_series(1, 40) AS n`, `29 of 29 dead rows expire in the future`},
		"more than half":     {`SELECT now() - interval '1 day' * sign(n - 10), false FROM generate_series(1, 40) AS n`, `31 of 40 rows are dead`},
		"the year 1":         {`SELECT CASE n WHEN 1 THEN '0001-01-01 00:00:00+00' ELSE now() + interval '1 day' END, false FROM generate_series(1, 40) AS n`, `1 of 1 dead rows have a date before 2000, the first of them 0001-01-01 00:00:00`},
		"the year 1970":      {`SELECT CASE n WHEN 1 THEN '1970-01-01 00:00:00+00' ELSE now() + interval '1 day' END, false FROM generate_series(1, 40) AS n`, `1 of 1 dead rows have a date before 2000`},
		"before Christ":      {`SELECT CASE n WHEN 1 THEN '4713-01-01 00:00:00+00 BC' ELSE now() + interval '1 day' END, false FROM generate_series(1, 40) AS n`, `1 of 1 dead rows have a date before 2000`},
		"the year 9999":      {`SELECT CASE n WHEN 1 THEN '9999-12-31 00:00:00+00' ELSE now() + interval '1 day' END, false FROM generate_series(1, 40) AS n`, `rows with a date as late as 9999-12-31 00:00:00`},
		"the last year":      {`SELECT CASE n WHEN 1 THEN '294276-12-31 00:00:00+00' ELSE now() + interval '1 day' END, n = 1 FROM generate_series(1, 40) AS n`, `rows with a date as late as 294276-12-31 00:00:00`},
		"nothing":            {`SELECT now() + interval '1 day' * (n - 10), NULL::boolean FROM generate_series(1, 40) AS n`, ``},
	} {
		for _, index := range []string{``, indexTokens} {
			t.Run(name+" "+index[:min(1, len(index))], func(t *testing.T) {
				t.Parallel()
				db := newDatabase(t, createTokens+";"+index)
				db.exec(`INSERT INTO refresh_tokens (expires_at, revoked) ` + c.rows)
				_, seen := db.dryRun(tokens)
				warnings := seen.Warnings(tokens)
				if c.want == "" {
					require.Empty(t, warnings)
					return
				}
				require.Contains(t, strings.Join(warnings, "\n"), c.want)
			})
		}
	}
}
