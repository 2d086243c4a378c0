package cli

import (
	"strconv"
	"strings"
	"time"
)

// number writes 1234567 as 1,234,567.
func number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// count writes a number with its noun: 1 row, 2 rows.
func count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}

// took writes a duration as precisely as a person reads it: 68ms, 2.1s, 1m3s, 2h5m.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	case d < time.Hour:
		return d.Round(time.Second).String()
	}
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}

// moment writes an instant in UTC: with its time, or its year if that is long ago.
func moment(at, now time.Time) string {
	if now.Sub(at).Abs() > 300*24*time.Hour {
		return at.UTC().Format(time.DateOnly)
	}
	return at.UTC().Format("Jan _2 15:04")
}
