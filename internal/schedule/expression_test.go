package schedule

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseRefusesInWords(t *testing.T) {
	t.Parallel()
	const others = ": write @hourly, @daily, @weekly, @monthly, @yearly, or five fields"
	for expr, want := range map[string]string{
		"":                             `is empty: write five fields, as in 0 3 * * *, or off`,
		" \t\n":                        `is empty: write five fields, as in 0 3 * * *, or off`,
		strings.Repeat("*", 1025):      `is 1025 bytes long: want at most 1024`,
		"*":                            `has 1 fields: want 5, or 6 with seconds first`,
		"0 3 *":                        `has 3 fields: want 5, or 6 with seconds first`,
		"off please":                   `has 2 fields: want 5, or 6 with seconds first`,
		"0 0 3 * * * 2027":             `has 7 fields: want 5, or 6 with seconds first; a year is not supported`,
		"0 0 3 * * * * *":              `has 8 fields: want 5, or 6 with seconds first`,
		"TZ=UTC 0 3 * * *":             `names a zone: set SILTGATE_TIMEZONE instead`,
		"TZ=UTC":                       `names a zone: set SILTGATE_TIMEZONE instead`,
		"CRON_TZ=Asia/Tokyo @daily":    `names a zone: set SILTGATE_TIMEZONE instead`,
		"@reboot":                      `"@reboot" is not known` + others,
		"@":                            `"@" is not known` + others,
		"@daily @daily":                `"@daily @daily" is not known` + others,
		"@every":                       `@every "" is not a duration: write @every 90s or @every 1h30m`,
		"@every day":                   `@every "day" is not a duration: write @every 90s or @every 1h30m`,
		"@every 1h 30m":                `@every "1h 30m" is not a duration: write @every 90s or @every 1h30m`,
		"@every 999ms":                 `@every 999ms is under a second: want 1s or more`,
		"@every 0s":                    `@every 0s is under a second: want 1s or more`,
		"@every -1h":                   `@every -1h is under a second: want 1s or more`,
		"@every 1500ms":                `@every 1500ms is not in whole seconds: write @every 1s`,
		"@every 9999999h":              `@every "9999999h" is not a duration: write @every 90s or @every 1h30m`,
		"60 * * * *":                   `minute 60 is out of range: want 0-59`,
		"60 * * * * *":                 `second 60 is out of range: want 0-59`,
		"* 24 * * *":                   `hour 24 is out of range: want 0-23`,
		"* * 0 * *":                    `day of month 0 is out of range: want 1-31`,
		"* * 32 * *":                   `day of month 32 is out of range: want 1-31`,
		"* * * 13 *":                   `month 13 is out of range: want 1-12 or JAN-DEC`,
		"* * * 0 *":                    `month 0 is out of range: want 1-12 or JAN-DEC`,
		"* * * * 8":                    `day of week 8 is out of range: want 0-7 or SUN-SAT`,
		"0 3 * * * 2027":               `day of week 2027 is out of range: want 0-7 or SUN-SAT`,
		"0-60 * * * *":                 `minute 60 is out of range: want 0-59`,
		"99999999999999999999 * * * *": `minute 99999999999999999999 is out of range: want 0-59`,
		"* * L * *":                    `day of month "L" (last day) is not supported: want a plain day 1-31`,
		"* * l-3 * *":                  `day of month "l-3" (last day) is not supported: want a plain day 1-31`,
		"* * 15W * *":                  `day of month "15W" (nearest weekday) is not supported: want a plain day 1-31`,
		"* * LW * *":                   `day of month "LW" (nearest weekday) is not supported: want a plain day 1-31`,
		"* * * * FRI#3":                `day of week "FRI#3" (nth of the month) is not supported: want a plain day 0-7 or SUN-SAT`,
		"* * * * 5#L":                  `day of week "5#L" (nth of the month) is not supported: want a plain day 0-7 or SUN-SAT`,
		"* * * * 5L":                   `day of week "5L" (last of the month) is not supported: want a plain day 0-7 or SUN-SAT`,
		"0 3 ? * *":                    `day of month "?" is not supported: write *`,
		"? 3 * * *":                    `minute "?" is not supported: write *`,
		"H 3 * * *":                    `minute "H" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"MON 3 * * *":                  `minute "MON" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"0 3 * JANUARY *":              `month "JANUARY" is not understood: want * or 1-12 or JAN-DEC, as in 3, 2-5, */2 or 3,5`,
		"0 3 * * MONDAY":               `day of week "MONDAY" is not understood: want * or 0-7 or SUN-SAT, as in 3, 2-5, */2 or 3,5`,
		"0 3 * MON *":                  `month "MON" is not understood: want * or 1-12 or JAN-DEC, as in 3, 2-5, */2 or 3,5`,
		"1,,2 * * * *":                 `minute "" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		", * * * *":                    `minute "" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"-5 * * * *":                   `minute "-5" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"+5 * * * *":                   `minute "+5" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"*-5 * * * *":                  `minute "*-5" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"5-* * * * *":                  `minute "5-*" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"*5 * * * *":                   `minute "*5" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"1-2-3 * * * *":                `minute "1-2-3" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"*/ * * * *":                   `minute "*/" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"/5 * * * *":                   `minute "" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"*/2/3 * * * *":                `minute "*/2/3" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"*/-1 * * * *":                 `minute "*/-1" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"1.5 * * * *":                  `minute "1.5" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"٣ * * * *":                    `minute "٣" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"\x00 * * * *":                 `minute "\x00" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"\xff\x1b[2J * * * *":          `minute "\xff\x1b[2J" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"'0 3 * * *'":                  `minute "'0" is not understood: want * or 0-59, as in 3, 2-5, */2 or 3,5`,
		"*/0 * * * *":                  `minute "*/0" has a step of 0: want 1 or more`,
		"*/90 * * * *":                 `minute "*/90" steps past 59 at once: write 0`,
		"*/60 * * * *":                 `minute "*/60" steps past 59 at once: write 0`,
		"* * */31 * *":                 `day of month "*/31" steps past 31 at once: write 1`,
		"10-12/5 * * * *":              `minute "10-12/5" steps past 12 at once: write 10`,
		"* 22-2 * * *":                 `hour "22-2" runs backwards: write 22-23,0-2`,
		"* 22-2/2 * * *":               `hour "22-2" runs backwards: write its values as a list`,
		"* * * NOV-FEB *":              `month "NOV-FEB" runs backwards: write NOV-12,1-FEB`,
		"* * * * FRI-MON":              `day of week "FRI-MON" runs backwards: write FRI-7,0-MON`,
		"* * * * SAT-SUN":              `day of week "SAT-SUN" runs backwards: write SAT-7,0-SUN`,
		"0 0 30 2 *":                   `never fires: write a day of month that its months have`,
		"0 0 31 2,4,6,9,11 *":          `never fires: write a day of month that its months have`,
		"0 0 30-31 FEB 0-7":            `never fires: write a day of month that its months have`,
	} {
		_, err := Parse(expr, time.UTC)
		require.EqualError(t, err, want, "%q", expr)
		if _, advice, ok := strings.Cut(want, "backwards: write "); ok && !strings.Contains(advice, "list") {
			fields := strings.Fields(expr)
			for i, f := range fields {
				if strings.Contains(f, "-") {
					fields[i] = advice
				}
			}
			_, err := Parse(strings.Join(fields, " "), time.UTC)
			require.NoError(t, err, "the advice for %q", expr)
		}
	}
}

