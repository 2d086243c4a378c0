package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/jobs"
)

func TestTheLatestTickIsDueWithinItsWindow(t *testing.T) {
	t.Parallel()
	schedule, err := ParseSchedule("0 3 * * *", time.UTC)
	require.NoError(t, err)
	at := func(text string) time.Time {
		t.Helper()
		at, err := time.Parse(time.DateTime, text)
		require.NoError(t, err)
		return at
	}
	long := at("2020-01-01 00:00:00")
	for name, c := range map[string]struct {
		now, born time.Time
		catchUp   time.Duration
		want      string
	}{
		"at the tick":                           {at("2026-11-22 03:00:00"), long, 24 * time.Hour, "2026-11-22 03:00:00"},
		"just before the tick: yesterday's":     {at("2026-11-22 02:59:59"), long, 24 * time.Hour, "2026-11-21 03:00:00"},
		"missed, within the window":             {at("2026-11-22 09:00:00"), long, 24 * time.Hour, "2026-11-22 03:00:00"},
		"missed, at the window's end":           {at("2026-11-22 04:00:00"), long, time.Hour, "2026-11-22 03:00:00"},
		"missed, past the window":               {at("2026-11-22 04:00:01"), long, time.Hour, ""},
		"no catching up":                        {at("2026-11-22 03:01:01"), long, 0, ""},
		"no catching up, but not missed yet":    {at("2026-11-22 03:00:25"), long, 0, "2026-11-22 03:00:00"},
		"before the schema was":                 {at("2026-11-22 09:00:00"), at("2026-11-22 03:00:01"), 24 * time.Hour, ""},
		"at the instant the schema was created": {at("2026-11-22 09:00:00"), at("2026-11-22 03:00:00"), 24 * time.Hour, "2026-11-22 03:00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ticks := ticks{schedule: schedule, catchUp: c.catchUp, born: c.born, now: func() time.Time { return c.now }}
			args, opts := ticks.job()
			require.Nil(t, opts, "the arguments bring their own")
			if c.want == "" {
				require.Nil(t, args)
				return
			}
			require.Equal(t, at(c.want), *args.(jobs.TokenCleanupArgs).Tick)
		})
	}
}

func TestTicksAreLookedForOnTimeAndEveryMinute(t *testing.T) {
	t.Parallel()
	schedule, err := ParseSchedule("30 0 3 * * *", time.UTC)
	require.NoError(t, err)
	ticks := ticks{schedule: schedule}
	now := time.Date(2026, 11, 22, 2, 58, 10, 0, time.UTC)
	var looks []string
	for range 5 {
		now = ticks.Next(now)
		looks = append(looks, now.Format("15:04:05.000"))
	}
	require.Equal(t, []string{"02:59:00.150", "03:00:00.150", "03:00:30.150", "03:01:00.150", "03:02:00.150"}, looks)
}

func TestAScheduleThatIsOffHasNoPeriodicJob(t *testing.T) {
	t.Parallel()
	require.Empty(t, Replica{}.periodicJobs(time.Time{}))
}
