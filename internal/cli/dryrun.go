package cli

import (
	"fmt"

	"github.com/siltgate/siltgate/jobs"
)

// printSurvey shows which rows of a dry run are dead and why, and where they meet those that live.
func (p *program) printSurvey(t jobs.TableResult) {
	terminal := p.terminal()
	line := func(format string, args ...any) {
		p.printf("%s\n", terminal.fold("  "+fmt.Sprintf(format, args...), "    "))
	}
	if t.Reasons != nil && t.Rule != "" {
		line("rule: %s", printable(t.Rule))
	}
	if t.Reasons != nil {
		line("%s expired, %s done, %s both", number(t.Reasons.Expired), number(t.Reasons.Done), number(t.Reasons.Both))
	}
	for _, b := range t.Bounds {
		line("dead: %s before %s (%s); latest dead: %s; earliest alive: %s",
			printable(b.Column), printable(b.Before), printable(b.Zone), orNone(b.LastDead), orNone(b.FirstLive))
	}
	for _, warning := range t.Warnings {
		line("warning: %s", printable(warning))
	}
}

// orNone is a date, or that there is none.
func orNone(date string) string {
	if date == "" {
		return "none found"
	}
	return printable(date)
}
