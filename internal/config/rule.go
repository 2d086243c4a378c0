package config

import (
	"slices"
	"strings"
	"time"

	"github.com/siltgate/siltgate/internal/purge"
)

// The variables of a rule, behind SILTGATE_TABLES_<n>_.
const (
	expiresColumn   = "EXPIRES_COLUMN"
	expiresUnit     = "EXPIRES_UNIT"
	expiresZone     = "EXPIRES_ZONE"
	lifetimeColumn  = "LIFETIME_COLUMN"
	doneColumn      = "DONE_COLUMN"
	doneUnit        = "DONE_UNIT"
	doneZone        = "DONE_ZONE"
	doneValues      = "DONE_VALUES"
	doneSinceColumn = "DONE_SINCE_COLUMN"
	onlyColumn      = "ONLY_COLUMN"
	onlyValues      = "ONLY_VALUES"
	keepColumn      = "KEEP_COLUMN"
	keepValues      = "KEEP_VALUES"
	timestampZone   = "TIMESTAMP_ZONE"
	keepExpired     = "KEEP_EXPIRED"
	keepDone        = "KEEP_DONE"
	dropPartitions  = "DROP_PARTITIONS"

	untilExpired = "until-expired"

	// databaseZone is the zone of the database, whichever that is.
	databaseZone = purge.DatabaseZone
)

// rule reads what makes a row dead, and refuses what makes no sense.
func (l *loader) rule(prefix string, s tableSettings) purge.Rule {
	r := purge.Rule{
		Expires:              l.columnList(prefix+expiresColumn, s.ExpiresColumn),
		ExpiresUnit:          l.unit(prefix+expiresUnit, s.ExpiresUnit),
		ExpiresZone:          l.columnZone(prefix, expiresZone, s.ExpiresZone, s.TimestampZone),
		Lifetime:             l.column(prefix+lifetimeColumn, s.LifetimeColumn),
		KeepExpired:          s.KeepExpired,
		Done:                 l.column(prefix+doneColumn, s.DoneColumn),
		DoneUnit:             l.unit(prefix+doneUnit, s.DoneUnit),
		DoneZone:             l.columnZone(prefix, doneZone, s.DoneZone, s.TimestampZone),
		DoneValues:           list(s.DoneValues),
		DoneSince:            l.column(prefix+doneSinceColumn, s.DoneSinceColumn),
		KeepDoneUntilExpired: s.KeepDone == untilExpired,
		Only:                 l.column(prefix+onlyColumn, s.OnlyColumn),
		OnlyValues:           list(s.OnlyValues),
		Keep:                 l.column(prefix+keepColumn, s.KeepColumn),
		KeepValues:           list(s.KeepValues),
	}
	if !r.KeepDoneUntilExpired {
		var err error
		if r.KeepDone, err = parseDuration(s.KeepDone); err != nil || r.KeepDone < 0 {
			l.refuse(prefix+keepDone, "want a duration of 0 or more, such as 24h or 30d, or until-expired")
		}
	}
	if r.KeepExpired < 0 {
		l.refuse(prefix+keepExpired, "want a duration of 0 or more, such as 24h or 30d")
	}
	if s.TimestampZone != "" && s.TimestampZone != databaseZone {
		l.zone(prefix+timestampZone, s.TimestampZone)
	}
	l.checkRule(prefix, r)
	return r
}

// checkRule refuses settings that make no sense together.
func (l *loader) checkRule(prefix string, r purge.Rule) {
	switch {
	case len(r.Expires) == 0 && r.Done == "":
		l.refuse(prefix+doneColumn, "want a column, since EXPIRES_COLUMN is empty: no row would ever be dead")
	case slices.Contains(r.Expires, r.Done):
		l.refuse(prefix+doneColumn, "want a column other than EXPIRES_COLUMN: every row would be dead")
	}
	l.checkExpiry(prefix, r)
	l.checkDone(prefix, r)
	switch {
	case r.Only != "" && r.OnlyValues == nil:
		l.refuse(prefix+onlyValues, "want the values of ONLY_COLUMN for which the rule is, as in session,null")
	case r.Only == "" && r.OnlyValues != nil:
		l.refuse(prefix+onlyValues, "want ONLY_COLUMN beside it")
	case slices.Contains(r.OnlyValues, "*"):
		l.refuse(prefix+onlyValues, "want values, as in session,null; a rule for all rows has no ONLY_COLUMN")
	}
	if r.Keep == "" && r.KeepValues != nil {
		l.refuse(prefix+keepValues, "want KEEP_COLUMN beside it")
	}
	l.checkValues(prefix, r)
}

