package migrations

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// as is a migrator of the same schema by another role.
func (m Migrator) as(t *testing.T, url string) Migrator {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	require.NoError(t, err)
	return Migrator{Config: config, Schema: m.Schema}
}

func TestFault57ASchemaThatAnotherRoleMadeIsRefusedBeforeAnythingOfItRuns(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	name, url := pgtest.Role(t, pool.Config().ConnString(), `DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %%I TO %%I', current_database(), '%[2]s'); END $$`)
	theirs := pgtest.Pool(t, url)
	for _, sql := range []string{
		`CREATE SCHEMA siltgate`,
		`CREATE FUNCTION siltgate.take() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE 'ran as %', current_user; END $$`,
		`CREATE FUNCTION siltgate.cardinality(text[]) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RAISE 'ran as %', current_user; END $$`,
		`CREATE VIEW siltgate.siltgate_migration AS SELECT siltgate.take() AS version_id, true AS is_applied, now()::timestamp AS tstamp`,
		`GRANT ALL ON SCHEMA siltgate TO PUBLIC; GRANT ALL ON siltgate.siltgate_migration TO PUBLIC`,
	} {
		_, err := theirs.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}

	_, err := m.Up(t.Context())
	require.ErrorContains(t, err, `the schema belongs to role "`+name+`", this role is `)
	require.ErrorContains(t, err, `ALTER SCHEMA "siltgate" OWNER TO`)
	_, err = m.Down(t.Context())
	require.ErrorContains(t, err, `the schema belongs to role "`+name+`"`)
	_, err = m.Status(t.Context())
	require.ErrorContains(t, err, "is no plain table")

	// A schema that changed hands has still what its former owner left there.
	for _, sql := range []string{`DROP VIEW siltgate.siltgate_migration`, `ALTER SCHEMA siltgate OWNER TO CURRENT_USER`} {
		_, err := pool.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	_, err = m.Up(t.Context())
	require.ErrorContains(t, err, `objects in the schema belong to "`+name+`"`)
	_, err = pool.Exec(t.Context(), `DROP FUNCTION siltgate.take(); DROP FUNCTION siltgate.cardinality(text[])`)
	require.NoError(t, err)
	_, err = m.Up(t.Context())
	require.ErrorContains(t, err, "PUBLIC may create objects in the schema")
	require.ErrorContains(t, err, `REVOKE CREATE ON SCHEMA "siltgate" FROM PUBLIC`)
	_, err = pool.Exec(t.Context(), `REVOKE CREATE ON SCHEMA siltgate FROM PUBLIC`)
	require.NoError(t, err)
	_, err = m.Up(t.Context())
	require.NoError(t, err)
}

func TestARoleThatMayNotCreateTheSchemaOrReadItIsToldWhatMendsIt(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	name, url := pgtest.Role(t, pool.Config().ConnString(), "")
	database := pool.Config().ConnConfig.Database
	theirs := m.as(t, url)
	_, err := theirs.Up(t.Context())
	require.EqualError(t, err, `migrate schema "siltgate": role "`+name+`" may not create it in database "`+database+`": whoever may has to run `+
		"`CREATE SCHEMA \"siltgate\" AUTHORIZATION \""+name+"\"`, or `GRANT CREATE ON DATABASE \""+database+"\" TO \""+name+"\"`")
	_, err = pool.Exec(t.Context(), `CREATE SCHEMA "siltgate" AUTHORIZATION "`+name+`"`)
	require.NoError(t, err)
	_, err = theirs.Up(t.Context())
	require.NoError(t, err)

	_, other := pgtest.Role(t, pool.Config().ConnString(), "")
	_, err = m.as(t, other).Status(t.Context())
	require.EqualError(t, err, "read migrations: this role may not read \"siltgate\".\"siltgate_migration\": `siltgate grants` prints what each role needs")
}

func TestARoleWithoutSuperuserMigratesASchemaOfItsOwn(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	_, url := pgtest.ManagedRole(t, pool.Config().ConnString(), "")
	managed := m.as(t, url)
	_, err := managed.Up(t.Context())
	require.NoError(t, err)
	_, err = managed.Up(t.Context())
	require.NoError(t, err)

	// A superuser has every right, but what is in the schema is another role's word.
	_, err = m.Up(t.Context())
	require.ErrorContains(t, err, "migrate as ")
	steps, err := m.Status(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, steps)
}

func TestEveryFunctionOfOursHasAPathOfItsOwnWithTemporaryObjectsLast(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	_, err := m.Up(t.Context())
	require.NoError(t, err)
	var pinned int
	var others []string
	require.NoError(t, pool.QueryRow(t.Context(), `
		SELECT
			count(*) FILTER (WHERE proconfig @> '{"search_path=pg_catalog, pg_temp"}'),
			coalesce(array_agg(proname::text) FILTER (WHERE NOT coalesce(proconfig @> '{"search_path=pg_catalog, pg_temp"}', false)), '{}')
		FROM pg_proc WHERE pronamespace = 'siltgate'::regnamespace`).Scan(&pinned, &others))
	require.Greater(t, pinned, 5)
	require.Empty(t, others)
}
