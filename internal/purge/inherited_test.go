package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// An index on a column finds all rows that expired only where the column is never NULL: the other column may say it.
func TestRowsAreFoundWhereAColumnIsNullThoughItsTableSaysNotNull(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ddl  string
		from int64
	}{
		"a child allows it": {`
			CREATE TABLE tokens (idle_until timestamptz NOT NULL, until timestamptz);
			CREATE TABLE old () INHERITS (tokens);
			ALTER TABLE old ALTER idle_until DROP NOT NULL;
			INSERT INTO old VALUES (NULL, now() - interval '1 day')`, 0},
		"the constraint is not valid": {`
			CREATE TABLE tokens (idle_until timestamptz, until timestamptz);
			INSERT INTO tokens VALUES (NULL, now() - interval '1 day');
			ALTER TABLE tokens ADD CONSTRAINT given NOT NULL idle_until NOT VALID`, 18},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t)
			switch version := db.version(); {
			case version < c.from, c.from == 0 && version >= 18:
				t.Skip("another version has it")
			}
			db.exec(c.ddl)
			db.exec(`CREATE INDEX ON tokens (idle_until)`)
			if c.from == 0 {
				db.exec(`CREATE INDEX ON old (idle_until)`)
			}
			p := db.mustPurge(Table{Name: "tokens", Rules: []Rule{{Expires: []string{"idle_until", "until"}}}})
			require.Zero(t, db.number(`SELECT count(*) FROM tokens`))
			require.EqualValues(t, 1, p.Deleted())
		})
	}
}

// By a parent's name the planner would also lock and count all that is below it.
func TestAnEstimateIsOfOneHeap(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		CREATE TABLE child () INHERITS (refresh_tokens);
		INSERT INTO child (id, revoked) SELECT n, true FROM generate_series(1, 10000) AS n;
		INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	db.exec(`VACUUM ANALYZE`)
	p := db.mustPurge(tokens)
	require.EqualValues(t, 10_001, p.Deleted())
	require.InDelta(t, 10_001, p.Tables[0].Estimate, 100)
}
