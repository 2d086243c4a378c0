package config_test

import (
	"bytes"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/golden"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/schedule"
)

func TestNothingButADatabaseIsRequired(t *testing.T) {
	t.Parallel()
	c := load(t)
	daily, err := schedule.Parse("0 3 * * *", time.UTC)
	require.NoError(t, err)
	require.Equal(t, config.Config{
		Database: c.Database,
		Cron:     "0 3 * * *",
		Timezone: "UTC",
		Schedule: daily,
		CatchUp:  24 * time.Hour,
		Schema:   "siltgate",
		Tables: []purge.Table{
			{Name: "refresh_tokens", Except: "siltgate", Rules: []purge.Rule{{Expires: []string{"expires_at"}, Done: "revoked"}}},
			{Name: "password_resets", Except: "siltgate", Rules: []purge.Rule{{Expires: []string{"expires_at"}, Done: "used"}}, Optional: true},
		},
		FinishWithin:  time.Hour,
		DutyCycle:     0.3,
		BatchTarget:   10 * time.Millisecond,
		MaxReplicaLag: 10 * time.Second,
		MaxWait:       10 * time.Minute,
		MaxShare:      0.5,
		MaxClockSkew:  5 * time.Minute,
		History:       90 * 24 * time.Hour,
		MaxAttempts:   5,
		LogLevel:      slog.LevelInfo,
		LogFormat:     "auto",
		Page:          config.Page{Addr: "127.0.0.1:8081", User: "siltgate"},
	}, c)
}

func TestEveryVariableIsRead(t *testing.T) {
	t.Parallel()
	c := load(t,
		"REFRESH_TOKEN_CLEANUP_CRON=*/30 * * * * *", "SILTGATE_TIMEZONE=Europe/Berlin",
		"SILTGATE_CATCH_UP=1h", "SILTGATE_SCHEMA=purge_2", "SILTGATE_DUTY_CYCLE=1", "SILTGATE_FINISH_WITHIN=15s", "SILTGATE_MAX_DURATION=2h",
		"SILTGATE_BATCH_TARGET=1s", "SILTGATE_MAX_REPLICA_LAG=0", "SILTGATE_MAX_WAIT=1s", "SILTGATE_MAX_ROWS=9223372036854775807", "SILTGATE_MAX_SHARE=1",
		"SILTGATE_MAX_CLOCK_SKEW=1s", "SILTGATE_HISTORY=61m", "SILTGATE_MAX_ATTEMPTS=32767",
		"SILTGATE_HTTP_ADDR=:8080", "SILTGATE_LOG_LEVEL=DEBUG", "SILTGATE_LOG_FORMAT=json")
	require.Equal(t, "*/30 * * * * *", c.Cron)
	require.Equal(t, "*/30 * * * * * in Europe/Berlin", c.Schedule.String())
	require.Equal(t, time.Hour, c.CatchUp)
	require.Equal(t, 15*time.Second, c.FinishWithin)
	require.Equal(t, 2*time.Hour, c.MaxDuration)
	require.Equal(t, "purge_2", c.Schema)
	require.InDelta(t, 1, c.DutyCycle, 0)
	require.Equal(t, time.Second, c.BatchTarget)
	require.Zero(t, c.MaxReplicaLag)
	require.Equal(t, time.Second, c.MaxWait)
	require.Equal(t, int64(math.MaxInt64), c.MaxRows)
	require.InDelta(t, 1, c.MaxShare, 0)
	require.Equal(t, time.Second, c.MaxClockSkew)
	require.Equal(t, 61*time.Minute, c.History)
	require.Equal(t, math.MaxInt16, c.MaxAttempts)
	require.Equal(t, ":8080", c.HTTPAddr)
	require.Equal(t, slog.LevelDebug, c.LogLevel)
	require.Equal(t, "json", c.LogFormat)
}

