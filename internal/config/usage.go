package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// Usage is the help text about the named variables, or about all of them: for each a line
// of name, default and meaning, in columns that fit a terminal.
func Usage(names ...string) string {
	var text strings.Builder
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, v := range Variables() {
		if len(names) == 0 || slices.Contains(names, v.Name) {
			lines := wrap(strings.ReplaceAll(v.Meaning, "`", ""))
			fmt.Fprintf(columns, "  %s\t%s\t%s\n", v.Name, cmp.Or(v.Default, "-"), lines[0])
			for _, line := range lines[1:] {
				fmt.Fprintf(columns, "\t\t%s\n", line)
			}
		}
	}
	_ = columns.Flush() // into memory
	return text.String()
}

// wrap breaks text between words.
func wrap(text string) []string {
	const width = 64
	lines := []string{""}
	for word := range strings.FieldsSeq(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len(*last)+1+len(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
