package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/siltgate/siltgate/internal/purge"
)

// tableSettings is the variables of one table, behind SILTGATE_TABLES_<n>_.
type tableSettings struct {
	Name            string        `env:"NAME"`
	ExpiresColumn   string        `env:"EXPIRES_COLUMN" envDefault:"expires_at"`
	ExpiresUnit     string        `env:"EXPIRES_UNIT"`
	LifetimeColumn  string        `env:"LIFETIME_COLUMN"`
	DoneColumn      string        `env:"DONE_COLUMN"`
	DoneUnit        string        `env:"DONE_UNIT"`
	DoneValues      string        `env:"DONE_VALUES"`
	DoneSinceColumn string        `env:"DONE_SINCE_COLUMN"`
	OnlyColumn      string        `env:"ONLY_COLUMN"`
	OnlyValues      string        `env:"ONLY_VALUES"`
	KeepColumn      string        `env:"KEEP_COLUMN"`
	KeepValues      string        `env:"KEEP_VALUES"`
	TimestampZone   string        `env:"TIMESTAMP_ZONE"`
	ExpiresZone     string        `env:"EXPIRES_ZONE"`
	DoneZone        string        `env:"DONE_ZONE"`
	KeepExpired     time.Duration `env:"KEEP_EXPIRED" envDefault:"0s"`
	KeepDone        string        `env:"KEEP_DONE" envDefault:"0s"`
	AllowCascade    bool          `env:"ALLOW_CASCADE" envDefault:"false"`
	DropPartitions  bool          `env:"DROP_PARTITIONS" envDefault:"false"`
}

func defaultTables(own string) []purge.Table {
	return []purge.Table{
		{Name: "refresh_tokens", Except: own, Rules: []purge.Rule{{Expires: []string{"expires_at"}, Done: "revoked"}}},
		{Name: "password_resets", Except: own, Rules: []purge.Rule{{Expires: []string{"expires_at"}, Done: "used"}}, Optional: true},
	}
}

func (l *loader) tables(own string) []purge.Table {
	numbers := l.tableNumbers()
	if len(numbers) == 0 {
		return defaultTables(own)
	}
	var tables []purge.Table
	dropping := map[int]string{} // the prefix of the entry that has a table's partitions dropped
	for i, n := range numbers {
		// A gap in the numbers is more often a slip than a wish: the environment's package stops
		// there, and nobody would read the variables behind it.
		if n != i && (i == 0 || numbers[i-1] == i-1) {
			l.refuse(tablePrefix(n)+"NAME", fmt.Sprintf("want tables numbered from 0 without a gap, this one %d", i))
		}
		table := l.table(tablePrefix(n))
		table.Except = own
		at := slices.IndexFunc(tables, func(other purge.Table) bool { return table.Name != "" && table.Is(other.String()) })
		if at < 0 {
			at = len(tables)
			tables = append(tables, table)
		} else { // entries of one name are rules of one table
			tables[at].Rules = append(tables[at].Rules, table.Rules...)
			tables[at].AllowCascade = tables[at].AllowCascade || table.AllowCascade
			tables[at].DropPartitions = tables[at].DropPartitions || table.DropPartitions
		}
		if table.DropPartitions {
			dropping[at] = tablePrefix(n)
		}
	}
	for i, table := range tables {
		if table.DropPartitions && slices.ContainsFunc(table.Rules, func(r purge.Rule) bool { return r.Keep != "" }) {
			l.refuse(dropping[i]+dropPartitions, "want it unset beside KEEP_COLUMN, whose rows would go with the partition")
		}
	}
	return tables
}

func (l *loader) table(prefix string) purge.Table {
	var s tableSettings
	illTyped := l.parse(&s, prefix)
	if value, set := l.given[prefix+expiresColumn]; set && value == "" {
		s.ExpiresColumn = "" // not its default
	}
	parts := strings.Split(s.Name, ".")
	table := purge.Table{
		Name:         parts[len(parts)-1],
		AllowCascade: s.AllowCascade,

		DropPartitions: s.DropPartitions,
	}
	if len(parts) == 2 {
		table.Schema = parts[0]
	}
	switch {
	case len(parts) > 2, slices.ContainsFunc(parts, invalidIdentifier):
		l.refuseAs(prefix, "NAME")
	case strings.Trim(table.Name, "*") == "" && table.Name != "":
		l.refuse(prefix+"NAME", "want some characters of the table's name beside the *, or every table of a schema would be meant")
	}
	for _, name := range illTyped {
		l.refuseAs(prefix, strings.TrimPrefix(name, prefix))
	}
	table.Rules = []purge.Rule{l.rule(prefix, s)}
	return table
}

// refuseAs refuses a table's variable with what is wanted of it.
func (l *loader) refuseAs(prefix, suffix string) {
	for _, v := range Variables() {
		if v.Name == anyTable+suffix {
			l.refuse(prefix+suffix, "want "+v.want)
		}
	}
}

// invalidIdentifier tells what Postgres could not have or would cut off, and what a name
// seldom holds but a quoted or hostile one does.
func invalidIdentifier(name string) bool {
	strange := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune("\"'`\\", r) }
	return name == "" || strings.Contains(name, "://") || len(name) > 63 || !utf8.ValidString(name) ||
		strings.TrimSpace(name) != name || strings.ContainsFunc(name, strange)
}

// anyTable is the prefix of a table's variables in Variables.
const anyTable = "SILTGATE_TABLES_<n>_"

func tablePrefix(n int) string { return strings.Replace(anyTable, "<n>", strconv.Itoa(n), 1) }

var tableVariablePattern = regexp.MustCompile(`^SILTGATE_TABLES_(0|[1-9][0-9]{0,3})_([A-Z_]+)$`)

// tableVariable takes a variable's name apart: SILTGATE_TABLES_3_NAME is 3 and NAME.
func tableVariable(name string) (number int, suffix string, ok bool) {
	match := tableVariablePattern.FindStringSubmatch(name)
	if match == nil {
		return 0, "", false
	}
	number, err := strconv.Atoi(match[1])
	return number, match[2], err == nil && isVariable(anyTable+match[2])
}

// tableNumbers are those of the tables that have a variable which is not empty.
func (l *loader) tableNumbers() []int {
	var numbers []int
	for name, value := range l.given {
		if n, _, ok := tableVariable(name); ok && value != "" && !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}
