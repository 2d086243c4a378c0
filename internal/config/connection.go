package config

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

const urlForm = "postgres://user:password@host:5432/database" //nolint:gosec // G101: a form, not a password.

// database reads how to reach Postgres. Its problems are in words of ours and never show a
// value: pgx quotes pieces of what it cannot read, and they may be pieces of a password.
func (l *loader) database() Database {
	source, text, ok := l.databaseURL()
	if !ok {
		return Database{}
	}
	if reason := refuseURL(text); reason != "" {
		l.refuseSecret(source, reason)
		return Database{}
	}
	text, added := withLibpq(text, l.given)
	pool, err := pgxpool.ParseConfig(text)
	if err != nil {
		f := faultIn(err)
		if slices.Contains(added, f.variable) {
			source = f.variable
		}
		l.refuseSecret(source, cmp.Or(f.reason, malformed))
		return Database{}
	}
	c, db := pool.ConnConfig, Database{pool: pool}
	hosts, _ := db.addresses()
	if slices.ContainsFunc(hosts, stray) || strings.Contains(c.Database, "@") || strings.Contains(c.User, ":") {
		l.refuseSecret(source, "want host and database without @, host and user without :")
	}
	for _, name := range slices.Sorted(maps.Keys(c.RuntimeParams)) {
		if reason := refuseParameter(name); reason != "" {
			l.refuseSecret(source, reason)
		}
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "siltgate"
	}
	return db
}

// databaseURL finds the connection string, empty if libpq's variables say it all, and the
// variable that it comes from.
func (l *loader) databaseURL() (source, text string, ok bool) {
	inline, path := l.given["DATABASE_URL"], l.given["DATABASE_URL_FILE"]
	switch {
	case inline != "" && path != "":
		l.refuseSecret("DATABASE_URL_FILE", "want only one of DATABASE_URL and DATABASE_URL_FILE")
		return "", "", false
	case strings.TrimSpace(inline) != "":
		return "DATABASE_URL", strings.TrimSpace(inline), true
	case path != "":
		content, err := os.ReadFile(path)
		text = strings.TrimSpace(string(content))
		var fault *fs.PathError
		switch {
		case errors.As(err, &fault):
			l.refuse("DATABASE_URL_FILE", "want a file that can be read: "+fault.Err.Error())
		case text == "":
			l.refuse("DATABASE_URL_FILE", "want a file that holds "+urlForm)
		}
		return "DATABASE_URL_FILE", text, text != ""
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
	encoded   = "@ : / ? % inside a name or password written as %40 %3A %2F %3F %25"
	malformed = "want " + urlForm + ", with " + encoded
)

// refuseURL refuses what pgx would take for something else than it is. A password that was
// not percent-encoded leaves pieces of itself where host and database are read.
func refuseURL(text string) string {
	switch {
	case text == "":
		return ""
	case strings.ContainsAny(text[:1], `"'`):
		return "want it without the quotes"
	}
	scheme, rest, isURL := strings.Cut(text, "://")
	if !isURL || strings.Contains(scheme, "=") {
		if !strings.Contains(text, "=") {
			return "want " + urlForm
		}
		return ""
	}
	if scheme != "postgres" && scheme != "postgresql" {
		return "want a URL that begins with postgres:// or postgresql://"
	}
	login, address, hasLogin := strings.Cut(rest, "@")
	if hasLogin && strings.ContainsAny(login, "/?") || strings.Contains(address, "@") {
		return malformed
	}
	return ""
}

// stray tells a host that is a piece of an address which came apart, and would be printed.
func stray(host string) bool {
	_, err := netip.ParseAddr(host)
	return strings.Contains(host, "@") || err != nil && strings.Contains(host, ":")
}

var parameterName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// refuseParameter refuses what other clients understand. pgx hands it to Postgres, which
// ends the connection.
func refuseParameter(name string) string {
	switch name {
	case "schema", "currentSchema":
		return "want search_path= in place of " + name + "=, which only other clients understand"
	case "ssl":
		return "want sslmode= in place of ssl="
	case "pgbouncer":
		return "want a direct or session-pooled connection, and no pgbouncer= in the URL"
	case "connection_limit", "pool_timeout", "socket_timeout", "statement_cache_size", "sslaccept",
		"sslidentity", "uselibpqcompat", "gssencmode", "supa":
		return "want it without " + name + "=, which only other clients understand"
	}
	if !parameterName.MatchString(name) {
		return malformed
	}
	return ""
}

// fault is something that pgx finds wrong, by its words, and what we say of it.
type fault struct {
	words, variable, reason string
}

func faultIn(err error) fault {
	const (
		pemFile = " to name a PEM file that can be read"
		version = "want min_protocol_version and max_protocol_version 3.0, 3.2 or latest"
	)
	faults := []fault{
		{"invalid port", "PGPORT", "want a port from 1 to 65535, and in a URL " + encoded},
		{"could not match", "PGPORT", "want one port, or as many as there are hosts"},
		{"sslmode is invalid", "PGSSLMODE", "want sslmode disable, allow, prefer, require, verify-ca or verify-full"},
		{"invalid sslcertmode", "PGSSLCERTMODE", "want sslcertmode disable, allow or require"},
		{"CA file", "PGSSLROOTCERT", "want sslrootcert" + pemFile},
		{"unable to add CA", "PGSSLROOTCERT", "want sslrootcert" + pemFile},
		{"are required", "PGSSLCERT", "want sslcert and sslkey, or neither"},
		{"sslpassword", "PGSSLPASSWORD", "want sslpassword to open sslkey"},
		{"unable to decrypt key", "PGSSLPASSWORD", "want sslpassword to open sslkey"},
		{"sslkey", "PGSSLKEY", "want sslkey" + pemFile},
		{"unable to read cert", "PGSSLCERT", "want sslcert" + pemFile},
		{"unable to load cert", "PGSSLCERT", "want sslcert and sslkey that belong together"},
		{"service", "PGSERVICE", "want service to name an entry of a service file that can be read"},
		{"connect_timeout", "PGCONNECT_TIMEOUT", "want connect_timeout as a whole number of seconds"},
		{"target_session_attrs", "PGTARGETSESSIONATTRS", "want target_session_attrs any, read-write, primary, standby, read-only or prefer-standby"},
		{"channel_binding", "PGCHANNELBINDING", "want channel_binding disable, prefer or require"},
		{"require_auth", "PGREQUIREAUTH", "want require_auth to list methods such as scram-sha-256"},
		{"min_protocol_version", "PGMINPROTOCOLVERSION", version},
		{"max_protocol_version", "PGMAXPROTOCOLVERSION", version},
		{"pool_", "", "want pool_ settings such as pool_max_conns=10 or pool_max_conn_lifetime=1h"},
	}
	text := err.Error()
	text = text[strings.LastIndex(text, "`: ")+1:] // behind the connection string
	for _, f := range faults {
		if strings.Contains(text, f.words) {
			return f
		}
	}
	return fault{}
}
