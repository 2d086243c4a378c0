package config_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/golden"
)

const canary = "kanarienvogel"

func TestADatabaseIsNamedInAnyOfItsWays(t *testing.T) {
	t.Parallel()
	const want = "host=db port=5433 user=app database=auth sslmode=require"
	file := filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(file, []byte("\n postgres://app:s%2Fecret@db:5433/auth?sslmode=require\r\n"), 0o600))
	for _, environ := range [][]string{
		{"DATABASE_URL=postgres://app:s%2Fecret@db:5433/auth?sslmode=require"},
		{"DATABASE_URL= postgresql://app:s%2Fecret@db:5433/auth?sslmode=require\n"},
		{"DATABASE_URL=host=db port=5433 user=app password=s/ecret dbname=auth sslmode=require"},
		{"DATABASE_URL_FILE=" + file},
		{"DATABASE_URL=", "DATABASE_URL_FILE=" + file},
		{"SILTGATE_DATABASE_URL_FILE=" + file, "DATABASE_URL=mysql://app@db/auth"},
		{"SILTGATE_DATABASE_URL=postgres://app:s%2Fecret@db:5433/auth?sslmode=require", "DATABASE_URL_FILE=/missing", "PGHOST=other"},
		{"PGHOST=db", "PGPORT=5433", "PGUSER=app", "PGPASSWORD=s/ecret", "PGDATABASE=auth", "PGSSLMODE=require"},
		{"DATABASE_URL=postgres://app@db:5433/auth?sslmode=require", "PGPASSWORD=s/ecret", "PGHOST=other", "PGPORT=1", "PGUSER=other", "PGDATABASE=other", "PGSSLMODE=disable"},
		{"DATABASE_URL=postgres://:s%2Fecret@/", "PGHOST=db", "PGPORT=5433", "PGUSER=app", "PGPASSWORD=other", "PGDATABASE=auth", "PGSSLMODE=require"},
		{"DATABASE_URL=postgres://db:5433?user=app&password=s%2Fecret&dbname=auth", "PGUSER=other", "PGPASSWORD=other", "PGDATABASE=other", "PGSSLMODE=require"},
		{"DATABASE_URL=dbname=auth user=app", "PGHOST=db", "PGPORT=5433", "PGUSER=other", "PGPASSWORD=s/ecret", "PGSSLMODE=require"},
	} {
		c, err := config.Load(environ)
		require.NoError(t, err, environ)
		require.Equal(t, want, c.Database.String(), environ)
		require.Equal(t, "s/ecret", c.Database.ConnConfig().Password, environ)
	}
}

func TestLibpqValuesMayHoldAnySign(t *testing.T) {
	t.Parallel()
	const password = `a b'c\d&e=f%20+@/?#ü`
	for _, environ := range [][]string{
		{"DATABASE_URL=postgres://app@db/auth?sslmode=disable", "PGPASSWORD=" + password},
		{"DATABASE_URL=postgres://app@db/auth", "PGPASSWORD=" + password},
		{"PGHOST=db", "PGPASSWORD=" + password},
	} {
		c, err := config.Load(environ)
		require.NoError(t, err, environ)
		require.Equal(t, password, c.Database.ConnConfig().Password, environ)
	}
}

func TestAServiceWinsOverLibpqsOtherVariables(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "service")
	require.NoError(t, os.WriteFile(file, []byte("[auth]\nhost=db\ndbname=auth\nuser=app\nsslmode=disable\n"), 0o600))
	c, err := config.Load([]string{"PGSERVICE=auth", "PGSERVICEFILE=" + file, "PGHOST=other"})
	require.NoError(t, err)
	require.Equal(t, "host=db port=5432 user=app database=auth sslmode=disable", c.Database.String())
	require.Equal(t, "PGSERVICE: want service to name an entry of a service file that can be read",
		refusal(t, "PGSERVICE=other", "PGSERVICEFILE="+file))
}

