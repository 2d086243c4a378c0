package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const urlForm = "postgres://user:password@host:5432/database" //nolint:gosec // G101: a form, not a password.

// database reads how to reach Postgres. Its problems never show a value, nor pgx's own errors, which
// quote what pgx cannot read: that may be a piece of a password.
func (l *loader) database() Database {
	pool := l.connection()
	if pool == nil {
		return Database{}
	}
	return Database{pool: pool, given: l.given}
}

// connection makes pgx's configuration; nil if something is wrong with it.
func (l *loader) connection() *pgxpool.Config {
	source, text, ok := l.databaseURL()
	if !ok {
		return nil
	}
	text, reason := connectionString(text)
	if reason != "" {
		l.refuseSecret(source, reason)
		return nil
	}
	text, added := withLibpq(text, l.given)
	pool, err := pgxpool.ParseConfig(text)
	if err != nil {
		f := faultIn(err)
		if slices.Contains(added, f.variable) {
			source = f.variable
		}
		l.refuseSecret(source, cmp.Or(f.reason, malformed))
		return nil
	}
	before := len(l.problems)
	for _, reason := range refuseConnection(pool) {
		l.refuseSecret(source, reason)
	}
	c := pool.ConnConfig
	maps.DeleteFunc(c.RuntimeParams, func(_, value string) bool { return value == "" })
	l.refuseParameters(source, c.RuntimeParams)
	if len(l.problems) > before {
		return nil
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "siltgate"
	}
	return pool
}

// databaseURL finds the connection string and the variable that it comes from. The string is empty if
// only libpq's variables are set.
func (l *loader) databaseURL() (source, text string, ok bool) {
	for _, name := range []string{"SILTGATE_DATABASE_URL", "DATABASE_URL"} {
		file := name + "_FILE"
		inline, path := l.given[name], l.given[file]
		switch {
		case inline != "" && path != "":
			l.refuseSecret(file, "want only one of "+name+" and "+file)
			return "", "", false
		case inline != "":
			return name, inline, true
		case path != "":
			secret, reason := readSecret(path)
			if reason != "" {
				l.refuse(file, reason)
				return "", "", false
			}
			if secret.once {
				delete(l.given, file)
				l.given[name] = secret.text
			}
			return file, secret.text, true
		}
	}
	for _, name := range []string{"PGHOST", "PGDATABASE", "PGSERVICE"} {
		if l.given[name] != "" {
			return name, "", true
		}
	}
	l.refuseSecret("DATABASE_URL", "required: want "+urlForm+
		", or DATABASE_URL_FILE with the path of a file that holds it, or libpq's PGHOST, PGDATABASE, PGUSER and PGPASSWORD")
	return "", "", false
}

const (
	encoded   = "@ : / ? # % inside a name or password written as %40 %3A %2F %3F %23 %25"
	malformed = "want " + urlForm + ", with " + encoded
	keywords  = "want " + urlForm + ", or host=... port=... user=... dbname=... with blanks between them"
)

var (
	urlScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.:-]*$`)

	// semicolons are how .NET and ODBC write a connection string.
	semicolons = regexp.MustCompile(`(?i)^(host|server|data source|driver|port|database|initial catalog|user|user id|username|uid)\s*=\s*[^;'\s]*\s*;`)

	// driver is what SQLAlchemy and others add to the scheme.
	driver = regexp.MustCompile(`\+[a-z0-9_]+$`)
)

