package purge

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// A run isolates rows that take too long by deleting the others. A dry run must not, nor the count of a changed rule.
func TestWhatOnlyCountsDeletesNothingThoughItTakesTooLong(t *testing.T) {
	t.Parallel()
	for name, only := range map[string]func(oid uint32, r *Request, e *Engine){
		"a dry run": func(_ uint32, r *Request, _ *Engine) { r.DryRun = true },
		"a changed rule": func(oid uint32, r *Request, e *Engine) {
			r.Accepted = map[uint32]Accepted{oid: {Fingerprints: []string{"another"}}}
			e.MaxShare = 0.5
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens+`; INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 10)`)
			var lock pgx.Tx
			e := db.engineOn(db.watched(func(sql string) {
				switch {
				case lock == nil && strings.Contains(sql, "dead.referred"): // from now on statements wait, and run out of time
					lock = db.begin()
					_, err := lock.Exec(t.Context(), `LOCK TABLE refresh_tokens IN ACCESS EXCLUSIVE MODE`)
					require.NoError(t, err)
				case strings.HasPrefix(sql, "SELECT t.ctid"), strings.HasPrefix(sql, "DELETE"):
					require.NoError(t, lock.Rollback(t.Context()))
				}
			}), tokens)
			require.NoError(t, e.Session.set(t.Context(), "lock_timeout", "1min"))
			require.NoError(t, e.Session.set(t.Context(), "statement_timeout", "50ms"))
			request := Request{Tables: e.tables}
			only(uint32(db.number(`SELECT 'refresh_tokens'::regclass::oid::bigint`)), &request, &e.Engine)
			_, err := e.Run(t.Context(), request, Progress{})
			require.NotNil(t, lock)
			_ = lock.Rollback(t.Context())
			require.EqualValues(t, 10, db.number(`SELECT count(*) FROM refresh_tokens`))
			require.ErrorContains(t, err, "it took longer than statement_timeout allows")
		})
	}
}

// chained are tokens that name the one before, and devices that name some of them.
const chained = `
	CREATE TABLE refresh_tokens (id bigint PRIMARY KEY, parent bigint REFERENCES refresh_tokens, expires_at timestamptz, revoked boolean);
	CREATE INDEX ON refresh_tokens (parent);
	CREATE TABLE devices (token bigint CONSTRAINT latest REFERENCES refresh_tokens ON DELETE SET NULL);
	CREATE INDEX ON devices (token)`

func TestADryRunSaysAsMuchOfATableThatRefersToItself(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, chained, `
		INSERT INTO refresh_tokens SELECT n, nullif(n - 1, 0), now() + interval '1 hour', n > 4 FROM generate_series(1, 10) AS n;
		INSERT INTO devices SELECT generate_series(1, 8)`)
	p, seen := db.dryRun(tokens)
	require.EqualValues(t, 6, p.Counted)
	require.EqualValues(t, 6, seen.Done)
	require.EqualValues(t, 6, seen.Future)
	require.EqualValues(t, 10, seen.Rows)
	require.NotNil(t, seen.Edges[0].FirstLive)
	require.Len(t, p.Touched, 1)
	require.EqualValues(t, 4, p.Touched[0].Rows)
}

// The slice ends while a window is counted.
func TestADryRunCountsTheRowsOfAWindowOnce(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, chained, `INSERT INTO refresh_tokens SELECT n, NULL, NULL, true FROM generate_series(1, 25000) AS n`)
	request := Request{Tables: []Table{tokens}, DryRun: true, Until: time.Now().Add(2 * time.Second)}
	counts := 0
	e := db.engineOn(db.watched(func(sql string) {
		if strings.Contains(sql, "dead.referred") {
			if counts++; counts == 2 {
				require.NoError(t, wait(t.Context(), time.Until(request.Until)))
			}
		}
	}), tokens)
	p := Progress{}
	for slices := 0; !p.Done; slices++ {
		require.Less(t, slices, 100)
		var err error
		p, err = e.Run(t.Context(), request, p)
		require.NoError(t, err)
		request.Until = time.Now().Add(2 * time.Second)
	}
	require.EqualValues(t, 25_000, p.Tables[0].Counted)
	require.EqualValues(t, 25_000, p.Tables[0].Seen().Done)
}

func TestADryRunReadsTheLastDateThatThereIs(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE tokens (until date, revoked boolean);
		INSERT INTO tokens VALUES ('5874897-12-31', false), ('5874897-12-31', true), ('2020-01-01', false)`)
	p, seen := db.dryRun(Table{Name: "tokens", Rules: []Rule{{Expires: []string{"until"}, Done: "revoked"}}})
	require.EqualValues(t, 2, p.Counted)
	require.EqualValues(t, 1, seen.Future)
}
