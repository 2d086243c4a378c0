package config

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
)

// Variable is one environment variable, or one for each table: <n> is the table's number.
type Variable struct {
	Name string

	// Default is empty if the variable is by default unset.
	Default string

	// Meaning is Markdown on one line.
	Meaning string

	// want ends the message that refuses a value: "want ...".
	want string
}

// Variables are all that Siltgate reads, in the order in which to read about them. They are
// what --help, README.md and .env.example say; a test holds these together.
func Variables() []Variable {
	variables := []Variable{{
		Name:    "DATABASE_URL",
		Default: "required",
		Meaning: "Postgres 14 or newer, over a direct or session-pooled connection: `" + urlForm + "`",
	}, {
		Name:    "DATABASE_URL_FILE",
		Meaning: "file that holds the URL, in place of `DATABASE_URL`",
	}, {
		Name:    "PG*",
		Meaning: "libpq's variables (`PGHOST`, `PGDATABASE`, `PGUSER`, `PGPASSWORD`, `PGSSLMODE` and others), in place of the URL or for what it leaves out",
	}, {
		Name:    "REFRESH_TOKEN_CLEANUP_CRON",
		Meaning: "when to run: 5 or 6 fields (seconds first, as NestJS `@Cron`), or `@daily` style; `off` = no schedule",
	}, {
		Name:    "APP_ENV",
		Meaning: "`test`: the schedule is off (logged); runs asked for by hand still run",
	}, {
		Name:    "NODE_ENV",
		Meaning: "the same, where `APP_ENV` is not set",
	}, {
		Name:    "SILTGATE_TIMEZONE",
		Meaning: "IANA zone of the cron expression",
	}, {
		Name:    "SILTGATE_CATCH_UP",
		Meaning: "a missed tick not older than this still runs, once; `0` = never",
		want:    "a duration of 0 or more, such as 24h or 90s",
	}, {
		Name:    "SILTGATE_SCHEMA",
		Meaning: "schema of River's tables and ours, in lower case",
		want:    "a schema of its own: at most 46 of a-z, 0-9 and _, no digit first, not public or pg_...",
	}, {
		Name:    anyTable + "NAME",
		Meaning: "`table` or `schema.table`, exact case, no quotes (`RefreshToken`); `<n>` counts from 0; none named = `refresh_tokens` (done: `revoked`) and, if it exists, `password_resets` (done: `used`)",
		want:    "table or schema.table, each of at most 63 bytes, without quotes, backslashes or control characters",
	}, {
		Name:    anyTable + expiresColumn,
		Meaning: "`timestamptz`, or `timestamp` with a zone below; set but empty = the table has none",
		want:    "a column of at most 63 bytes, without quotes, backslashes or control characters, or nothing if the table has none",
	}, {
		Name:    anyTable + "DONE_COLUMN",
		Meaning: "boolean (true = dead) or timestamp (not null = dead since then)",
		want:    "a column of at most 63 bytes, without quotes, backslashes or control characters",
	}, {
		Name:    anyTable + "TIMESTAMP_ZONE",
		Meaning: "IANA zone that wrote a `timestamp` without zone; required for such a column",
	}, {
		Name:    anyTable + "KEEP_EXPIRED",
		Meaning: "grace after expiry",
		want:    "a duration of 0 or more, such as 24h or 90s",
	}, {
		Name:    anyTable + "KEEP_DONE",
		Meaning: "grace after revocation or use (needs a timestamp column), or `until-expired`",
		want:    "a duration of 0 or more, such as 24h or 90s, or until-expired",
	}, {
		Name:    anyTable + "ALLOW_CASCADE",
		Meaning: "permit `ON DELETE CASCADE`, which deletes rows of other tables with this one's, dead or not",
		want:    "true or false",
	}, {
		Name:    "SILTGATE_DUTY_CYCLE",
		Meaning: "share of a run's time spent deleting; `1` = no pauses",
		want:    "more than 0 and at most 1",
	}, {
		Name:    "SILTGATE_BATCH_TARGET",
		Meaning: "how long one batch should take, and so the longest wait of the application; `1ms` to `1s`",
		want:    "a duration from 1ms to 1s, such as 10ms",
	}, {
		Name:    "SILTGATE_MAX_REPLICA_LAG",
		Meaning: "deleting waits while a standby's replay is further behind; `0` = ignore",
		want:    "a duration of 0 or more, such as 10s",
	}, {
		Name:    "SILTGATE_MAX_ROWS",
		Meaning: "rows a run may delete; `0` = no cap",
		want:    "a whole number, 0 or more",
	}, {
		Name:    "SILTGATE_MAX_CLOCK_SKEW",
		Meaning: "database and worker clocks further apart: the run fails, nothing deleted; at least `1s`",
		want:    "a duration of 1s or more, such as 5m",
	}, {
		Name:    "SILTGATE_HISTORY",
		Meaning: "how long ended runs are kept; must exceed `SILTGATE_CATCH_UP`",
		want:    "a duration longer than SILTGATE_CATCH_UP, such as 2160h",
	}, {
		Name:    "SILTGATE_MAX_ATTEMPTS",
		Meaning: "tries of a run",
		want:    "a whole number from 1 to 32767",
	}, {
		Name:    "SILTGATE_HTTP_ADDR",
		Meaning: "`host:port` or `:port` that serves `/healthz` and `/readyz`; unset = no listener",
		want:    "host:port with a port from 0 to 65535, such as :8080 or 127.0.0.1:8080",
	}, {
		Name:    "SILTGATE_LOG_LEVEL",
		Meaning: "`debug`, `info`, `warn` or `error`",
		want:    "debug, info, warn or error",
	}, {
		Name:    "SILTGATE_LOG_FORMAT",
		Meaning: "`text`, `json`, or `auto` = text on a terminal, else JSON",
		want:    "auto, text or json",
	}}
	defaults := tagDefaults(reflect.TypeFor[Config](), "")
	maps.Copy(defaults, tagDefaults(reflect.TypeFor[tableSettings](), anyTable))
	for i, v := range variables {
		variables[i].Default = cmp.Or(v.Default, defaults[v.Name])
	}
	return variables
}

// tagDefaults are the defaults that stand beside the fields.
func tagDefaults(settings reflect.Type, prefix string) map[string]string {
	defaults := map[string]string{}
	for _, field := range reflect.VisibleFields(settings) {
		defaults[prefix+field.Tag.Get("env")] = field.Tag.Get("envDefault")
	}
	return defaults
}

func isVariable(name string) bool {
	return slices.ContainsFunc(Variables(), func(v Variable) bool { return v.Name == name })
}
