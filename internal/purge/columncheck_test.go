package purge

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The later column would say alone which rows are done, whatever the other one says.
func TestADoneColumnThatSaysSinceWhenTakesNoOtherForThat(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE tokens (id bigint, created_at timestamptz, revoked_at timestamptz, used_at bigint);
		INSERT INTO tokens VALUES (1, now() - interval '1 day', NULL, 0)`)
	for _, rule := range []Rule{
		{Done: "revoked_at", DoneSince: "created_at"},
		{Done: "used_at", DoneSince: "created_at", DoneUnit: Seconds},
	} {
		table := Table{Name: "tokens", Rules: []Rule{rule}}
		_, err := db.purge(table)
		require.ErrorContains(t, err, `column "`+rule.Done+`" says itself since when a row is done: leave DONE_SINCE_COLUMN empty`)
		require.EqualError(t, db.inspect(table)[0].Err(), `column "`+rule.Done+`" says itself since when a row is done: `+
			`leave DONE_SINCE_COLUMN empty, which is for a column that does not`)
		require.EqualValues(t, 1, db.number(`SELECT count(*) FROM tokens`))
	}
}

// A column gets another type between two pages of a list, whose statement is prepared.
func TestAColumnThatGetsAnotherTypeWhileItIsListedIsNamed(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE tokens (expires_at timestamptz);
		INSERT INTO tokens SELECT now() - n * interval '1 second' FROM generate_series(1, 900) AS n;
		CREATE INDEX ON tokens (expires_at); ANALYZE tokens`)
	pages := 0
	e := db.engineOn(db.watched(func(sql string) {
		if strings.HasPrefix(sql, "SELECT t.ctid, t.\"expires_at\"") {
			if pages++; pages == 4 {
				db.exec(`ALTER TABLE tokens ALTER expires_at TYPE timestamp`)
			}
		}
	}), Table{Name: "tokens", Rules: []Rule{{Expires: []string{"expires_at"}}}})
	e.Pace.BatchTarget = time.Microsecond // small pages
	_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.GreaterOrEqual(t, pages, 4)
	require.ErrorContains(t, err, `column "expires_at" is a timestamp without zone`)
}

func TestAnOptionalTableThatIsAbsentCostsNoLookAtAllNames(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	e := db.engineOn(db.watched(func(sql string) { require.NotContains(t, sql, "pg_catalog.lower(c.relname") }), Table{Name: "password_resets", Rules: tokens.Rules, Optional: true})
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.True(t, p.Tables[0].Absent)
}

func TestAKeyOfAPartitionedTableWithoutAnIndexIsMendedWithoutLockingOut(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		CREATE TABLE logins (token bigint CONSTRAINT fk REFERENCES refresh_tokens, day date) PARTITION BY LIST (day);
		CREATE TABLE logins_all PARTITION OF logins DEFAULT`)
	require.EqualError(t, db.inspect(tokens)[0].Err(), `foreign key "fk" has no index, so each deleted row would read all of public.logins: `+
		`create one in each of its partitions with CREATE INDEX CONCURRENTLY, then CREATE INDEX ON "public"."logins" ("token"), which takes those over`)
	db.exec(`CREATE INDEX CONCURRENTLY ON logins_all (token)`)
	db.exec(`CREATE INDEX ON "public"."logins" ("token")`)
	require.NoError(t, db.inspect(tokens)[0].Err())
}