func TestEveryProblemIsInOneMessage(t *testing.T) {
	t.Parallel()
	golden.Equal(t, "testdata/problems.golden", refusal(t,
		"DATABASE_URL=postgres://app:not%percent@db:5432/auth",
		"REFRESH_TOKEN_CLEANUP_CRON=0 3 *", "SILTGATE_TIMEZONE=Mars/Olympus", "SILTGATE_CATCH_UP=1w",
		"SILTGATE_SCHEMA=My Schema", "SILTGATE_DUTY_CYCLE=1.5", "SILTGATE_BATCH_TARGET=2s",
		"SILTGATE_MAX_REPLICA_LAG=-1s", "SILTGATE_MAX_ROWS=many", "SILTGATE_MAX_CLOCK_SKEW=0",
		"SILTGATE_HISTORY=90y", "SILTGATE_MAX_ATTEMPTS=0", "SILTGATE_HTTP_ADDR=8080",
		"SILTGATE_LOG_LEVEL=verbose", "SILTGATE_LOG_FORMAT=xml", "SILTGATE_BATCHTARGET=10ms",
		`SILTGATE_TABLES_0_NAME=a";DROP TABLE x--`, "SILTGATE_TABLES_0_EXPIRES_COLUMN=",
		"SILTGATE_TABLES_0_KEEP_EXPIRED=1h",
		"SILTGATE_TABLES_1_NAME=sessions", "SILTGATE_TABLES_1_EXPIRES_COLUMN=a\nb",
		"SILTGATE_TABLES_1_KEEP_DONE=soon", "SILTGATE_TABLES_1_KEEP_EXPIRED=-1h",
		"SILTGATE_TABLES_1_ALLOW_CASCADE=maybe", "SILTGATE_TABLES_1_TIMESTAMP_ZONE=Local",
		"SILTGATE_TABLES_3_NAME=public.sessions", "SILTGATE_TABLES_3_DONE_COLUM=used")+"\n")
}

func TestAValueOutOfBoundsIsRefused(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]string{
		"REFRESH_TOKEN_CLEANUP_CRON": {"daily", "0 0 30 2 *", "#", "0 3 * * * * *", `"0 3" "* * *"`, "15", "0 3 * * *#nightly"},
		"SILTGATE_TIMEZONE":          {"Local", "CET+1", "../etc/passwd", "Europe /Berlin", "europe"},
		"SILTGATE_CATCH_UP":          {"24", "-1s", "1 h", "2160h", "1000000000h"},
		"SILTGATE_SCHEMA": {
			"Siltgate", "silt-gate", `a"b`, "a.b", "1a", "public", "information_schema", "pg_siltgate", "sch\x00ma",
			"schéma", "silt\ngate", "silt\u200bgate", strings.Repeat("a", 47),
		},
		"SILTGATE_DUTY_CYCLE":      {"0", "-0.1", "1.01", "NaN", "Inf", "-Inf", "30%", "0,3"},
		"SILTGATE_BATCH_TARGET":    {"0", "10", "999us", "1001ms", "-10ms"},
		"SILTGATE_MAX_REPLICA_LAG": {"-1ns", "fast"},
		"SILTGATE_MAX_DURATION":    {"-1s", "long"},
		"SILTGATE_FINISH_WITHIN":   {"-1s", "soon", "12h1s"},
		"SILTGATE_MAX_WAIT":        {"0", "999ms", "long"},
		"SILTGATE_MAX_SHARE":       {"0", "-0.1", "1.01", "50%", "NaN", "half"},
		"SILTGATE_MAX_ROWS":        {"-1", "1e6", "1_000", "9223372036854775808", "0.5"},
		"SILTGATE_MAX_CLOCK_SKEW":  {"0", "-5m", "999ms"},
		"SILTGATE_HISTORY":         {"0", "-1h", "24h", "23h59m", "90days", "1d"},
		"SILTGATE_MAX_ATTEMPTS":    {"0", "-1", "32768", "2147483648", "five"},
		"SILTGATE_HTTP_ADDR": {
			"8080", "localhost", ":65536", ":-1", ":http", "http://localhost:8080", "::1:80", "a b:80", "[::1:80",
		},
		"SILTGATE_LOG_LEVEL":  {"verbose", "warning", "info+1", "4"},
		"SILTGATE_LOG_FORMAT": {"JSON", "plain"},
	} {
		for _, value := range values {
			text := refusal(t, databaseURL, name+"="+value)
			require.True(t, strings.HasPrefix(text, name), "%s=%q: %s", name, value, text)
			require.NotContains(t, text, "\n", "%s=%q", name, value)
		}
	}
}

