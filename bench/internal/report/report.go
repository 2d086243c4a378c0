// Package report shows what was measured: as tables that read well in a
// terminal and in Markdown, as JSON, and as charts.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/siltgate/siltgate/bench/internal/server"
	"github.com/siltgate/siltgate/bench/internal/stats"
)

// Report is one call of the bench.
type Report struct {
	Command  string           `json:"command"`
	Began    string           `json:"began"`
	Machine  Machine          `json:"machine"`
	Settings []server.Setting `json:"settings"`
	Notes    []string         `json:"notes,omitempty"`
	Sections []Section        `json:"sections"`
}

// Section is one scenario at one size.
type Section struct {
	Scenario string  `json:"scenario"`
	Rows     int64   `json:"rows"`
	Heap     string  `json:"heap"`
	Tables   []Table `json:"tables"`
	Data     any     `json:"data"`

	// Failures are promises that were not kept.
	Failures []string `json:"failures,omitempty"`

	Panels []Panel `json:"-"`
	Bars   []Bar   `json:"-"`
}

// Panel is one method's picture of the foreground's latency over time.
type Panel struct {
	Title   string
	Windows []stats.Window
	Seconds float64 // how long the purge took, from 0 on
}

// Bar is one method's figures that are shown beside each other.
type Bar struct {
	Label         string
	RowsPerSecond float64
	P99, Idle     float64 // of the foreground, in ms; Idle is without the purge
}

// Head describes what was measured on.
func (r *Report) Head(w io.Writer) {
	fmt.Fprintf(w, "Command: `%s`\nBegan: %s\nMachine: %s\n", r.Command, r.Began, r.Machine)
	facts := make([]string, len(r.Settings))
	for i, s := range r.Settings {
		facts[i] = s.Name + " " + s.Value
	}
	fmt.Fprintf(w, "Postgres: %s\n", strings.Join(facts, ", "))
	for _, note := range r.Notes {
		fmt.Fprintf(w, "Note: %s\n", note)
	}
}

// Show writes a section's tables.
func (s *Section) Show(w io.Writer) {
	fmt.Fprintf(w, "\n## %s, %d rows, %s heap\n", s.Scenario, s.Rows, s.Heap)
	for _, t := range s.Tables {
		t.Show(w)
	}
	for _, failure := range s.Failures {
		fmt.Fprintf(w, "\nFAILED: %s\n", failure)
	}
}

// Save writes the whole report as JSON.
func (r *Report) Save(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("save the report: %w", err)
	}
	return nil
}
