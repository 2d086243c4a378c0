package ui

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/siltgate/siltgate/jobs"
)

// text makes a text that others wrote fit to be shown: it replaces characters that have no glyph or
// that would reorder the text beside them, and cuts a text that is too long.
func text(s *string) string {
	if s == nil {
		return ""
	}
	clean := strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return '\uFFFD'
		}
		return r
	}, *s)
	if utf8.RuneCountInString(clean) >= mostShown {
		clean = string([]rune(clean)[:mostShown-1]) + "…"
	}
	return clean
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	s = text(&s)
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// clock is a time as it is written where only one zone is meant: UTC.
func clock(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05") }

// hour is the same without the day, if that is today.
func hour(now, at time.Time) string {
	if now.UTC().Format(time.DateOnly) == at.UTC().Format(time.DateOnly) {
		return at.UTC().Format(time.TimeOnly)
	}
	return clock(at)
}

// between is the time between two instants in one unit: 3 h.
func between(later, earlier time.Time) string {
	if d := later.Sub(earlier); d >= time.Second {
		return span(d)
	}
	return "0 s"
}

func span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
}

// count has its digits in groups of three: 1 234 567, with narrow spaces.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var grouped []string
	for len(digits) > 3 {
		grouped = append([]string{digits[len(digits)-3:]}, grouped...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, grouped...), "\u202f")
}

// asker says on whose request a run is, after its number.
func asker(r jobs.Run) string {
	if r.Trigger == "schedule" {
		if r.Tick != nil {
			return "of the tick at " + clock(*r.Tick)
		}
		return "by the schedule"
	}
	if by := text(r.RequestedBy); by != "" {
		return "asked for by " + by
	}
	return "asked for by hand"
}

// waitsFor says what a run waits for that is not at work.
func waitsFor(r jobs.Run) string {
	if waits := r.Waits(); waits != "" {
		return text(&waits)
	}
	return "goes on in a moment"
}

// stateOf says in words where a run stands, for a reader who knows neither River's states nor
// our outcomes.
func stateOf(r jobs.Run) string {
	switch r.State {
	case "running":
		return "at work"
	case "retryable":
		return "failed, to be tried again"
	case "available", "pending", "scheduled":
		if r.Outcome == jobs.OutcomeRunning {
			return "between two slices"
		}
		return "waiting"
	}
	said := cmp.Or(string(r.Outcome), r.State)
	return strings.ReplaceAll(text(&said), "_", " ")
}
