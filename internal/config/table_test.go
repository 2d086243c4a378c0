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
		"SILTGATE_TABLES_0_KEEP_EXPIRED=1h", "SILTGATE_TABLES_0_ALLOW_CASCADE=true", "SILTGATE_TABLES_0_DROP_PARTITIONS=true",
		"SILTGATE_TABLES_1_NAME=auth.password resets", "SILTGATE_TABLES_1_EXPIRES_COLUMN=",
		"SILTGATE_TABLES_1_DONE_COLUMN=used",
		"SILTGATE_TABLES_2_NAME=sessions", "SILTGATE_TABLES_2_EXPIRES_COLUMN=valid.until",
		"SILTGATE_TABLES_2_DONE_COLUMN=ended", "SILTGATE_TABLES_2_KEEP_DONE=until-expired")
	require.Equal(t, []purge.Table{{
		Name: "RefreshToken", Except: "siltgate", AllowCascade: true, DropPartitions: true,
		Rules: []purge.Rule{{
			Expires: []string{"expires_at"}, ExpiresZone: "Asia/Tokyo", KeepExpired: time.Hour,
			Done: "revokedAt", DoneZone: "Asia/Tokyo", KeepDone: 720 * time.Hour,
		}},
	}, {
		Schema: "auth", Name: "password resets", Except: "siltgate", Rules: []purge.Rule{{Done: "used"}},
	}, {
		Name: "sessions", Except: "siltgate", Rules: []purge.Rule{{Expires: []string{"valid.until"}, Done: "ended", KeepDoneUntilExpired: true}},
	}}, c.Tables)
}

