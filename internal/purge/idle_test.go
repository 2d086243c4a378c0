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