func TestSeveralHostsAreShown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"postgres://app@a,b:5433/auth":                              "host=a,b port=5432,5433 user=app database=auth sslmode=prefer",
		"postgres://app@[::1]:5433/auth?sslmode=verify-full":        "host=::1 port=5433 user=app database=auth sslmode=verify-full",
		"postgres://app@a/auth?sslmode=allow":                       "host=a port=5432 user=app database=auth sslmode=allow",
		"postgres://app@a/auth?sslmode=verify-ca":                   "host=a port=5432 user=app database=auth sslmode=verify-ca",
		"postgres:///auth?host=/run/pg&user=app":                    "host=/run/pg port=5432 user=app database=auth sslmode=disable",
		"postgres://app@/auth?host=/cloudsql/p:r:i":                 "host=/cloudsql/p:r:i port=5432 user=app database=auth sslmode=disable",
		"postgres://app@%2Fcloudsql%2Fp%3Ar%3Ai/auth":               "host=/cloudsql/p:r:i port=5432 user=app database=auth sslmode=disable",
		"host=/cloudsql/p:r:i user=app dbname=auth sslmode=require": "host=/cloudsql/p:r:i port=5432 user=app database=auth sslmode=disable",
		"postgres://app@/auth?host=/a:b,/c&port=1,2":                "host=/a:b,/c port=1,2 user=app database=auth sslmode=disable",
		"postgres://app@localhost/auth?host=/cloudsql/p:r:i":        "host=/cloudsql/p:r:i port=5432 user=app database=auth sslmode=disable",
		"postgres://app@[fe80::1%25eth0]/auth":                      "host=fe80::1%eth0 port=5432 user=app database=auth sslmode=prefer",
		"POSTGRES://app@DB.example.com./auth":                       "host=DB.example.com. port=5432 user=app database=auth sslmode=prefer",
		"postgresql+asyncpg://app@db/auth":                          "host=db port=5432 user=app database=auth sslmode=prefer",
		"postgres+psycopg://app@db/auth":                            "host=db port=5432 user=app database=auth sslmode=prefer",
		"PostgreSQL+psycopg2://app@db/auth?sslmode=disable":         "host=db port=5432 user=app database=auth sslmode=disable",
		"DATABASE_URL=postgres://app@db/auth":                       "host=db port=5432 user=app database=auth sslmode=prefer",
		"postgres://app@db/auth?options=-c%20search_path%3Dapp&TimeZone=UTC&myapp.tenant=7&client_encoding=utf-8": "host=db port=5432 user=app database=auth sslmode=prefer",
	} {
		c, err := config.Load([]string{"DATABASE_URL=" + text})
		require.NoError(t, err)
		require.Equal(t, want, c.Database.String())
	}
}

func TestConnectionsCallThemselvesSiltgate(t *testing.T) {
	t.Parallel()
	named := func(environ ...string) string {
		return load(t, environ...).Database.PoolConfig().ConnConfig.RuntimeParams["application_name"]
	}
	require.Equal(t, "siltgate", named())
	require.Equal(t, "mine", named("PGAPPNAME=mine"))
	require.Equal(t, "mine", named(databaseURL+"?application_name=mine"))
}

func TestACopyOfTheDatabaseConfigIsOnesOwn(t *testing.T) {
	t.Parallel()
	c := load(t)
	c.Database.PoolConfig().ConnConfig.RuntimeParams["timezone"] = "UTC"
	c.Database.ConnConfig().RuntimeParams["timezone"] = "UTC"
	require.NotContains(t, c.Database.ConnConfig().RuntimeParams, "timezone")
	require.Equal(t, int32(7), load(t, databaseURL+"?pool_max_conns=7").Database.PoolConfig().MaxConns)
}

