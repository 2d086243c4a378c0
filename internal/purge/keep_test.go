package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARowStaysThatAValueMayMeanToKeep(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ddl, stays, goes string
		rule             Rule
	}{
		"a value whose fields may be NULL": {
			`CREATE TYPE hold AS (court text, until date); CREATE TABLE tokens (exp bigint, kept hold)`, `ROW('Berlin', NULL)::hold`, `NULL`,
			Rule{Keep: "kept", KeepValues: []string{anyValue}},
		},
		"a value all of whose fields are NULL": {
			`CREATE TYPE hold AS (court text, until date); CREATE TABLE tokens (exp bigint, kept hold)`, `ROW(NULL, NULL)::hold`, `NULL`,
			Rule{Keep: "kept", KeepValues: []string{anyValue}},
		},
		"a flag that is a number": {
			`CREATE TABLE tokens (exp bigint, kept integer)`, `1`, `1000000000`,
			Rule{Keep: "kept"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, c.ddl, `INSERT INTO tokens VALUES (1000000000, `+c.stays+`), (1000000000, `+c.goes+`)`)
			rule := c.rule
			rule.Expires, rule.ExpiresUnit = []string{"exp"}, Seconds
			p := db.mustPurge(Table{Name: "tokens", Rules: []Rule{rule}})
			require.EqualValues(t, 1, p.Deleted())
			require.EqualValues(t, 1, db.number(`SELECT count(*) FROM tokens WHERE kept IS NOT DISTINCT FROM `+c.stays))
		})
	}
}

// A label gets another name while a run deletes: the configuration does not know it yet.
func TestARowStaysWhoseValueGetsAnotherNameMeanwhile(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TYPE state AS ENUM ('active', 'revoked');
		CREATE TABLE tokens (id bigint, expires_at timestamptz, state state, filler text);
		INSERT INTO tokens SELECT n, '-infinity', CASE WHEN n > 2900 THEN 'active'::state ELSE 'revoked' END, repeat('x', 1000) FROM generate_series(1, 3000) AS n`)
	e := db.engine(Table{Name: "tokens", Rules: []Rule{{Expires: []string{"expires_at"}, Keep: "state", KeepValues: []string{"active"}}}})
	renamed := false
	_, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(p *Progress) {
		if p.Tables[0].Batches == 1 && !renamed {
			renamed = true
			db.exec(`ALTER TYPE state RENAME VALUE 'active' TO 'enabled'`)
		}
	}}, Progress{})
	require.NoError(t, err)
	require.True(t, renamed)
	require.EqualValues(t, 100, db.number(`SELECT count(*) FROM tokens`))
}
