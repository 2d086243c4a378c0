package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// settings are those of Postgres's settings that a connection string may set. For a name that is
// neither one of these nor libpq's, Postgres would refuse the connection.
func settings() []string {
	return []string{
		"application_name", "bytea_output", "client_encoding", "client_min_messages", "datestyle",
		"default_transaction_deferrable", "default_transaction_isolation", "default_transaction_read_only",
		"extra_float_digits", "geqo", "idle_in_transaction_session_timeout", "idle_session_timeout",
		"intervalstyle", "jit", "lock_timeout", "maintenance_work_mem", "options", "role", "row_security",
		"search_path", "standard_conforming_strings", "statement_timeout", "synchronous_commit",
		"tcp_keepalives_count", "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_user_timeout",
		"temp_buffers", "timezone", "work_mem",
	}
}

// foreign are the parameters that only other clients understand, without a counterpart here.
func foreign() []string {
	return []string{
		// libpq
		"fallback_application_name", "gssdelegation", "gssencmode", "gsslib", "keepalives",
		"keepalives_count", "keepalives_idle", "keepalives_interval", "load_balance_hosts", "replication",
		"requirepeer", "requiressl", "scram_client_key", "scram_server_key", "ssl_max_protocol_version",
		"ssl_min_protocol_version", "sslcompression", "sslcrl", "sslcrldir", "sslkeylogfile",
		// Prisma, node-postgres, Supabase
		"connection_limit", "pool_timeout", "socket_timeout", "sslaccept", "sslidentity",
		"statement_cache_size", "supa", "uselibpqcompat", "workaround",
		// JDBC
		"ApplicationName", "assumeMinServerVersion", "binaryTransfer", "connectTimeout", "defaultRowFetchSize",
		"loadBalanceHosts", "loginTimeout", "preferQueryMode", "prepareThreshold", "reWriteBatchedInserts",
		"socketTimeout", "sslfactory", "stringtype", "targetServerType", "tcpKeepAlive",
		// Doctrine, Rails, Django, SQLAlchemy, asyncpg, sqlx
		"adapter", "async_fallback", "charset", "checkout_timeout", "command_timeout", "conn_max_age", "encoding",
		"max_overflow", "pool", "pool_size", "prepared_statement_cache_size", "prepared_statements",
		"serverVersion", "server_version", "statement-cache-capacity", "statement_limit", "timeout", "variables",
		// Go
		"binary_parameters", "disable_prepared_binary_result", "x-migrations-table", "x-statement-timeout",
	}
}

// counterparts are what to write in place of what only other clients understand.
func counterparts() map[string]string {
	return map[string]string{
		"currentSchema": "search_path=",
		"schema":        "search_path=",
		"hostaddr":      "host= with the address",
		"ssl":           "sslmode=",
		"username":      "user=",
		"pass":          "password=",
		"pwd":           "password=",
		"db":            "dbname=",
		"server":        "host=",
	}
}

var (
	parameterName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

	// customSetting is one of an extension or application, which Postgres accepts without a check.
	customSetting = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+$`)
)

// refuseParameter says why a parameter is refused that pgx would pass to Postgres. An unknown name is
// not shown: it may be a piece of a password.
func refuseParameter(name, value string) string {
	lower := strings.ToLower(name)
	switch {
	case lower == "client_encoding" && !isUTF8(value):
		return "want client_encoding=UTF8, or none"
	case customSetting.MatchString(name), slices.Contains(settings(), lower):
		return ""
	case !parameterName.MatchString(name):
		return malformed
	case name == "pgbouncer":
		return "want a direct or session-pooled connection, and no pgbouncer= in the URL"
	case slices.Contains(foreign(), name):
		return "want it without " + name + "=, which only other clients understand"
	}
	if want, ok := counterparts()[name]; ok {
		return "want " + want + " in place of " + name + "=, which only other clients understand"
	}
	if near := nearestParameter(lower); near != "" {
		return "want " + near + "=, in lower case, in place of a parameter that is neither libpq's nor a setting of Postgres"
	}
	return "want no parameters but libpq's, such as sslmode=, and Postgres's settings, such as search_path=: one is neither"
}

// isUTF8 compares the name of an encoding as Postgres does, by letters and digits only.
func isUTF8(encoding string) bool {
	bare := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(encoding))
	return bare == "utf8" || bare == "unicode"
}

// nearestParameter is the parameter that a name is meant to be; empty if none is near.
func nearestParameter(name string) string {
	known := settings()
	for _, pair := range libpq() {
		known = append(known, pair[1])
	}
	nearest, least := "", min(3, len(name)/2)
	for _, candidate := range known {
		if away := distance(name, candidate); away < least {
			nearest, least = candidate, away
		}
	}
	return nearest
}

// refuseParameters refuses each wrong parameter that pgx would pass to Postgres.
func (l *loader) refuseParameters(source string, parameters map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		if reason := refuseParameter(name, parameters[name]); reason != "" {
			l.refuseSecret(source, reason)
		}
	}
}
