package purge

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// wildcard stands for any run of characters in a table's name, and in its schema's.
const wildcard = "*"

// IsPattern reports whether the name stands for all tables that it fits.
func (t Table) IsPattern() bool { return strings.Contains(t.String(), wildcard) }

// Matches reports whether the name of a table, with its schema, fits the pattern. Which tables
// a pattern means, the database says: see matching.
func (t Table) Matches(name string) bool {
	schema, table, found := strings.Cut(name, ".")
	if !found {
		schema, table = "", name
	}
	if t.Schema == "" {
		return t.IsPattern() && Fits(t.Name, table)
	}
	return t.IsPattern() && found && Fits(t.Schema, schema) && Fits(t.Name, table)
}

// Fits reports whether a pattern, in which * stands for any run of characters, fits a name.
func Fits(pattern, name string) bool {
	first, rest, wild := strings.Cut(pattern, wildcard)
	if !wild {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, first)
	if !ok {
		return false
	}
	parts := strings.Split(rest, wildcard)
	last := len(parts) - 1
	for _, part := range parts[:last] {
		_, after, found := strings.Cut(name, part)
		if !found {
			return false
		}
		name = after
	}
	return strings.HasSuffix(name, parts[last])
}

// like is a pattern as LIKE has it.
func like(pattern string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`, wildcard, `%`).Replace(pattern)
}

// Named is the table of a name that a pattern of the tables matches, with the rules of all
// patterns that do. A run checks in the database that it is one of theirs.
func Named(tables []Table, name string) (Table, bool) {
	var by []int
	for i, t := range tables {
		if t.Matches(name) {
			by = append(by, i)
		}
	}
	if len(by) == 0 {
		return Table{}, false
	}
	schema, table, found := strings.Cut(name, ".")
	if !found {
		schema, table = "", name
	}
	named := ruledBy(tables, by, schema, table)
	named.ByPattern = true
	return named, true
}

// ruledBy is a table with the rules of the patterns at some places, as if it had been named
// as often. It may be dropped at any time.
func ruledBy(tables []Table, by []int, schema, name string) Table {
	t := Table{Schema: schema, Name: name, Optional: true}
	for _, i := range by {
		t.Rules = append(slices.Clip(t.Rules), tables[i].Rules...)
		t.AllowCascade = t.AllowCascade || tables[i].AllowCascade
		t.DropPartitions = t.DropPartitions || tables[i].DropPartitions
	}
	return t
}

// FingerprintAmong is the fingerprint of one of the configured tables. A table that several
// patterns match has the rules of all of them: that of a pattern is of all patterns' rules.
func (t Table) FingerprintAmong(configured []Table) string {
	if !t.IsPattern() {
		return t.Fingerprint()
	}
	all := []string{t.Fingerprint()}
	for _, other := range configured {
		if other.IsPattern() && other.String() != t.String() {
			all = append(all, other.String()+" "+other.Fingerprint())
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	slices.Sort(all[1:])
	const bytes = 8
	sum := sha256.Sum256([]byte(strings.Join(all, "\n")))
	return hex.EncodeToString(sum[:bytes])
}
