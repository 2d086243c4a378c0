package purge

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// recordedOf is the progress as a job records it.
func recordedOf(t *testing.T, p *Progress) Progress {
	t.Helper()
	same, err := p.clone()
	require.NoError(t, err)
	return same
}

// A replica that is killed leaves what it had recorded, and slices are over at any time.
func TestACountGoesOnWhereItWasInterrupted(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	rapid.Check(t, func(rt *rapid.T) {
		db.exec(`DROP TABLE IF EXISTS refresh_tokens; CREATE TABLE refresh_tokens (id bigint GENERATED ALWAYS AS IDENTITY, day int, expires_at timestamptz,
			revoked boolean, filler text) PARTITION BY LIST (day); CREATE TABLE p1 PARTITION OF refresh_tokens FOR VALUES IN (1) WITH (fillfactor = 10);
			CREATE TABLE p2 PARTITION OF refresh_tokens FOR VALUES IN (2) WITH (fillfactor = 10)`) // a row a block
		if rapid.Bool().Draw(rt, "indexed") {
			db.exec(`CREATE INDEX ON p2 (expires_at); CREATE INDEX ON p2 (id) WHERE revoked`)
		}
		rows, dead := rapid.Int64Range(1, 600).Draw(rt, "rows"), rapid.Int64Range(0, 600).Draw(rt, "dead")
		dead = min(rows, dead)
		db.exec(`INSERT INTO refresh_tokens (day, revoked, filler) SELECT 1 + n % 2, n <= $2, repeat('x', 800) FROM generate_series(1, $1) AS n`, rows, dead)
		share := rapid.SampledFrom([]float64{0.1, 0.5, 0.9, float64(dead) / float64(rows)}).Draw(rt, "share")
		accepted := map[uint32]Accepted{db.relation("refresh_tokens"): {Fingerprints: []string{another}}}

		replica := func() testEngine {
			e := db.engine(tokens)
			e.MaxShare, e.Pace.BatchTarget = share, time.Microsecond
			return e
		}
		e := replica()
		var p, recorded Progress
		for rounds := 0; !p.Done; rounds++ {
			require.Less(rt, rounds, 1000, "it comes to an end")
			ctx, cancel := context.WithCancelCause(t.Context())
			lasts, reports := rapid.IntRange(2, 60).Draw(rt, "lasts"), 0
			var err error
			p, err = e.Run(ctx, Request{Tables: e.tables, Accepted: accepted, Report: func(p *Progress) {
				if reports++; reports == lasts {
					cancel(errSliceOver)
				}
				if rapid.Bool().Draw(rt, "record") {
					recorded = recordedOf(t, p)
				}
			}, Record: func(p *Progress) error {
				recorded = recordedOf(t, p)
				return nil
			}}, p)
			cancel(nil)
			if !errors.Is(err, errSliceOver) {
				require.NoError(rt, err)
			}
			if !p.Done && !recorded.Cutoff.IsZero() && rapid.Bool().Draw(rt, "killed") {
				p = recordedOf(t, &recorded)
				e.Session.Close(t.Context())
				e = replica()
			}
			require.NoError(rt, p.Check())
		}
		e.Session.Close(t.Context())
		left := db.number(`SELECT count(*) FROM refresh_tokens`)
		if float64(dead) > share*float64(rows) {
			require.Contains(rt, p.Tables[0].Held, fmt.Sprintf("%d of %d rows", dead, rows))
			require.Equal(rt, rows, left)
		} else {
			require.Empty(rt, p.Tables[0].Held)
			require.Equal(rt, rows-dead, left)
		}
	})
}
