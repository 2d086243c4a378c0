package purge

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The application adds a lifetime to created_at in the zone of its session, which may be any.
func TestALifetimeEndsWhereverItIsAdded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ zone, created, lifetime string }{
		"a day on which clocks are set back":             {"America/New_York", "2025-11-01 12:00", "1 day"},
		"days, and clocks are set back":                  {"America/New_York", "2025-10-15 12:00", "30 days"},
		"a month that begins on another day":             {"Asia/Tokyo", "2025-03-01 05:00", "1 month"},
		"a month that ends with the first day elsewhere": {"America/New_York", "2025-01-30 20:00", "1 month"},
		"a year from a leap day on":                      {"Asia/Tokyo", "2024-03-01 05:00", "1 year"},
		"months, and clocks are set back":                {"America/New_York", "2025-09-30 12:00", "2 months"},
		"hours":                                          {"America/New_York", "2025-11-01 12:00", "24 hours"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, `CREATE TABLE tokens (created_at timestamptz, lifetime interval)`)
			tx := db.begin()
			_, err := tx.Exec(t.Context(), `SELECT set_config('TimeZone', $1, true)`, c.zone)
			require.NoError(t, err)
			var ends time.Time
			require.NoError(t, tx.QueryRow(t.Context(), `INSERT INTO tokens VALUES ('`+c.created+`', '`+c.lifetime+`') RETURNING created_at + lifetime`).Scan(&ends))
			require.NoError(t, tx.Commit(t.Context()))
			e := db.engine(Table{Name: "tokens", Rules: []Rule{{Expires: []string{"created_at"}, Lifetime: "lifetime"}}})
			at := func(cutoff time.Time) int64 {
				_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{Cutoff: cutoff, Tables: []TableProgress{{Name: "tokens", Title: "tokens"}}})
				require.NoError(t, err)
				return db.number(`SELECT count(*) FROM tokens`)
			}
			require.EqualValues(t, 1, at(ends))
			require.Zero(t, at(ends.Add(4*24*time.Hour)))
		})
	}
}

func TestALifetimeInMonthsIsNoLongerThanThatAndAnHour(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE tokens (created_at timestamptz, lifetime interval);
		INSERT INTO tokens SELECT now() - lifetime - late, lifetime
		FROM unnest('{1 day,30 days,12 hours}'::interval[]) AS lifetime, unnest('{30 minutes,61 minutes}'::interval[]) AS late;
		INSERT INTO tokens VALUES ('2025-06-10 12:00+00', '1 month'), ('2025-06-10 12:00+00', '2 years 1 month')`)
	e := db.engine(Table{Name: "tokens", Rules: []Rule{{Expires: []string{"created_at"}, Lifetime: "lifetime"}}})
	db.mustPurge(e.tables[0])
	require.Equal(t, []string{"1 day", "2 years 1 mon", "30 days"}, db.strings(`SELECT lifetime::text FROM tokens ORDER BY lifetime::text`), "12 hours have no margin")
}
