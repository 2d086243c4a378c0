package config_test

import (
	"errors"
	"flag"
	"hash/crc32"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/internal/testkit/turn"
)

// columnTypes are what the columns of the fuzzed table may be.
var columnTypes = []string{
	"timestamptz", "timestamp", "date", "integer", "bigint", "numeric", "boolean", "text", "interval", "uuid", "time",
}

var unitsOf = []string{"", "s", "ms", "h"}

// judgedOf is of how many accepted configurations the fuzzer tries one on a table, which takes as
// long as to read a thousand of them.
const judgedOf = 32

// FuzzTables sets the variables of a table to anything. What is accepted has a rule that no row
// of NULLs satisfies, which a run shows on a table with these columns, of any types.
func FuzzTables(f *testing.F) {
	f.Add("expires_at", "", "revoked", "", "", "", "", "", "", "UTC", "1d", "until-expired", uint8(0), uint64(0x6000))
	f.Add("a,b,c", "", "status", `used,\,,revoked`, "since", "kind", "null,session", "hold", "*", "Asia/Tokyo", "30d", "1h", uint8(1), uint64(0x777101))
	f.Add("created", "ttl", "", "", "", "kind", "null", "", "", "database", "", "", uint8(2), uint64(0x84))
	f.Add("", "", "redeemed", "", "", "", "", "kept", "", "", "", "2h", uint8(12), uint64(0x46))
	url := pgtest.Server(f).URL("postgres")
	fuzzing := flag.Lookup("test.fuzz").Value.String() != ""
	f.Fuzz(func(t *testing.T, expires, lifetime, done, doneValues, since, only, onlyValues, keep, keepValues, zone, keepExpired, keepDone string,
		units uint8, types uint64,
	) {
		const prefix = "SILTGATE_TABLES_0_"
		environ := []string{"DATABASE_URL=" + url, prefix + "NAME=fuzzed", prefix + "EXPIRES_COLUMN=" + expires}
		for _, setting := range [][2]string{
			{"LIFETIME_COLUMN", lifetime},
			{"DONE_COLUMN", done},
			{"DONE_VALUES", doneValues},
			{"DONE_SINCE_COLUMN", since},
			{"ONLY_COLUMN", only},
			{"ONLY_VALUES", onlyValues},
			{"KEEP_COLUMN", keep},
			{"KEEP_VALUES", keepValues},
			{"TIMESTAMP_ZONE", zone},
			{"KEEP_EXPIRED", keepExpired},
			{"KEEP_DONE", keepDone},
			{"EXPIRES_UNIT", unitsOf[units%4]},
			{"DONE_UNIT", unitsOf[units/4%4]},
		} {
			environ = append(environ, prefix+setting[0]+"="+setting[1])
		}
		c, err := config.Load(environ)
		if problems, ok := errors.AsType[config.Problems](err); ok {
			require.Len(t, strings.Split(err.Error(), "\n"), len(problems))
			return
		}
		require.NoError(t, err)
		require.Len(t, c.Tables, 1)
		for _, rule := range c.Tables[0].Rules {
			require.False(t, len(rule.Expires) == 0 && rule.Done == "", "a rule that calls no row dead")
			require.NotContains(t, rule.Expires, rule.Done)
			require.False(t, rule.KeepExpired < 0 || rule.KeepDone < 0)
			require.False(t, slices.Contains(rule.DoneValues, "null"))
			if !fuzzing || crc32.ChecksumIEEE([]byte(strings.Join(environ[1:], "\n")))%judgedOf == 0 {
				requireNullsStay(t, url, c.Tables[0], types)
			}
		}
	})
}

// requireNullsStay makes a table with the columns of its rules and a row of NULLs, and purges it.
func requireNullsStay(t *testing.T, url string, table purge.Table, types uint64) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	var names []string
	for _, rule := range table.Rules {
		names = append(append(names, rule.Expires...), rule.Lifetime, rule.Done, rule.DoneSince, rule.Only, rule.Keep)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	slices.Sort(names)
	var columns []string
	for i, name := range slices.Compact(names) {
		columns = append(columns, pgx.Identifier{name}.Sanitize()+" "+columnTypes[types>>(4*i%64)%16%uint64(len(columnTypes))])
	}
	if _, err := conn.Exec(t.Context(), `DROP TABLE IF EXISTS fuzzed; CREATE TABLE fuzzed (`+strings.Join(columns, ", ")+`)`); err != nil {
		t.Skip(err) // a column that every table has
	}
	_, err = conn.Exec(t.Context(), `INSERT INTO fuzzed DEFAULT VALUES`)
	require.NoError(t, err)

	session, err := purge.Open(t.Context(), conn.Config(), turn.Alone)
	require.NoError(t, err)
	defer session.Close(t.Context())
	engine := purge.Engine{Session: session, Pace: purge.Pace{DutyCycle: 1}, Log: slog.New(slog.DiscardHandler)}
	progress, err := engine.Run(t.Context(), purge.Request{Tables: []purge.Table{table}}, purge.Progress{})
	if err == nil { // else a type that the rule cannot have
		require.True(t, progress.Done)
	}
	var left int
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT count(*) FROM fuzzed`).Scan(&left))
	require.Equal(t, 1, left, "%v %v", table, columns)
}