func TestFault81ADatabaseThatCannotBeReadIsRefusedInWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.WriteFile(empty, []byte(" \n"), 0o600))
	var text strings.Builder
	for _, environ := range [][]string{
		{},
		{"DATABASE_URL= "},
		{"PGPASSWORD=secret", "PGSSLMODE=require"},
		{"DATABASE_URL=postgres://db/auth", "DATABASE_URL_FILE=" + empty},
		{"DATABASE_URL_FILE=DIR/missing"},
		{"DATABASE_URL_FILE=DIR"},
		{"DATABASE_URL_FILE=DIR/empty"},
		{"DATABASE_URL=auth"},
		{`DATABASE_URL="postgres://app@db/auth`},
		{"DATABASE_URL=mysql://app@db/auth"},
		{"DATABASE_URL=postgres://app:1234#secret@db/auth"},
		{"DATABASE_URL=postgres://app:secret@db/auth # the application's"},
		{"DATABASE_URL=jdbc:postgresql://db/auth?user=app&password=secret"},
		{"DATABASE_URL=Host=db;Username=app;Password=secret;Database=auth"},
		{"DATABASE_URL=Server = db ; User Id=app; Password=secret"},
		{"DATABASE_URL=Host=db Port=5432 password=secret"},
		{"DATABASE_URL=app:secret@tcp(db:5432)/auth?parseTime=true"},
		{`DATABASE_URL={"host":"db","password":"secret"}`},
		{"SILTGATE_DATABASE_URL=mysql://app@db/auth", "DATABASE_URL=postgres://db/auth"},
		{"SILTGATE_DATABASE_URL=postgres://db/auth", "SILTGATE_DATABASE_URL_FILE=DIR/empty"},
		{"DATABASE_URL=postgres://app:a@b@db/auth"},
		{"DATABASE_URL=postgres://app:a/b@db/auth"},
		{"DATABASE_URL=postgres://app:a%b@db/auth"},
		{"DATABASE_URL=postgres://app%3Asecret@db/auth"},
		{"DATABASE_URL=postgres://app@db:port/auth"},
		{"DATABASE_URL=postgres://app@db/auth?schema=public&connection_limit=5"},
		{"DATABASE_URL=postgres://app@db/auth?pgbouncer=true"},
		{"DATABASE_URL=postgres://app@db/auth?default_query_exec_mode=simple_protocol"},
		{"DATABASE_URL=postgres://app@db/auth?default_query_exec_mode=exec"},
		{"DATABASE_URL=postgres://app@db/auth?default_query_exec_mode=fast"},
		{"DATABASE_URL=postgres://app@db/auth?statement_cache_capacity=0"},
		{"DATABASE_URL=postgres://app@db/auth?keepalives=1&keepalives_idle=30"},
		{"DATABASE_URL=postgres://app@db/auth?serverVersion=16&charset=utf8"},
		{"DATABASE_URL=host=db hostaddr=10.0.0.1"},
		{"DATABASE_URL=postgres://app@db/auth?sslmod=require"},
		{"DATABASE_URL=postgres://app@db/auth?SSLMODE=require"},
		{"DATABASE_URL=postgres://db/auth?user=app&password=x&secret=y"},
		{"DATABASE_URL=postgres://app@db/auth?client_encoding=LATIN1"},
		{"DATABASE_URL=postgres://app@db/auth?pool_health_check_period=0s"},
		{"DATABASE_URL=postgres://app@db/auth?pool_max_conn_lifetime=-1s"},
		{"DATABASE_URL=postgres://db/auth?user=app&password=&host=secret"},
		{"DATABASE_URL=postgres://app@data base/auth"},
		{"DATABASE_URL=postgres://app@db /auth"},
		{"PGHOST=/run/postgresql/.s.PGSQL.5432"},
		{"PGHOST=/run/LONG"},
		{"DATABASE_URL=postgres://app@db/auth?ssl=false"},
		{"DATABASE_URL=postgres://app@service/auth?connect_timeout=soon"},
		{"DATABASE_URL=postgres://app@db/auth?sslmode=on"},
		{"DATABASE_URL=postgres://app@db/auth?sslmode=verify-full&sslrootcert=/missing/ca.pem"},
		{"DATABASE_URL=postgres://app@db/auth?sslcert=/missing/cert.pem"},
		{"DATABASE_URL=postgres://app@db/auth?sslcert=/missing/cert.pem&sslkey=/missing/key.pem"},
		{"DATABASE_URL=postgres://app@db/auth?target_session_attrs=writable"},
		{"DATABASE_URL=postgres://app@db/auth?pool_max_conns=many"},
		{"DATABASE_URL=postgres://a,b/auth?port=1,2,3"},
		{"DATABASE_URL=postgres://app@db/auth", "PGSSLMODE=on"},
		{"PGHOST=db", "PGPORT=0"},
		{"PGHOST=postgres://app:secret@db/auth"},
		{"PGHOST=db", "PGCONNECT_TIMEOUT=1m"},
		{"DATABASE_URL=host=db \x00user=app"},
	} {
		for i, variable := range environ {
			environ[i] = strings.NewReplacer("DIR", dir, "LONG", strings.Repeat("long/", 20)).Replace(variable)
		}
		refused := refusal(t, environ...)
		require.NotContains(t, refused, "secret")
		fmt.Fprintf(&text, "%q\n%s\n\n", environ, refused)
	}
	golden.Equal(t, "testdata/database.golden", strings.ReplaceAll(text.String(), dir, "DIR"))
}

