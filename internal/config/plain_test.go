package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFault79WhatFilesAndSecretStoresLeaveRoundAValueIsTakenOff(t *testing.T) {
	t.Parallel()
	for _, around := range []string{
		"%", `"%"`, "'%'", "% ", " %", "%\r", "%\r\n", "%\n", "\t%\t", "\u00a0%\u00a0", "\ufeff%", "%\u200b", "\u2060%\u200d",
		"\ufeff\"%\"\r\n", " '%' ", "' % '",
	} {
		wrap := func(name, value string) string { return name + "=" + strings.Replace(around, "%", value, 1) }
		c := load(t,
			wrap("APP_ENV", "test"), wrap("REFRESH_TOKEN_CLEANUP_CRON", "15 4 * * *"), wrap("SILTGATE_TIMEZONE", "Europe/Berlin"),
			wrap("SILTGATE_CATCH_UP", "1h"), wrap("SILTGATE_SCHEMA", "purge"), wrap("SILTGATE_DUTY_CYCLE", "0.5"),
			wrap("SILTGATE_MAX_ROWS", "7"), wrap("SILTGATE_HTTP_ADDR", ":8080"), wrap("SILTGATE_LOG_FORMAT", "json"),
			wrap("SILTGATE_TABLES_0_NAME", "RefreshToken"), wrap("SILTGATE_TABLES_0_DONE_COLUMN", "used at"),
			wrap("SILTGATE_TABLES_0_EXPIRES_COLUMN", ""), wrap("DATABASE_URL", "postgres://app:s%20@db/auth"),
			wrap("PGCONNECT_TIMEOUT", "7"), wrap("PGSSLMODE", "require"))
		require.Equal(t, "APP_ENV", c.TestVariable, "%q", around)
		require.Equal(t, "15 4 * * *", c.Cron, "%q", around)
		require.Equal(t, "Europe/Berlin", c.Timezone, "%q", around)
		require.Equal(t, time.Hour, c.CatchUp, "%q", around)
		require.Equal(t, "purge", c.Schema, "%q", around)
		require.InDelta(t, 0.5, c.DutyCycle, 0, "%q", around)
		require.Equal(t, int64(7), c.MaxRows, "%q", around)
		require.Equal(t, ":8080", c.HTTPAddr, "%q", around)
		require.Equal(t, "json", c.LogFormat, "%q", around)
		require.Equal(t, "RefreshToken", c.Tables[0].Name, "%q", around)
		require.Equal(t, "used at", c.Tables[0].Rules[0].Done, "%q", around)
		require.Empty(t, c.Tables[0].Rules[0].Expires, "%q", around)
		require.Equal(t, "host=db port=5432 user=app database=auth sslmode=require", c.Database.String(), "%q", around)
		require.Equal(t, "s ", c.Database.ConnConfig().Password, "%q", around)
		require.Equal(t, 7*time.Second, c.Database.ConnConfig().ConnectTimeout, "%q", around)
	}
}

func TestOfAPasswordOnlyTheLineEndAndQuotesAreTakenOff(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"secret\n": "secret", "secret\r\n": "secret", `"secret"`: "secret", `'a "b"'`: `a "b"`,
		" secret ": " secret ", "\u00a0secret": "\u00a0secret", `a"b"`: `a"b"`, `"a"b"`: `"a"b"`, "secret # 1": "secret # 1",
	} {
		require.Equal(t, want, load(t, "PGPASSWORD="+given).Database.ConnConfig().Password, "%q", given)
	}
}

func TestAVariableThatIsBlankCountsAsUnset(t *testing.T) {
	t.Parallel()
	for _, blank := range []string{" ", "\n", "\r\n", `""`, "''", "\u00a0", "\ufeff", `" "`, "\u200b"} {
		c := load(t, "APP_ENV="+blank, "NODE_ENV=test", "SILTGATE_MAX_ROWS="+blank, "SILTGATE_HTTP_ADDR="+blank, "PGPORT="+blank,
			"SILTGATE_DATABASE_URL="+blank, "DATABASE_URL_FILE="+blank, "SILTGATE_TABLES_0_NAME="+blank)
		require.Equal(t, "NODE_ENV", c.TestVariable, "%q", blank)
		require.Equal(t, load(t).Tables, c.Tables, "%q", blank)
		require.Contains(t, refusal(t, "DATABASE_URL="+blank), "DATABASE_URL: required", "%q", blank)
	}
}

func TestACommentBehindAnExpressionIsTakenOff(t *testing.T) {
	t.Parallel()
	for _, given := range []string{"0 3 * * * # nightly", "0 3 * * *\t#", `"0 3 * * *" # nightly`, `"0 3 * * * # nightly"`} {
		c := load(t, "REFRESH_TOKEN_CLEANUP_CRON="+given, "APP_ENV=production # no test", "NODE_ENV=test")
		require.Equal(t, "0 3 * * * in UTC", c.Schedule.String(), given)
	}
	require.Equal(t, "APP_ENV", load(t, "APP_ENV=test # no schedule").TestVariable)
	require.Equal(t, "SILTGATE_MAX_ROWS=5 # at most: want a whole number, 0 or more, and no comment behind it",
		refusal(t, databaseURL, "SILTGATE_MAX_ROWS=5 # at most"))
}

func TestQuotesThatAreNoPairAreNamed(t *testing.T) {
	t.Parallel()
	require.Equal(t, `SILTGATE_TABLES_0_NAME="public"."x": want it without the quotes`,
		refusal(t, databaseURL, `SILTGATE_TABLES_0_NAME="public"."x"`))
	require.Equal(t, `SILTGATE_MAX_ROWS="5": want it without the quotes`, refusal(t, databaseURL, `SILTGATE_MAX_ROWS='"5"'`))
}
