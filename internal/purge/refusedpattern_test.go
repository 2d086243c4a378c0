package purge

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A table that is refused makes no batch. Many of them in a row must not outlast the slice, however far away
// the server is: the run's job would reach its time-out then, at every attempt.
func TestFault108ManyTablesThatAreRefusedEndWithTheSlice(t *testing.T) {
	t.Parallel()
	const tables = 60
	for name, ddl := range map[string]string{
		"a key without an index": `CREATE TABLE tenant_%[1]d_logins (token integer REFERENCES tenant_%[1]d_tokens)`,
		"a cascade":              `CREATE TABLE tenant_%[1]d_logins (token integer PRIMARY KEY REFERENCES tenant_%[1]d_tokens ON DELETE CASCADE)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t)
			for i := range tables {
				db.exec(fmt.Sprintf(`CREATE TABLE tenant_%d_tokens (id integer PRIMARY KEY, expires_at timestamptz, revoked boolean);
					INSERT INTO tenant_%[1]d_tokens VALUES (1, 'infinity', false);`+ddl, i))
			}
			var until atomic.Pointer[time.Time]
			late := 0
			e := db.engineOn(db.watched(func(string) {
				if at := until.Load(); at != nil && time.Now().After(*at) {
					late++
				}
			}), Table{Name: "tenant_*_tokens", Rules: tokens.Rules})
			slices, progress, length := 0, Progress{}, 20*time.Millisecond
			for !progress.Done {
				slices++
				require.Less(t, slices, 10*tables, "each slice gets on by a table at least")
				end := time.Now().Add(length)
				until.Store(&end)
				late = 0
				before := visited(progress)
				var err error
				progress, err = e.Run(t.Context(), Request{Tables: e.tables, Until: end}, progress)
				if visited(progress) == before {
					length *= 2 // on a starved machine the look at all tables takes longer than the slice
				}
				require.Less(t, late, 200, "statements after the slice's end: those of a table and of the look at all")
				if progress.Done {
					require.ErrorContains(t, err, fmt.Sprintf("%d tables of %[1]d were not purged", tables))
				}
				if err != nil && !errors.Is(err, errSliceOver) {
					require.True(t, progress.Done || progress.Tables[0].Error != "", "%v", err)
					break
				}
			}
			require.Greater(t, slices, 1)
		})
	}
}

// visited is how many of the pattern's tables the run has come to.
func visited(p Progress) int64 {
	if len(p.Tables) == 0 || p.Tables[0].Matched == nil {
		return 0
	}
	return p.Tables[0].Matched.Visited
}
