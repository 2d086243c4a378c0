package purge

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzFault29Names purges a table whose name and columns are anything, beside one that must stay as
// it is: a name is quoted, or it is refused, and never runs.
func FuzzFault29Names(f *testing.F) {
	for _, name := range []string{
		`a";DROP TABLE bystander--`, `a"; DELETE FROM bystander; --`, "RefreshToken", "select", "a.b", `"`, `""`, `\`, "$1", "%s", "'", " ",
		"ta\u00efga", "a\nb", "\u202e", "E'\\''", "$$", "/*", "*/", "--", "t", "ctid", "xmin", "{}", "pg_class", strings.Repeat("n", 63),
	} {
		f.Add(name, "expires_at", "revoked")
		f.Add("refresh_tokens", name, "revoked")
		f.Add("refresh_tokens", "expires_at", name)
	}
	shared := newDatabase(f, `CREATE TABLE bystander (id integer); INSERT INTO bystander VALUES (1)`)
	e := shared.engine()
	f.Fuzz(func(t *testing.T, name, expires, done string) {
		db := &database{t: t, url: shared.url, pool: shared.pool}
		table := Table{Name: name, Rules: []Rule{{Expires: []string{expires}, Done: done}}}
		run := func() (Progress, error) {
			return e.Run(t.Context(), Request{Tables: []Table{table}}, Progress{})
		}
		for _, s := range []string{name, expires, done} {
			if s == "" || len(s) > 63 || !utf8.ValidString(s) || strings.Contains(s, "\x00") {
				// Postgres has no such name, and configuration takes none.
				_, _ = run()
				require.False(t, e.Session.lost())
				require.EqualValues(t, 1, db.number(`SELECT count(*) FROM bystander`))
				return
			}
		}
		var catalog bool
		require.NoError(t, e.Session.conn.QueryRow(t.Context(), `SELECT pg_catalog.to_regclass($1) IS NOT NULL`, `pg_catalog.`+quoted(name)).Scan(&catalog))
		if catalog {
			t.Skip("the catalog hides a temporary table from its session")
		}
		if _, err := e.Session.conn.Exec(t.Context(), `CREATE TEMPORARY TABLE `+quoted(name)+
			` (`+quoted(expires)+` timestamptz, `+quoted(done)+` boolean)`); err != nil {
			t.Skip(err) // two columns of one name, or one that every table has
		}
		defer func() {
			_, err := e.Session.conn.Exec(t.Context(), `DROP TABLE pg_temp.`+quoted(name))
			require.NoError(t, err)
		}()
		_, err := e.Session.conn.Exec(t.Context(), `
			INSERT INTO pg_temp.`+quoted(name)+` VALUES ('2000-01-01', false), (NULL, true), ('2200-01-01', false)`)
		require.NoError(t, err)

		p, err := run()
		require.NoError(t, err)
		if table.IsPattern() {
			require.Zero(t, p.Deleted(), "a pattern matches no temporary table")
			return
		}
		require.EqualValues(t, 2, p.Deleted())
		var left int
		require.NoError(t, e.Session.conn.QueryRow(t.Context(), `SELECT pg_catalog.count(*) FROM pg_temp.`+quoted(name)).Scan(&left))
		require.Equal(t, 1, left)
		require.EqualValues(t, 1, db.number(`SELECT count(*) FROM bystander`))
	})
}

// quoted is an identifier by SQL's own rule.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
