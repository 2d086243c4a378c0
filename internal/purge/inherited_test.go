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

// Rows of a partition or of a child are rows of the table above it too.
func TestNoRowGoesThatIsKeptByTheRulesOfItsPartitionChildOrParent(t *testing.T) {
	t.Parallel()
	dies, stays := []Rule{{Expires: []string{"expires_at"}}}, []Rule{{Expires: []string{"expires_at"}, Keep: "vip"}}
	for shape, ddl := range map[string]string{
		"a partition": `CREATE TABLE sessions (id int, kind text, vip bool, expires_at timestamptz) PARTITION BY LIST (kind);
			CREATE TABLE sessions_vip PARTITION OF sessions FOR VALUES IN ('vip')`,
		"a partition of a partition": `CREATE TABLE sessions (id int, kind text, vip bool, expires_at timestamptz) PARTITION BY LIST (kind);
			CREATE TABLE sessions_vip PARTITION OF sessions FOR VALUES IN ('vip') PARTITION BY LIST (kind);
			CREATE TABLE rest PARTITION OF sessions_vip DEFAULT`,
		"a child": `CREATE TABLE sessions (id int, kind text, vip bool, expires_at timestamptz); CREATE TABLE sessions_vip () INHERITS (sessions)`,
	} {
		for how, c := range map[string]struct {
			tables  []Table
			refused string
		}{
			"its own":              {[]Table{{Name: "sessions", Rules: dies}, {Name: "sessions_vip", Rules: stays}}, "sessions"},
			"its parent's":         {[]Table{{Name: "sessions", Rules: stays}, {Name: "sessions_vip", Rules: dies}}, "sessions_vip"},
			"those of a pattern":   {[]Table{{Name: "sessions", Rules: dies}, {Name: "*_vip", Rules: stays}}, "sessions"},
			"those of one of two":  {[]Table{{Name: "sess*", Rules: dies}, {Name: "*_vip", Rules: stays}}, "public.sessions"},
			"the same, named here": {[]Table{{Name: "sessions", Rules: stays}, {Name: "sessions_vip", Rules: stays}}, ""},
		} {
			t.Run(shape+" by "+how, func(t *testing.T) {
				t.Parallel()
				db := newDatabase(t, ddl, `INSERT INTO sessions_vip VALUES (1, 'vip', true, '2020-01-01'), (2, 'vip', false, 'infinity')`)
				e := db.engine(c.tables...)
				_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
				require.EqualValues(t, 2, db.number(`SELECT count(*) FROM sessions_vip`))
				if c.refused == "" {
					require.NoError(t, err)
					return
				}
				require.ErrorContains(t, err, c.refused)
				require.ErrorContains(t, err, "has rows in common with")
			})
		}
	}
}
