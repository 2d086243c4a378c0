package schedule

import (
	"fmt"
	"math/bits"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A model is a cron expression and, found in another way than by reading it, what it means.
type model struct {
	expr string
	sets [6]uint64 // bits: second, minute, hour, day of month, month, day of week
	zone *time.Location
}

func TestScheduleIsTheModelAroundClockChanges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		schedule, err := Parse(m.expr, m.zone)
		if err != nil {
			require.ErrorContains(t, err, "never fires")
			t.Skip()
		}
		change := drawClockChange(t, m.zone)
		from, to := change.Add(-2*time.Hour), change.Add(2*time.Hour)
		want := m.ticks(from, to)

		var got []string
		for tick := schedule.Next(from.Add(-time.Nanosecond)); !tick.After(to); tick = schedule.Next(tick) {
			require.Equal(t, time.UTC, tick.Location())
			got = append(got, tick.Format(time.RFC3339Nano))
		}
		require.Equal(t, formatted(want), got, "%s, %s to %s", schedule, from, to)

		now := from.Add(time.Duration(rapid.Int64Range(0, int64(to.Sub(from))).Draw(t, "now")))
		for i, tick := range want {
			require.Equal(t, tick, schedule.LatestTick(tick))
			require.Equal(t, tick, schedule.Next(tick.Add(-time.Nanosecond)))
			if tick.After(now) && (i == 0 || !want[i-1].After(now)) {
				require.Equal(t, tick, schedule.Next(now), "%s at %s", schedule, now)
			}
			if !tick.After(now) && (i == len(want)-1 || want[i+1].After(now)) {
				require.Equal(t, tick, schedule.LatestTick(now), "%s at %s", schedule, now)
			}
		}
	})
}

func TestLatestTickIsTheLastThatNextYields(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		if rapid.IntRange(0, 9).Draw(t, "every") == 0 {
			m.expr = fmt.Sprintf("@every %ds", rapid.Int64Range(1, 1e7).Draw(t, "seconds"))
		}
		schedule, err := Parse(m.expr, m.zone)
		if err != nil {
			t.Skip()
		}
		now := drawInstant(t)
		last := schedule.LatestTick(now)
		require.False(t, last.After(now))
		require.True(t, schedule.Next(last).After(now), "%s at %s: %s, then %s", schedule, now, last, schedule.Next(last))

		tick := last
		for range 5 {
			earlier := schedule.LatestTick(tick.Add(-time.Nanosecond))
			require.True(t, earlier.Before(tick))
			require.Equal(t, tick, schedule.Next(earlier), schedule)
			require.Equal(t, earlier, schedule.LatestTick(earlier))
			tick = earlier
		}
	})
}

func TestNextIsTheNextDayOfTheCalendar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		m.setField(0, "0", 0)
		m.setField(1, "0", 0)
		m.setField(2, "0", 0)
		m.zone = time.UTC
		day := drawInstant(t).Truncate(24 * time.Hour)
		schedule, err := Parse(m.expr, m.zone)
		got := schedule.Next(day)
		for range 366 * 9 {
			day = day.AddDate(0, 0, 1)
			if m.shows(day) {
				require.NoError(t, err)
				require.Equal(t, day, got, schedule)
				return
			}
		}
		require.ErrorContains(t, err, "never fires")
	})
}

// ticks reads the clock on the wall at every second.
func (m *model) ticks(from, to time.Time) []time.Time {
	var ticks []time.Time
	hourly := bits.OnesCount64(m.sets[2]) == 24
	passed := m.wall(from.Add(-time.Second))
	for t := from; !t.After(to); t = t.Add(time.Second) {
		wall := m.wall(t)
		if hourly {
			passed = wall.Add(-time.Second)
		}
		for due := passed.Add(time.Second); !due.After(wall); due = due.Add(time.Second) {
			if m.shows(due) {
				ticks = append(ticks, t)
				break
			}
		}
		if wall.After(passed) {
			passed = wall
		}
	}
	return ticks
}

