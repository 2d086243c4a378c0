package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAMisspelledVariableIsRefusedWithTheNearestName(t *testing.T) {
	t.Parallel()
	for name, nearest := range map[string]string{
		"SILTGATE_DUTYCYCLE":                  "SILTGATE_DUTY_CYCLE",
		"SILTGATE_MAX_REPLICATION_LAG":        "SILTGATE_MAX_REPLICA_LAG",
		"SILTGATE_LOGLEVEL":                   "SILTGATE_LOG_LEVEL",
		"SILTGATE_HTTP_ADDRESS":               "SILTGATE_HTTP_ADDR",
		"SILTGATE_CRON":                       "REFRESH_TOKEN_CLEANUP_CRON",
		"SILTGATE_REFRESH_TOKEN_CLEANUP_CRON": "REFRESH_TOKEN_CLEANUP_CRON",
		"SILTGATE_DATABASE_URI":               "DATABASE_URL",
		"SILTGATE_NODE_ENV":                   "NODE_ENV",
		"siltgate_schema":                     "SILTGATE_SCHEMA",
		"SILTGATE_TABLES":                     "SILTGATE_TABLES_0_NAME",
		"SILTGATE_TABLES_NAME":                "SILTGATE_TABLES_0_NAME",
		"SILTGATE_TABLE_2_NAME":               "SILTGATE_TABLES_2_NAME",
		"SILTGATE_TABLES_12_DONE_COLUM":       "SILTGATE_TABLES_12_DONE_COLUMN",
		"SILTGATE_TABLES_0_KEEPDONE":          "SILTGATE_TABLES_0_KEEP_DONE",
		"SILTGATE_TABLES_<n>_NAME":            "SILTGATE_TABLES_0_NAME",
	} {
		require.Equal(t, name+": no such variable: want "+nearest, refusal(t, databaseURL, name+"=x"))
	}
	for _, name := range []string{"SILTGATE_", "SILTGATE_X", "SILTGATE_VERBOSITY"} {
		require.Equal(t, name+": no such variable: see siltgate run --help", refusal(t, databaseURL, name+"=x"))
	}
}

func TestAVariableInLowerCaseIsRefused(t *testing.T) {
	t.Parallel()
	for name, upper := range map[string]string{
		"refresh_token_cleanup_cron": "REFRESH_TOKEN_CLEANUP_CRON",
		"Node_Env":                   "NODE_ENV",
		"siltgate_tables_3_name":     "SILTGATE_TABLES_3_NAME",
	} {
		require.Equal(t, name+": no such variable: want "+upper, refusal(t, databaseURL, name+"=x"))
	}
	require.Equal(t, "database_url: no such variable: want DATABASE_URL", refusal(t, "PGHOST=db", "database_url=x"))
	load(t, "database_url=postgres://other/other", "http_proxy=http://proxy", "pghost=other")
}

func TestOtherPeoplesVariablesAreLeftAlone(t *testing.T) {
	t.Parallel()
	load(t, "REFRESH_TOKEN_TTL=1h", "SILT=1", "POSTGRES_BIN_DIR=/usr/bin", "PATH=/bin", "=C:=C:\\", "novalue")
}

// A Service called siltgate or siltgate-http makes Kubernetes set these in every pod.
func TestVariablesOfAKubernetesServiceAreLeftAlone(t *testing.T) {
	t.Parallel()
	load(t, "SILTGATE_SERVICE_HOST=10.0.0.1", "SILTGATE_SERVICE_PORT=8080", "SILTGATE_SERVICE_PORT_HTTP=8080",
		"SILTGATE_PORT=tcp://10.0.0.1:8080", "SILTGATE_PORT_8080_TCP=tcp://10.0.0.1:8080",
		"SILTGATE_PORT_8080_TCP_PROTO=tcp", "SILTGATE_PORT_8080_TCP_PORT=8080", "SILTGATE_PORT_8080_TCP_ADDR=10.0.0.1",
		"SILTGATE_HTTP_SERVICE_HOST=10.0.0.1", "SILTGATE_HTTP_PORT=tcp://10.0.0.1:8080")
	require.Contains(t, refusal(t, databaseURL, "SILTGATE_HTTP_PORT=8080"), "SILTGATE_HTTP_PORT: no such variable")
}
