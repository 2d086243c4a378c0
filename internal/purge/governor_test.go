package purge

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// scenario is a run of a table, batch by batch, on a clock that does not tick by itself.
type scenario struct {
	most   float64
	within time.Duration
	units  int64
	unit   time.Duration // that a unit takes
	noise  float64       // a batch takes up to so much more or less than it should
}

func drawScenario(t *rapid.T) scenario {
	return scenario{
		most:   rapid.Float64Range(0.01, 1).Draw(t, "most"),
		within: time.Duration(rapid.Int64Range(int64(30*time.Second), int64(12*time.Hour)).Draw(t, "within")),
		units:  rapid.Int64Range(1, 1_000_000).Draw(t, "units"),
		unit:   time.Duration(rapid.Int64Range(int64(10*time.Microsecond), int64(time.Millisecond)).Draw(t, "unit")),
		noise:  rapid.Float64Range(0, 0.9).Draw(t, "noise"),
	}
}

// run plays the scenario and returns the time that it took, and that it worked.
func (s scenario) run(each func(g governor, now time.Time)) (lasted, worked time.Duration) {
	start := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	now, g := start, newGovernor(s.most, start, s.within)
	random := rand.New(rand.NewPCG(1, uint64(s.units)))
	var c cost
	for left := s.units; left > 0; {
		batch := min(left, max(int64(g.batchTarget(10*time.Millisecond)/s.unit), 1))
		took := time.Duration(float64(s.unit) * float64(batch) * (1 + s.noise*(2*random.Float64()-1)))
		now, worked, left = now.Add(took), worked+took, left-batch
		c = c.after(took, batch)
		g = g.after(now, c.of(left))
		each(g, now)
		if left > 0 {
			now = now.Add(g.rest(took))
		}
	}
	return now.Sub(start), worked
}

func TestARunEndsInTimeWhereFullDutyCould(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t)
		lasted, worked := s.run(func(governor, time.Time) {})
		full := time.Duration(float64(worked) / s.most)
		if full <= s.within*9/10 {
			require.LessOrEqual(t, lasted, s.within)
		}
	})
}

func TestTheDutyStaysBetweenQuietAndTheMost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t)
		s.run(func(g governor, _ time.Time) {
			require.LessOrEqual(t, g.Duty, s.most)
			require.GreaterOrEqual(t, g.Duty, g.quiet())
		})
	})
}

func TestLessTimeLeftIsNeverASlowerPace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := time.Unix(0, 0)
		g := newGovernor(rapid.Float64Range(0.001, 1).Draw(t, "most"), start, time.Hour)
		g.Work = time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "work"))
		a := time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "a"))
		b := time.Duration(rapid.Int64Range(int64(a), int64(2*time.Hour)).Draw(t, "b"))
		require.LessOrEqual(t, g.want(start.Add(a)), g.want(start.Add(b)))
	})
}

func TestNoisyBatchesDoNotSwingTheDuty(t *testing.T) {
	t.Parallel()
	s := scenario{most: 0.3, within: time.Hour, units: 2_000_000, unit: 50 * time.Microsecond, noise: 0.8}
	start := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	// The duty falls slowly over a run, because its work is planned with a reserve.
	low, high := map[int]float64{}, map[int]float64{}
	s.run(func(g governor, now time.Time) {
		window := int(now.Sub(start) / (5 * time.Minute))
		if window == 0 {
			return // the first batches learn what a unit costs
		}
		if low[window] == 0 {
			low[window] = 1
		}
		low[window], high[window] = min(low[window], g.Duty), max(high[window], g.Duty)
	})
	require.Greater(t, len(low), 5)
	for window := range low {
		require.Less(t, high[window]/low[window], 1.7, window)
	}
}

func TestTheDutyGrowsSlowlyAndFallsAtOnce(t *testing.T) {
	t.Parallel()
	start := time.Unix(0, 0)
	g := newGovernor(1, start, time.Hour)
	g = g.after(start.Add(time.Second), 2*time.Hour)
	require.InDelta(t, quietDuty*maxGrowth, g.Duty, 1e-9)
	g = g.after(start.Add(31*time.Second), 2*time.Hour)
	require.InDelta(t, 1, g.Duty, 1e-9)
	g = g.after(start.Add(32*time.Second), time.Second)
	require.InDelta(t, quietDuty, g.Duty, 1e-9)
}

func TestARunThatNobodySetALimitForGoesAtTheDutyCycle(t *testing.T) {
	t.Parallel()
	start := time.Unix(0, 0)
	g := newGovernor(0.3, start, 0).after(start.Add(time.Second), time.Hour)
	require.InDelta(t, 0.3, g.Duty, 1e-9)
	require.Equal(t, 200*time.Minute, g.forecast(start).Sub(start).Round(time.Minute))
}

