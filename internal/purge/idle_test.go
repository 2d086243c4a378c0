package purge

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// idleTenants makes tables of a pattern in which all rows live.
func (db *database) idleTenants(count int) Table {
	db.t.Helper()
	for i := range count {
		db.exec(fmt.Sprintf(`CREATE SCHEMA tenant_%d; CREATE TABLE tenant_%[1]d.refresh_tokens (expires_at timestamptz, revoked boolean);
			INSERT INTO tenant_%[1]d.refresh_tokens VALUES (now() + interval '1 day', false)`, i))
	}
	return Table{Schema: "tenant_*", Name: "refresh_tokens", Rules: tokens.Rules}
}

// The statement that looks into many tables at once fails because of one of them.
func TestATableThatCannotBeLookedIntoCostsTheOthersNoLookOfTheirOwn(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	pattern := db.idleTenants(40)
	e := db.engine(pattern)
	r := &slice{Engine: e.Engine, Request: Request{Tables: e.tables}, progress: &Progress{}}
	w := &patternWalk{slice: r, into: &TableProgress{}}
	all, err := r.allMatches(t.Context())
	require.NoError(t, err)
	read, err := newReader(t.Context(), r.Session.catalog(), e.tables)
	require.NoError(t, err)
	group, err := read.plain(t.Context(), all)
	require.NoError(t, err)
	require.Len(t, group, 40)
	db.exec(`DROP TABLE tenant_7.refresh_tokens`)
	idle := map[uint32]bool{}
	require.NoError(t, w.probe(t.Context(), group, idle))
	require.Len(t, idle, 39)
}

func TestALockedTableCostsTheOthersOfItsPatternNoLookOfTheirOwn(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	pattern := db.idleTenants(60)
	db.exec(`INSERT INTO tenant_7.refresh_tokens VALUES (NULL, true)`)
	tx := db.begin()
	_, err := tx.Exec(t.Context(), `LOCK TABLE tenant_7.refresh_tokens`)
	require.NoError(t, err)
	examined := map[string]bool{}
	s := db.watched(nil)
	e := db.engineOn(s, pattern)
	p, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(p *Progress) {
		if m := p.Tables[0].Matched; m != nil {
			for _, open := range m.Open {
				examined[open.Title] = true
			}
			if len(m.Failed) > 0 {
				_ = tx.Rollback(t.Context())
			}
		}
	}}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 1, p.Deleted())
	require.LessOrEqual(t, len(examined), 3, "but for what is slow just then")
	require.Contains(t, examined, "tenant_7.refresh_tokens")
}

// A key of a table to itself matters to dead rows only.
func TestTablesThatReferToThemselvesCostNoLookOfTheirOwnWhileAllTheirRowsLive(t *testing.T) {
	t.Parallel()
	const tables = 100
	db := newDatabase(t)
	for i := range tables {
		db.exec(fmt.Sprintf(`CREATE SCHEMA tenant_%d;
			CREATE TABLE tenant_%[1]d.refresh_tokens (id integer PRIMARY KEY, parent integer REFERENCES tenant_%[1]d.refresh_tokens, expires_at timestamptz, revoked boolean);
			CREATE INDEX ON tenant_%[1]d.refresh_tokens (parent);
			INSERT INTO tenant_%[1]d.refresh_tokens VALUES (1, NULL, 'infinity', false), (2, 1, 'infinity', false)`, i))
	}
	pattern := Table{Schema: "tenant_*", Name: "refresh_tokens", Rules: tokens.Rules}
	statements := 0
	e := db.engineOn(db.watched(func(string) { statements++ }), pattern)
	_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.Less(t, statements, 50)

	db.exec(`UPDATE tenant_3.refresh_tokens SET revoked = true`)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 2, p.Deleted(), "a family that is dead goes")

	for name, c := range map[string]struct{ ddl, grant, want string }{
		"no index":       {`DROP INDEX tenant_5.refresh_tokens_parent_idx`, "", "has no index"},
		"a cascade":      {`ALTER TABLE tenant_6.refresh_tokens ADD FOREIGN KEY (parent) REFERENCES tenant_6.refresh_tokens ON DELETE CASCADE`, "", "deletes live rows of the table itself"},
		"nothing to see": {"", `; REVOKE SELECT ON tenant_7.refresh_tokens FROM %[1]s; GRANT SELECT (ctid, tableoid, expires_at, revoked) ON tenant_7.refresh_tokens TO %[1]s`, `"id", "parent") ON "tenant_7"."refresh_tokens" TO`},
	} {
		t.Run(name, func(t *testing.T) {
			if c.ddl != "" {
				db.exec(c.ddl)
			}
			grant := ""
			for i := range tables {
				grant += fmt.Sprintf(`GRANT USAGE ON SCHEMA tenant_%d TO %%[1]s; GRANT SELECT, UPDATE, DELETE ON tenant_%[1]d.refresh_tokens TO %%[1]s;`, i)
			}
			_, err := db.as(grant + c.grant).purge(pattern)
			require.ErrorContains(t, err, c.want, "it fails although nothing is dead")
		})
	}
}
