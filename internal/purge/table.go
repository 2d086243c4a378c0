package purge

import (
	"strconv"
	"strings"
)

// Table is one table to purge, or all tables that a pattern matches, and what makes a row of
// it dead.
type Table struct {
	// Schema is empty for a table found through the role's search_path. In Schema and Name
	// a * stands for any run of characters.
	Schema string
	Name   string

	// Rules say which rows are dead: those that any of them calls so. At least one.
	Rules []Rule

	// AllowCascade permits ON DELETE CASCADE into tables that are not configured.
	AllowCascade bool

	// DropPartitions permits to drop partitions whose rows are all dead by their bounds.
	DropPartitions bool

	// Except is a schema of which no table is purged, by its name or a pattern: Siltgate's own.
	Except string

	// ByPattern is set for a table that is named by a run's request and by no setting: it is
	// purged only if a pattern of the settings matches it.
	ByPattern bool

	// Optional tables are passed over, with a log line, while they do not exist.
	Optional bool
}

// String is the table's name as configured: `table` or `schema.table`.
func (t Table) String() string {
	if t.Schema == "" {
		return t.Name
	}
	return t.Schema + "." + t.Name
}

// Is reports whether name means this table: as configured, or with the schema
// public spelled out or left out.
func (t Table) Is(name string) bool {
	return strings.TrimPrefix(t.String(), "public.") == strings.TrimPrefix(name, "public.")
}

// identifier quotes the table's name for SQL.
func (t Table) identifier() string {
	if t.Schema == "" {
		return quote(t.Name)
	}
	return quote(t.Schema, t.Name)
}

// columnNames are the columns of the table's rules, each once, in the order in which the
// rules name them.
func (t Table) columnNames() []string {
	var names []string
	for _, rule := range t.Rules {
		names = append(names, rule.columnNames()...)
	}
	return distinct(names)
}

// doneColumns names the columns that say that a row is done.
func (t Table) doneColumns() string {
	var names []string
	for _, rule := range t.Rules {
		if rule.Done != "" {
			names = append(names, strconv.Quote(rule.Done))
		}
	}
	return strings.Join(distinct(names), ", ")
}

// distinct leaves out texts that came before.
func distinct(names []string) []string {
	var all []string
	seen := map[string]bool{"": true}
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			all = append(all, name)
		}
	}
	return all
}
