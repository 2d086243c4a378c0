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

	// want is what the message that refuses a value wants: "want ...".
	want string
}

// Variables are all that Siltgate reads, in the order in which --help, docs/configuration.md and
// .env.example list them. A test compares these with it.
func Variables() []Variable {
	variables := []Variable{{
		Name:    "DATABASE_URL",
		Default: "required",
		Meaning: "Postgres 14 or newer, over a direct or session-pooled connection: `" + urlForm + "`",
	}, {
		Name:    "DATABASE_URL_FILE",
		Meaning: "file that holds the URL, in place of `DATABASE_URL`; read at each connect, so that it may change",
	}, {
		Name:    "SILTGATE_DATABASE_URL",
		Meaning: "the URL for Siltgate alone, where the application has a `DATABASE_URL` of its own: wins over it",
	}, {
		Name:    "SILTGATE_DATABASE_URL_FILE",
		Meaning: "file that holds it; likewise",
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
		Meaning: "schema of River's tables and Siltgate's, in lower case",
		want:    "a schema of its own: at most 46 of a-z, 0-9 and _, no digit first, not public or pg_...",
	}, {
		Name:    anyTable + "NAME",
		Meaning: "`table` or `schema.table`, exact case, no quotes (`RefreshToken`); `*` stands for any run of characters (`tenant_*.refresh_tokens`, see `docs/patterns.md`); `<n>` counts from 0. Named more than once, each entry is a rule of the table: a row dies by any of them. None named = `refresh_tokens` (done: `revoked`) and, if it exists, `password_resets` (done: `used`)",
		want:    "table or schema.table, each of at most 63 bytes, without quotes, backslashes or control characters",
	}, {
		Name:    anyTable + expiresColumn,
		Meaning: "`timestamptz`, `timestamp` with a zone below, `date` (it ends with the day), or a number with a unit; several with commas = the latest that is not NULL; set but empty = the table has none",
	}, {
		Name:    anyTable + expiresUnit,
		Meaning: "of a number: `s` or `ms` since 1970; before 1973 = never",
	}, {
		Name:    anyTable + lifetimeColumn,
		Meaning: "`interval`, or a number of seconds, that each row adds to its `EXPIRES_COLUMN` (`created_at` + `expires_in`); NULL = never",
	}, {
		Name:    anyTable + doneColumn,
		Meaning: "boolean (true = dead), timestamp (not null = dead since then), number with `DONE_UNIT`, or any column with `DONE_VALUES`",
	}, {
		Name:    anyTable + doneUnit,
		Meaning: "of a number: `s` or `ms` since 1970; before 1973 = not done",
	}, {
		Name:    anyTable + doneValues,
		Meaning: "values of the done column, as text, that mean done: `false` of an `active` flag, `revoked,redeemed` of a status; a comma within a value is written `\\,`",
	}, {
		Name:    anyTable + doneSinceColumn,
		Meaning: "timestamp from which `KEEP_DONE` counts, where the done column has none",
	}, {
		Name:    anyTable + onlyColumn,
		Meaning: "this rule is for rows that have one of `ONLY_VALUES` in this column",
	}, {
		Name:    anyTable + onlyValues,
		Meaning: "as text, with commas; `null` = NULL",
	}, {
		Name:    anyTable + keepColumn,
		Meaning: "rows that stay whatever any rule of the table says: boolean true or NULL, a timestamp after the cutoff, or one of `KEEP_VALUES`",
	}, {
		Name:    anyTable + keepValues,
		Meaning: "as text, with commas; `null` = NULL, `*` = any but NULL",
	}, {
		Name:    anyTable + timestampZone,
		Meaning: "IANA zone that wrote a `timestamp` without zone, or `database` = the database's; required for such a column",
	}, {
		Name:    anyTable + expiresZone,
		Meaning: "the same for `EXPIRES_COLUMN` alone",
	}, {
		Name:    anyTable + doneZone,
		Meaning: "the same for `DONE_COLUMN` and `DONE_SINCE_COLUMN` alone",
	}, {
		Name:    anyTable + keepExpired,
		Meaning: "grace after expiry; `30d` too",
		want:    "a duration of 0 or more, such as 24h or 30d",
	}, {
		Name:    anyTable + keepDone,
		Meaning: "grace after revocation or use (needs a timestamp), or `until-expired`",
		want:    "a duration of 0 or more, such as 24h or 30d, or until-expired",
	}, {
		Name:    anyTable + "ALLOW_CASCADE",
		Meaning: "permit `ON DELETE CASCADE` into tables that are not configured: it deletes their rows with this one's, dead or not",
		want:    "true or false",
	}, {
		Name:    anyTable + dropPartitions,
		Meaning: "drop partitions whose rows are all dead by their bounds, in place of deleting the rows; the role must own them, see `docs/partitions.md`",
		want:    "true or false",
	}, {
		Name:    "SILTGATE_FINISH_WITHIN",
		Meaning: "time in which a scheduled run is to end: it goes as slowly as that allows, and never faster than `SILTGATE_DUTY_CYCLE`. At most half of the schedule's period; if that is less than an hour, it is the default. `0` = at the duty cycle, as runs by hand and `run --once`",
		want:    "a duration of 0 or more, such as 1h",
	}, {
		Name:    "SILTGATE_DUTY_CYCLE",
		Meaning: "the most of its time that a run spends deleting; `1` = no pauses",
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
		Name:    "SILTGATE_MAX_WAIT",
		Meaning: "how long a run waits for a standby that does not catch up, for the archiver, and for a replication slot that is about to be lost. Then it goes on without the standby or the archiver, and says so; for the slot's sake it fails",
		want:    "a duration of at least 1s, such as 10m",
	}, {
		Name:    "SILTGATE_MAX_ROWS",
		Meaning: "rows a run may delete; `0` = no cap",
		want:    "a whole number, 0 or more",
	}, {
		Name:    "SILTGATE_MAX_DURATION",
		Meaning: "time that a run may take from its beginning on, waits included; the next run goes on with what is left; `0` = no cap",
		want:    "a duration of 0 or more, such as 2h",
	}, {
		Name:    "SILTGATE_MAX_SHARE",
		Meaning: "share of a table above which a rule that has changed deletes nothing until somebody confirms it; `1` = never",
		want:    "more than 0 and at most 1",
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
		Meaning: "`host:port` or `:port` that serves `/healthz`, `/readyz` and `/metrics`; unset = no listener",
		want:    "host:port with a port from 0 to 65535, such as :8080 or 127.0.0.1:8080",
	}, {
		Name:    pageAddrVariable,
		Meaning: "`host:port` of the web page; one that other machines reach needs a password",
	}, {
		Name:    pageUserVariable,
		Meaning: "who may see the page, together with its password",
	}, {
		Name:    pagePasswordVariable,
		Meaning: "password of the page; without one it shows everything to whoever is on this machine, and changes nothing",
	}, {
		Name:    pagePasswordFileVariable,
		Meaning: "file that holds it",
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
	maps.Copy(defaults, tagDefaults(reflect.TypeFor[Page](), ""))
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
