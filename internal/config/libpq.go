package config

import (
	"net/url"
	"slices"
	"strings"
)

// libpq pairs those of libpq's variables that pgx knows with their keywords in a connection string.
func libpq() [][2]string {
	return [][2]string{
		{"PGHOST", "host"},
		{"PGPORT", "port"},
		{"PGDATABASE", "dbname"},
		{"PGUSER", "user"},
		{"PGPASSWORD", "password"},
		{"PGPASSFILE", "passfile"},
		{"PGAPPNAME", "application_name"},
		{"PGCONNECT_TIMEOUT", "connect_timeout"},
		{"PGSSLMODE", "sslmode"},
		{"PGSSLKEY", "sslkey"},
		{"PGSSLCERT", "sslcert"},
		{"PGSSLCERTMODE", "sslcertmode"},
		{"PGSSLSNI", "sslsni"},
		{"PGSSLROOTCERT", "sslrootcert"},
		{"PGSSLPASSWORD", "sslpassword"},
		{"PGSSLNEGOTIATION", "sslnegotiation"},
		{"PGTARGETSESSIONATTRS", "target_session_attrs"},
		{"PGTZ", "timezone"},
		{"PGOPTIONS", "options"},
		{"PGMINPROTOCOLVERSION", "min_protocol_version"},
		{"PGMAXPROTOCOLVERSION", "max_protocol_version"},
		{"PGCHANNELBINDING", "channel_binding"},
		{"PGREQUIREAUTH", "require_auth"},
	}
}

// withLibpq adds libpq's variables to a connection string, which wins over them, and
// returns the names of those it added.
//
// pgx reads these variables by itself, but from the process and to the letter. Three things would be
// lost if that were left to pgx. A value is understood as any other variable's is (see plain): the
// password of a Kubernetes Secret that ends in a newline would be sent with the newline, and a blank
// PGPORT would be refused. Load would no longer read the environment that it is given, alone. And a
// problem would be the URL's where it is a variable's.
func withLibpq(text string, given environment) (full string, added []string) {
	pairs := libpq()
	if given["PGSERVICE"] != "" {
		// A service wins over the other variables; pgx handles that.
		pairs = [][2]string{{"PGSERVICE", "service"}, {"PGSERVICEFILE", "servicefile"}}
	}
	prefix, rest, isURL := strings.Cut(text, "://")
	isURL = isURL && !strings.Contains(prefix, "=")
	var said []string
	if isURL {
		said = saidInURL(rest)
	}
	var settings []string
	for _, pair := range pairs {
		value, set := given[pair[0]]
		if !set || slices.Contains(said, pair[1]) {
			continue
		}
		if value == "" {
			value = unset(pair[1])
		}
		added = append(added, pair[0])
		if isURL {
			settings = append(settings, pair[1]+"="+strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
		} else {
			settings = append(settings, pair[1]+"='"+strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value)+"'")
		}
	}
	switch {
	case len(added) == 0:
		return text, nil
	case !isURL:
		return strings.Join(append(settings, text), " "), added
	}
	// If a parameter is given twice, the last one counts.
	base, query, _ := strings.Cut(text, "?")
	if query != "" {
		settings = append(settings, query)
	}
	return base + "?" + strings.Join(settings, "&"), added
}

// unset is the value with which a keyword counts as not given for pgx, which would otherwise read the
// blank variable from the process.
func unset(keyword string) string {
	switch keyword {
	case "connect_timeout":
		return "0"
	case "sslcertmode":
		return "allow"
	case "target_session_attrs":
		return "any"
	}
	return ""
}

// saidInURL is the settings that a URL has before its parameters. libpq's variables are added as
// parameters, which would win over these.
func saidInURL(rest string) []string {
	rest, _, _ = strings.Cut(rest, "?")
	login, address, hasLogin := strings.Cut(rest, "@")
	if !hasLogin {
		login, address = "", rest
	}
	user, password, _ := strings.Cut(login, ":")
	hosts, database, _ := strings.Cut(address, "/")
	withoutIPv6 := hosts[strings.LastIndexByte(hosts, ']')+1:]
	var said []string
	for keyword, present := range map[string]bool{
		"user":     user != "",
		"password": password != "",
		"host":     hosts != "" && hosts[0] != ':',
		"port":     strings.ContainsAny(withoutIPv6, ":,") || strings.Contains(hosts, ","),
		"dbname":   database != "",
	} {
		if present {
			said = append(said, keyword)
		}
	}
	return said
}
