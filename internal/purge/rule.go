package purge

import (
	"slices"
	"time"
)

// Rule says which rows of a table are dead: those that expired, and those that are done
// (revoked, used). A rule can be for some rows only, and can keep rows from every rule of
// its table. NULL never makes a row dead.
type Rule struct {
	// Expires names the columns that say when a row expires: timestamptz; timestamp or
	// date, which ExpiresZone wrote; or a number of ExpiresUnit since 1970, of which 0 and
	// less mean never. If there are several columns, the latest time that is not NULL counts.
	// Empty: rows do not expire.
	Expires     []string
	ExpiresUnit Unit
	ExpiresZone string

	// Lifetime names an interval, or a number of seconds, that is added to the one column
	// of Expires. NULL means never.
	Lifetime string

	// KeepExpired is the grace after expiry.
	KeepExpired time.Duration

	// Done names the column that says that a row is done: a boolean that is true; a time,
	// read as those of Expires are; or, with DoneValues, a column that has one of them as
	// text. Empty: rows are not done.
	Done       string
	DoneUnit   Unit
	DoneZone   string
	DoneValues []string

	// DoneSince names the time from which KeepDone counts, where Done has none.
	DoneSince string

	// KeepDone is the grace after a row was done.
	KeepDone time.Duration

	// KeepDoneUntilExpired leaves done rows until they expire.
	KeepDoneUntilExpired bool

	// Only restricts the rule to rows whose column has one of OnlyValues as text.
	Only       string
	OnlyValues []string

	// Keep names a column that keeps rows, whatever any rule of the table says: a boolean
	// that is not false; a time after the cutoff; or, with KeepValues, one of these as text.
	Keep       string
	KeepValues []string
}

const (
	// nullValue stands for NULL among the values of a column.
	nullValue = "null"

	// anyValue stands for every value but NULL.
	anyValue = "*"
)

// columnNames are the columns that the rule names.
func (r Rule) columnNames() []string {
	names := append(slices.Clone(r.Expires), r.Lifetime, r.Done, r.DoneSince, r.Only, r.Keep)
	return distinct(names)
}

// settingOf is the end of the variable that names a column.
func (r Rule) settingOf(column string) string {
	switch column {
	case r.Lifetime:
		return "LIFETIME_COLUMN"
	case r.Done:
		return "DONE_COLUMN"
	case r.DoneSince:
		return "DONE_SINCE_COLUMN"
	case r.Only:
		return "ONLY_COLUMN"
	case r.Keep:
		return "KEEP_COLUMN"
	}
	return "EXPIRES_COLUMN"
}
