package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/siltgate/siltgate/jobs"
)

// printResult is the end of a run, a line per table.
func (p *program) printResult(result jobs.Result) {
	for _, t := range result.Tables {
		dry := result.Outcome == jobs.OutcomeDryRun
		line := printable(t.Table) + ": " + count(t.Deleted, "row") + " deleted"
		if dry {
			line = printable(t.Table) + ": " + count(t.Found, "dead row")
		}
		var notes []string
		if dry && t.Oldest != nil && t.Oldest.Before(result.Cutoff) { // a row that is done may expire later
			notes = append(notes, "oldest expired "+t.Oldest.UTC().Format(time.RFC3339))
		}
		if notes = append(notes, tableNotes(t)...); len(notes) > 0 {
			line += " (" + strings.Join(notes, "; ") + ")"
		}
		p.printf("%s\n", p.terminal().fold(line, "  "))
		p.printSurvey(t)
	}
	for _, standby := range result.Pace.StandbysLeftOut {
		p.printf("standby %s was not waited for any longer: it does not catch up\n", printable(standby))
	}
	if result.Pace.ArchiverLeftOut {
		p.printf("the archiver was not waited for any longer: it does not catch up\n")
	}
	if result.Outcome != "" {
		outcome := strings.ReplaceAll(printable(string(result.Outcome)), "_", " ")
		p.printf("%s in %s\n", outcome, took(time.Duration(result.DurationMS)*time.Millisecond))
	}
}

// tableNotes say what else there is to know of a table's result.
func tableNotes(t jobs.TableResult) []string {
	var notes []string
	if t.Held != "" {
		notes = append(notes, "held")
	}
	if t.Matched != nil {
		notes = append(notes, "in "+count(*t.Matched, "table"))
	}
	if w := t.Worst; w != nil && w.Error == "" && w.Found > 0 {
		notes = append(notes, fmt.Sprintf("%s of them in %s", number(w.Found), printable(w.Table)))
	}
	if t.DroppedPartitions > 0 {
		notes = append(notes, fmt.Sprintf("%s dropped, with about %s", count(t.DroppedPartitions, "partition"), count(t.DroppedRows, "row")))
	}
	if t.NotDropped != "" {
		notes = append(notes, "partitions are not dropped: "+printable(t.NotDropped))
	}
	if t.Locked > 0 {
		notes = append(notes, number(t.Locked)+" locked, left for the next run")
	}
	if t.Referenced > 0 {
		notes = append(notes, number(t.Referenced)+" stay because others refer to them")
	}
	if t.Undeletable > 0 {
		notes = append(notes, undeletable(t))
	}
	if t.Plan != "" {
		notes = append(notes, printable(t.Plan))
	}
	if t.Error != "" {
		notes = append(notes, "failed: "+printable(t.Error))
	}
	return notes
}

// undeletable says how many rows cannot be deleted, and why.
func undeletable(t jobs.TableResult) string {
	s := number(t.Undeletable) + " cannot be deleted"
	if t.Refusal != "" {
		s += ": " + printable(t.Refusal)
	}
	if t.Untried > 0 {
		s += "; " + number(t.Untried) + " of them were not tried one by one"
	}
	return s
}
