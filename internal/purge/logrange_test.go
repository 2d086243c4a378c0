package purge

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// The estimate is of what Postgres writes, for rows that lie together and for rows that are scattered.
func TestTheLogThatAForecastExpectsIsAboutWhatARunWrites(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings map[string]string
		ddl      string
		dead     string // condition
		expected func(LogRange) int64
	}{
		"together":    {dead: `n > 60000`, expected: func(r LogRange) int64 { return r.Least }},
		"scattered":   {dead: `n % 50 = 0`, expected: func(r LogRange) int64 { return r.Most }},
		"everything":  {dead: `true`, expected: func(r LogRange) int64 { return r.Most }},
		"no images":   {dead: `n % 2 = 0`, settings: map[string]string{"full_page_writes": "off"}, expected: func(r LogRange) int64 { return r.Most }},
		"whole rows":  {dead: `n % 2 = 0`, settings: map[string]string{"full_page_writes": "off", "wal_level": "logical"}, ddl: `ALTER TABLE refresh_tokens REPLICA IDENTITY FULL`, expected: func(r LogRange) int64 { return r.Least }},
		"nobody dead": {dead: `false`, expected: func(r LogRange) int64 { return max(r.Most, 64) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := map[string]string{"autovacuum": "off"}
			maps.Copy(settings, c.settings)
			server := pgtest.NewServer(t, localpg.Options{Settings: settings})
			db := &database{t: t, url: server.URL("postgres"), pool: pgtest.Pool(t, server.URL("postgres"))}
			db.exec(createTokens)
			if c.ddl != "" {
				db.exec(c.ddl)
			}
			db.exec(`INSERT INTO refresh_tokens (expires_at) SELECT CASE WHEN ` + c.dead + ` THEN now() - interval '1 day' ELSE now() + interval '1 day' END FROM generate_series(1, 80000) AS n`)
			db.exec(`VACUUM ANALYZE refresh_tokens`)
			all, err := Forecasts(t.Context(), db.config(nil), []Table{tokens})
			require.NoError(t, err)
			expected := c.expected(all[0].Log)

			db.exec(`CHECKPOINT`)
			before := db.number(`SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::int8`)
			p := db.mustPurge(tokens)
			written := db.number(`SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::int8`) - before
			deleted := p.Tables[0].Deleted
			t.Logf("%d rows of %d expected: %d bytes written, of %d to %d expected", deleted, all[0].Dead, written, all[0].Log.Least, all[0].Log.Most)
			const others = 100_000 // what a run and the server write besides
			require.InDelta(t, expected, written, float64(expected)*0.35+others)
		})
	}
}

func TestARunLastsAsLongAsItsPaceAllows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pace Pace
		work time.Duration
		want time.Duration
	}{
		{Pace{DutyCycle: 1}, 3 * time.Second, 3 * time.Second},
		{Pace{DutyCycle: 0.3}, 3 * time.Second, 10 * time.Second},
		{Pace{DutyCycle: 0.3, FinishWithin: time.Hour}, 3 * time.Second, 300 * time.Second},  // quiet is slow enough
		{Pace{DutyCycle: 0.3, FinishWithin: time.Hour}, 30 * time.Minute, 100 * time.Minute}, // late, at its largest duty
		{Pace{DutyCycle: 0.3, FinishWithin: time.Hour}, 0, 0},
	} {
		require.InDelta(t, c.want.Seconds(), c.pace.Lasts(c.work).Seconds(), 0.01, "%+v %s", c.pace, c.work)
	}
	for _, work := range []time.Duration{time.Minute, 10 * time.Minute, 13 * time.Minute} {
		lasts := Pace{DutyCycle: 0.3, FinishWithin: time.Hour}.Lasts(work)
		require.Less(t, lasts, time.Hour, work)
		require.Greater(t, lasts, 10*work/3, work)
	}
}
