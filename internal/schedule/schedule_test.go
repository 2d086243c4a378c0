package schedule

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/golden"
)

func TestFault18TicksAtClockChangesAreTheDocumentedInstantsEachOnce(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, c := range []struct {
		zone, before string // before: some days before the change
		exprs        []string
	}{
		{"Europe/Berlin", "2025-03-27", []string{"30 2 * * *", "0 3 * * *", "*/30 2 * * *", "5,35 * * * *"}},
		{"Europe/Berlin", "2025-10-23", []string{"30 2 * * *", "0 3 * * *", "*/30 2 * * *", "0 * * * *", "*/20 * * * *"}},
		{"America/New_York", "2025-03-06", []string{"30 2 * * *", "0 3 * * SUN"}},
		{"America/New_York", "2025-10-30", []string{"30 1 * * *", "0 2 * * *"}},
		{"Africa/Cairo", "2025-04-22", []string{"@daily", "15 0 * * *", "0 0 * * FRI"}},
		{"Africa/Cairo", "2025-10-28", []string{"30 23 * * *", "@daily"}},
		{"America/Sao_Paulo", "2018-11-01", []string{"@daily"}},
		{"Australia/Lord_Howe", "2025-10-02", []string{"15 2 * * *", "15 * * * *"}},
		{"Australia/Lord_Howe", "2025-04-03", []string{"45 1 * * *", "0 2 * * *", "45 * * * *"}},
		{"Pacific/Apia", "2011-12-27", []string{"0 3 * * *", "0 * * * *"}},
	} {
		zone, err := time.LoadLocation(c.zone)
		require.NoError(t, err)
		before, err := time.ParseInLocation(time.DateOnly, c.before, zone)
		require.NoError(t, err)
		_, change := before.ZoneBounds()
		const clock = "2 15:04:05-07:00"
		fmt.Fprintf(&out, "%s, %s: after %s comes %s\n", c.zone,
			change.Format("January 2006"), change.Add(-time.Second).Format(clock), change.Format(clock))
		for _, expr := range c.exprs {
			fmt.Fprintf(&out, "  %-12s  %s\n", expr, ticksAround(t, expr, change))
		}
	}
	golden.Equal(t, "testdata/ticks.golden", out.String())

	doc, err := os.ReadFile("../../docs/schedule.md")
	require.NoError(t, err)
	require.Contains(t, string(doc), "```text\n"+out.String()+"```\n")
}

func ticksAround(t *testing.T, expr string, change time.Time) string {
	t.Helper()
	schedule, err := Parse(expr, change.Location())
	require.NoError(t, err)
	from, to := change.Add(-30*time.Hour), change.Add(30*time.Hour)
	if schedule.hourly {
		from, to = change.Add(-61*time.Minute), change.Add(61*time.Minute)
	}
	var ticks []string
	for tick := schedule.Next(from); tick.Before(to); tick = schedule.Next(tick) {
		ticks = append(ticks, tick.In(change.Location()).Format("2 15:04-07:00"))
	}
	return strings.Join(ticks, ", ")
}

func TestTicksOfZonesWithoutClockChanges(t *testing.T) {
	t.Parallel()
	kolkata, err := time.LoadLocation("Asia/Kolkata")
	require.NoError(t, err)
	for zone, want := range map[*time.Location]string{
		nil:                               "2026-11-22T03:00:00Z",
		time.UTC:                          "2026-11-22T03:00:00Z",
		kolkata:                           "2026-11-21T21:30:00Z",
		time.FixedZone("UTC+14", 14*3600): "2026-11-21T13:00:00Z",
	} {
		schedule, err := Parse("0 3 * * *", zone)
		require.NoError(t, err)
		now := time.Date(2026, 11, 22, 3, 0, 0, 999, time.UTC)
		require.Equal(t, want, schedule.LatestTick(now).Format(time.RFC3339Nano), schedule)
		require.Equal(t, 24*time.Hour, schedule.Next(now).Sub(schedule.LatestTick(now)))
	}
}

