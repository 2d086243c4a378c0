package worker

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawn is a run as contenders are made of it.
type drawn struct {
	job                       int64
	scheduled, begun, starved bool
}

func (d drawn) contender() contender {
	return contender{d.job, rankOf(d.scheduled, d.begun, d.starved)}
}

func drawRuns(t *rapid.T, most int) []drawn {
	runs := make([]drawn, rapid.IntRange(1, most).Draw(t, "runs"))
	for i := range runs {
		runs[i] = drawn{
			int64(i + 1),
			rapid.Bool().Draw(t, "scheduled"), rapid.Bool().Draw(t, "begun"), rapid.Bool().Draw(t, "starved"),
		}
	}
	return runs
}

// The rule of turns as sentences, of any two runs, and that it is an order.
func TestTheOrderOfRunsHoldsTheRuleOfTurns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		runs := drawRuns(t, 12)
		for _, a := range runs {
			for _, b := range runs {
				first := a.contender().before(b.contender())
				starvedA, starvedB := a.scheduled && a.starved, b.scheduled && b.starved
				switch {
				case a.job == b.job:
					require.False(t, first)
					continue
				case starvedA != starvedB:
					require.Equal(t, starvedA, first, "a scheduled run that has waited for a period gets its slice")
				case starvedA:
					require.Equal(t, a.job < b.job, first)
				case a.scheduled != b.scheduled:
					require.Equal(t, b.scheduled, first, "one by hand goes before a scheduled one, begun or not")
				case a.begun != b.begun:
					require.Equal(t, a.begun, first, "of the same sort the one that has begun goes first")
				default:
					require.Equal(t, a.job < b.job, first, "then the lower id")
				}
				require.NotEqual(t, first, b.contender().before(a.contender()))
				for _, c := range runs {
					if first && b.contender().before(c.contender()) {
						require.True(t, a.contender().before(c.contender()), "%v %v %v", a, b, c)
					}
				}
			}
		}
	})
}

func TestAStarvedRunKeepsItsSliceButForANewRunByHand(t *testing.T) {
	t.Parallel()
	starved := contender{5, rankStarved}
	for to, want := range map[rank]bool{
		rankStarved: false, rankByHandBegun: false, rankByHand: true, rankScheduledBegun: false, rankScheduled: false,
	} {
		require.Equal(t, want, starved.yields(leastSlice, contender{4, to}), to)
		require.False(t, starved.yields(leastSlice-1, contender{4, to}), "it has not had its least part yet")
	}
	rapid.Check(t, func(t *rapid.T) {
		runs := drawRuns(t, 2)
		holder, to := runs[0], runs[len(runs)-1]
		holder.starved, holder.begun = false, true
		held := time.Duration(rapid.Int64Range(0, int64(sliceLength)).Draw(t, "held"))
		require.Equal(t, to.contender().before(holder.contender()), holder.contender().yields(held, to.contender()))
	})
}

// SQL says as well which run is woken and which one goes first.
func TestSQLHasTheSameOrderOfRuns(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	rapid.Check(t, func(t *rapid.T) {
		runs := drawRuns(t, 8)
		var values []string
		for i := range runs {
			runs[i].starved = false // which no row of a job says
			args, metadata := `{}`, `{}`
			if runs[i].scheduled {
				args = `{"tick":"2026-11-22T03:00:00Z"}`
			}
			if runs[i].begun {
				metadata = begun
			}
			values = append(values, fmt.Sprintf(`(%d, '%s'::jsonb, '%s'::jsonb)`, runs[i].job, args, metadata))
		}
		rows, _ := f.pool.Query(f.t.Context(), `
			SELECT job.id
			FROM (VALUES `+strings.Join(values, ", ")+`) AS job (id, args, metadata)
			ORDER BY `+rankInSQL+`, job.id`)
		got, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		require.NoError(t, err)
		slices.SortFunc(runs, func(a, b drawn) int {
			if a.contender().before(b.contender()) {
				return -1
			}
			return cmp.Compare(1, 0)
		})
		var want []int64
		for _, run := range runs {
			want = append(want, run.job)
		}
		require.Equal(t, want, got)
	})
}
