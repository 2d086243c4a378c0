package purge

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// ofDatabase sets the timezone of the database, ofRole one of the role in it.
const (
	ofDatabase = `DO $$ BEGIN EXECUTE format('ALTER DATABASE %%I SET timezone = ''Asia/Tokyo''', current_database()); END $$;`
	ofRole     = `DO $$ BEGIN EXECUTE format('ALTER ROLE %%I IN DATABASE %%I SET timezone = ''Asia/Kathmandu''', '%[2]s', current_database()); END $$;`
	ofElse     = `ALTER ROLE %[1]s IN DATABASE postgres SET timezone = 'Asia/Kathmandu';`
	ofUser     = `ALTER ROLE %[1]s SET timezone = 'Asia/Kathmandu';`
	inCapitals = `ALTER ROLE %[1]s SET "TimeZone" = 'Asia/Kathmandu';`
)

func TestTheDatabasesZoneIsNeverOneThatARoleOrAConnectionHasSet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set       string
		parameter string
		zone      string // empty: the server's
		unknown   string // in the problem
		mend      string
	}{
		"nothing is set":                     {},
		"the database's":                     {set: ofDatabase, zone: "Asia/Tokyo"},
		"the database's before the role's":   {set: ofDatabase + ofUser + ofRole, zone: "Asia/Tokyo"},
		"the database's before a parameter":  {set: ofDatabase, parameter: "timezone", zone: "Asia/Tokyo"},
		"the role's in another database":     {set: ofElse},
		"the role's":                         {set: ofUser, unknown: "role %[1]s has", mend: `ALTER ROLE %[1]s RESET timezone`},
		"the role's, spelled in capitals":    {set: inCapitals, unknown: "role %[1]s has", mend: `ALTER ROLE %[1]s RESET timezone`},
		"the role's in this database":        {set: ofRole, unknown: "role %[1]s has", mend: `ALTER ROLE %[1]s IN DATABASE %[2]s RESET timezone`},
		"a parameter of the connection":      {parameter: "timezone", unknown: "the connection's settings have"},
		"a parameter in capitals":            {parameter: "TimeZone", unknown: "the connection's settings have"},
		"an option of the connection":        {parameter: "options", unknown: "the connection's settings have"},
		"a parameter where the role has one": {set: ofUser, parameter: "timezone", unknown: "the connection's settings have"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, `CREATE TABLE tokens (expires_at timestamp)`)
			_, url := pgtest.Role(t, db.url, "GRANT SELECT, UPDATE, DELETE ON tokens TO %[1]s;"+c.set)
			config, err := pgx.ParseConfig(url)
			require.NoError(t, err)
			server := db.strings(`SELECT reset_val FROM pg_settings WHERE name = 'TimeZone'`)[0]
			switch c.parameter {
			case "":
			case "options":
				config.RuntimeParams["options"] = "-c timezone=Asia/Kathmandu"
			default:
				config.RuntimeParams[c.parameter] = "Asia/Kathmandu"
			}
			conn, err := Open(t.Context(), config, alone)
			require.NoError(t, err)
			defer conn.Close(t.Context())
			zone, unknown, err := conn.catalog().databaseZone(t.Context())
			require.NoError(t, err)
			var now string
			require.NoError(t, conn.conn.QueryRow(t.Context(), `SHOW TimeZone`).Scan(&now))
			require.Equal(t, "UTC", now, "the session's own is as it was")

			table := Table{Name: "tokens", Rules: []Rule{{Expires: []string{"expires_at"}, ExpiresZone: DatabaseZone}}}
			found, err := Inspect(t.Context(), config, []Table{table, {Name: "other"}})
			require.NoError(t, err, "what is wrong with a table does not keep others from being looked at")
			if c.unknown == "" {
				if c.zone == "" {
					c.zone = server
				}
				require.Equal(t, c.zone, zone)
				require.Empty(t, unknown)
				require.NoError(t, found[0].Err())
				return
			}
			role, database := pgx.Identifier{config.User}.Sanitize(), pgx.Identifier{config.Database}.Sanitize()
			require.Len(t, unknown, 1)
			require.Contains(t, unknown[0].Problem, fmt.Sprintf(c.unknown+"%.0[1]s", role))
			require.Equal(t, fmt.Sprintf(c.mend+"%.0[1]s%.0[2]s", role, database), strings.Join(unknown[0].SQL, ""))
			require.ErrorContains(t, found[0].Err(), unknown[0].Problem)
			_, err = Engine{Session: conn, Pace: Pace{DutyCycle: 1}, Log: slog.New(slog.DiscardHandler)}.Run(t.Context(), Request{Tables: []Table{table}}, Progress{})
			require.ErrorContains(t, err, unknown[0].Problem)
		})
	}
}

func TestRowsDieByTheClockOfTheDatabaseAndNotByThatOfTheRole(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `CREATE TABLE tokens (name text, expires_at timestamp)`)
	worker := db.as(`GRANT SELECT, UPDATE, DELETE ON tokens TO %[1]s; ` + ofDatabase + `ALTER ROLE %[1]s SET timezone = 'America/New_York'`)
	conn, err := pgx.Connect(t.Context(), db.url) // after the setting was made
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `INSERT INTO tokens VALUES ('live', now() + interval '1 minute'), ('dead', now() - interval '1 second')`)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	p := worker.mustPurge(Table{Name: "tokens", Rules: []Rule{{Expires: []string{"expires_at"}, ExpiresZone: DatabaseZone}}})
	require.EqualValues(t, 1, p.Deleted())
	require.Equal(t, []string{"live"}, db.strings(`SELECT name FROM tokens`))
}
