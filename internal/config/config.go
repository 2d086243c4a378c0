// Package config turns the environment into a Config; nothing else reads variables.
//
// A wrong value is refused, never clamped and never ignored, and all wrong values are reported at
// once, as Problems. No message, log line or print of a Config shows a password.
//
// # Where to find what
//
//	config.go           Config, its defaults, and the bounds of each value; problem.go: a value that is refused
//	variable.go         every variable's name and meaning, for help and docs; usage.go: the help
//	loader.go           variables into fields; plain.go: without the quotes, blanks and comments round a value;
//	                    unknown.go: misspelt names
//	table.go            the variables of one table; rule.go: of one rule; schedule.go: of the schedule, and whether this
//	                    is a test environment; page.go: of the web page
//	connection.go       how to reach Postgres, from the variables; database.go: the same for a pool; libpq.go: libpq's variables;
//	                    parameter.go: what else a URL may set; pgxfault.go: pgx's errors in our words; secret.go: files with secrets
//	address.go          what can be listened on
package config

import (
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/schedule"
)

// Config is all that the environment says. Variables describes every variable.
type Config struct {
	Database Database `env:"-"`

	// Cron is the expression as given. Schedule is what it says in Timezone, but off in a
	// test environment, which TestVariable named: APP_ENV or NODE_ENV.
	Cron            string            `env:"REFRESH_TOKEN_CLEANUP_CRON" envDefault:"0 3 * * *"`
	Timezone        string            `env:"SILTGATE_TIMEZONE" envDefault:"UTC"`
	Schedule        schedule.Schedule `env:"-"`
	TestEnvironment bool              `env:"-"`
	TestVariable    string            `env:"-"`
	cronSet         bool

	// CatchUp is the age up to which a missed tick still runs. 0: never.
	CatchUp time.Duration `env:"SILTGATE_CATCH_UP" envDefault:"24h"`

	// Schema holds River's tables and ours.
	Schema string `env:"SILTGATE_SCHEMA" envDefault:"siltgate"`

	// Tables are never none.
	Tables []purge.Table `env:"-"`

	// FinishWithin is how much time a scheduled run has, at most half of the schedule's period:
	// it goes as slowly as that allows. 0: it goes at DutyCycle.
	FinishWithin time.Duration `env:"SILTGATE_FINISH_WITHIN" envDefault:"1h"`

	// DutyCycle is the share of a run's time spent deleting, above 0 and at most 1.
	DutyCycle float64 `env:"SILTGATE_DUTY_CYCLE" envDefault:"0.3"`

	// BatchTarget is how long one batch should take, from 1ms to 1s.
	BatchTarget time.Duration `env:"SILTGATE_BATCH_TARGET" envDefault:"10ms"`

	// MaxWait is how long a run waits for one standby that does not catch up.
	MaxWait time.Duration `env:"SILTGATE_MAX_WAIT" envDefault:"10m"`

	// MaxReplicaLag is the replay lag at which deleting waits. 0: it never does.
	MaxReplicaLag time.Duration `env:"SILTGATE_MAX_REPLICA_LAG" envDefault:"10s"`

	// MaxRows is how many rows a run may delete. 0: as many as there are.
	MaxRows int64 `env:"SILTGATE_MAX_ROWS" envDefault:"0"`

	// MaxDuration is how long a run may last. 0: as long as it takes.
	MaxDuration time.Duration `env:"SILTGATE_MAX_DURATION" envDefault:"0"`

	// MaxShare is the share of a table, above 0 and at most 1, that a rule which has changed may
	// delete before somebody confirms it.
	MaxShare float64 `env:"SILTGATE_MAX_SHARE" envDefault:"0.5"`

	// MaxClockSkew between database and worker fails a run. At least 1s.
	MaxClockSkew time.Duration `env:"SILTGATE_MAX_CLOCK_SKEW" envDefault:"5m"`

	// History is how long ended runs are kept, longer than CatchUp.
	History time.Duration `env:"SILTGATE_HISTORY" envDefault:"2160h"`

	// MaxAttempts is how often a run is tried, from 1 to 32767.
	MaxAttempts int `env:"SILTGATE_MAX_ATTEMPTS" envDefault:"5"`

	// HTTPAddr is where to serve health and metrics, as host:port. Empty: nowhere.
	HTTPAddr string `env:"SILTGATE_HTTP_ADDR"`

	Page Page `env:"-"`

	LogLevel slog.Level `env:"SILTGATE_LOG_LEVEL" envDefault:"info"`

	// LogFormat is auto, text or json.
	LogFormat string `env:"SILTGATE_LOG_FORMAT" envDefault:"auto"`
}

// Load reads environ, which has the format of os.Environ. Its error is a Problems. Connection settings
// that neither the database URL nor environ gives, pgx reads from libpq's variables of the process, as
// psql does.
func Load(environ []string) (Config, error) {
	l := loader{given: readEnvironment(environ)}
	var c Config
	illTyped := l.parse(&c, "")
	c.Database = l.database()
	c.TestVariable = l.testVariable()
	c.TestEnvironment = c.TestVariable != ""
	c.Schedule = l.schedule(c)
	c.cronSet = l.given["REFRESH_TOKEN_CLEANUP_CRON"] != ""
	l.check(c, illTyped)
	c.FinishWithin = l.finishWithin(c)
	c.Page = l.page()
	c.Tables = l.tables(c.Schema)
	l.refuseUnknown()
	switch {
	case l.err != nil:
		return Config{}, l.err
	case len(l.problems) > 0:
		return Config{}, l.problems
	}
	return c, nil
}