func TestAValueAtItsBoundIsTaken(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]string{
		"REFRESH_TOKEN_CLEANUP_CRON": {"off", "@daily", "0 0 3 * * *", "0 3 * * 7"},
		"SILTGATE_CATCH_UP":          {"0", "0s", "2159h59m59s"},
		"SILTGATE_SCHEMA":            {strings.Repeat("a", 46), "_", "a1"},
		"SILTGATE_DUTY_CYCLE":        {"1", "1.0", "0.0001"},
		"SILTGATE_BATCH_TARGET":      {"1ms", "1s"},
		"SILTGATE_HISTORY":           {"24h0m1s"},
		"SILTGATE_MAX_ATTEMPTS":      {"1"},
		"SILTGATE_HTTP_ADDR":         {":0", "127.0.0.1:80", "[::1]:8080", "localhost:8080", "0.0.0.0:65535"},
		"SILTGATE_LOG_LEVEL":         {"debug", "warn", "error", "Info"},
		"SILTGATE_LOG_FORMAT":        {"auto", "text"},
	} {
		for _, value := range values {
			load(t, name+"="+value)
		}
	}
}

func TestHistoryMustExceedCatchUp(t *testing.T) {
	t.Parallel()
	require.Equal(t, "SILTGATE_HISTORY=24h: want more than SILTGATE_CATCH_UP, which is 24h0m0s",
		refusal(t, databaseURL, "SILTGATE_HISTORY=24h"))
	require.Equal(t, "SILTGATE_CATCH_UP=3000h: want less than SILTGATE_HISTORY, which is 2160h0m0s",
		refusal(t, databaseURL, "SILTGATE_CATCH_UP=3000h"))
}

func TestAnEmptyVariableCountsAsUnset(t *testing.T) {
	t.Parallel()
	empty := []string{databaseURL}
	for _, v := range config.Variables() {
		if name := strings.Replace(v.Name, "<n>", "0", 1); name != "DATABASE_URL" {
			empty = append(empty, name+"=")
		}
	}
	c, err := config.Load(append(empty, "SILTGATE_MISSPELT="))
	require.NoError(t, err)
	require.Equal(t, load(t).Tables, c.Tables)
	require.Equal(t, load(t).Schedule, c.Schedule)
}

func TestOnlyTheGivenEnvironmentIsRead(t *testing.T) {
	t.Setenv("SILTGATE_DUTY_CYCLE", "7")
	t.Setenv("DATABASE_URL", "postgres://elsewhere/other")
	require.InDelta(t, 0.3, load(t).DutyCycle, 0)
	require.Contains(t, refusal(t), "DATABASE_URL: required")
}

func TestTheLastOfEqualVariablesCounts(t *testing.T) {
	t.Parallel()
	require.Equal(t, int64(2), load(t, "SILTGATE_MAX_ROWS=1", "SILTGATE_MAX_ROWS=2").MaxRows)
}

