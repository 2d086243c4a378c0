package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Table is rows of figures under a heading. The first column is text.
type Table struct {
	Title   string     `json:"title"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
	Notes   []string   `json:"notes,omitempty"`
}

// Add appends a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// Show writes the table as Markdown whose columns are aligned.
func (t *Table) Show(w io.Writer) {
	widths := make([]int, len(t.Columns))
	for _, row := range append([][]string{t.Columns}, t.Rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 3)
		}
	}
	fmt.Fprintf(w, "\n%s\n\n", t.Title)
	line(w, t.Columns, widths)
	for i, width := range widths {
		if i == 0 {
			fmt.Fprintf(w, "| %s ", strings.Repeat("-", width))
		} else {
			fmt.Fprintf(w, "| %s: ", strings.Repeat("-", width-1))
		}
	}
	fmt.Fprintln(w, "|")
	for _, row := range t.Rows {
		line(w, row, widths)
	}
	if len(t.Notes) > 0 {
		fmt.Fprintln(w)
	}
	for _, note := range t.Notes {
		fmt.Fprintf(w, "- %s\n", note)
	}
}

func line(w io.Writer, cells []string, widths []int) {
	for i, cell := range cells {
		blanks := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i == 0 {
			fmt.Fprintf(w, "| %s%s ", cell, blanks)
		} else {
			fmt.Fprintf(w, "| %s%s ", blanks, cell)
		}
	}
	fmt.Fprintln(w, "|")
}

// Count writes a large number readably: 1.23M, 62.9k, 512.
func Count(n float64) string {
	switch {
	case n >= 999_500:
		return significant(n/1e6) + "M"
	case n >= 999.5:
		return significant(n/1e3) + "k"
	}
	return significant(n)
}

// Millis writes milliseconds with as many decimals as say something.
func Millis(ms float64) string { return significant(ms) }

// Ratio writes a ratio with two decimals; a dash for one of nothing.
func Ratio(a, b float64) string {
	if b == 0 {
		return "–"
	}
	return strconv.FormatFloat(a/b, 'f', 2, 64)
}

// significant keeps three digits: 1.23, 12.3, 123, 1234.
func significant(n float64) string {
	decimals := 2
	if n >= 1 {
		decimals = max(0, 2-int(math.Log10(n)))
	}
	text := strconv.FormatFloat(n, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
