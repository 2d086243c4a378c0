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

const (
	expiresColumn = "EXPIRES_COLUMN"
	untilExpired  = "until-expired"
)

// tableSettings is the variables of one table, behind SILTGATE_TABLES_<n>_.
type tableSettings struct {
	Name          string        `env:"NAME"`
	ExpiresColumn string        `env:"EXPIRES_COLUMN" envDefault:"expires_at"`
	DoneColumn    string        `env:"DONE_COLUMN"`
	TimestampZone string        `env:"TIMESTAMP_ZONE"`
	KeepExpired   time.Duration `env:"KEEP_EXPIRED" envDefault:"0s"`
	KeepDone      string        `env:"KEEP_DONE" envDefault:"0s"`
	AllowCascade  bool          `env:"ALLOW_CASCADE" envDefault:"false"`
}

func defaultTables() []purge.Table {
	return []purge.Table{
		{Name: "refresh_tokens", ExpiresColumn: "expires_at", DoneColumn: "revoked"},
		{Name: "password_resets", ExpiresColumn: "expires_at", DoneColumn: "used", Optional: true},
	}
}

func (l *loader) tables() []purge.Table {
	numbers := l.tableNumbers()
	if len(numbers) == 0 {
		return defaultTables()
	}
	var tables []purge.Table
	for i, n := range numbers {
		// A gap is more often a slip than a wish, and what stands behind it would be read by
		// nobody: the environment's package stops there.
		if n != i && (i == 0 || numbers[i-1] == i-1) {
			l.refuse(tablePrefix(n)+"NAME", fmt.Sprintf("want tables numbered from 0 without a gap, this one %d", i))
		}
		table := l.table(tablePrefix(n))
		for _, other := range tables {
			if table.Name != "" && table.Is(other.String()) {
				l.refuse(tablePrefix(n)+"NAME", "want each table once: it is "+other.String()+" again")
			}
		}
		tables = append(tables, table)
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
		Name:                 parts[len(parts)-1],
		ExpiresColumn:        s.ExpiresColumn,
		DoneColumn:           s.DoneColumn,
		TimestampZone:        s.TimestampZone,
		KeepExpired:          s.KeepExpired,
		KeepDoneUntilExpired: s.KeepDone == untilExpired,
		AllowCascade:         s.AllowCascade,
	}
	var err error
	if !table.KeepDoneUntilExpired {
		table.KeepDone, err = time.ParseDuration(s.KeepDone)
	}
	if len(parts) == 2 {
		table.Schema = parts[0]
	}
	valid := map[string]bool{
		"NAME":         len(parts) <= 2 && !slices.ContainsFunc(parts, invalidIdentifier),
		expiresColumn:  s.ExpiresColumn == "" || !invalidIdentifier(s.ExpiresColumn),
		"DONE_COLUMN":  s.DoneColumn == "" || !invalidIdentifier(s.DoneColumn),
		"KEEP_EXPIRED": s.KeepExpired >= 0,
		"KEEP_DONE":    err == nil && table.KeepDone >= 0,
	}
	for _, v := range Variables() {
		suffix, ofTable := strings.CutPrefix(v.Name, anyTable)
		ok, checked := valid[suffix]
		if ofTable && (slices.Contains(illTyped, prefix+suffix) || checked && !ok) {
			l.refuse(prefix+suffix, "want "+v.want)
		}
	}
	if s.TimestampZone != "" {
		l.zone(prefix+"TIMESTAMP_ZONE", s.TimestampZone)
	}
	l.checkColumns(prefix, table)
	return table
}

// checkColumns refuses what makes no sense together, each by itself being right.
func (l *loader) checkColumns(prefix string, t purge.Table) {
	switch {
	case t.ExpiresColumn == "" && t.DoneColumn == "":
		l.refuse(prefix+"DONE_COLUMN", "want a column, since EXPIRES_COLUMN is empty: no row would ever be dead")
	case t.ExpiresColumn == t.DoneColumn:
		l.refuse(prefix+"DONE_COLUMN", "want a column other than EXPIRES_COLUMN: every row would be dead")
	}
	if t.ExpiresColumn == "" && l.given[prefix+"KEEP_EXPIRED"] != "" {
		l.refuse(prefix+"KEEP_EXPIRED", "want it unset, since EXPIRES_COLUMN is empty")
	}
	if l.given[prefix+"KEEP_DONE"] == "" {
		return
	}
	switch {
	case t.DoneColumn == "":
		l.refuse(prefix+"KEEP_DONE", "want DONE_COLUMN beside it")
	case t.KeepDoneUntilExpired && t.ExpiresColumn == "":
		l.refuse(prefix+"KEEP_DONE", "want a duration, since EXPIRES_COLUMN is empty")
	}
}

// invalidIdentifier tells what Postgres could not have or would cut off, and what a name
// seldom holds but a quoted or hostile one does.
func invalidIdentifier(name string) bool {
	strange := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune("\"'`\\", r) }
	return name == "" || len(name) > 63 || !utf8.ValidString(name) ||
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
