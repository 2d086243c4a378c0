package doctor

import (
	"fmt"
	"strings"
)

// width is that of a terminal, if it is not known.
const width = 80

// String is the report for a person, fit for a terminal.
func (r Report) String() string { return r.Text(width) }

// Text is the report in lines of so many columns: a line for each check, and below it what to do.
func (r Report) Text(columns int) string {
	var s strings.Builder
	write := func(first, next, text string) { writeWithin(columns, &s, first, next, text) }
	area := ""
	for _, c := range r.Checks {
		if c.Area != area {
			area = c.Area
			fmt.Fprintf(&s, "%s\n", area)
		}
		write(fmt.Sprintf("  %-4s  ", c.Status), "        ", c.Name+": "+c.Reason)
		if c.Remedy != "" {
			write("        → ", "          ", c.Remedy)
		}
		if c.Unless != "" && len(c.SQL) > 0 {
			write("        → ", "          ", "unless "+c.Unless+":")
		}
		for i, sql := range c.SQL {
			const most = 5
			if i == most {
				write("          ", "          ", fmt.Sprintf("and %d more: siltgate doctor --sql", len(c.SQL)-most))
				break
			}
			// A statement is not broken, so that it can be copied.
			fmt.Fprintf(&s, "          %s;\n", oneLine(sql))
		}
	}
	fmt.Fprintf(&s, "%d ok, %d warn, %d fail\n", r.Count(OK), r.Count(Warn), r.Count(Fail))
	return s.String()
}

// SQL is the statements that mend what was found, for psql: each after a comment that says
// why. Statements about which a person has to decide first are commented out.
func (r Report) SQL() string {
	var s strings.Builder
	said := map[string]bool{}
	for _, c := range r.Checks {
		var fresh []string
		for _, sql := range c.SQL {
			if !said[sql] {
				said[sql] = true
				fresh = append(fresh, sql)
			}
		}
		if len(fresh) == 0 {
			continue
		}
		fmt.Fprintf(&s, "-- %s: %s\n", oneLine(c.Name), oneLine(c.Reason))
		if c.Unless != "" {
			fmt.Fprintf(&s, "-- Uncomment it, unless %s\n", oneLine(c.Unless))
		}
		for _, sql := range fresh {
			if c.Unless != "" {
				sql = "-- " + strings.ReplaceAll(sql, "\n", "\n-- ") // a name may have a line end
			}
			fmt.Fprintf(&s, "%s;\n", sql)
		}
	}
	return s.String()
}

// writeWithin writes text in lines of so many columns, the first one after first, the others
// after next.
func writeWithin(columns int, s *strings.Builder, first, next, text string) {
	line := first
	empty := true
	for word := range strings.FieldsSeq(text) {
		if !empty && len([]rune(line))+1+len([]rune(word)) > columns {
			s.WriteString(line + "\n")
			line, empty = next, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	s.WriteString(line + "\n")
}

// oneLine keeps a text on its line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