func TestATestEnvironmentTurnsTheScheduleOff(t *testing.T) {
	t.Parallel()
	for environ, variable := range map[string]string{
		"APP_ENV=test":                      "APP_ENV",
		"NODE_ENV=test":                     "NODE_ENV",
		"APP_ENV=test NODE_ENV=production":  "APP_ENV",
		"APP_ENV= NODE_ENV=test":            "NODE_ENV",
		"APP_ENV=production NODE_ENV=test":  "",
		"APP_ENV=testing":                   "",
		"NODE_ENV=development POSTGRES_X=1": "",
	} {
		c := load(t, append(strings.Fields(environ), "REFRESH_TOKEN_CLEANUP_CRON=@hourly")...)
		require.Equal(t, variable, c.TestVariable, environ)
		require.Equal(t, variable != "", c.TestEnvironment, environ)
		require.Equal(t, variable != "", c.Schedule.Off(), environ)
		require.Equal(t, "@hourly", c.Cron, environ)
	}
	require.Contains(t, refusal(t, databaseURL, "APP_ENV=test", "REFRESH_TOKEN_CLEANUP_CRON=never"), "REFRESH_TOKEN_CLEANUP_CRON=never: ")
}

func TestFault90AValueThatReadsAsTestTurnsTheScheduleOffWhateverIsRoundIt(t *testing.T) {
	t.Parallel()
	for _, value := range []string{
		"TEST", "Test", "\"test", "test'", "“test”", "`test`", "te\u200bst", "test;", "\\\"test\\\"", "<test>",
	} {
		require.True(t, load(t, "NODE_ENV="+value).Schedule.Off(), "%q", value)
		require.True(t, load(t, "APP_ENV="+value).Schedule.Off(), "%q", value)
	}
	for _, value := range []string{"testing", "test,production", "not test", "latest", "test2", "production"} {
		require.False(t, load(t, "NODE_ENV="+value).Schedule.Off(), "%q", value)
	}
}

func TestAMessageShowsAValueOnOneShortLine(t *testing.T) {
	t.Parallel()
	require.Equal(t, `SILTGATE_MAX_ROWS="1\r\n\x1b[31m": want a whole number, 0 or more`,
		refusal(t, databaseURL, "SILTGATE_MAX_ROWS=1\r\n\x1b[31m"))
	require.Equal(t, "SILTGATE_MAX_ROWS="+strings.Repeat("9", 160)+"...: want a whole number, 0 or more",
		refusal(t, databaseURL, "SILTGATE_MAX_ROWS="+strings.Repeat("9", 1000)))
}

func TestAConfigLogsWhatItHolds(t *testing.T) {
	t.Parallel()
	c := load(t, "SILTGATE_TABLES_0_NAME=auth.RefreshToken", "REFRESH_TOKEN_CLEANUP_CRON=@hourly")
	var text bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("configured", "config", c)
	for _, want := range []string{
		`config.database="host=db.example.com port=5432 user=app database=auth sslmode=prefer"`,
		`config.schedule="@hourly in UTC"`, "config.tables=[auth.RefreshToken]", "config.schema=siltgate",
		"config.history=2160h0m0s", "config.duty_cycle=" + strconv.FormatFloat(c.DutyCycle, 'g', -1, 64),
	} {
		require.Contains(t, text.String(), want)
	}
}

func TestTheTimeOfAScheduledRunFitsItsSchedule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cron, within string
		want         time.Duration
	}{
		{"0 3 * * *", "", time.Hour},
		{"0 3 * * *", "12h", 12 * time.Hour},
		{"*/30 * * * *", "", 15 * time.Minute},
		{"*/4 * * * * *", "", 2 * time.Second},
		{"*/4 * * * * *", "0", 0},
		{"off", "100h", 100 * time.Hour},
		{"off", "", time.Hour},
	} {
		vars := []string{"REFRESH_TOKEN_CLEANUP_CRON=" + c.cron}
		if c.within != "" {
			vars = append(vars, "SILTGATE_FINISH_WITHIN="+c.within)
		}
		require.Equal(t, c.want, load(t, vars...).FinishWithin, c)
	}
	_, err := config.Load([]string{"DATABASE_URL=postgres://a@b/c", "REFRESH_TOKEN_CLEANUP_CRON=*/30 * * * *", "SILTGATE_FINISH_WITHIN=1h"})
	require.ErrorContains(t, err, "SILTGATE_FINISH_WITHIN=1h: want at most 15m0s, half of the shortest time between two ticks of REFRESH_TOKEN_CLEANUP_CRON, or 0")
}
