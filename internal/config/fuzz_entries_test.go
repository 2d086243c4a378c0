package config_test

import (
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// FuzzEntries sets the variables of two entries, which may be of one table. What is accepted are tables of these names,
// each with the rules and the permissions of all its entries, and zones that exist.
func FuzzEntries(f *testing.F) {
	f.Add("t", "public.t", "UTC", "database", "Europe/Berlin", "revoked", "used", "kept", uint8(4), uint64(0x6000))
	f.Add("tenant_*.tokens", "tenant_1.tokens", "", "", "", "", "used", "kept", uint8(3), uint64(0))
	f.Add("Refresh Token", "a.b.c", "Local", "+02", "Etc/GMT+12", "done", "", "hold", uint8(8), uint64(0x61))
	f.Add("t", "t", "", "database ", "", "", "", "", uint8(14), uint64(1))
	url := pgtest.Server(f).URL("postgres")
	fuzzing := flag.Lookup("test.fuzz").Value.String() != ""
	f.Fuzz(func(t *testing.T, name0, name1, tableZone, expiresZone, doneZone, done0, done1, keep string, permitted uint8, types uint64) {
		permit := [4]string{}
		for i := range permit {
			permit[i] = strings.Repeat("true", int(permitted>>i&1))
		}
		environ := []string{"DATABASE_URL=" + url}
		for i, entry := range [][][2]string{{
			{"NAME", name0},
			{"TIMESTAMP_ZONE", tableZone},
			{"EXPIRES_ZONE", expiresZone},
			{"DONE_COLUMN", done0},
			{"ALLOW_CASCADE", permit[0]},
			{"DROP_PARTITIONS", permit[2]},
		}, {
			{"NAME", name1},
			{"EXPIRES_COLUMN", "ends"},
			{"DONE_COLUMN", done1},
			{"DONE_ZONE", doneZone},
			{"ALLOW_CASCADE", permit[1]},
			{"DROP_PARTITIONS", permit[3]},
			{"KEEP_COLUMN", keep},
		}} {
			for _, setting := range entry {
				environ = append(environ, fmt.Sprintf("SILTGATE_TABLES_%d_%s=%s", i, setting[0], setting[1]))
			}
		}
		c, err := config.Load(environ)
		if problems, ok := errors.AsType[config.Problems](err); ok {
			lines := strings.Split(err.Error(), "\n")
			require.Len(t, lines, len(problems))
			require.False(t, strings.ContainsFunc(strings.Join(lines, ""), unicode.IsControl), "%q", err.Error())
			return
		}
		require.NoError(t, err)
		entries, cascades, drops := 0, false, false
		for _, table := range c.Tables {
			requireNameThatPostgresHas(t, table)
			cascades, drops = cascades || table.AllowCascade, drops || table.DropPartitions
			for _, rule := range table.Rules {
				entries++
				require.False(t, table.DropPartitions && rule.Keep != "", "rows that are kept would go with their partition")
				requireZone(t, rule.ExpiresZone)
				requireZone(t, rule.DoneZone)
			}
			if !fuzzing || crc32.ChecksumIEEE([]byte(strings.Join(environ[1:], "\n")))%judgedOf == 0 {
				table.Schema, table.Name = "", "fuzzed"
				requireNullsStay(t, url, table, types)
			}
		}
		require.Equal(t, 2, entries, "each entry is a rule of one table")
		require.Equal(t, permitted&3 != 0, cascades)
		require.Equal(t, permitted&12 != 0, drops)
		require.Equal(t, len(c.Tables) == 1, c.Tables[0].Is(c.Tables[len(c.Tables)-1].String()), "no table is there twice")
	})
}

func requireNameThatPostgresHas(t *testing.T, table purge.Table) {
	t.Helper()
	require.NotEmpty(t, strings.Trim(table.Name, "*"), "every table would be meant")
	for _, part := range []string{table.Schema, table.Name} {
		require.LessOrEqual(t, len(part), 63)
		require.True(t, utf8.ValidString(part))
		require.Equal(t, strings.TrimSpace(part), part)
		require.False(t, strings.ContainsFunc(part, unicode.IsControl), "%q", part)
		require.False(t, strings.ContainsAny(part, `."'\`), "%q", part)
	}
}

func requireZone(t *testing.T, zone string) {
	t.Helper()
	if zone != "" && zone != purge.DatabaseZone {
		_, err := time.LoadLocation(zone)
		require.NoError(t, err)
		require.NotEqual(t, "Local", zone, "it is another zone on another replica")
	}
}