func TestParseReadsWhatNestJSUsersWrite(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 11, 22, 12, 34, 56, 0, time.UTC) // a Sunday
	for expr, want := range map[string]string{
		"0 3 * * *":                             "2026-11-23 03:00:00",
		"  0\t3  * * *\n":                       "2026-11-23 03:00:00",
		"*/10 * * * * *":                        "2026-11-22 12:35:00",
		"30 */2 * * * *":                        "2026-11-22 12:36:30",
		"00 30 11 * * 1-5":                      "2026-11-23 11:30:00",
		"0 0 * * 0":                             "2026-11-29 00:00:00",
		"0 0 * * 7":                             "2026-11-29 00:00:00",
		"0 0 * * Sun":                           "2026-11-29 00:00:00",
		"0 0 * * THU":                           "2026-11-26 00:00:00",
		"0 0 * * mon-wed,FRI":                   "2026-11-23 00:00:00",
		"0 0 * * 5-7":                           "2026-11-27 00:00:00",
		"0 0 1 jan *":                           "2027-01-01 00:00:00",
		"0 0 1 MAR-MAY *":                       "2027-03-01 00:00:00",
		"5/20 * * * *":                          "2026-11-22 12:45:00",
		"10-40/15 * * * *":                      "2026-11-22 12:40:00",
		"0 0 1,15 * *":                          "2026-12-01 00:00:00",
		"0 0 29 2 *":                            "2028-02-29 00:00:00",
		"0 0 30 2 MON":                          "2027-02-01 00:00:00", // either day field will do
		"0 0 24 * WED":                          "2026-11-24 00:00:00", // either
		"0 0 1-31 * WED":                        "2026-11-25 00:00:00", // 1-31 restricts nothing
		"0 0 */1 * WED":                         "2026-11-25 00:00:00",
		"0 0 27 * 0-6":                          "2026-11-27 00:00:00", // nor does 0-6
		"0 0 */2 * WED":                         "2026-11-23 00:00:00", // */2 does: odd days, or Wednesdays
		"@yearly":                               "2027-01-01 00:00:00",
		"@annually":                             "2027-01-01 00:00:00",
		"@monthly":                              "2026-12-01 00:00:00",
		"@weekly":                               "2026-11-29 00:00:00",
		"@weekdays":                             "2026-11-23 00:00:00",
		"@weekends":                             "2026-11-28 00:00:00",
		"@daily":                                "2026-11-23 00:00:00",
		"@Midnight":                             "2026-11-23 00:00:00",
		"@hourly":                               "2026-11-22 13:00:00",
		"@minutely":                             "2026-11-22 12:35:00",
		"@secondly":                             "2026-11-22 12:34:57",
		"@every 1s":                             "2026-11-22 12:34:57",
		"@every 90s":                            "2026-11-22 12:36:00",
		"@EVERY 24h":                            "2026-11-23 00:00:00",
		"@every 168h":                           "2026-11-26 00:00:00", // 1970 began on a Thursday
		strings.Repeat("0,", 507) + "0 0 * * *": "2026-11-23 00:00:00",
	} {
		schedule, err := Parse(expr, nil)
		require.NoError(t, err, "%q", expr)
		require.Equal(t, want, schedule.Next(from).Format(time.DateTime), "%q", expr)
	}
}

func TestParseOff(t *testing.T) {
	t.Parallel()
	for _, expr := range []string{"off", "OFF", " Off\n"} {
		schedule, err := Parse(expr, time.UTC)
		require.NoError(t, err)
		require.Equal(t, Schedule{}, schedule)
		require.True(t, schedule.Off())
		require.Equal(t, "off", schedule.String())
		require.Zero(t, schedule.Next(time.Now()))
		require.Zero(t, schedule.LatestTick(time.Now()))
	}
}

func TestScheduleStringNamesExpressionAndZone(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for expr, want := range map[string]string{
		" 0  3 * *\tMON ": "0 3 * * MON in Europe/Berlin",
		"@daily":          "@daily in Europe/Berlin",
		"@every  90s":     "@every 90s",
	} {
		schedule, err := Parse(expr, berlin)
		require.NoError(t, err)
		require.False(t, schedule.Off())
		require.Equal(t, want, schedule.String())
	}
}