// checkValues refuses values that a slip makes: a comma too many is the empty text, which rows may have that are
// alive, and NULL in capitals is a text that hardly any row has.
func (l *loader) checkValues(prefix string, r purge.Rule) {
	capital := func(value string) bool { return isNull(value) && value != "null" }
	for _, list := range []struct {
		name      string
		values    []string
		mayBeNull bool
	}{{doneValues, r.DoneValues, false}, {onlyValues, r.OnlyValues, true}, {keepValues, r.KeepValues, true}} {
		switch {
		case slices.Contains(list.values, ""):
			l.refuse(prefix+list.name, "want values with one comma between two, and none of them empty")
		case list.mayBeNull && slices.ContainsFunc(list.values, capital):
			l.refuse(prefix+list.name, "want null in lower case, which stands for NULL")
		}
	}
}

func isNull(value string) bool { return strings.EqualFold(value, "null") }

func (l *loader) checkExpiry(prefix string, r purge.Rule) {
	if r.Lifetime != "" && len(r.Expires) > 1 {
		l.refuse(prefix+lifetimeColumn, "want one EXPIRES_COLUMN beside it, to which it is added")
	}
	if len(r.Expires) > 0 {
		return
	}
	unset := []string{keepExpired, lifetimeColumn}
	if r.Keep == "" { // which is read as EXPIRES_COLUMN is
		unset = append(unset, expiresUnit, expiresZone)
	}
	for _, name := range unset {
		if l.given[prefix+name] != "" {
			l.refuse(prefix+name, "want it unset, since EXPIRES_COLUMN is empty")
		}
	}
}

func (l *loader) checkDone(prefix string, r purge.Rule) {
	if r.Done == "" {
		for _, name := range []string{keepDone, doneUnit, doneZone, doneValues, doneSinceColumn} {
			if l.given[prefix+name] != "" {
				l.refuse(prefix+name, "want DONE_COLUMN beside it")
			}
		}
		return
	}
	if r.KeepDoneUntilExpired && len(r.Expires) == 0 {
		l.refuse(prefix+keepDone, "want a duration, since EXPIRES_COLUMN is empty")
	}
	if slices.ContainsFunc(r.DoneValues, isNull) || slices.Contains(r.DoneValues, "*") {
		l.refuse(prefix+doneValues, "want values that say that a row is done: NULL never does, and * is no value")
	}
}

// column refuses a name that no column can have.
func (l *loader) column(variable, name string) string {
	if name != "" && invalidIdentifier(name) {
		l.refuse(variable, "want a column of at most 63 bytes, without quotes, backslashes or control characters")
	}
	return name
}

// columnList reads columns with commas between them.
func (l *loader) columnList(variable, text string) []string {
	var names []string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name == "" && text == "" {
			continue
		}
		if invalidIdentifier(name) {
			l.refuse(variable, "want a column of at most 63 bytes, without quotes, backslashes or control characters, several with commas, or nothing if the table has none")
			return []string{text}
		}
		if slices.Contains(names, name) {
			l.refuse(variable, "want each column once")
		}
		names = append(names, name)
	}
	return names
}

func (l *loader) unit(variable, text string) purge.Unit {
	switch unit := purge.Unit(text); unit {
	case "", purge.Seconds, purge.Milliseconds:
		return unit
	}
	l.refuse(variable, "want s or ms: what the number counts since 1970")
	return ""
}

// columnZone is the zone of a column: its own, or the table's.
func (l *loader) columnZone(prefix, variable, own, table string) string {
	if own == "" {
		return table
	}
	if own != databaseZone {
		l.zone(prefix+variable, own)
	}
	return own
}

// list reads values with commas between them; a comma within a value is written \, and a
// backslash \\. Nil if there are none.
func list(text string) []string {
	if text == "" {
		return nil
	}
	values := []string{""}
	escaped := false
	for _, char := range text {
		last := &values[len(values)-1]
		switch {
		case escaped:
			*last += string(char)
			escaped = false
		case char == '\\':
			escaped = true
		case char == ',':
			values = append(values, "")
		default:
			*last += string(char)
		}
	}
	if escaped { // nothing follows that it could stand before
		values[len(values)-1] += `\`
	}
	for i := range values {
		values[i] = strings.TrimSpace(values[i])
	}
	return values
}

// parseDuration reads a duration as Go does, with days before it if need be: 30d, 1d12h.
func parseDuration(text string) (time.Duration, error) {
	days, rest, found := strings.Cut(text, "d")
	if !found {
		return time.ParseDuration(text)
	}
	hours, err := time.ParseDuration(days + "h")
	if err != nil || strings.ContainsAny(days, "hmsun") || hours > 1<<62/24 || hours < -1<<62/24 {
		return time.ParseDuration(text) // which says what is wrong
	}
	if rest == "" {
		return 24 * hours, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil || more < 0 {
		return time.ParseDuration(text)
	}
	if hours < 0 {
		more = -more
	}
	return 24*hours + more, nil
}
