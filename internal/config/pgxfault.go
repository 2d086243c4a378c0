package config

import "strings"

// fault is something that pgx finds wrong, by its words, and what we say of it. pgx has one type of
// error for all of them, and its texts quote what it cannot read: that may be a piece of a password.
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
		{"default_query_exec_mode", "", "want it without default_query_exec_mode="},
		{"statement_cache_capacity", "", "want it without statement_cache_capacity="},
		{"description_cache_capacity", "", "want it without description_cache_capacity="},
		{"pool_", "", poolSettings},
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