func (m *model) wall(t time.Time) time.Time {
	t = t.In(m.zone)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

func (m *model) shows(wall time.Time) bool {
	if !m.has(0, wall.Second()) || !m.has(1, wall.Minute()) || !m.has(2, wall.Hour()) || !m.has(4, int(wall.Month())) {
		return false
	}
	byMonth, byWeek := m.has(3, wall.Day()), m.has(5, int(wall.Weekday()))
	if bits.OnesCount64(m.sets[3]) < 31 && bits.OnesCount64(m.sets[5]) < 7 {
		return byMonth || byWeek
	}
	return byMonth && byWeek
}

func (m *model) has(i, value int) bool { return m.sets[i]&(1<<value) != 0 }

func (m *model) setField(i int, text string, values ...int) {
	fields := strings.Fields(m.expr)
	fields[i] = text
	m.expr = strings.Join(fields, " ")
	m.sets[i] = 0
	for _, v := range values {
		m.sets[i] |= 1 << v
	}
}

func drawModel(t *rapid.T) *model {
	zone, err := time.LoadLocation(rapid.SampledFrom([]string{
		"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana", "America/St_Johns",
		"Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo", "Africa/Casablanca", "Pacific/Apia",
	}).Draw(t, "zone"))
	require.NoError(t, err)
	m := &model{expr: "* * * * * *", zone: zone}
	bounds := [6][2]int{{0, 59}, {0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}}
	for i, b := range bounds {
		var texts []string
		var values []int
		for range rapid.IntRange(1, 2).Draw(t, "items") {
			text, some := drawItem(t, i, b[0], b[1])
			texts, values = append(texts, text), append(values, some...)
		}
		if i == 5 {
			for j := range values {
				values[j] %= 7
			}
		}
		m.setField(i, strings.Join(texts, ","), values...)
	}
	return m
}

func drawItem(t *rapid.T, i, low, high int) (text string, values []int) {
	kind := rapid.SampledFrom([]string{"all", "value", "range", "steps"}).Draw(t, "kind")
	if i > 2 && rapid.Bool().Draw(t, "any day") {
		kind = "all" // or few ticks would fall on a day of a clock change
	}
	text, step := "*", 1
	switch kind {
	case "value":
		if i == 2 {
			high = 3 // where the clocks change
		}
		low = rapid.IntRange(low, high).Draw(t, "value")
		return drawName(t, i, low), []int{low}
	case "range", "steps":
		low = rapid.IntRange(low, high).Draw(t, "low")
		high = rapid.IntRange(low, high).Draw(t, "high")
		text = fmt.Sprintf("%s-%s", drawName(t, i, low), drawName(t, i, high))
	}
	if kind == "steps" && high > low {
		step = rapid.IntRange(1, high-low).Draw(t, "step")
		text += fmt.Sprintf("/%d", step)
	}
	for v := low; v <= high; v += step {
		values = append(values, v)
	}
	return text, values
}

func drawName(t *rapid.T, i, value int) string {
	switch {
	case i == 4 && rapid.Bool().Draw(t, "name"):
		return time.Month(value).String()[:3]
	case i == 5 && value < 7 && rapid.Bool().Draw(t, "name"):
		return strings.ToUpper(time.Weekday(value).String()[:3])
	}
	return fmt.Sprint(value)
}

func drawInstant(t *rapid.T) time.Time {
	first := time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC)
	return first.Add(time.Duration(rapid.Int64Range(0, int64(110*365*24*time.Hour)).Draw(t, "instant")))
}

// drawClockChange draws any instant if the zone no longer changes its clocks.
func drawClockChange(t *rapid.T, zone *time.Location) time.Time {
	instant := drawInstant(t).Truncate(time.Second)
	if _, change := instant.In(zone).ZoneBounds(); !change.IsZero() {
		return change.UTC()
	}
	return instant
}

func formatted(ticks []time.Time) []string {
	var texts []string
	for _, tick := range ticks {
		texts = append(texts, tick.Format(time.RFC3339Nano))
	}
	return texts
}
