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

// bytes writes an amount of memory or disk: 12 MB.
func bytes(n int64) string {
	const unit = 1000
	if n < unit {
		return fmt.Sprintf("%d bytes", n)
	}
	amount, names := float64(n)/unit, []string{"kB", "MB", "GB", "TB", "PB"}
	for amount >= unit && len(names) > 1 {
		amount, names = amount/unit, names[1:]
	}
	if amount < 10 {
		return fmt.Sprintf("%.1f %s", amount, names[0])
	}
	return fmt.Sprintf("%.0f %s", amount, names[0])
}

// few names the first ones of many.
func few(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
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
