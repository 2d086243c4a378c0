package purge

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// What other tables have that refer to a pattern's is no less configured for being matched.
func TestACascadeIntoATableThatAPatternMatchesDeletesNothing(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE SCHEMA tenant_a;
		CREATE TABLE tenant_a.devices (id int PRIMARY KEY, expires_at timestamptz);
		CREATE TABLE tenant_a.refresh_tokens (
			id int, expires_at timestamptz, revoked boolean, device int REFERENCES tenant_a.devices ON DELETE CASCADE);
		CREATE INDEX ON tenant_a.refresh_tokens (device);
		INSERT INTO tenant_a.devices VALUES (1, '-infinity');
		INSERT INTO tenant_a.refresh_tokens VALUES (1, 'infinity', false, 1)`)
	devices := Table{Schema: "tenant_*", Name: "devices", Rules: []Rule{{Expires: []string{"expires_at"}}}, AllowCascade: true}
	e := db.engine(devices, pattern)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 1, p.Tables[1].Referenced)
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM tenant_a.refresh_tokens`))
}

func TestTheInspectionOfAPatternNamesAFewOfItsTablesAndCountsTheOthers(t *testing.T) {
	t.Parallel()
	db := tenants(t, 15)
	inspect := func(tables ...Table) Inspection {
		all, err := Inspect(t.Context(), db.config(nil), tables)
		require.NoError(t, err)
		require.Len(t, all, 1)
		return all[0]
	}
	i := inspect(pattern)
	require.NoError(t, i.Err())
	require.Empty(t, i.Findings)
	require.Equal(t, 15, *i.Matched)

	for n := range 13 {
		db.exec(fmt.Sprintf(`ALTER TABLE tenant_%d.refresh_tokens DROP COLUMN revoked`, n))
	}
	i = inspect(pattern)
	require.ErrorContains(t, i.Err(), `tenant_0.refresh_tokens: column "revoked" does not exist`)
	require.ErrorContains(t, i.Err(), `and so on: 3 more findings of its tables`)
	require.Len(t, i.Findings, mostNamed+1)

	i = inspect(Table{Schema: "nobody_*", Name: "t", Rules: tokens.Rules})
	require.NoError(t, i.Err())
	require.Equal(t, "matches no table", i.Warnings()[0].Problem)

	needs, err := Needs(t.Context(), db.config(nil), []Table{pattern}, "someone")
	require.NoError(t, err)
	require.Len(t, needs, 15)
	expected, err := Forecasts(t.Context(), db.config(nil), []Table{pattern})
	require.NoError(t, err)
	require.NotZero(t, expected[0].Dead)
}

func TestTablesOfAPatternInWhichNothingIsDeadCostAFewStatementsAndNoRoomInTheProgress(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `DO $$ BEGIN FOR i IN 0..299 LOOP
		EXECUTE format('CREATE SCHEMA tenant_%s', i);
		EXECUTE format('CREATE TABLE tenant_%s.refresh_tokens (id int, expires_at timestamptz, revoked boolean)', i);
		EXECUTE format('INSERT INTO tenant_%s.refresh_tokens VALUES (1, ''infinity'')', i);
		COMMIT;
	END LOOP; END $$`)
	statements := 0
	e := db.engineOn(db.watched(func(string) { statements++ }), pattern)
	longest := 0
	run := func() Progress {
		statements = 0
		p, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(p *Progress) {
			encoded, err := json.Marshal(p)
			require.NoError(t, err)
			longest = max(longest, len(encoded))
		}}, Progress{})
		require.NoError(t, err)
		require.True(t, p.Tables[0].Proven())
		return p
	}
	run()
	require.Less(t, statements, 40)
	require.Less(t, longest, 1000)

	db.exec(`INSERT INTO tenant_7.refresh_tokens VALUES (2, '-infinity'); UPDATE tenant_8.refresh_tokens SET revoked = true`)
	p := run()
	require.EqualValues(t, 2, p.Deleted(), "those in which something is dead are found all the same")
	require.Less(t, longest, 10_000)
}

// What a table is examined for must not be passed by because nothing in it seems to be dead.
func TestATableWhoseDeadRowsCannotBeSeenFailsAlthoughNothingSeemsDead(t *testing.T) {
	t.Parallel()
	for name, ddl := range map[string]string{
		"row security hides them": `ALTER TABLE tenant_0.refresh_tokens ENABLE ROW LEVEL SECURITY`,
		"no right to delete":      `REVOKE DELETE ON tenant_0.refresh_tokens FROM %[1]s`,
		"no right to read":        `REVOKE SELECT ON tenant_0.refresh_tokens FROM %[1]s`,
		"no right to the schema":  `REVOKE USAGE ON SCHEMA tenant_0 FROM %[1]s`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := tenants(t, 2)
			db.exec(`DELETE FROM tenant_0.refresh_tokens; INSERT INTO tenant_0.refresh_tokens VALUES (1, 'infinity')`)
			role := db.role(`GRANT USAGE ON SCHEMA tenant_0, tenant_1 TO %[1]s; GRANT ALL ON tenant_0.refresh_tokens, tenant_1.refresh_tokens TO %[1]s; ` + ddl)
			s := db.session()
			_, err := s.conn.Exec(t.Context(), `SET ROLE `+role)
			require.NoError(t, err)
			e := db.engineOn(s, pattern)
			p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
			require.ErrorContains(t, err, "1 table of 2 was not purged, all others were: tenant_0.refresh_tokens: ")
			require.EqualValues(t, 1, p.Deleted())
		})
	}
}
