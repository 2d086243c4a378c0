package doctor

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// rows writes a number of rows: 1 row, 1,234,567 rows.
func rows(n int64) string {
	if n == 1 {
		return "1 row"
	}
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits + " rows"
}

// running says how many replicas run.
func running(replicas int) string {
	if replicas == 1 {
		return "1 replica runs"
	}
	return fmt.Sprintf("%d replicas run", replicas)
}

// lasting writes a duration without what is zero in it: 90 days, 1h, 2h5m.
func lasting(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day && d%day == 0:
		return fmt.Sprintf("%d days", d/day)
	case d >= time.Hour && d%time.Hour == 0:
		return strings.TrimSuffix(d.String(), "0m0s")
	case d >= time.Minute && d%time.Minute == 0:
		return strings.TrimSuffix(d.String(), "0s")
	}
	return d.String()
}
