package purge

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAWalkFromAStopOnComesToEachHeapOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		heaps := rapid.SliceOfNDistinct(rapid.Uint32Range(1, 50), 1, 10, rapid.ID).Draw(t, "heaps")
		start := Stop{Heap: rapid.Uint32Range(0, 60).Draw(t, "start")}
		walk := start.rotated(slices.Sorted(slices.Values(heaps)))
		require.ElementsMatch(t, heaps, walk)
		for i, through := range walk {
			for j, oid := range walk {
				require.Equal(t, j <= i, start.dealtWith(oid, through), "%d after %d from %d", oid, through, start.Heap)
			}
			require.False(t, start.dealtWith(through, 0))
		}
	})
}

// cappedSweep makes a run that was capped in the middle of a sweep.
func cappedSweep(t *testing.T, setup ...string) (*database, testEngine, Progress) {
	t.Helper()
	db := newDatabase(t, append([]string{createTokens, manyDead}, setup...)...)
	e := db.engine(tokens)
	e.MaxRows = 30_000
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.True(t, p.Capped)
	require.Equal(t, planSweep, p.Tables[0].Plan)
	return db, e, p
}

func TestACappedSweepGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	db, e, p := cappedSweep(t)
	stop := p.Tables[0].Stopped()
	require.Greater(t, stop.Block, int64(50))
	db.exec(`VACUUM refresh_tokens`)
	db.exec(`INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	require.Less(t, db.number(`SELECT min((ctid::text::point)[0])::bigint FROM refresh_tokens WHERE id > 100000`), stop.Block, "it lies where the last run was")
	db.exec(`UPDATE refresh_tokens SET revoked = false WHERE id > 99000 AND id < 99010`)

	e.MaxRows = 0
	first := int64(-1)
	earlier := func(stop Stop) Request {
		return Request{
			Tables: e.tables, Earlier: earlierRun(stop),
			Report: func(p *Progress) {
				if at := p.Tables[0].Position; first < 0 && at.End > 0 {
					first = at.Row.block()
				}
			},
		}
	}
	p, err := e.Run(t.Context(), earlier(stop), Progress{})
	require.NoError(t, err)
	require.GreaterOrEqual(t, first, stop.Block)
	require.True(t, p.Tables[0].Proven(), "it has also been where the last one was")
	require.Zero(t, p.Tables[0].Stopped())
	require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked`))
	require.EqualValues(t, 9, db.number(`SELECT count(*) FROM refresh_tokens`))

	for name, other := range map[string]Stop{
		"another table":         {Relation: stop.Relation + 1, Fingerprint: stop.Fingerprint, Heap: stop.Heap, Block: stop.Block},
		"other rules":           {Relation: stop.Relation, Fingerprint: "other", Heap: stop.Heap, Block: stop.Block},
		"a heap that is gone":   {Relation: stop.Relation, Fingerprint: stop.Fingerprint, Heap: stop.Heap + 1, Block: stop.Block},
		"beyond the heap's end": {Relation: stop.Relation, Fingerprint: stop.Fingerprint, Heap: stop.Heap, Block: 1 << 40},
		"before its beginning":  {Relation: stop.Relation, Fingerprint: stop.Fingerprint, Heap: stop.Heap, Block: -1},
	} {
		first = -1
		db.exec(`UPDATE refresh_tokens SET revoked = true`)
		p, err = e.Run(t.Context(), earlier(other), Progress{})
		require.NoError(t, err, name)
		require.Less(t, first, stop.Block, "%s: it begins at the beginning", name)
		require.True(t, p.Tables[0].Proven(), name)
		require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked`), name)
		db.exec(`INSERT INTO refresh_tokens (revoked) SELECT false FROM generate_series(1, 1000)`)
	}
}

func TestACappedSweepOfPartitionsGoesOnInTheOneWhereItStopped(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `CREATE TABLE refresh_tokens (day int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (day)`)
	for day := range 3 {
		db.exec(fmt.Sprintf(`CREATE TABLE p%d PARTITION OF refresh_tokens FOR VALUES IN (%[1]d)`, day))
		db.exec(`INSERT INTO refresh_tokens SELECT $1, NULL, true FROM generate_series(1, 20000)`, day)
	}
	e := db.engine(tokens)
	e.MaxRows = 25_000
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	stop := p.Tables[0].Stopped()
	require.EqualValues(t, db.number(`SELECT 'p1'::regclass::oid::bigint`), stop.Heap)

	db.exec(`INSERT INTO refresh_tokens SELECT 0, NULL, true FROM generate_series(1, 20000)`)
	e.MaxRows = 35_000
	p, err = e.Run(t.Context(), Request{Tables: e.tables, Earlier: earlierRun(stop)}, Progress{})
	require.NoError(t, err)
	require.Zero(t, db.number(`SELECT count(*) FROM p2`), "dead rows of the first partition do not keep the last one from its turn")
	stop = p.Tables[0].Stopped()
	e.MaxRows = 0
	p, err = e.Run(t.Context(), Request{Tables: e.tables, Earlier: earlierRun(stop)}, Progress{})
	require.NoError(t, err)
	require.True(t, p.Tables[0].Proven())
	require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens`))
}

// Each leaf has more dead rows than a run may delete, always.
func TestCappedRunsTakeTheLeavesOfAHashInTurns(t *testing.T) {
	t.Parallel()
	for plan, ddl := range map[string]string{planSweep: "", planIndex: indexTokens} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			const leaves, most = 4, 10
			db := newDatabase(t, `CREATE TABLE refresh_tokens (id bigint GENERATED ALWAYS AS IDENTITY, expires_at timestamptz, revoked boolean) PARTITION BY HASH (id)`)
			for i := range leaves {
				db.exec(fmt.Sprintf(`CREATE TABLE leaf_%d PARTITION OF refresh_tokens FOR VALUES WITH (MODULUS %d, REMAINDER %[1]d)`, i, leaves))
			}
			db.exec(ddl)
			e := db.engine(tokens)
			e.MaxRows = most
			left := func() []string {
				return db.strings(`SELECT tableoid::regclass || ' ' || count(*) FROM refresh_tokens GROUP BY tableoid ORDER BY tableoid`)
			}
			db.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000)`)
			before := left()
			var stop Stop
			for range leaves {
				p, err := e.Run(t.Context(), Request{Tables: e.tables, Earlier: earlierRun(stop)}, Progress{})
				require.NoError(t, err)
				require.EqualValues(t, most, p.Deleted())
				require.Equal(t, plan, p.Tables[0].Plan)
				stop = p.Tables[0].Stopped()
			}
			for i, was := range before {
				require.NotEqual(t, was, left()[i], "a leaf that had no turn")
			}
		})
	}
}

func TestARunEndsWhenItHasLastedForAsLongAsItMay(t *testing.T) {
	t.Parallel()
	for _, within := range []time.Duration{0, time.Hour} {
		db := newDatabase(t, createTokens, manyDead)
		e := db.engine(tokens)
		e.Pace = Pace{DutyCycle: 0.01, BatchTarget: time.Millisecond, FinishWithin: within}
		e.MaxDuration = 2 * time.Second
		began := time.Now()
		p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
		require.NoError(t, err)
		require.True(t, p.Done)
		require.True(t, p.Capped)
		require.Greater(t, time.Since(began), e.MaxDuration)
		require.Positive(t, p.Deleted())
		require.Less(t, p.Deleted(), int64(100_000))
		require.False(t, p.Tables[0].Proven())
		if within > 0 {
			require.Equal(t, p.Cutoff.Add(e.MaxDuration), p.PaceNow().FinishBy, "it plans with the time that it has")
		}
	}
}
