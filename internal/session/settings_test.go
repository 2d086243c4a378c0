package session

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestSettingsOfTheDatabaseAreNotOurs(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	pool := pgtest.Pool(t, url)
	want := map[string]string{
		"search_path": "pg_catalog, pg_temp", "client_encoding": "UTF8", "standard_conforming_strings": "on", "DateStyle": "ISO, DMY",
		"IntervalStyle": "postgres", "default_transaction_isolation": "read committed", "default_transaction_deferrable": "off",
		"statement_timeout": "0", "lock_timeout": "0", "idle_session_timeout": "0", "idle_in_transaction_session_timeout": "1min",
		"transaction_timeout": "0",
	}
	for name, value := range map[string]string{
		"search_path": "public", "client_encoding": "LATIN1", "standard_conforming_strings": "off", "DateStyle": "German, DMY",
		"IntervalStyle": "iso_8601", "default_transaction_isolation": "serializable", "default_transaction_deferrable": "on",
		"statement_timeout": "1s", "lock_timeout": "1s", "idle_session_timeout": "1s", "idle_in_transaction_session_timeout": "1s",
		"transaction_timeout": "1s",
	} {
		var known bool
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_settings WHERE name = $1)`, name).Scan(&known))
		if !known {
			delete(want, name)
			continue
		}
		_, err := pool.Exec(t.Context(), `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET `+name+` = %L', current_database(), '`+value+`'); END $$`)
		require.NoError(t, err)
	}
	config, err := pgx.ParseConfig(url)
	require.NoError(t, err)
	Pin(config)
	conn, err := pgx.ConnectConfig(t.Context(), config)
	require.NoError(t, err)
	defer Close(t.Context(), conn)
	for name, value := range want {
		var set string
		require.NoError(t, conn.QueryRow(t.Context(), `SELECT current_setting($1)`, name).Scan(&set))
		require.Equal(t, value, set, name)
	}
}

func TestFault88ASessionInWhichNoTriggerFiresIsRefusedWithWhatMendsIt(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	pool := pgtest.Pool(t, url)
	connect := func() (string, error) {
		config, err := pgx.ParseConfig(url)
		require.NoError(t, err)
		Pin(config)
		conn, err := pgx.ConnectConfig(t.Context(), config)
		if err == nil {
			Close(t.Context(), conn)
		}
		return pgx.Identifier{config.Database}.Sanitize(), err
	}
	_, err := pool.Exec(t.Context(), `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database()); END $$`)
	require.NoError(t, err)
	database, err := connect()
	require.ErrorContains(t, err, "triggers and foreign keys would not work in this session: ALTER ROLE")
	mend := "ALTER DATABASE " + database + " RESET session_replication_role"
	require.ErrorContains(t, err, mend)

	_, err = pool.Exec(t.Context(), mend)
	require.NoError(t, err)
	_, err = connect()
	require.NoError(t, err)
}
