package purge

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestThePaceFollowsTheBatchesDuration(t *testing.T) {
	t.Parallel()
	const target = 10 * time.Millisecond
	start := blockPacer(Pace{DutyCycle: 0.3, BatchTarget: target})
	for name, c := range map[string]struct {
		size int
		took time.Duration
		how  outcome
		want int
	}{
		"quick: twice as much":              {64, time.Millisecond, finished, 128},
		"a little quick: in proportion":     {64, target * 6 / 10, finished, 106},
		"very small: a step more":           {8, time.Millisecond, finished, 24},
		"at the target: as it is":           {64, target, finished, 64},
		"a little slow: in proportion":      {64, 2 * target, finished, 32},
		"much too slow: half":               {64, 50 * target, finished, 32},
		"blocked: half":                     {64, time.Millisecond, blocked, 32},
		"never below the least":             {10, time.Second, finished, 8},
		"never above the most":              {1020, time.Millisecond, finished, 1024},
		"below the least after a timeout":   {8, time.Second, timedOut, 4},
		"one is the end":                    {1, time.Second, timedOut, 1},
		"back at the least when that is ok": {1, time.Millisecond, finished, 10},
	} {
		p := start
		p.size = c.size
		require.Equal(t, c.want, p.after(c.took, c.how).size, name)
	}
}

func TestABatchIsAsLargeAsThatOfTheSliceBefore(t *testing.T) {
	t.Parallel()
	p := rowPacer(Pace{DutyCycle: 0.3, BatchTarget: 10 * time.Millisecond})
	require.Equal(t, p, p.from(0))
	require.Equal(t, 90, p.from(90).size)
	require.Equal(t, 50, p.from(90).after(time.Second, finished).size)
	require.Equal(t, p.maxSize, p.from(1<<40).size, "whatever a record says")
	require.Equal(t, 7, p.from(7).after(time.Second, finished).size, "below the least, as after a time-out")
}

func TestTheDutyCycleIsTheShareOfTheTimeSpentDeleting(t *testing.T) {
	t.Parallel()
	require.Zero(t, Pace{DutyCycle: 1}.rest(time.Second))
	require.Equal(t, time.Second, Pace{DutyCycle: 0.5}.rest(time.Second))
	require.Equal(t, 99*time.Second, Pace{DutyCycle: 0.01}.rest(time.Second).Round(time.Millisecond))
}

func TestBatchesSettleAtTheirTarget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		target := time.Duration(rapid.IntRange(1, 1000).Draw(t, "target ms")) * time.Millisecond
		perBlock := time.Duration(rapid.IntRange(1, 1_000_000).Draw(t, "ns per block"))
		p := blockPacer(Pace{DutyCycle: 1, BatchTarget: target})
		for range 200 {
			p = p.after(time.Duration(p.size)*perBlock, finished)
			require.GreaterOrEqual(t, p.size, p.minSize)
			require.LessOrEqual(t, p.size, p.maxSize)
		}
		took := time.Duration(p.size) * perBlock
		if p.size > p.minSize {
			require.LessOrEqual(t, took, target+target/4+time.Duration(p.increment)*perBlock)
		}
		if p.size < p.maxSize {
			require.GreaterOrEqual(t, took, target/2)
		}
	})
}

// One batch may take long for a reason that is not its size, as where another process has the processor. The
// size is right again with the next batch but one, and no batch is so large that it has to take longer than the target.
func TestTheSizeIsRightAgainSoonAfterOneSlowBatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const target = 10 * time.Millisecond
		perBlock := time.Duration(rapid.Int64Range(int64(20*time.Microsecond), int64(100*time.Microsecond)).Draw(t, "a block takes"))
		lasts := func(p pacer) time.Duration { return time.Duration(p.size) * perBlock }
		p := blockPacer(Pace{DutyCycle: 1, BatchTarget: target})
		for lasts(p) < target-target/4 {
			p = p.after(lasts(p), finished)
			require.LessOrEqual(t, lasts(p), target)
		}
		p = p.after(time.Duration(rapid.Float64Range(1.3, 5).Draw(t, "the slow batch takes targets")*float64(target)), finished)
		for range 2 {
			p = p.after(lasts(p), finished)
			require.LessOrEqual(t, lasts(p), target)
		}
		require.GreaterOrEqual(t, lasts(p), target-target/4)
	})
}

func TestAListIsBoundedSortedAndWithoutDuplicates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOf(rapid.Uint64Range(0, 5000)).Draw(t, "ids")
		most := rapid.IntRange(1, 50).Draw(t, "most")
		from := rowID(rapid.Uint64Range(0, 5000).Draw(t, "from"))
		found := victims{most: most, from: from}
		want := map[rowID]bool{}
		for _, id := range ids {
			found.add(rowID(id))
			require.Less(t, len(found.ids), 2*most+1)
			if rowID(id) >= from {
				want[rowID(id)] = true
			}
		}
		found.settle()
		require.IsIncreasing(t, append([]rowID{0}, shift(found.ids)...))
		require.Equal(t, len(want) > most, found.full)
		require.Len(t, found.ids, min(len(want), most))
		for _, id := range found.ids {
			require.True(t, want[id])
			delete(want, id)
		}
		for id := range want {
			require.Greater(t, id, found.ids[len(found.ids)-1], "the lowest are kept")
		}
	})
}

// shift makes room for a zero in front.
func shift(ids []rowID) []rowID {
	shifted := make([]rowID, len(ids))
	for i, id := range ids {
		shifted[i] = id + 1
	}
	return shifted
}
