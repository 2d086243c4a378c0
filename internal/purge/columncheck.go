package purge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// columnCheck gathers what does not fit between a table's rules and its columns.
type columnCheck struct {
	columns  map[string]column
	findings []Finding
	refused  map[string]bool // columns of which something was said
}

// columnFindings are columns that are missing, or of a type that their settings do not fit.
func columnFindings(t Table, columns map[string]column) []Finding {
	c := &columnCheck{columns: columns, refused: map[string]bool{}}
	for _, rule := range t.Rules {
		c.rule(rule)
	}
	return c.findings
}

// refuse adds a finding on a column, one for each column.
func (c *columnCheck) refuse(name, problem, remedy string) {
	if !c.refused[name] {
		c.refused[name] = true
		c.findings = append(c.findings, refused(fmt.Sprintf("column %q %s", name, problem), remedy))
	}
}

func (c *columnCheck) rule(r Rule) {
	for _, name := range r.columnNames() {
		if _, exists := c.columns[name]; !exists {
			c.refuse(name, "does not exist", "name one of the table's in "+r.settingOf(name))
		}
	}
	for _, name := range r.Expires {
		if c.columns[name].kind == boolean {
			c.refuse(name, "is a boolean", "EXPIRES_COLUMN wants a timestamp")
		}
		c.moment(name, r.ExpiresZone, r.ExpiresUnit, "EXPIRES_UNIT", "a timestamp, a date, or a number with EXPIRES_UNIT")
	}
	if r.Lifetime != "" {
		if l := c.columns[r.Lifetime]; l.kind != span && !l.isNumber() {
			c.refuse(l.name, "is of type "+l.typeName, "LIFETIME_COLUMN wants an interval, or a number of seconds")
		}
	}
	c.done(r)
	if r.Only != "" {
		c.text(r.Only, "ONLY_VALUES", r.OnlyValues)
	}
	switch keep := c.columns[r.Keep]; {
	case r.Keep == "":
	case r.KeepValues != nil:
		c.text(r.Keep, "KEEP_VALUES", r.KeepValues)
	case keep.kind != boolean:
		c.moment(r.Keep, r.ExpiresZone, r.ExpiresUnit, "EXPIRES_UNIT", "a boolean, a timestamp, or KEEP_VALUES beside it")
	}
}

func (c *columnCheck) done(r Rule) {
	done := c.columns[r.Done]
	switch {
	case r.Done == "":
		return
	case r.DoneValues != nil:
		c.text(r.Done, "DONE_VALUES", r.DoneValues)
	case done.kind != boolean:
		c.moment(r.Done, r.DoneZone, r.DoneUnit, "DONE_UNIT", "a boolean, a timestamp, a number with DONE_UNIT, or DONE_VALUES beside it")
	}
	saysSince := done.kind != boolean && r.DoneValues == nil
	switch {
	case r.DoneSince != "" && saysSince:
		c.refuse(r.Done, "says itself since when a row is done", "leave DONE_SINCE_COLUMN empty, which is for a column that does not")
	case r.DoneSince != "":
		c.moment(r.DoneSince, r.DoneZone, r.DoneUnit, "DONE_UNIT", "a timestamp, a date, or a number with DONE_UNIT")
	case r.KeepDone > 0 && !saysSince:
		c.refuse(r.Done, fmt.Sprintf("does not say since when a row is done, which KEEP_DONE=%s wants", r.KeepDone),
			"name a timestamp in DONE_SINCE_COLUMN, or write KEEP_DONE=until-expired")
	}
}

// moment refuses a column that does not say when.
func (c *columnCheck) moment(name, zone string, unit Unit, unitSetting, want string) {
	switch m := c.columns[name]; {
	case m.kind == timestampWithoutZone && zone == "":
		c.refuse(name, "is a timestamp without zone", "say in TIMESTAMP_ZONE which zone wrote it")
	case m.isNumber() && unit == "":
		c.refuse(name, "is of type "+m.typeName, fmt.Sprintf("say in %s whether it counts s or ms since 1970", unitSetting))
	case !m.isNumber() && !m.isTime():
		c.refuse(name, "is of type "+m.typeName, "want "+want)
	}
}

// text refuses a column whose values cannot be compared as text, and values that none of its rows
// can have. Such a value is misspelt: among KEEP_VALUES, rows that it means to keep would die.
func (c *columnCheck) text(name, setting string, values []string) {
	given := slices.DeleteFunc(slices.Clone(values), func(value string) bool { return value == nullValue || value == anyValue })
	v, exists := c.columns[name]
	if !exists || len(given) == 0 {
		return
	}
	if v.kind != boolean && v.kind != textual && v.kind != enumerated && !v.isNumber() {
		c.refuse(name, "is of type "+v.typeName, "its values cannot be compared as text")
		return
	}
	for _, value := range given {
		if possible, want := v.possible(value); !possible {
			c.refuse(name, fmt.Sprintf("is of type %s, which never has the value %q of %s", v.typeName, value, setting), "want "+want)
		}
	}
}

var (
	integerText = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)
	decimalText = regexp.MustCompile(`^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$`)
	uuidText    = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

// mostLabels is how many values of an enumerated type a finding names.
const mostLabels = 10

// possible reports whether a row can have the value as its text, and if not, what would be right.
func (c column) possible(value string) (possible bool, want string) {
	switch {
	case c.kind == boolean:
		return value == "true" || value == "false", "true or false"
	case c.kind == enumerated:
		want := strings.Join(c.labels[:min(len(c.labels), mostLabels)], ", ")
		if len(c.labels) > mostLabels {
			want += ", …"
		}
		return slices.Contains(c.labels, value), want
	case c.kind == integer:
		return integerText.MatchString(value), "a whole number, written as 42"
	case c.kind == decimal:
		return decimalText.MatchString(value), "a number without zeros at its end, written as 42 or 0.5"
	case c.typeName == "uuid":
		return uuidText.MatchString(value), "a UUID in lower case"
	default:
		return true, ""
	}
}