func TestEveryShapeOfARuleIsRead(t *testing.T) {
	t.Parallel()
	c := load(t,
		"SILTGATE_TABLES_0_NAME=grants", "SILTGATE_TABLES_0_EXPIRES_COLUMN=idle_ends, ends", "SILTGATE_TABLES_0_EXPIRES_UNIT=ms",
		"SILTGATE_TABLES_0_EXPIRES_ZONE=database", "SILTGATE_TABLES_0_DONE_ZONE=Asia/Tokyo", "SILTGATE_TABLES_0_KEEP_EXPIRED=30d",
		"SILTGATE_TABLES_0_DONE_COLUMN=status", `SILTGATE_TABLES_0_DONE_VALUES=used, a\,b,back\\slash,end\`,
		"SILTGATE_TABLES_0_DONE_SINCE_COLUMN=changed", "SILTGATE_TABLES_0_DONE_UNIT=s", "SILTGATE_TABLES_0_KEEP_DONE=1d12h",
		"SILTGATE_TABLES_1_NAME=public.grants", "SILTGATE_TABLES_1_EXPIRES_COLUMN=created_at", "SILTGATE_TABLES_1_LIFETIME_COLUMN=expires_in",
		"SILTGATE_TABLES_1_ONLY_COLUMN=context", "SILTGATE_TABLES_1_ONLY_VALUES=session,null",
		"SILTGATE_TABLES_1_KEEP_COLUMN=refresh_token", "SILTGATE_TABLES_1_KEEP_VALUES=*", "SILTGATE_TABLES_1_ALLOW_CASCADE=true")
	require.Equal(t, []purge.Table{{
		Name: "grants", Except: "siltgate", AllowCascade: true,
		Rules: []purge.Rule{{
			Expires: []string{"idle_ends", "ends"}, ExpiresUnit: purge.Milliseconds, ExpiresZone: "database", KeepExpired: 720 * time.Hour,
			Done: "status", DoneValues: []string{"used", "a,b", `back\slash`, `end\`}, DoneSince: "changed", DoneUnit: purge.Seconds, DoneZone: "Asia/Tokyo",
			KeepDone: 36 * time.Hour,
		}, {
			Expires: []string{"created_at"}, Lifetime: "expires_in", Only: "context", OnlyValues: []string{"session", "null"},
			Keep: "refresh_token", KeepValues: []string{"*"},
		}},
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
			`a";DROP TABLE x--`, `"public"."x"`, `"a"b"`, "it's", "back`tick", `back\slash`, `'`, "' a", "a\tb",
			"a\nb", "a\x00b", "a\x7fb", "a\u200bb", "a\u00a0b", "a\xffb", strings.Repeat("a", 64), strings.Repeat("é", 32),
		} {
			environ := []string{databaseURL, "SILTGATE_TABLES_0_NAME=t", "SILTGATE_TABLES_0_" + suffix + "=" + name}
			require.Contains(t, refusal(t, environ...), "SILTGATE_TABLES_0_"+suffix+"=", "%q", name)
		}
	}
	for _, name := range []string{"a.b.c", ".a", "a.", ".", "a..b", "a. b", "a . b"} {
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
		"NAME=t DONE_COLUMN=used KEEP_DONE=Until-Expired":                       prefix + "KEEP_DONE=Until-Expired: want a duration of 0 or more, such as 24h or 30d, or until-expired",
		"NAME=t DONE_COLUMN=used KEEP_DONE=-1h":                                 prefix + "KEEP_DONE=-1h: want a duration of 0 or more, such as 24h or 30d, or until-expired",
		"NAME=t KEEP_EXPIRED=2w":                                                prefix + "KEEP_EXPIRED=2w: want a duration of 0 or more, such as 24h or 30d",
		"NAME=t EXPIRES_UNIT=us":                                                prefix + "EXPIRES_UNIT=us: want s or ms: what the number counts since 1970",
		"NAME=t EXPIRES_COLUMN=a,,b":                                            prefix + "EXPIRES_COLUMN=a,,b: want a column of at most 63 bytes, without quotes, backslashes or control characters, several with commas, or nothing if the table has none",
		"NAME=t EXPIRES_COLUMN=a,a":                                             prefix + "EXPIRES_COLUMN=a,a: want each column once",
		"NAME=t EXPIRES_COLUMN=a,b LIFETIME_COLUMN=c":                           prefix + "LIFETIME_COLUMN=c: want one EXPIRES_COLUMN beside it, to which it is added",
		"NAME=t DONE_VALUES=used":                                               prefix + "DONE_VALUES=used: want DONE_COLUMN beside it",
		"NAME=t DONE_COLUMN=a DONE_VALUES=used,null":                            prefix + "DONE_VALUES=used,null: want values that say that a row is done: NULL never does, and * is no value",
		"NAME=t ONLY_COLUMN=a":                                                  prefix + "ONLY_VALUES: want the values of ONLY_COLUMN for which the rule is, as in session,null",
		"NAME=t ONLY_VALUES=a":                                                  prefix + "ONLY_VALUES=a: want ONLY_COLUMN beside it",
		"NAME=t DONE_COLUMN=a DONE_VALUES=used,":                                prefix + "DONE_VALUES=used,: want values with one comma between two, and none of them empty",
		"NAME=t DONE_COLUMN=a DONE_VALUES=used,NULL":                            prefix + "DONE_VALUES=used,NULL: want values that say that a row is done: NULL never does, and * is no value",
		"NAME=t ONLY_COLUMN=a ONLY_VALUES=a,,b":                                 prefix + "ONLY_VALUES=a,,b: want values with one comma between two, and none of them empty",
		"NAME=t KEEP_COLUMN=a KEEP_VALUES=NULL":                                 prefix + "KEEP_VALUES=NULL: want null in lower case, which stands for NULL",
		"NAME=t ONLY_COLUMN=a ONLY_VALUES=*":                                    prefix + "ONLY_VALUES=*: want values, as in session,null; a rule for all rows has no ONLY_COLUMN",
		"NAME=t KEEP_VALUES=a":                                                  prefix + "KEEP_VALUES=a: want KEEP_COLUMN beside it",
		"NAME=t EXPIRES_ZONE=Mars":                                              prefix + "EXPIRES_ZONE=Mars: want an IANA zone such as UTC or Europe/Berlin",
		"NAME=t DROP_PARTITIONS=yes":                                            prefix + "DROP_PARTITIONS=yes: want true or false",
		"NAME=t DROP_PARTITIONS=true KEEP_COLUMN=k":                             prefix + "DROP_PARTITIONS=true: want it unset beside KEEP_COLUMN, whose rows would go with the partition",
		"NAME=t ALLOW_CASCADE=yes":                                              prefix + "ALLOW_CASCADE=yes: want true or false",
		"NAME=t TIMESTAMP_ZONE=+02":                                             prefix + "TIMESTAMP_ZONE=+02: want an IANA zone such as UTC or Europe/Berlin",
		"NAME=tenant_*.*":                                                       prefix + "NAME=tenant_*.*: want some characters of the table's name beside the *, or every table of a schema would be meant",
		"NAME=*":                                                                prefix + "NAME=*: want some characters of the table's name beside the *, or every table of a schema would be meant",
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

func TestEntriesOfOneNameAreRulesOfOneTable(t *testing.T) {
	t.Parallel()
	for _, names := range [][2]string{{"t", "t"}, {"t", "public.t"}, {"public.t", "t"}, {"a.t", "a.t"}} {
		c := load(t, "SILTGATE_TABLES_0_NAME="+names[0], "SILTGATE_TABLES_1_NAME="+names[1], "SILTGATE_TABLES_1_EXPIRES_COLUMN=ends")
		require.Len(t, c.Tables, 1)
		require.Equal(t, []purge.Rule{{Expires: []string{"expires_at"}}, {Expires: []string{"ends"}}}, c.Tables[0].Rules)
	}
	require.Len(t, load(t, "SILTGATE_TABLES_0_NAME=t", "SILTGATE_TABLES_1_NAME=auth.t", "SILTGATE_TABLES_2_NAME=T").Tables, 3)
}

func TestNoPartitionOfATableIsDroppedOfWhichAnyEntryKeepsRows(t *testing.T) {
	t.Parallel()
	for _, keeping := range []string{"0", "1"} {
		for _, dropping := range []string{"0", "1"} {
			require.Equal(t, "SILTGATE_TABLES_"+dropping+"_DROP_PARTITIONS=true: want it unset beside KEEP_COLUMN, whose rows would go with the partition",
				refusal(t, databaseURL, "SILTGATE_TABLES_0_NAME=t", "SILTGATE_TABLES_1_NAME=public.t",
					"SILTGATE_TABLES_"+keeping+"_KEEP_COLUMN=kept", "SILTGATE_TABLES_"+dropping+"_DROP_PARTITIONS=true"))
		}
	}
	load(t, "SILTGATE_TABLES_0_NAME=t", "SILTGATE_TABLES_0_KEEP_COLUMN=kept", "SILTGATE_TABLES_1_NAME=u", "SILTGATE_TABLES_1_DROP_PARTITIONS=true")
}

func TestAGapInTheNumbersOfTablesIsRefused(t *testing.T) {
	t.Parallel()
	require.Equal(t, "SILTGATE_TABLES_1_NAME=t: want tables numbered from 0 without a gap, this one 0",
		refusal(t, databaseURL, "SILTGATE_TABLES_1_NAME=t"))
	require.Equal(t, "SILTGATE_TABLES_9_NAME=b: want tables numbered from 0 without a gap, this one 1",
		refusal(t, databaseURL, "SILTGATE_TABLES_0_NAME=a", "SILTGATE_TABLES_9_NAME=b", "SILTGATE_TABLES_10_NAME=c"))
	require.Contains(t, refusal(t, databaseURL, "SILTGATE_TABLES_00_NAME=t"), "SILTGATE_TABLES_00_NAME: no such variable: want SILTGATE_TABLES_0_NAME")
	require.Contains(t, refusal(t, databaseURL, "SILTGATE_TABLES_007_NAME=t"), "SILTGATE_TABLES_007_NAME: no such variable: want SILTGATE_TABLES_7_NAME")
}

func TestNoTableIsOneOfOurOwnSchema(t *testing.T) {
	t.Parallel()
	c := load(t, "SILTGATE_SCHEMA=tenant_own", "SILTGATE_TABLES_0_NAME=tenant_*.refresh_*", "SILTGATE_TABLES_1_NAME=sessions")
	require.Equal(t, []purge.Table{
		{Schema: "tenant_*", Name: "refresh_*", Except: "tenant_own", Rules: []purge.Rule{{Expires: []string{"expires_at"}}}},
		{Name: "sessions", Except: "tenant_own", Rules: []purge.Rule{{Expires: []string{"expires_at"}}}},
	}, c.Tables)
	for _, table := range load(t).Tables {
		require.Equal(t, "siltgate", table.Except)
	}
}
