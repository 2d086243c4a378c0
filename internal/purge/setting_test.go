package purge

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestFault62SettingsOfTheRoleOrTheDatabaseChangeNoPlan(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, indexTokens)
	db.exec(`INSERT INTO refresh_tokens (expires_at) SELECT now() + n * interval '1 s' FROM generate_series(-10000, 10000) AS n`)
	db.exec(`DO $$ DECLARE setting text; BEGIN
		FOREACH setting IN ARRAY ARRAY['enable_tidscan = off', 'enable_indexscan = off', 'quote_all_identifiers = on'] LOOP
			EXECUTE format('ALTER DATABASE %I SET ', current_database()) || setting;
		END LOOP; END $$`)
	s := db.session()
	h := s.only(t, tokens)
	leads, err := s.leads(t.Context(), h)
	require.NoError(t, err)
	require.NotEmpty(t, leads, "the predicate of an index is read as it stands")
	require.Equal(t, "Tid Range Scan", s.scan(t, h.deleteRows(target{from: 8, to: 16})))
	require.Equal(t, "Index Scan", s.scan(t, h.listDead(leads[0], nil, 500)))
}

func TestFault88ARunWhoseSessionWouldFireNoTriggerIsRefused(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens+`; INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	db.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database()); END $$`)
	config, err := pgx.ParseConfig(db.url)
	require.NoError(t, err)
	_, err = Open(t.Context(), config, alone)
	require.EqualError(t, err, "session_replication_role is replica, so that no trigger would fire and no foreign key be checked: "+
		"reset it for the role, the database or the connection, whichever sets it")
	_, err = Inspect(t.Context(), config, []Table{tokens})
	require.ErrorContains(t, err, "session_replication_role is replica")
}

// A batch restores the settings that it found: those of the heap, and not those of the heap before.
func TestTheStatementsOfAHeapArePlannedOnce(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens+`; INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 10)`)
	e := db.engine(tokens)
	_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	var mode string
	require.NoError(t, e.Session.conn.QueryRow(t.Context(), `SELECT pg_catalog.current_setting('plan_cache_mode')`).Scan(&mode))
	require.Equal(t, "force_generic_plan", mode)
}
