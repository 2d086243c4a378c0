package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/siltgate/siltgate/jobs"
)

// progress shows a run: one line that is drawn over on a terminal, a line per
// change elsewhere.
type progress struct {
	w        io.Writer
	terminal terminal
	last     string
}

// line shows where the run stands, if that has changed.
func (p *progress) line(run jobs.Run, result jobs.Result) {
	now := time.Now()
	line := p.describe(run, result, now)
	if p.terminal.live {
		line = fit(p.live(run, result, now), p.terminal.width-1)
	}
	if line == p.last {
		return
	}
	if p.terminal.live {
		_, _ = fmt.Fprintf(p.w, "\r\x1b[K%s", line)
	} else {
		_, _ = fmt.Fprintln(p.w, line)
	}
	p.last = line
}

// describe says where the run stands, how fast it goes and when it may end.
func (p *progress) describe(run jobs.Run, result jobs.Result, now time.Time) string {
	line := standing(run)
	if !counted(run, result) {
		return line
	}
	estimate, found := totals(result)
	if run.DryRun {
		return line + ", " + count(found, "dead row") + " found"
	}
	if estimate <= result.Deleted || run.Ended() {
		return line + ", " + count(result.Deleted, "row") + " deleted"
	}
	line += fmt.Sprintf(", %s deleted of about %s", count(result.Deleted, "row"), number(estimate))
	if rate := rateOf(result); rate >= 1 {
		line += ", " + number(int64(rate)) + "/s"
	}
	if pace := paceOf(result.Pace.Duty, forecastOf(run, result, now), result.Pace.FinishBy, now); pace != "" {
		line += ", " + pace
	}
	return line
}

// live is the same for a terminal: a bar, and beside it as much as there is room for.
func (p *progress) live(run jobs.Run, result jobs.Result, now time.Time) string {
	estimate, _ := totals(result)
	if !counted(run, result) || run.DryRun || run.Ended() || estimate <= result.Deleted {
		return p.describe(run, result, now)
	}
	share := float64(result.Deleted) / float64(estimate)
	first := fmt.Sprintf("%.0f%%  %s of about %s", share*100, number(result.Deleted), count(estimate, "row"))
	if run.Standing() != "running" || run.Attempt > 1 {
		first = standing(run) + ", " + first
	}
	duty, left, by, late := paceParts(result.Pace.Duty, forecastOf(run, result, now), result.Pace.FinishBy, now)
	rate := ""
	if r := rateOf(result); r >= 1 {
		rate = number(int64(r)) + "/s"
	}
	// Where there is no room for all parts, the least important one goes first.
	parts := []string{first, rate, left, by, duty}
	optional := []int{4, 3, 1, 2}
	if late {
		optional = []int{4, 1, 2}
	}
	room := p.terminal.width - 1 - len("[] ")
	for _, i := range optional {
		if room-len(joined(parts)) >= leastBar {
			break
		}
		parts[i] = ""
	}
	return bar(share, min(max(room-len(joined(parts)), leastBar), mostBar)) + " " + joined(parts)
}

// joined is the parts that are not empty.
func joined(parts []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" }), ", ")
}

func standing(run jobs.Run) string {
	if run.Attempt > 1 {
		return fmt.Sprintf("%s, attempt %d", run.Standing(), run.Attempt)
	}
	return run.Standing()
}

// counted reports whether the run has counted anything that holds: after a failed attempt it counts anew.
func counted(run jobs.Run, result jobs.Result) bool {
	return result.Outcome != "" && (result.Outcome != jobs.OutcomeFailed || run.Ended())
}

func totals(result jobs.Result) (estimate, found int64) {
	for _, t := range result.Tables {
		estimate += t.Estimate
		found += t.Found
	}
	return estimate, found
}

// rateOf is in rows a second, of the whole run, pauses included.
func rateOf(result jobs.Result) float64 {
	if result.DurationMS <= 0 {
		return 0
	}
	return float64(result.Deleted) / (float64(result.DurationMS) / 1000)
}

// forecastOf is when the run will probably end: by its own forecast, else by its rate. Nobody knows it of a run
// that waits.
func forecastOf(run jobs.Run, result jobs.Result, now time.Time) *time.Time {
	if run.Waits() != "" {
		return nil
	}
	estimate, _ := totals(result)
	rate := rateOf(result)
	if result.Pace.Forecast != nil || result.Pace.WaitingFor != "" || rate < 1 {
		return result.Pace.Forecast
	}
	at := now.Add(time.Duration(float64(estimate-result.Deleted) / rate * float64(time.Second)))
	return &at
}

// paceOf says how fast a run goes and when it will probably end: at 1% of its time, about 12m
// left, to end by 04:00:00.
func paceOf(duty float64, forecast, finishBy *time.Time, now time.Time) string {
	share, left, by, _ := paceParts(duty, forecast, finishBy, now)
	return joined([]string{share, left, by})
}

// staleAfter is how long after the forecast of its end a run may still be said to end soon. A run that works
// makes its forecast anew about every five seconds.
const staleAfter = 15 * time.Second

func paceParts(duty float64, forecast, finishBy *time.Time, now time.Time) (share, left, by string, late bool) {
	if duty > 0 && duty < 1 {
		share = fmt.Sprintf("at %.3g%% of its time", duty*100)
	}
	switch {
	case forecast == nil:
	case now.Sub(*forecast) > staleAfter: // its replica is slow, or was killed
		left = "was expected to end at " + forecast.UTC().Format(time.TimeOnly)
	case forecast.Sub(now) < time.Second:
		left = "nearly done"
	default:
		left = "about " + took(forecast.Sub(now).Round(time.Second)) + " left"
	}
	if finishBy != nil {
		by = "to end by " + finishBy.UTC().Format(time.TimeOnly)
		if late = forecast != nil && forecast.After(*finishBy); late {
			by = "late: it was " + by
		}
	}
	return share, left, by, late
}

// note writes a line that is not about the run's progress, which is drawn anew below it.
func (p *progress) note(text string) {
	p.clear()
	_, _ = fmt.Fprintln(p.w, p.terminal.fold(text, "  "))
	p.last = ""
}

// end leaves the last line standing.
func (p *progress) end() {
	if p.terminal.live && p.last != "" {
		_, _ = fmt.Fprintln(p.w)
	}
}

// clear takes the last line away from a terminal: what follows says it all.
func (p *progress) clear() {
	if p.terminal.live {
		_, _ = fmt.Fprint(p.w, "\r\x1b[K")
		p.last = ""
	}
}

const leastBar, mostBar = 8, 24

func bar(share float64, width int) string {
	full := int(min(max(share, 0), 1) * float64(width))
	return "[" + strings.Repeat("=", full) + strings.Repeat(" ", width-full) + "]"
}
