package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// Usage is the help text about the named variables, or about all of them: for each name, default and
// meaning, in columns where these fit into the width, else below each other.
func Usage(width int, names ...string) string {
	text := inColumns(names)
	for line := range strings.Lines(text) {
		if len(strings.TrimSuffix(line, "\n")) > width {
			return belowEachOther(width, names)
		}
	}
	return text
}

func belowEachOther(width int, names []string) string {
	const indent = "      "
	var text strings.Builder
	for _, v := range Variables() {
		if len(names) == 0 || slices.Contains(names, v.Name) {
			fmt.Fprintf(&text, "  %s", v.Name)
			if v.Default != "" {
				fmt.Fprintf(&text, " (%s)", v.Default)
			}
			text.WriteString("\n")
			for _, line := range wrap(strings.ReplaceAll(v.Meaning, "`", ""), max(width-len(indent), 1)) {
				text.WriteString(indent + line + "\n")
			}
		}
	}
	return text.String()
}

func inColumns(names []string) string {
	const meaning = 64 // columns
	var text strings.Builder
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, v := range Variables() {
		if len(names) == 0 || slices.Contains(names, v.Name) {
			lines := wrap(strings.ReplaceAll(v.Meaning, "`", ""), meaning)
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
func wrap(text string, width int) []string {
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