// schemaName allows names that mean the same with and without quotes, and no longer ones than 46
// bytes: River's longest channel is `<schema>.river_leadership`, and Postgres allows a channel 63 bytes.
var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,45}$`)

// check refuses values that are not of their field's type, or out of bounds.
func (l *loader) check(c Config, illTyped []string) {
	levels := []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError}
	valid := map[string]bool{
		"SILTGATE_CATCH_UP": c.CatchUp >= 0,
		// In public, another River application would share its tables with us.
		"SILTGATE_SCHEMA":          schemaName.MatchString(c.Schema) && !slices.Contains([]string{"public", "information_schema"}, c.Schema) && !strings.HasPrefix(c.Schema, "pg_"),
		"SILTGATE_FINISH_WITHIN":   c.FinishWithin >= 0,
		"SILTGATE_DUTY_CYCLE":      c.DutyCycle > 0 && c.DutyCycle <= 1, // not of NaN
		"SILTGATE_BATCH_TARGET":    c.BatchTarget >= time.Millisecond && c.BatchTarget <= time.Second,
		"SILTGATE_MAX_REPLICA_LAG": c.MaxReplicaLag >= 0,
		"SILTGATE_MAX_WAIT":        c.MaxWait >= time.Second,
		"SILTGATE_MAX_ROWS":        c.MaxRows >= 0,
		"SILTGATE_MAX_DURATION":    c.MaxDuration >= 0,
		"SILTGATE_MAX_SHARE":       c.MaxShare > 0 && c.MaxShare <= 1, // not of NaN
		"SILTGATE_MAX_CLOCK_SKEW":  c.MaxClockSkew >= time.Second,
		"SILTGATE_HISTORY":         c.History >= 10*time.Minute,                  // a tick is asserted for a minute even with no catching up
		"SILTGATE_MAX_ATTEMPTS":    c.MaxAttempts >= 1 && c.MaxAttempts <= 32767, // River's column is a smallint
		"SILTGATE_HTTP_ADDR":       c.HTTPAddr == "" || validAddress(c.HTTPAddr),
		"SILTGATE_LOG_LEVEL":       slices.Contains(levels, c.LogLevel),
		"SILTGATE_LOG_FORMAT":      slices.Contains([]string{"auto", "text", "json"}, c.LogFormat),
	}
	for _, v := range Variables() {
		ok, checked := valid[v.Name]
		if slices.Contains(illTyped, v.Name) || checked && !ok {
			l.refuse(v.Name, "want "+v.want)
		}
	}
	if l.refused("SILTGATE_CATCH_UP") || l.refused("SILTGATE_HISTORY") || c.History > c.CatchUp {
		return
	}
	// A tick whose run is forgotten while it could still be caught up would run again.
	if l.given["SILTGATE_HISTORY"] != "" {
		l.refuse("SILTGATE_HISTORY", "want more than SILTGATE_CATCH_UP, which is "+c.CatchUp.String())
	} else {
		l.refuse("SILTGATE_CATCH_UP", "want less than SILTGATE_HISTORY, which is "+c.History.String())
	}
}

// ScheduleVariable is the variable that says what the schedule is, or "default".
func (c Config) ScheduleVariable() string {
	switch {
	case c.TestEnvironment:
		return c.TestVariable
	case c.cronSet:
		return "REFRESH_TOKEN_CLEANUP_CRON"
	}
	return "default"
}

// LogValue implements slog.LogValuer, for one line at debug.
func (c Config) LogValue() slog.Value {
	tables := make([]string, len(c.Tables))
	for i, t := range c.Tables {
		tables[i] = t.String()
	}
	return slog.GroupValue(
		slog.Any("database", c.Database),
		slog.String("schema", c.Schema),
		slog.String("schedule", c.Schedule.String()),
		slog.String("cron", c.Cron),
		slog.Bool("test_environment", c.TestEnvironment),
		slog.String("catch_up", c.CatchUp.String()),
		slog.Any("tables", tables),
		slog.String("finish_within", c.FinishWithin.String()),
		slog.Float64("duty_cycle", c.DutyCycle),
		slog.String("batch_target", c.BatchTarget.String()),
		slog.String("max_replica_lag", c.MaxReplicaLag.String()),
		slog.String("max_wait", c.MaxWait.String()),
		slog.Int64("max_rows", c.MaxRows),
		slog.String("max_duration", c.MaxDuration.String()),
		slog.Float64("max_share", c.MaxShare),
		slog.String("max_clock_skew", c.MaxClockSkew.String()),
		slog.String("history", c.History.String()),
		slog.Int("max_attempts", c.MaxAttempts),
		slog.String("http_addr", c.HTTPAddr),
		slog.String("ui_addr", c.Page.Addr),
	)
}
