package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/siltgate/siltgate/jobs"
)

// runTable draws runs, a line each, with why one failed or waits on the lines below it.
type runTable struct {
	terminal terminal
	now      time.Time
	wide     bool
	ids      int // columns of the longest id
	replicas int // columns of the longest name of a replica
}

func (t runTable) draw(runs []jobs.Run) string {
	if len(runs) == 0 {
		return "no runs\n"
	}
	t.ids, t.replicas = 5, len("REPLICA")
	for _, run := range runs {
		t.ids = max(t.ids, len(strconv.FormatInt(run.ID, 10)))
		t.replicas = max(t.replicas, len([]rune(or(run.Replica, text))))
	}
	var out strings.Builder
	header := fmt.Sprintf("%*s  %-10s  %-13s  %7s  %13s  %s", t.ids, "RUN", "STATUS", "STARTED (UTC)", "TOOK", "DELETED", "ASKED BY")
	if t.wide {
		header = fmt.Sprintf("%*s  %-10s  %-13s  %7s  %13s  %-13s  %7s  %-*s  %s",
			t.ids, "RUN", "STATUS", "STARTED (UTC)", "TOOK", "DELETED", "TICK (UTC)", "ATTEMPT", t.replicas, "REPLICA", "ASKED BY")
	}
	out.WriteString(t.terminal.paint(dim, header) + "\n")
	for _, run := range runs {
		out.WriteString(t.row(run) + "\n")
		for _, line := range t.details(run) {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

func (t runTable) row(r jobs.Run) string {
	status := r.Standing()
	line := fmt.Sprintf("%*d  ", t.ids, r.ID)
	rest := fmt.Sprintf("  %-13s  %7s  %13s  ",
		or(r.StartedAt, func(at time.Time) string { return moment(at, t.now) }), or(r.Duration, took), rowsOf(r))
	by := askedBy(r)
	if t.wide {
		rest += fmt.Sprintf("%-13s  %7d  %-*s  ",
			or(r.Tick, func(at time.Time) string { return moment(at, t.now) }), r.Attempt, t.replicas, or(r.Replica, text))
	} else if t.terminal.live { // elsewhere a reason that is whole can be searched for
		by = fit(by, t.terminal.width-len(line)-max(10, len(status))-len([]rune(rest)))
	}
	painted := t.terminal.paint(statusColor(status), fmt.Sprintf("%-10s", status))
	return strings.TrimRight(line+painted+rest+by, " ")
}

// details are why a run failed or has held a table, whole, what one waits for, and the pace of one at work.
func (t runTable) details(r jobs.Run) []string {
	var lines []string
	add := func(code, s string) {
		if s = text(s); s == "" {
			return
		}
		const indent = "       "
		lines = append(lines, t.terminal.paint(code, t.terminal.fold(indent+s, indent)))
	}
	if r.Error != nil {
		for line := range strings.Lines(*r.Error) {
			add(red, line)
		}
	}
	if r.CancelledBy != nil {
		add(dim, "cancelled by "+*r.CancelledBy)
	}
	if r.Outcome == jobs.OutcomeHeld {
		for _, warning := range r.Warnings {
			add(yellow, warning)
		}
	}
	switch waits := r.Waits(); {
	case waits != "":
		add(dim, waits)
	case r.State == "running" && r.Duty != nil:
		add(dim, paceOf(*r.Duty, r.Forecast, r.FinishBy, t.now))
	}
	return lines
}

// rowsOf is how many rows a run has deleted, or a dry run has found.
func rowsOf(r jobs.Run) string {
	if r.DryRun {
		return or(r.Found, func(n int64) string { return number(n) + " found" })
	}
	return or(r.Deleted, number)
}

// askedBy is the schedule, or who and why.
func askedBy(r jobs.Run) string {
	if r.Trigger == "schedule" {
		return "schedule"
	}
	by := "by hand"
	if r.RequestedBy != nil && text(*r.RequestedBy) != "" {
		by = text(*r.RequestedBy)
	}
	if r.Reason != nil && text(*r.Reason) != "" {
		by += ": " + text(*r.Reason)
	}
	return by
}

func statusColor(status string) string {
	switch status {
	case "failed", "retrying":
		return red
	case "waiting", "running", "held", "capped", "cancelled":
		return yellow
	case "completed":
		return green
	}
	return ""
}

// or formats a value, and what is not there as a dash.
func or[T any](value *T, format func(T) string) string {
	if value == nil {
		return "-"
	}
	return format(*value)
}
