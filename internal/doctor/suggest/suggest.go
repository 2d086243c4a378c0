// Package suggest looks in a catalog for tables of tokens and sessions, by the names and types
// of their columns alone, and says with which variables they could be purged.
//
// Its suggestions delete late rather than early: where names leave a doubt, it decides so that no row is deleted that
// may still be alive, and says so in a comment. A suggestion that would be a guess is commented out.
//
// # Where to find what
//
//	suggest.go          the suggestions as text; table.go, business.go: which tables are looked at, and which are none of ours
//	judge.go            which variables a table gets, and the grace; name.go: names taken apart
package suggest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Querier asks the database.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Column is a column of a table.
type Column struct {
	Name string

	// Type is the base type of a domain, as format_type writes it without a length.
	Type string

	NotNull bool
}

// Table is a table of the catalog.
type Table struct {
	OID          uint32
	Schema, Name string
	Rows         int64 // by its statistics; -1: never analyzed
	Columns      []Column

	// Cascades are tables whose rows a foreign key deletes with a row of this one. Empty: none.
	Cascades string
}

// Tables reads all tables but those of Postgres, of extensions and of the schemas left out. A
// partitioned table counts as one.
func Tables(ctx context.Context, db Querier, except ...string) ([]Table, error) {
	rows, err := db.Query(ctx, `
		WITH RECURSIVE type (oid, base) AS (
			SELECT oid, oid
			FROM pg_catalog.pg_type
			WHERE typtype <> 'd'
			UNION ALL
			SELECT d.oid, type.base
			FROM type
			JOIN pg_catalog.pg_type AS d ON d.typbasetype = type.oid AND d.typtype = 'd'
		)
		SELECT
			c.oid,
			n.nspname,
			c.relname,
			CASE
				WHEN c.relkind = 'p' THEN (
					SELECT coalesce(sum(greatest(leaf.reltuples, 0)), 0)
					FROM pg_catalog.pg_partition_tree(c.oid) AS part
					JOIN pg_catalog.pg_class AS leaf ON leaf.oid = part.relid
					WHERE part.isleaf
				)
				ELSE c.reltuples
			END::int8,
			coalesce((
				SELECT pg_catalog.string_agg(DISTINCT k.conrelid::pg_catalog.regclass::text, ', ')
				FROM pg_catalog.pg_constraint AS k
				WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.confdeltype = 'c' AND k.conrelid <> c.oid AND k.conparentid = 0
			), ''),
			a.attname,
			CASE
				WHEN base.typtype = 'e' THEN 'enum'
				WHEN base.typname = 'citext' THEN 'text'
				ELSE pg_catalog.format_type(base.oid, NULL)
			END,
			a.attnotnull
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
		JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		JOIN type ON type.oid = a.atttypid
		JOIN pg_catalog.pg_type AS base ON base.oid = type.base
		WHERE c.relkind IN ('r', 'p')
			AND NOT c.relispartition
			AND c.relpersistence <> 't'
			AND n.nspname !~ '^pg_'
			AND n.nspname <> 'information_schema'
			AND n.nspname <> ALL($1::text[])
			AND NOT EXISTS (
				SELECT
				FROM pg_catalog.pg_depend AS d
				WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
			)
		ORDER BY n.nspname, c.relname, a.attnum`, except)
	if err != nil {
		return nil, fmt.Errorf("read the catalog: %w", err)
	}
	var all []Table
	var t Table
	var c Column
	_, err = pgx.ForEachRow(rows, []any{&t.OID, &t.Schema, &t.Name, &t.Rows, &t.Cascades, &c.Name, &c.Type, &c.NotNull}, func() error {
		if len(all) == 0 || all[len(all)-1].OID != t.OID {
			all = append(all, t)
		}
		last := &all[len(all)-1]
		last.Columns = append(last.Columns, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the catalog: %w", err)
	}
	return all, nil
}

// Suggestion is how a table could be purged.
type Suggestion struct {
	Table Table

	// Guess is set where the names do not say enough: a person decides.
	Guess bool

	// Settings are variables without their prefix, and their values. There are none if the table looks like
	// tokens, and no column says when a row is dead.
	Settings []Setting

	// Why says what led to it, Unsure what is not known.
	Why    string
	Unsure []string

	// keeps are settings of columns that keep rows. The first is one of the Settings.
	keeps [][]Setting
}

// entries are the settings of each entry: the Settings, and the same with each further column that keeps rows.
func (g *Suggestion) entries() [][]Setting {
	all := [][]Setting{g.Settings}
	for i := 1; i < len(g.keeps); i++ {
		entry := slices.DeleteFunc(slices.Clone(g.Settings), func(s Setting) bool { return slices.Contains(g.keeps[0], s) })
		all = append(all, append(entry, g.keeps[i]...))
	}
	return all
}

// Setting is a variable of a table.
type Setting struct{ Name, Value string }

// Environ is the suggestions as a file of variables. Those that are guesses are commented out and follow
// the others; tables for which nothing is suggested come last. A text says so if there are none.
func Environ(all []Suggestion) string {
	if len(all) == 0 {
		return "# No table looks like tokens or sessions.\n"
	}
	var s strings.Builder
	s.WriteString("# By the names and types of columns alone; nothing was changed. Before the first run:\n" +
		"# siltgate enqueue --dry-run --wait\n")
	ordered := slices.Clone(all)
	slices.SortStableFunc(ordered, func(a, b Suggestion) int { return a.rank() - b.rank() })
	n := 0
	for i := range ordered {
		n += ordered[i].write(&s, n)
	}
	return s.String()
}

// rank is where a suggestion stands in the file.
func (g *Suggestion) rank() int {
	switch {
	case len(g.Settings) == 0:
		return 2
	case g.Guess:
		return 1
	}
	return 0
}

// write writes the entries, counted from n on, and returns how many they are.
func (g *Suggestion) write(s *strings.Builder, n int) int {
	rows := "rows were never counted"
	if g.Table.Rows >= 0 {
		rows = fmt.Sprintf("about %d rows", g.Table.Rows)
	}
	if len(g.Settings) == 0 {
		fmt.Fprintf(s, "\n# %s: %s; %s.\n", comment(g.Table.title()), comment(g.Why), rows)
		return 0
	}
	sure, before := "likely", ""
	if g.Guess {
		sure, before = "a guess, so it is commented out", "# "
	}
	fmt.Fprintf(s, "\n# %s: %s; %s. %s.\n", comment(g.Table.title()), sure, rows, comment(g.Why))
	for _, unsure := range g.Unsure {
		fmt.Fprintf(s, "# Not known: %s.\n", comment(unsure))
	}
	entries := g.entries()
	for i, entry := range entries {
		for _, setting := range entry {
			if g.Guess {
				setting.Value = comment(setting.Value) // a name may have a line end
			}
			fmt.Fprintf(s, "%sSILTGATE_TABLES_%d_%s=%s\n", before, n+i, setting.Name, quoted(setting.Value))
		}
	}
	return len(entries)
}

func (t Table) title() string { return t.Schema + "." + t.Name }

// quoted is a value that a shell reads as it is, whoever gave the table its name. Siltgate takes off the quotes,
// where the file is not read by a shell.
func quoted(value string) string {
	if strings.IndexFunc(value, func(r rune) bool { return !strings.ContainsRune(unquoted, r) }) < 0 {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// unquoted are the characters that mean nothing to a shell within a value.
const unquoted = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:/@%+=*-"

// comment keeps a text on its line.
func comment(text string) string { return strings.Join(strings.Fields(text), " ") }
