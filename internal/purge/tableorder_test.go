package purge

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTablesArePurgedChildrenFirstWhateverTheirOrder(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"CASCADE", "NO ACTION"} {
		for _, schema := range []string{"", "tenant_*"} {
			t.Run(action+" "+schema, func(t *testing.T) {
				t.Parallel()
				db := newDatabase(t)
				for i := range 2 {
					db.exec(fmt.Sprintf(`CREATE SCHEMA tenant_%d; SET search_path = tenant_%[1]d`, i) + `;
						CREATE TABLE users (id bigint PRIMARY KEY, gone boolean);
						CREATE TABLE sessions (id bigint PRIMARY KEY, over boolean, user_id bigint REFERENCES users ON DELETE ` + action + `);
						CREATE TABLE tokens (id bigint, revoked boolean, session_id bigint REFERENCES sessions ON DELETE ` + action + `);
						CREATE INDEX ON sessions (user_id); CREATE INDEX ON tokens (session_id);
						INSERT INTO users SELECT n, true FROM generate_series(1, 30) AS n;
						INSERT INTO sessions SELECT n, true, n FROM generate_series(1, 20) AS n;
						INSERT INTO tokens SELECT n, n > 5, n FROM generate_series(1, 10) AS n`)
				}
				if schema == "" {
					schema = "tenant_0"
				}
				of := func(table Table) Table {
					table.Schema = schema
					return table
				}
				p := db.mustPurge(of(Table{Name: "users", Rules: []Rule{{Done: "gone"}}}), of(sessions), of(sessionTokens))
				require.EqualValues(t, 5, db.number(`SELECT count(*) FROM tenant_0.users`))
				require.EqualValues(t, 5, db.number(`SELECT count(*) FROM tenant_0.sessions`))
				require.EqualValues(t, 5, db.number(`SELECT count(*) FROM tenant_0.tokens`))
				require.Equal(t, schema+".tokens", p.Tables[0].Name)
				require.Equal(t, schema+".users", p.Tables[2].Name)
			})
		}
	}
}

func TestASequenceKeepsTheOrderOfWhatDoesNotReferAndOfCircles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		children [][]int
		want     []int
	}{
		"none refers":      {[][]int{nil, nil, nil}, []int{0, 1, 2}},
		"the last refers":  {[][]int{{2}, nil, nil}, []int{2, 0, 1}},
		"a chain":          {[][]int{{1}, {2}, nil}, []int{2, 1, 0}},
		"a circle":         {[][]int{{1}, {0}, nil}, []int{0, 1, 2}},
		"above a circle":   {[][]int{{1}, {2}, {1}}, []int{1, 2, 0}},
		"below a circle":   {[][]int{{1, 2}, {0}, nil}, []int{2, 0, 1}},
		"two of one, once": {[][]int{{2, 1, 2}, nil, nil}, []int{1, 2, 0}},
	} {
		require.Equal(t, c.want, inSequence(c.children), name)
	}
}
