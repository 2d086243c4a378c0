package schedule

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestThePeriodIsTheShortestTimeBetweenTwoTicks(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for expression, c := range map[string]struct {
		zone *time.Location
		want time.Duration
	}{
		"0 3 * * *":       {time.UTC, 24 * time.Hour},
		"0 4 * * *":       {berlin, 23 * time.Hour}, // the day in spring that has 23 hours
		"0 3,4 * * *":     {time.UTC, time.Hour},
		"0 9-17 * * 1-5":  {time.UTC, time.Hour},
		"*/7 * * * *":     {time.UTC, 4 * time.Minute},
		"* * * * * *":     {time.UTC, time.Second},
		"*/4 * * * * *":   {time.UTC, 4 * time.Second},
		"0 0 1,28 * *":    {time.UTC, 24 * time.Hour}, // from the 28th of February on
		"0 0 29 2 *":      {time.UTC, 0},              // once in four years
		"@every 90s":      {time.UTC, 90 * time.Second},
		"@monthly":        {time.UTC, 28 * 24 * time.Hour},
		"off":             {time.UTC, 0},
		"59 59 23 * * 0":  {time.UTC, 7 * 24 * time.Hour},
		"0,30 59 3 * * *": {time.UTC, 30 * time.Second},
	} {
		s, err := Parse(expression, c.zone)
		require.NoError(t, err, expression)
		require.Equal(t, c.want, s.Period(), expression)
	}
}

func BenchmarkPeriod(b *testing.B) {
	s, err := Parse("* * * * *", time.UTC)
	require.NoError(b, err)
	for b.Loop() {
		s.Period()
	}
}