func TestLatestTickAndNextMeetAtNow(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for _, c := range []struct{ expr, now, latest, next string }{
		{"30 2 * * *", "2026-10-25T00:29:59Z", "2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z"},
		{"30 2 * * *", "2026-10-25T01:10:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}, // 02:10 again
		{"30 2 * * *", "2026-03-29T00:59:59Z", "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z"},
		{"30 2 * * *", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
		{"0 3 29 2 *", "2104-02-29T01:59:59Z", "2096-02-29T02:00:00Z", "2104-02-29T02:00:00Z"},
		{"0 3 29 2 *", "2104-02-29T02:00:00Z", "2104-02-29T02:00:00Z", "2108-02-29T02:00:00Z"},
		// Go's zone bounds are wrong on the last day of a leap year.
		{"0 3 * * *", "2104-12-31T12:00:00Z", "2104-12-31T02:00:00Z", "2105-01-01T02:00:00Z"},
		{"@yearly", "2104-12-31T12:00:00Z", "2103-12-31T23:00:00Z", "2104-12-31T23:00:00Z"},
		{"@yearly", "2026-11-22T12:00:00Z", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z"},
		{"* * 29 2 *", "2026-11-22T12:00:00Z", "2024-02-29T22:59:00Z", "2028-02-28T23:00:00Z"},
	} {
		schedule, err := Parse(c.expr, berlin)
		require.NoError(t, err)
		now, err := time.Parse(time.RFC3339, c.now)
		require.NoError(t, err)
		require.Equal(t, c.latest, schedule.LatestTick(now).Format(time.RFC3339), "%s at %s", schedule, c.now)
		require.Equal(t, c.next, schedule.Next(now).Format(time.RFC3339), "%s at %s", schedule, c.now)
	}
}

func TestEveryCountsFrom1970(t *testing.T) {
	t.Parallel()
	schedule, err := Parse("@every 7m", time.UTC)
	require.NoError(t, err)
	epoch := time.Unix(0, 0).UTC()
	require.Equal(t, epoch, schedule.LatestTick(epoch))
	require.Equal(t, epoch, schedule.Next(epoch.Add(-time.Nanosecond)))
	require.Equal(t, epoch.Add(-7*time.Minute), schedule.LatestTick(epoch.Add(-time.Nanosecond)))
	require.Equal(t, epoch.Add(7*time.Minute), schedule.Next(epoch))
	now := time.Date(2026, 11, 22, 3, 0, 0, 1, time.UTC)
	require.Zero(t, schedule.LatestTick(now).Unix()%420)
	require.Equal(t, 7*time.Minute, schedule.Next(now).Sub(schedule.LatestTick(now)))
}

func FuzzParseSchedule(f *testing.F) {
	for _, expr := range []string{
		"0 3 * * *", "*/10 * * * * *", "0 0 29 feb 1-5", "5-40/3,*/7 22 L 15W FRI#3", "22-2 * ? * *", "@daily", "@every 1m",
		"@every 1500ms", "CRON_TZ=UTC 0 3 * * *", "off", "0 0 30 2 *", "* * * * * * *", "\x00,\xff", "*/0 99999999999999999999 - / ,",
	} {
		f.Add(expr, int64(1774746000)) // an hour before Berlin's clocks changed
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, expr string, seconds int64) {
		now := time.Unix(seconds%(1<<32), 0).UTC() // 1834 to 2106
		began := time.Now()
		schedule, err := Parse(expr, berlin)
		if err != nil {
			require.Equal(t, Schedule{}, schedule)
			require.NotContains(t, err.Error(), "is not a cron expression", "go-cron refused what checkFields did not")
			require.NotContains(t, err.Error(), "\n")
			return
		}
		last, next := schedule.LatestTick(now), schedule.Next(now)
		if schedule.Off() {
			require.True(t, last.IsZero() && next.IsZero())
			return
		}
		require.False(t, last.After(now), "%s: %s", schedule, last)
		require.True(t, next.After(now), "%s: %s", schedule, next)
		require.Equal(t, next, schedule.Next(last))
		require.Equal(t, last, schedule.LatestTick(next.Add(-time.Nanosecond)))
		require.Equal(t, next, schedule.LatestTick(next))
		require.Less(t, time.Since(began), 5*time.Second)

		again, err := Parse(schedule.expr, berlin)
		require.NoError(t, err)
		require.Equal(t, next, again.Next(now))
	})
}

func BenchmarkLatestTick(b *testing.B) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(b, err)
	now := time.Date(2026, 11, 22, 12, 34, 56, 789, time.UTC)
	for _, expr := range []string{"*/10 * * * * *", "*/15 * * * *", "0 3 * * *", "0 3 1 1 *", "0 3 29 2 *", "* * 29 2 *", "@every 90s"} {
		schedule, err := Parse(expr, berlin)
		require.NoError(b, err)
		b.Run(expr, func(b *testing.B) {
			for b.Loop() {
				schedule.LatestTick(now)
			}
		})
	}
}