func TestNoPasswordIsEverPrinted(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{
		canary, "%" + canary, canary + "%", canary + "%2", "%00" + canary, "#" + canary, canary + "#", "/" + canary,
		canary + "/", "@" + canary, canary + "@", "@" + canary + "/", "/" + canary + "?a=b", "?" + canary, "?a=" + canary,
		"1/" + canary, "1/?a=" + canary, "@h/" + canary, "@h/d?user=" + canary, ":" + canary, canary + ":", " " + canary,
		"a " + canary, "'" + canary, `\` + canary, "[" + canary, "]" + canary, "[::1]:" + canary, "," + canary, "\x00" + canary,
		"=" + canary, "&" + canary + "=", "&host=" + canary, "host=" + canary, "\n" + canary, "\xff" + canary, "://" + canary,
	} {
		for _, environ := range [][]string{
			{"DATABASE_URL=postgres://app:" + secret + "@db:5432/auth"},
			{"DATABASE_URL=postgres://app:" + secret + "@db:5432/auth?sslmode=bad&port=x"},
			{"DATABASE_URL=postgres://app:" + secret + "@db:port/auth"},
			{"DATABASE_URL=postgres://app:" + secret + "@:99999"},
			{"DATABASE_URL=postgres://:" + secret + "@db,db:5432/auth"},
			{"DATABASE_URL=postgres://" + url.QueryEscape("app:"+secret) + "@db/auth"},
			{"DATABASE_URL=postgres://" + url.QueryEscape("app:"+secret+"@db") + "/auth"},
			{"DATABASE_URL=mysql://app:" + secret + "@db/auth"},
			{"DATABASE_URL=app:" + secret + "@db/auth"},
			{`DATABASE_URL="postgres://app:` + secret + `@db/auth"`},
			{"DATABASE_URL=postgres://db:x/auth?user=app&password=" + secret + "@"},
			{"DATABASE_URL=postgres://db/auth?sslpassword=" + secret + "@&sslmode=x"},
			{"DATABASE_URL=host='db' user=app password='" + secret + "' port=x"},
			{"SILTGATE_DATABASE_URL=postgres://app:" + secret + "@db/auth"},
			{"SILTGATE_DATABASE_PASSWORD=" + secret},
			{"SILTGATE_HTTP_ADDR=postgres://app:" + secret + "@db/auth"},
			{"DATABASE_URL_FILE=postgres://app:" + secret + "@db/auth"},
			{"DATABASE_URL_FILE=host=db password=" + secret},
			{"PGHOST=db", "PGPASSWORD=" + secret, "PGPORT=x"},
			{"PGHOST=db", "PGPASSWORD=" + secret},
			{"PGHOST=app:" + secret + "@db"},
			{"PGDATABASE=postgres://app:" + secret + "@db"},
			{"PGHOST=db", "PGSSLPASSWORD=" + secret, "PGSSLMODE=x"},
			{databaseURL, "PGPASSWORD=" + secret},
			{"DATABASE_URL=jdbc:postgresql://db/auth?user=app&password=" + secret},
			{"DATABASE_URL=Host=db;Username=app;Password=" + secret + ";Database=auth"},
			{"DATABASE_URL=Host=db Password=" + secret},
			{"DATABASE_URL=POSTGRES://app:" + secret + "@db/auth"},
			{"DATABASE_URL=postgresql+asyncpg://app:" + secret + "@db/auth"},
			{"DATABASE_URL=postgres://app:" + secret + "@%2Frun%2Fpostgresql/auth"},
			{"DATABASE_URL=postgres://db/auth?user=app&password=" + secret},
			{"DATABASE_URL=DATABASE_URL=postgres://app:" + secret + "@db/auth"},
			{"DATABASE_URL=host=/run/postgresql password=" + secret + " dbname=auth"},
			{"DATABASE_URL=app:" + secret + "@tcp(db:3306)/auth?parseTime=true"},
			{`DATABASE_URL={"host":"db","password":"` + secret + `"}`},
			{"DATABASE_URL=postgres:app:" + secret + "@db/auth"},
			{"SILTGATE_TABLES_0_NAME=postgres://app:" + secret + "@db/auth", databaseURL},
			{"postgres://app:" + secret + "@db/auth=x", databaseURL},
			{"SILTGATE_DATABASE_URL_FILE=Host=db;Password=" + secret},
		} {
			require.NotContains(t, everythingPrinted(environ), canary, "%q", environ)
		}
	}
}

// everythingPrinted is whatever a program could show of an environment.
func everythingPrinted(environ []string) string {
	c, err := config.Load(environ)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("json", "config", c, "database", c.Database, "err", err)
	slog.New(slog.NewTextHandler(&log, nil)).Info("text", "config", c, "pointer", &c, "database", &c.Database, "err", err)
	fmt.Fprintf(&log, "%v %+v %#v %s %q %x", c, c, c, c.Database, c.Database, c.Database)
	fmt.Fprintf(&log, "%v %+v %#v %v %+v %#v", &c, &c, &c, &c.Database, err, err)
	return log.String() + c.Database.String() + c.LogValue().String()
}
