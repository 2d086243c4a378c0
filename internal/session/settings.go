package session

import (
	"strconv"
	"strings"
)

// common are the settings for every supported server. pg_temp is named last, because a temporary
// table would come first if it were not named. A process that freezes in a transaction must not
// keep its locks.
const common = `
	SET search_path = pg_catalog, pg_temp;
	SET client_encoding = 'UTF8';
	SET standard_conforming_strings = on;
	SET DateStyle = 'ISO';
	SET IntervalStyle = 'postgres';
	SET default_transaction_isolation = 'read committed';
	SET default_transaction_deferrable = off;
	SET statement_timeout = 0;
	SET lock_timeout = 0;
	SET idle_session_timeout = 0;
	SET idle_in_transaction_session_timeout = '1min'`

// replicationRole is the last statement of the settings, and answers which triggers fire.
const replicationRole = `;
	SELECT pg_catalog.current_setting('session_replication_role')`

// settings is the SQL for a server of a version, such as 17.2 or 17.2 (Debian 17.2-1). It leaves
// default_transaction_read_only alone: the database says whether it takes writes.
func settings(version string) string {
	number, _, _ := strings.Cut(version, ".")
	if major, err := strconv.Atoi(number); err == nil && major >= 17 {
		return common + `;
	SET transaction_timeout = 0` + replicationRole
	}
	return common + replicationRole
}
