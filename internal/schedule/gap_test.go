package schedule

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheLongestGapIsTheLongestTimeWithoutATick(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	cases := map[string]struct {
		zone *time.Location
		want time.Duration
	}{
		"0 3 * * *":        {time.UTC, day},
		"*/2 * * * * *":    {time.UTC, 2 * time.Second},
		"@every 90s":       {time.UTC, 90 * time.Second},
		"0 */6 * * *":      {time.UTC, 6 * time.Hour},
		"0 3 * * 1-5":      {time.UTC, 3 * day},
		"*/5 9-17 * * 1-5": {time.UTC, 2*day + 15*time.Hour + 5*time.Minute},
		"0 3 1 * *":        {time.UTC, 31 * day},
		"0 3 1 1 *":        {time.UTC, 365 * day},
		"0 3 29 2 *":       {time.UTC, (3*365 + 366) * day},
		"0 3 15 10,11 *":   {time.UTC, 334 * day},
		"0 12 * * *":       {berlin, 25 * time.Hour}, // the clocks are set back
	}
	now := time.Date(2026, 10, 11, 12, 30, 0, 0, time.UTC)
	for expression, c := range cases {
		s, err := Parse(expression, c.zone)
		require.NoError(t, err)
		require.Equal(t, c.want, s.LongestGap(now), expression)
	}
	require.Zero(t, Schedule{}.LongestGap(now))
}