func TestABatchIsSmallerWhereItsRestWouldBeLong(t *testing.T) {
	t.Parallel()
	g := newGovernor(0.3, time.Unix(0, 0), time.Hour)
	require.Equal(t, 2500*time.Microsecond, g.batchTarget(time.Second).Round(100*time.Microsecond))
	require.Equal(t, 2*time.Millisecond, g.batchTarget(2*time.Millisecond))
	g.Duty = 1
	require.Equal(t, time.Second, g.batchTarget(time.Second))
}

func TestALateRunSaysSoWithItsForecast(t *testing.T) {
	t.Parallel()
	start := time.Unix(0, 0)
	g := newGovernor(0.3, start, time.Hour).after(start, time.Hour)
	require.True(t, g.late(start))
	require.Equal(t, 200*time.Minute, g.forecast(start).Sub(start).Round(time.Minute))
	g = g.after(start, time.Minute)
	require.False(t, g.late(start))
}

// The plan's reserve is used up when the work is as much as expected: the forecast knows that.
func TestAForecastIsRightFromAThirdOfTheRunOn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t)
		s.noise, s.within = rapid.Float64Range(0, 0.2).Draw(t, "noise of a steady disk"), max(s.within, 10*time.Minute)
		full := float64(s.within) * rapid.Float64Range(0.01, 0.85).Draw(t, "share of the time at full duty")
		s.units = max(int64(full*s.most/float64(s.unit)), 1000)
		start := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
		forecasts := map[time.Duration]time.Duration{}
		lasted, worked := s.run(func(g governor, now time.Time) { forecasts[now.Sub(start)] = g.forecast(now).Sub(start) })
		if float64(worked)/s.most > 0.9*float64(s.within) || len(forecasts) < 200 {
			return // late, or over before a mean means anything
		}
		worst := time.Duration(0)
		for at, forecast := range forecasts {
			if at > lasted/3 {
				worst = max(worst, (forecast - lasted).Abs())
			}
		}
		require.LessOrEqual(t, worst, lasted/10, lasted)
	})
}

func TestAnotherReplicaGoesOnAtTheSameDuty(t *testing.T) {
	t.Parallel()
	start := time.Unix(0, 0)
	pace := Pace{DutyCycle: 0.3, FinishWithin: time.Hour}
	g := governor{}.resumed(pace, start, start)
	require.InDelta(t, quietDuty, g.Duty, 1e-9)
	g.Duty = 0.12
	later := start.Add(10 * time.Minute)
	g = g.resumed(pace, start, later)
	require.InDelta(t, 0.12, g.Duty, 1e-9)
	require.Equal(t, start.Add(time.Hour), g.FinishBy, "the deadline counts from the cutoff")
	require.Equal(t, later, g.At)

	g.FinishBy = start.Add(1000 * time.Hour)
	require.Equal(t, start.Add(time.Hour), g.resumed(pace, start, later).FinishBy, "whatever a record says")
	require.InDelta(t, 0.1, g.resumed(Pace{DutyCycle: 0.1, FinishWithin: time.Hour}, start, later).Duty, 1e-9)
	require.InDelta(t, 0.3, g.resumed(Pace{DutyCycle: 0.3}, start, later).Duty, 1e-9, "no deadline any more")
}

func TestARunWithADeadlineRestsForTenSecondsAtMost(t *testing.T) {
	t.Parallel()
	start := time.Unix(0, 0)
	g := newGovernor(0.3, start, time.Hour)
	require.Equal(t, 10*time.Second, g.rest(time.Second), "a batch that could be no smaller")
	require.Equal(t, 99*time.Second, newGovernor(0.01, start, time.Hour).rest(time.Second).Round(time.Second), "the duty cycle holds all the same")
	require.Equal(t, 99*time.Second, newGovernor(0.01, start, 0).rest(time.Second).Round(time.Second))
}

func TestABatchThatStoodStillMakesNoRunLate(t *testing.T) {
	t.Parallel()
	start := time.Unix(0, 0)
	g := newGovernor(0.5, start, 20*time.Second)
	require.Equal(t, 1900*time.Millisecond, g.rest(time.Second))
	g = g.after(start.Add(15*time.Second), 0)
	require.Equal(t, 400*time.Millisecond, g.rest(100*time.Millisecond))
	g = g.after(start.Add(30*time.Second), 0)
	require.Equal(t, 100*time.Millisecond, g.rest(100*time.Millisecond), "the duty cycle holds all the same")
}

func TestAUsualRestIsNotReportedAndTheLongestOfADeadlineIs(t *testing.T) {
	t.Parallel()
	require.Less(t, longRest, shownRest)
	require.Less(t, shownRest, mostRest)
	require.LessOrEqual(t, mostRest, lateMargin, "one rest alone makes no run late")
}
