package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/siltgate/siltgate/jobs"
)

// progress shows a run: one line that is drawn over on a terminal, a line per
// change elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	last     string
}

func newProgress(w io.Writer) *progress {
	return &progress{w: w, terminal: isTerminal(w)}
}

// line shows where the run stands, if that has changed.
func (p *progress) line(run followed, result jobs.Result) {
	line := run.State
	if run.Attempt > 1 {
		line += fmt.Sprintf(", attempt %d", run.Attempt)
	}
	switch expected := estimate(result); {
	case result.Outcome == "":
	case run.DryRun:
		line += fmt.Sprintf(", %d dead rows found", expected)
	default:
		line += fmt.Sprintf(", %d rows deleted", result.Deleted)
		if expected > result.Deleted && run.State != "completed" {
			line += fmt.Sprintf(" of about %d", expected)
			if p.terminal {
				line += " " + bar(float64(result.Deleted)/float64(expected))
			}
		}
	}
	if line == p.last {
		return
	}
	if p.terminal {
		_, _ = fmt.Fprintf(p.w, "\r\x1b[K%s", line)
	} else {
		_, _ = fmt.Fprintln(p.w, line)
	}
	p.last = line
}

// note says what is no news of the run.
func (p *progress) note(text string) {
	p.end()
	_, _ = fmt.Fprintln(p.w, text)
	p.last = ""
}

// end leaves the last line standing.
func (p *progress) end() {
	if p.terminal && p.last != "" {
		_, _ = fmt.Fprintln(p.w)
	}
}

func estimate(result jobs.Result) int64 {
	var sum int64
	for _, t := range result.Tables {
		sum += t.Estimate
	}
	return sum
}

func bar(share float64) string {
	const width = 30
	full := int(min(max(share, 0), 1) * width)
	return "[" + strings.Repeat("=", full) + strings.Repeat(" ", width-full) + "]"
}
