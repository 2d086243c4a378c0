package purge

import (
	"slices"
	"strings"
	"time"
)

// dead is SQL for whether a row is dead. Every statement that deletes restates it, because since the row
// was listed it may have been renewed, or its ctid reused. With IS TRUE and coalesce no index fits it, so
// that the planner goes by the ctids; without them it once chose an index: 8841 ms instead of 4.6.
func (h heap) dead(s *statement) string {
	return "(" + dead(s, h.conditions) + ") IS TRUE"
}

// deletable is SQL for whether a row is dead, and no row refers to it that is not deleted with it.
func (h heap) deletable(s *statement, in target) string {
	if len(h.restrictions) == 0 {
		return h.dead(s)
	}
	// Referring rows are looked up last, for dead rows only.
	return "((" + dead(s, h.conditions) + ")\n  AND NOT (" + h.referred(s, in) + ")) IS TRUE"
}

// conditionsOf are the table's rules at a cutoff.
func (r relation) conditionsOf(cutoff time.Time) []condition {
	var all []condition
	for _, rule := range r.table.Rules {
		all = append(all, newCondition(rule, r.columns, cutoff))
	}
	return all
}

// condition is a rule on the columns of a table, at a cutoff: what a DELETE restates.
type condition struct {
	rule   Rule
	cutoff time.Time

	expires   []moment
	lifetime  *lifetime
	done      *value
	doneAt    *moment // since when, if that is known
	only      *value
	keep      *value
	keepUntil *moment
}

// newCondition looks the rule's columns up. They have been checked.
func newCondition(rule Rule, columns map[string]column, cutoff time.Time) condition {
	c := condition{rule: rule, cutoff: cutoff}
	for _, name := range rule.Expires {
		c.expires = append(c.expires, moment{column: columns[name], zone: rule.ExpiresZone, unit: rule.ExpiresUnit})
	}
	if rule.Lifetime != "" {
		c.lifetime = &lifetime{columns[rule.Lifetime]}
	}
	if rule.Done != "" && !rule.KeepDoneUntilExpired {
		done := columns[rule.Done]
		since := rule.DoneSince
		if rule.DoneValues != nil || done.kind == boolean {
			c.done = &value{column: done, values: rule.DoneValues}
		} else {
			since = rule.Done
		}
		if since != "" {
			c.doneAt = &moment{column: columns[since], zone: rule.DoneZone, unit: rule.DoneUnit}
		}
	}
	if rule.Only != "" {
		c.only = &value{column: columns[rule.Only], values: rule.OnlyValues}
	}
	if rule.Keep != "" {
		keep := columns[rule.Keep]
		if rule.KeepValues != nil || keep.kind == boolean {
			c.keep = &value{column: keep, values: rule.KeepValues, keeps: true}
		} else {
			c.keepUntil = &moment{column: keep, zone: rule.ExpiresZone, unit: rule.ExpiresUnit}
		}
	}
	return c
}

// dead is SQL for the rows that a table's rules call dead: by any of them, and kept by none.
func dead(s *statement, conditions []condition) string {
	var reasons []string
	for _, c := range conditions {
		reasons = append(reasons, c.calls(s))
	}
	sql := strings.Join(reasons, "\n    OR ")
	if len(conditions) > 1 {
		sql = "(" + sql + ")"
	}
	for _, c := range conditions {
		if kept := c.keeps(s); kept != "" {
			sql = "(" + sql + ")" + "\n  AND NOT COALESCE(" + kept + ", false)"
		}
	}
	return sql
}

// calls is SQL for the rows that the rule calls dead.
func (c condition) calls(s *statement) string {
	either := slices.DeleteFunc([]string{c.expired(s), c.isDone(s)}, func(sql string) bool { return sql == "" })
	sql := strings.Join(either, " OR ")
	if c.only != nil {
		return "(" + c.only.matches(s) + " AND (" + sql + "))"
	}
	return sql
}

// expired is SQL for the rows that have expired, grace included; empty if none ever does.
func (c condition) expired(s *statement) string {
	at := c.cutoff.Add(-c.rule.KeepExpired)
	switch {
	case len(c.expires) == 0:
		return ""
	case c.lifetime != nil:
		return c.lifetime.endsBefore(s, c.expires[0], at)
	case len(c.expires) == 1:
		return c.expires[0].before(s, at)
	}
	var passed, given []string
	for _, m := range c.expires {
		passed = append(passed, "("+m.sql()+" IS NULL OR "+m.before(s, at)+")")
		given = append(given, m.sql()+" IS NOT NULL")
	}
	return "(" + strings.Join(passed, " AND ") + " AND (" + strings.Join(given, " OR ") + "))"
}

// expiry is SQL for the instant at which row t expired, NULL where it has not; empty if
// none ever does.
func (c condition) expiry(s *statement) string {
	if len(c.expires) == 0 {
		return ""
	}
	if c.lifetime != nil {
		return "CASE WHEN " + c.expired(s) + " THEN " + c.lifetime.end(s, c.expires[0]) + " END"
	}
	passed := make([]string, len(c.expires))
	for i, m := range c.expires {
		if m.kind == timestampWithZone || m.kind == timestampWithoutZone {
			passed[i] = m.instant(s)
			continue
		}
		// A date far in the future may be none that Postgres can hold.
		passed[i] = "CASE WHEN " + m.before(s, c.cutoff) + " THEN " + m.instant(s) + " END"
	}
	if len(passed) == 1 {
		return passed[0]
	}
	return "GREATEST(" + strings.Join(passed, ", ") + ")"
}

// isDone is SQL for the rows that are done, grace included; empty if none ever is.
func (c condition) isDone(s *statement) string {
	var both []string
	if c.done != nil {
		both = append(both, c.done.matches(s))
	}
	if c.doneAt != nil {
		both = append(both, c.doneAt.before(s, c.cutoff.Add(-c.rule.KeepDone)))
	}
	if len(both) < 2 {
		return strings.Join(both, "")
	}
	return "(" + strings.Join(both, " AND ") + ")"
}

// keeps is SQL for the rows that the rule keeps; empty if it keeps none.
func (c condition) keeps(s *statement) string {
	switch {
	case c.keepUntil != nil:
		// This is not the opposite of `before`: NULL does not keep a row, and infinity does.
		return "(" + c.keepUntil.sql() + " IS NOT NULL AND NOT COALESCE(" + c.keepUntil.before(s, c.cutoff) + ", false))"
	case c.keep == nil:
		return ""
	case c.keep.values == nil:
		return "COALESCE(" + c.keep.sql() + ", true)"
	}
	return c.keep.matches(s)
}
