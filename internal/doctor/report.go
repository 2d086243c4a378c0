package doctor

import (
	"fmt"
	"strings"
)

// width is that of a terminal, if it is not known.
const width = 80

// String is the whole report for a person, fit for a terminal.
func (r Report) String() string { return r.Text(width, true) }

// Text is the report in lines of so many columns: a line for each check, and below it what to do. Unless wide, what
// is ok is told briefly, so that the report of a fleet that is well fits on a screen.
func (r Report) Text(columns int, wide bool) string {
	s := &screen{columns: columns}
	for from := 0; from < len(r.Checks); {
		to := from + 1
		for to < len(r.Checks) && r.Checks[to].Area == r.Checks[from].Area {
			to++
		}
		s.area(r.Checks[from:to], wide)
		from = to
	}
	fmt.Fprintf(s, "%d ok, %d warn, %d fail", r.Count(OK), r.Count(Warn), r.Count(Fail))
	if !wide && r.Count(OK) > 0 {
		s.WriteString("; --wide has the reasons of what is ok")
	}
	s.WriteString("\n")
	return s.String()
}

// screen is text that is written in lines of so many columns.
type screen struct {
	strings.Builder

	columns int
}

// area writes the checks of an area.
func (s *screen) area(checks []Check, wide bool) {
	fmt.Fprintf(s, "%s\n", checks[0].Area)
	var well []Check
	for _, c := range checks {
		if c.Status == OK && !wide {
			well = append(well, c)
			continue
		}
		s.check(c)
	}
	s.well(well)
}

// check writes a check with its reason and its remedy.
func (s *screen) check(c Check) {
	s.wrap(fmt.Sprintf("  %-4s  ", c.Status), "        ", c.Name+": "+c.Reason)
	if c.Remedy != "" {
		s.wrap("        → ", "          ", c.Remedy)
	}
	if c.Unless != "" && len(c.SQL) > 0 {
		s.wrap("        → ", "          ", "unless "+c.Unless+":")
	}
	for i, sql := range c.SQL {
		const most = 5
		if i == most {
			s.wrap("          ", "          ", fmt.Sprintf("and %d more: siltgate doctor --sql", len(c.SQL)-most))
			break
		}
		// A statement is not broken, so that it can be copied.
		fmt.Fprintf(s, "          %s;\n", oneLine(sql))
	}
}

// well writes checks that are ok: a line for each table, and one for all others.
func (s *screen) well(checks []Check) {
	var names, others []string
	briefs := map[string]string{}
	for _, c := range checks {
		if _, known := briefs[c.Name]; !known {
			names = append(names, c.Name)
		}
		briefs[c.Name] += c.Brief
	}
	for _, name := range names {
		switch brief := briefs[name]; {
		case checks[0].Area != "table" && brief != "":
			others = append(others, fmt.Sprintf("%s (%s)", name, brief))
		case checks[0].Area != "table":
			others = append(others, name)
		default:
			s.wrap("  ok    ", "        ", strings.TrimSuffix(name+": "+brief, ": "))
		}
	}
	if len(others) > 0 {
		s.wrap("  ok    ", "        ", strings.Join(others, ", "))
	}
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
				sql = commentedOut(sql)
			}
			fmt.Fprintf(&s, "%s;\n", sql)
		}
	}
	return s.String()
}

// wrap writes text, the first line after first, the others after next.
func (s *screen) wrap(first, next, text string) {
	line := first
	empty := true
	for word := range strings.FieldsSeq(text) {
		if !empty && len([]rune(line))+1+len([]rune(word)) > s.columns {
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
