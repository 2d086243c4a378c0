package ui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestATableIsLateAfterTwoPeriodsOfTheSchedule(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 10, 11, 12, 30, 0, 0, time.UTC)
	for expression, want := range map[string]time.Duration{
		"0 3 * * * in UTC":            48 * time.Hour,
		"0 3 * * 1-5 in UTC":          6 * 24 * time.Hour,
		"0 12 * * * in Europe/Berlin": 50 * time.Hour, // the clocks are set back
		"@every 90s":                  30 * time.Minute,
		"off":                         0,
		"0 3 * * * in Nowhere":        0,
		"in":                          0,
	} {
		require.Equal(t, want, objective(&expression, now), expression)
	}
	require.Zero(t, objective(nil, now))

	before, after, died := now.Add(-47*time.Hour), now.Add(-49*time.Hour), now.Add(-72*time.Hour)
	o := overview{Now: now, Tables: []table{{Watermark: &before}, {Watermark: &after}, {}, {Watermark: &died}}}
	o.noteLate(0)
	require.Nil(t, o.late(), "there is no schedule")
	o.noteLate(48 * time.Hour)
	require.Equal(t, []bool{false, true, false, true}, []bool{o.Tables[0].Late, o.Tables[1].Late, o.Tables[2].Late, o.Tables[3].Late})
	require.Equal(t, &died, o.late().Watermark)
}
