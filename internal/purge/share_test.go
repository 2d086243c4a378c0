package purge

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Tables with needs of any size, visited in turn and for as long as anyone likes.
func TestMaxRowsIsSharedOutEvenlyAndWhatOneDoesNotNeedGoesToTheOthers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.Int64Range(1, 200).Draw(t, "most")
		needs := rapid.SliceOfN(rapid.Int64Range(0, 100), 1, 8).Draw(t, "needs")
		p := &Progress{Tables: make([]TableProgress, len(needs)), First: rapid.IntRange(0, len(needs)-1).Draw(t, "first")}
		var total int64
		for _, n := range needs {
			total += n
		}
		for visits := 0; ; visits++ {
			require.Less(t, visits, 10_000, "it ends")
			table, upTo, spent := p.next(most)
			if table == nil {
				open := slices.ContainsFunc(p.Tables, func(t TableProgress) bool { return !t.Done })
				require.Equal(t, open, spent, "a table that needs nothing is not known to before it is looked at")
				require.True(t, open || total <= most)
				break
			}
			need := needs[p.First]
			require.Greater(t, upTo, table.Deleted)
			took := rapid.Int64Range(0, min(need, upTo)-table.Deleted).Draw(t, "took")
			table.Deleted += took
			table.Done = table.Deleted == need
			if table.Deleted < min(need, upTo) {
				p.nextTableFirst() // the slice was over
			}
			require.LessOrEqual(t, p.Deleted(), most)
		}
		require.Equal(t, min(most, total), p.Deleted())
		for i, a := range p.Tables {
			for j, b := range p.Tables {
				if a.Deleted < needs[i] {
					require.LessOrEqual(t, b.Deleted, a.Deleted+1, "table %d had to stop, and %d went on", i, j)
				}
			}
		}
	})
}

func TestATableThatFailedLeavesItsShareToTheOthers(t *testing.T) {
	t.Parallel()
	p := &Progress{Tables: []TableProgress{{Deleted: 10, Error: "is locked"}, {}, {}}}
	require.Equal(t, []int64{10, 45, 45}, p.shares(100))
	require.Equal(t, []int64{10, 46, 45}, p.shares(101))
	p.Retry()
	p.Tables[1].Deleted, p.Tables[2].Deleted = 45, 45
	require.Equal(t, []int64{10, 45, 45}, p.shares(100))
}

// twoTables are tables with dead rows of one each.
func twoTables(t *testing.T, first, second int, plan string) (*database, []Table) {
	t.Helper()
	var tables []Table
	db := newDatabase(t)
	for i, dead := range []int{first, second} {
		name := fmt.Sprintf("tokens_%d", i)
		db.exec(fmt.Sprintf(`
			CREATE TABLE %s (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, expires_at timestamptz, revoked boolean);
			INSERT INTO %[1]s (revoked) SELECT true FROM generate_series(1, %d)`, name, dead))
		if plan == planIndex {
			db.exec(fmt.Sprintf(`CREATE INDEX ON %s (expires_at); CREATE INDEX ON %[1]s (id) WHERE revoked`, name))
		}
		tables = append(tables, Table{Name: name, Rules: tokens.Rules})
	}
	return db, tables
}

func TestTablesTakeTurnsSliceBySlice(t *testing.T) {
	t.Parallel()
	db, tables := twoTables(t, 200_000, 10, planSweep)
	e := db.engine(tables...)
	e.Pace = Pace{DutyCycle: 0.01, BatchTarget: time.Millisecond}
	slice := func(p Progress) Progress {
		p, err := e.Run(t.Context(), Request{Tables: tables, Until: time.Now().Add(2 * time.Second)}, p)
		require.NoError(t, err)
		require.False(t, p.Done)
		return p
	}
	p := slice(Progress{})
	require.Zero(t, p.Tables[1].Deleted)
	p = slice(p)
	require.EqualValues(t, 10, p.Tables[1].Deleted, "the first one's backlog does not keep the second one from its turn")
	first := p.Tables[0].Deleted
	for range 2 {
		p = slice(p)
	}
	require.Greater(t, p.Tables[0].Deleted, first)

	// One that is broken off is a slice as well.
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	p = Progress{}
	p, err := e.Run(ctx, Request{Tables: tables}, p)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, 1, p.First)
}

func TestTheCapIsSharedOutAndExact(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{planSweep, planIndex} {
		for _, c := range []struct{ first, second, wantFirst, wantSecond int }{
			{5000, 5000, 389, 388}, // as many rows as two thirds of a page
			{5000, 100, 677, 100},
			{100, 5000, 100, 677},
		} {
			t.Run(fmt.Sprint(plan, c.first, c.second), func(t *testing.T) {
				t.Parallel()
				db, tables := twoTables(t, c.first, c.second, plan)
				e := db.engine(tables...)
				e.MaxRows = 777
				p, err := e.Run(t.Context(), Request{Tables: tables}, Progress{})
				require.NoError(t, err)
				require.True(t, p.Done && p.Capped)
				require.EqualValues(t, c.wantFirst, p.Tables[0].Deleted)
				require.EqualValues(t, c.wantSecond, p.Tables[1].Deleted)
				require.EqualValues(t, c.first-c.wantFirst, db.number(`SELECT count(*) FROM tokens_0`))
				require.EqualValues(t, c.second-c.wantSecond, db.number(`SELECT count(*) FROM tokens_1`))
			})
		}
	}
}

// A table that had to stop at its share goes on where it stopped, when it gets more.
func TestATableThatGetsALargerShareLeavesNoRowsBehind(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{planSweep, planIndex} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db, tables := twoTables(t, 700, 1, plan)
			e := db.engine(tables...)
			e.MaxRows = 1000
			p, err := e.Run(t.Context(), Request{Tables: tables}, Progress{})
			require.NoError(t, err)
			require.True(t, p.Done)
			require.False(t, p.Capped)
			require.EqualValues(t, 701, p.Deleted())
		})
	}
}
