package purge

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestFault53AChainOfDeadRowsGoesInOneRunAsTheDryRunSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		action, reference, dead string
		left                    int64
	}{
		"3000 rows":                    {"NO ACTION", `CASE WHEN n > 1 THEN n - 1 END`, `true`, 0},
		"upwards":                      {"NO ACTION", `CASE WHEN n < 3000 THEN n + 1 END`, `true`, 0},
		"RESTRICT":                     {"RESTRICT", `CASE WHEN n > 1 THEN n - 1 END`, `true`, 0},
		"SET NULL, a live head":        {"SET NULL", `CASE WHEN n > 1 THEN n - 1 END`, `n < 3000`, 1},
		"SET NULL, upwards":            {"SET NULL", `CASE WHEN n < 3000 THEN n + 1 END`, `n > 1`, 1},
		"SET DEFAULT, a live head":     {"SET DEFAULT", `CASE WHEN n > 1 THEN n - 1 END`, `n < 3000`, 1},
		"a live head":                  {"NO ACTION", `CASE WHEN n > 1 THEN n - 1 END`, `n < 3000`, 3000},
		"a live row in the middle":     {"NO ACTION", `CASE WHEN n > 1 THEN n - 1 END`, `n <> 1500`, 1500},
		"a ring":                       {"NO ACTION", `CASE WHEN n < 3000 THEN n + 1 ELSE 1 END`, `true`, 0},
		"a tail behind a ring":         {"NO ACTION", `CASE WHEN n = 2000 THEN 2999 WHEN n < 3000 THEN n + 1 ELSE 2000 END`, `true`, 0},
		"a star":                       {"NO ACTION", `CASE WHEN n > 1 THEN 1 END`, `true`, 0},
		"pairs that name each other":   {"NO ACTION", `n + CASE n % 2 WHEN 0 THEN -1 ELSE 1 END`, `true`, 0},
		"each row names itself":        {"NO ACTION", `n`, `true`, 0},
		"a tree, most of which is old": {"NO ACTION", `CASE WHEN n > 1 THEN n / 2 END`, `n <= 2048`, 3000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, fmt.Sprintf(`
				CREATE TABLE refresh_tokens (id bigint PRIMARY KEY, other bigint, expires_at timestamptz, revoked boolean, filler text);
				INSERT INTO refresh_tokens
				SELECT n, %s, 'infinity', %s, repeat('x', 200) FROM generate_series(1, 3000) AS n ORDER BY hashint8(n);
				ALTER TABLE refresh_tokens ADD FOREIGN KEY (other) REFERENCES refresh_tokens ON DELETE %s;
				CREATE INDEX ON refresh_tokens (other)`, c.reference, c.dead, c.action))
			live := db.number(`SELECT count(*) FROM refresh_tokens WHERE NOT revoked`)
			e := db.engine(tokens)
			dry, err := e.Run(t.Context(), Request{Tables: e.tables, DryRun: true}, Progress{})
			require.NoError(t, err)
			p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
			require.NoError(t, err)
			require.Equal(t, live, db.number(`SELECT count(*) FROM refresh_tokens WHERE NOT revoked`))
			if name == "a tree, most of which is old" {
				require.Equal(t, db.number(`SELECT count(*) FROM refresh_tokens`), 3000-p.Deleted())
			} else {
				require.Equal(t, c.left, db.number(`SELECT count(*) FROM refresh_tokens`))
				require.Equal(t, 3000-c.left, p.Deleted())
				require.Equal(t, c.left-live, p.Tables[0].Referenced)
			}
			require.Equal(t, p.Deleted(), dry.Tables[0].Counted, "what the dry run promised")
			require.Equal(t, p.Tables[0].Referenced, dry.Tables[0].Referenced)
			require.Zero(t, p.Tables[0].Undeletable)
		})
	}
}

// TestOrderIsWhatReferencesAllow compares the order of random rows with a model: row by row,
// whatever nobody refers to any more goes.
func TestOrderIsWhatReferencesAllow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "rows")
		rows := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "dead")
		var dead rowList
		for i, isDead := range rows {
			if isDead {
				dead = append(dead, rowID(i))
			}
		}
		var references []reference
		for range rapid.IntRange(0, 2*n).Draw(t, "references") {
			references = append(references, reference{
				referred: rowID(rapid.IntRange(0, n-1).Draw(t, "referred")),
				referrer: rowID(rapid.IntRange(0, n-1).Draw(t, "referrer")),
				soft:     rapid.Bool().Draw(t, "soft"),
			})
		}
		ordered, circles, kept := order(slices.Clone(dead), slices.Clone(references))

		// What a live row leads to stays, however far, but for soft references.
		stays := map[rowID]bool{}
		for range n {
			for _, r := range references {
				if !r.soft && r.referred != r.referrer && (!slices.Contains(dead, r.referrer) || stays[r.referrer]) {
					stays[r.referred] = true
				}
			}
		}
		gone := map[rowID]bool{}
		for _, list := range append(slices.Collect(slices.Chunk(ordered, 1)), circles...) {
			for _, id := range list {
				require.False(t, stays[id], "row %d has to stay", id)
				require.False(t, gone[id], "row %d goes twice", id)
			}
			for _, r := range references {
				if !r.soft && slices.Contains(list, r.referred) && !slices.Contains(list, r.referrer) {
					require.True(t, gone[r.referrer], "row %d goes before %d, which refers to it", r.referred, r.referrer)
				}
			}
			for _, id := range list {
				gone[id] = true
			}
		}
		staying := 0
		for _, id := range dead {
			if stays[id] {
				staying++
			}
			require.NotEqual(t, stays[id], gone[id], "row %d", id)
		}
		require.EqualValues(t, staying, kept)
	})
}
