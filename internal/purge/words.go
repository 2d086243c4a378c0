package purge

import (
	"strconv"
	"strings"
	"time"
)

// words says which rows a table's rules call dead, as a person would: for results, logs
// and the dry run.
func words(conditions []condition) string {
	var rules, kept []string
	for _, c := range conditions {
		rules = append(rules, c.words())
		if c.rule.Keep != "" {
			kept = append(kept, c.keptWords())
		}
	}
	all := strings.Join(rules, "; or ")
	if len(kept) > 0 {
		all += "; but never where " + strings.Join(kept, " or ")
	}
	return all
}

func (c condition) words() string {
	var reasons []string
	if len(c.expires) > 0 {
		names := make([]string, len(c.expires))
		for i, m := range c.expires {
			names[i] = m.name
		}
		when := strings.Join(names, ", ")
		switch {
		case len(names) > 1:
			when = "the latest of " + when
		case c.lifetime != nil:
			when += " + " + c.lifetime.name
		}
		reasons = append(reasons, when+" < "+c.expires[0].words(c.cutoff.Add(-c.rule.KeepExpired)))
	}
	if c.done != nil || c.doneAt != nil {
		reasons = append(reasons, c.doneWords())
	}
	all := strings.Join(reasons, " or ")
	if c.only != nil {
		all = "where " + c.only.words() + ": " + all
	}
	return all
}

func (c condition) doneWords() string {
	switch {
	case c.done == nil:
		return c.doneAt.name + " < " + c.doneAt.words(c.cutoff.Add(-c.rule.KeepDone))
	case c.doneAt == nil:
		return c.done.words()
	}
	return c.done.words() + " and " + c.doneAt.name + " < " + c.doneAt.words(c.cutoff.Add(-c.rule.KeepDone))
}

func (c condition) keptWords() string {
	switch {
	case c.keepUntil != nil:
		return c.keepUntil.name + " >= " + c.keepUntil.words(c.cutoff)
	case c.keep.values == nil:
		return c.keep.name + " is not false"
	}
	return c.keep.words()
}

// words names the values: "revoked", "status is revoked or redeemed".
func (v value) words() string {
	if v.values == nil {
		return v.name
	}
	named := make([]string, len(v.values))
	for i, given := range v.values {
		switch given {
		case anyValue:
			named[i] = "not null"
		default:
			named[i] = given
		}
	}
	return v.name + " is " + strings.Join(named, " or ")
}

// words is an instant as the column's own clock shows it.
func (m moment) words(at time.Time) string {
	switch m.kind {
	case timestampWithoutZone, date:
		zone, err := time.LoadLocation(m.clock())
		if err != nil {
			return at.UTC().Format(time.RFC3339) // a zone that only Postgres knows
		}
		format := time.DateTime
		if m.kind == date {
			format = time.DateOnly
		}
		return at.In(zone).Format(format) + " (" + m.clock() + ")"
	default:
		return at.UTC().Format(time.RFC3339)
	}
}

// grouped writes 1234567 as 1,234,567.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
