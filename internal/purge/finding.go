package purge

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// Severity says what a Finding does to a table's runs.
type Severity string

const (
	// Refused tables are not purged: their runs fail with the finding and delete nothing.
	Refused Severity = "error"

	// Warned tables are purged all the same.
	Warned Severity = "warning"
)

// mostNamed is how many tables, partitions or statements an error or a finding names one by one.
const mostNamed = 10

// Finding is one thing that is wrong with a configured table, or that its owner should
// know, and what mends it.
type Finding struct {
	Severity Severity `json:"severity"`

	// Problem is a sentence, without a full stop, that needs no other words around it
	// but the table's name: `role "worker" may not DELETE from it`.
	Problem string `json:"problem"`

	// Remedy says in words what to do, where SQL does not do it or is not the only way.
	Remedy string `json:"remedy,omitempty"`

	// SQL are the statements that mend it, all of them, each without its semicolon.
	SQL []string `json:"sql,omitempty"`
}

func refused(problem, remedy string, sql ...string) Finding {
	return Finding{Severity: Refused, Problem: problem, Remedy: remedy, SQL: sql}
}

func warned(problem, remedy string, sql ...string) Finding {
	return Finding{Severity: Warned, Problem: problem, Remedy: remedy, SQL: sql}
}

// String is the problem and what mends it, in one line.
func (f Finding) String() string {
	text := f.Problem
	if f.Remedy != "" {
		text += ": " + f.Remedy
	}
	if len(f.SQL) > 0 {
		text += ": " + strings.Join(f.SQL, "; ")
	}
	return text
}

// refusals joins all findings that refuse a table into one error of one line; nil if
// there are none.
func refusals(findings []Finding) error {
	var all []string
	for _, f := range findings {
		if f.Severity == Refused {
			all = append(all, f.String())
		}
	}
	if len(all) == 0 {
		return nil
	}
	return errors.New(strings.Join(all, "; "))
}

// inOrder puts what refuses the table first.
func inOrder(findings []Finding) []Finding {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b Finding) int { return cmp.Compare(a.Severity.rank(), b.Severity.rank()) })
	return sorted
}