// connectionString is the text for pgx, or why it is refused. It refuses what pgx would misread: of a
// password that is not percent-encoded, pgx takes pieces for the host or the database.
func connectionString(text string) (normal, reason string) {
	text = withoutName(text)
	if text == "" {
		return "", ""
	}
	if isQuote(text[0]) {
		return "", "want it without the quotes"
	}
	scheme, rest, isURL := strings.Cut(text, "://")
	switch {
	case !isURL || !urlScheme.MatchString(scheme):
		switch {
		case !strings.Contains(text, "="):
			return "", "want " + urlForm
		case semicolons.MatchString(text):
			return "", keywords
		}
		return text, ""
	case strings.HasPrefix(strings.ToLower(scheme), "jdbc:"):
		return "", "want it without jdbc:, and user and password before the host: " + urlForm
	}
	scheme = driver.ReplaceAllString(strings.ToLower(scheme), "")
	if scheme != "postgres" && scheme != "postgresql" {
		return "", "want a URL that begins with postgres:// or postgresql://"
	}
	login, address, hasLogin := strings.Cut(rest, "@")
	if hasLogin && strings.ContainsAny(login, "/?") || strings.Contains(address, "@") || strings.Contains(rest, "#") {
		return "", malformed
	}
	if name := saidTwice(rest); name != "" {
		return "", "want " + name + " once, and " + encoded
	}
	return scheme + "://" + rest, ""
}

// saidTwice is a setting that a URL has twice, as when a password has an ampersand. Only a host may
// stand among the parameters too: there it is a socket's directory.
func saidTwice(rest string) string {
	_, query, _ := strings.Cut(rest, "?")
	said := saidInURL(rest)
	for parameter := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(parameter, "=")
		switch {
		case name == "host" && (strings.HasPrefix(value, "/") || strings.HasPrefix(strings.ToUpper(value), "%2F")):
			continue
		case name == "database":
			name = "dbname"
		case !slices.Contains([]string{"host", "user", "password", "dbname"}, name):
			continue
		}
		if slices.Contains(said, name) {
			return name
		}
		said = append(said, name)
	}
	return ""
}

// longestSocket is how many bytes the path of a socket may have.
const longestSocket = 107

// refuseConnection refuses what is wrong in a configuration although pgx accepts it.
func refuseConnection(pool *pgxpool.Config) (reasons []string) {
	c := pool.ConnConfig
	hosts, ports := addresses(&c.Config)
	if slices.ContainsFunc(hosts, stray) || strings.Contains(c.Database, "@") || strings.Contains(c.User, ":") {
		reasons = append(reasons, "want a host name or address, host and database without @, host and user without :")
	}
	for i, host := range hosts {
		if !strings.HasPrefix(host, "/") {
			continue
		}
		name := "/.s.PGSQL." + ports[i]
		switch {
		case strings.Contains(host, "/.s.PGSQL."):
			reasons = append(reasons, "want the directory of the socket as host, without .s.PGSQL. and port")
		case len(host+name) > longestSocket:
			reasons = append(reasons, fmt.Sprintf("want a socket's directory of at most %d bytes", longestSocket-len(name)))
		}
	}
	if c.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement || c.StatementCacheCapacity < 1 {
		reasons = append(reasons, "want it without default_query_exec_mode= and statement_cache_capacity=: "+
			"Siltgate prepares its statements, on a direct or session-pooled connection")
	}
	for _, ok := range []bool{
		pool.MaxConnLifetime > 0, pool.MaxConnLifetimeJitter >= 0, pool.MaxConnIdleTime > 0, pool.HealthCheckPeriod > 0,
		pool.PingTimeout >= 0, pool.MinConns >= 0, pool.MinIdleConns >= 0,
	} {
		if !ok {
			return append(reasons, poolSettings)
		}
	}
	return reasons
}

var networkName = regexp.MustCompile(`^[\pL\pN_]([\pL\pN._-]*[\pL\pN_.])?$`)

// stray reports whether a host is a piece of an address that was split in the wrong place, which must
// not be printed. The directory of a socket may have colons.
func stray(host string) bool {
	if strings.HasPrefix(host, "/") {
		return strings.Contains(host, "@") || strings.ContainsFunc(host, unicode.IsControl)
	}
	_, err := netip.ParseAddr(host)
	return err != nil && !networkName.MatchString(host)
}

const poolSettings = "want pool_ settings such as pool_max_conns=10 or pool_max_conn_lifetime=1h"
