package config_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/purge"
)

func TestTablesAreRead(t *testing.T) {
	t.Parallel()
	c := load(t,
		"SILTGATE_TABLES_0_NAME=RefreshToken", "SILTGATE_TABLES_0_DONE_COLUMN=revokedAt",
		"SILTGATE_TABLES_0_TIMESTAMP_ZONE=Asia/Tokyo", "SILTGATE_TABLES_0_KEEP_DONE=720h",
		"SILTGATE_TABLES_0_KEEP_EXPIRED=1h", "SILTGATE_TABLES_0_ALLOW_CASCADE=true",
		"SILTGATE_TABLES_1_NAME=auth.password resets", "SILTGATE_TABLES_1_EXPIRES_COLUMN=",
		"SILTGATE_TABLES_1_DONE_COLUMN=used",
		"SILTGATE_TABLES_2_NAME=sessions", "SILTGATE_TABLES_2_EXPIRES_COLUMN=valid.until",
		"SILTGATE_TABLES_2_DONE_COLUMN=ended", "SILTGATE_TABLES_2_KEEP_DONE=until-expired")
	require.Equal(t, []purge.Table{{
		Name: "RefreshToken", ExpiresColumn: "expires_at", DoneColumn: "revokedAt", TimestampZone: "Asia/Tokyo",
		KeepDone: 720 * time.Hour, KeepExpired: time.Hour, AllowCascade: true,
	}, {
		Schema: "auth", Name: "password resets", DoneColumn: "used",
	}, {
		Name: "sessions", ExpiresColumn: "valid.until", DoneColumn: "ended", KeepDoneUntilExpired: true,
	}}, c.Tables)
}

func TestMoreThanTenTablesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	var environ []string
	for i, letter := range strings.Split("abcdefghijklm", "") {
		environ = append(environ, fmt.Sprintf("SILTGATE_TABLES_%d_NAME=%s", i, letter))
	}
	var names strings.Builder
	for _, table := range load(t, environ...).Tables {
		names.WriteString(table.Name)
	}
	require.Equal(t, "abcdefghijklm", names.String())
}

func TestFault29AHostileIdentifierIsRefused(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"NAME", "EXPIRES_COLUMN", "DONE_COLUMN"} {
		for _, name := range []string{
			`a";DROP TABLE x--`, `"RefreshToken"`, "it's", "back`tick", `back\slash`, " ", " a", "a ", "a\tb",
			"a\nb", "a\x00b", "a\x7fb", "a\u200bb", "a\u00a0b", "a\xffb", strings.Repeat("a", 64), strings.Repeat("é", 32),
		} {
			environ := []string{databaseURL, "SILTGATE_TABLES_0_NAME=t", "SILTGATE_TABLES_0_" + suffix + "=" + name}
			require.Contains(t, refusal(t, environ...), "SILTGATE_TABLES_0_"+suffix+"=", "%q", name)
		}
	}
	for _, name := range []string{"a.b.c", ".a", "a.", ".", "a..b", "a.b ", "a . b"} {
		require.Contains(t, refusal(t, databaseURL, "SILTGATE_TABLES_0_NAME="+name), "SILTGATE_TABLES_0_NAME="+name, "%q", name)
	}
}

func TestWhatMakesNoSenseForATableIsRefused(t *testing.T) {
	t.Parallel()
	const prefix = "SILTGATE_TABLES_0_"
	for environ, want := range map[string]string{
		"EXPIRES_COLUMN= NAME=t":                                                prefix + "DONE_COLUMN: want a column, since EXPIRES_COLUMN is empty: no row would ever be dead",
		"NAME=t DONE_COLUMN=expires_at":                                         prefix + "DONE_COLUMN=expires_at: want a column other than EXPIRES_COLUMN: every row would be dead",
		"NAME=t KEEP_DONE=1h":                                                   prefix + "KEEP_DONE=1h: want DONE_COLUMN beside it",
		"NAME=t KEEP_DONE=until-expired":                                        prefix + "KEEP_DONE=until-expired: want DONE_COLUMN beside it",
		"NAME=t EXPIRES_COLUMN= DONE_COLUMN=used KEEP_DONE=until-expired":       prefix + "KEEP_DONE=until-expired: want a duration, since EXPIRES_COLUMN is empty",
		"NAME=t EXPIRES_COLUMN= DONE_COLUMN=used KEEP_EXPIRED=1h":               prefix + "KEEP_EXPIRED=1h: want it unset, since EXPIRES_COLUMN is empty",
		"NAME=t DONE_COLUMN=used KEEP_DONE=Until-Expired":                       prefix + "KEEP_DONE=Until-Expired: want a duration of 0 or more, such as 24h or 90s, or until-expired",
		"NAME=t DONE_COLUMN=used KEEP_DONE=-1h":                                 prefix + "KEEP_DONE=-1h: want a duration of 0 or more, such as 24h or 90s, or until-expired",
		"NAME=t KEEP_EXPIRED=2w":                                                prefix + "KEEP_EXPIRED=2w: want a duration of 0 or more, such as 24h or 90s",
		"NAME=t ALLOW_CASCADE=yes":                                              prefix + "ALLOW_CASCADE=yes: want true or false",
		"NAME=t TIMESTAMP_ZONE=+02":                                             prefix + "TIMESTAMP_ZONE=+02: want an IANA zone such as UTC or Europe/Berlin",
		"DONE_COLUMN=used":                                                      prefix + "NAME: want table or schema.table, each of at most 63 bytes, without quotes, backslashes or control characters",
		"NAME=t EXPIRES_COLUMN= DONE_COLUMN=used TIMESTAMP_ZONE=UTC KEEP_DONE=": "",
	} {
		var given []string
		for variable := range strings.FieldsSeq(environ) {
			given = append(given, prefix+variable)
		}
		if want == "" {
			load(t, given...)
			continue
		}
		require.Equal(t, want, refusal(t, append(given, databaseURL)...))
	}
}

func TestATableConfiguredTwiceIsRefused(t *testing.T) {
	t.Parallel()
	for _, names := range [][2]string{{"t", "t"}, {"t", "public.t"}, {"public.t", "t"}, {"a.t", "a.t"}} {
		require.Equal(t, "SILTGATE_TABLES_1_NAME="+names[1]+": want each table once: it is "+names[0]+" again",
			refusal(t, databaseURL, "SILTGATE_TABLES_0_NAME="+names[0], "SILTGATE_TABLES_1_NAME="+names[1]))
	}
	load(t, "SILTGATE_TABLES_0_NAME=t", "SILTGATE_TABLES_1_NAME=auth.t", "SILTGATE_TABLES_2_NAME=T")
}

func TestAGapInTheNumbersOfTablesIsRefused(t *testing.T) {
	t.Parallel()
	require.Equal(t, "SILTGATE_TABLES_1_NAME=t: want tables numbered from 0 without a gap, this one 0",
		refusal(t, databaseURL, "SILTGATE_TABLES_1_NAME=t"))
	require.Equal(t, "SILTGATE_TABLES_9_NAME=b: want tables numbered from 0 without a gap, this one 1",
		refusal(t, databaseURL, "SILTGATE_TABLES_0_NAME=a", "SILTGATE_TABLES_9_NAME=b", "SILTGATE_TABLES_10_NAME=c"))
	require.Contains(t, refusal(t, databaseURL, "SILTGATE_TABLES_00_NAME=t"), "SILTGATE_TABLES_00_NAME: no such variable")
}
