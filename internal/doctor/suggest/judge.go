package suggest

import (
	"fmt"
	"slices"
	"strings"
)

const (
	// grace is added to what names say, until someone has looked at a dry run.
	grace = "30d"

	// longAge is after how long a row without an expiry could be dead.
	longAge = "365d"

	// lateZone is the zone whose clocks are furthest behind. A timestamp that is read in it expires
	// late, whichever zone wrote it, and never early.
	lateZone = "Etc/GMT+12"
)

// Judge says how a table could be purged; false if it does not look like tokens or sessions. A table that looks
// like them, and has no column that says when a row is dead, comes without settings.
func Judge(t Table) (Suggestion, bool) {
	g := Suggestion{Table: t}
	if !t.isNamedSo() {
		return g, false
	}
	expires := t.columns(Column.isExpiry)
	lifetimes := t.columns(Column.isLifetime)
	switch {
	case len(expires) > 0 && (t.has(Column.isSecret) || t.isPlain() || t.has(Column.isPerson) && (t.isSession() || hasWord(t.Name, "flow", "flows"))):
		g.byExpiry(expires)
	case len(lifetimes) > 0 && t.has(Column.isSecret) && t.oldest() != nil:
		g.byLifetime(lifetimes[0], *t.oldest())
	case t.has(Column.isSecret) && t.doneAt() != nil && !t.isOneTime():
		g.byDone(*t.doneAt())
	case t.has(Column.isSecret) && t.doneFlag() != nil && t.youngest() != nil && t.youngest().isTime() && !t.isOneTime():
		g.byFlag(*t.doneFlag(), *t.youngest())
	case t.isAged() && len(t.signs()) > 0:
		g.byAge(t.signs())
	case t.has(Column.isSecret) && (t.has(Column.isPerson) || t.isPlain()):
		g.Why = "looks like tokens, but no column says when a row is dead"
		return g, true
	default:
		return g, false
	}
	g.Settings = append([]Setting{{"NAME", t.title()}}, g.Settings...)
	if t.Cascades != "" {
		g.unsure("whether rows of %s may go with a row of this table (ON DELETE CASCADE); it is refused until they are named too, or ALLOW_CASCADE=true is added", t.Cascades)
	}
	g.unnameable()
	return g, true
}

func (g *Suggestion) set(name, value string) { g.Settings = append(g.Settings, Setting{name, value}) }

func (g *Suggestion) unsure(format string, args ...any) {
	g.Unsure = append(g.Unsure, fmt.Sprintf(format, args...))
}

// byExpiry is for a table whose rows say when they expire. If there are several such columns,
// the latest time counts.
func (g *Suggestion) byExpiry(expires []Column) {
	numbers := 0
	var names []string
	for _, c := range expires {
		if c.isNumber() {
			numbers++
		}
		names = append(names, c.Name)
	}
	g.Why = fmt.Sprintf("%s says when a row expires", strings.Join(names, ", "))
	if len(names) > 1 {
		g.Why = fmt.Sprintf("the latest of %s says when a row expires", strings.Join(names, ", "))
	}
	g.set("EXPIRES_COLUMN", strings.Join(names, ","))
	if numbers > 0 {
		g.Guess = g.Guess || numbers < len(expires)
		g.unit("EXPIRES_UNIT", expires)
	}
	g.set("KEEP_EXPIRED", grace)
	g.unsure("for how long expired rows are wanted; %s is added, lower it once a dry run looks right", grace)
	used := expires
	if done := g.Table.first(Column.isDone); done != nil {
		g.set("DONE_COLUMN", done.Name)
		g.set("KEEP_DONE", "until-expired")
		g.unsure("whether rows with %s serve to detect reuse; they stay until they expire, and go at once without KEEP_DONE", done.Name)
		used = append(slices.Clone(used), *done)
	}
	g.keep(expires)
	g.zone(used)
}

// byLifetime is for a table whose rows say for how long they are good.
func (g *Suggestion) byLifetime(lifetime, begin Column) {
	g.Why = fmt.Sprintf("%s and %s say when a row expires", begin.Name, lifetime.Name)
	g.set("EXPIRES_COLUMN", begin.Name)
	used := []Column{begin}
	if begin.isNumber() {
		g.unit("EXPIRES_UNIT", used)
	}
	g.set("LIFETIME_COLUMN", lifetime.Name)
	g.set("KEEP_EXPIRED", grace)
	if lifetime.isNumber() && letters(lifetime.Name) != "expiresin" {
		g.Guess = true
		g.unsure("whether %s counts seconds, or is itself when a row expires: then no row goes, and %[1]s is the EXPIRES_COLUMN", lifetime.Name)
	}
	g.keep(nil)
	g.zone(used)
}

// byDone is for a table whose rows say only that they are done.
func (g *Suggestion) byDone(done Column) {
	g.Guess = true
	g.Why = fmt.Sprintf("%s says that a row is done, and nothing when it expires", done.Name)
	g.set("EXPIRES_COLUMN", "")
	g.set("DONE_COLUMN", done.Name)
	g.set("KEEP_DONE", longAge)
	g.unsure("for how long rows that are done serve to detect reuse")
	g.keep(nil)
	g.zone([]Column{done})
}

// byFlag is for a table whose rows say only that they are done, and not since when.
func (g *Suggestion) byFlag(done, since Column) {
	g.Guess = true
	g.Why = fmt.Sprintf("%s says that a row is done, and nothing when it expires; %s tells its age", done.Name, since.Name)
	g.set("EXPIRES_COLUMN", "")
	g.set("DONE_COLUMN", done.Name)
	g.set("DONE_SINCE_COLUMN", since.Name)
	g.set("KEEP_DONE", longAge)
	g.unsure("for how long rows that are done serve to detect reuse")
	g.keep(nil)
	g.zone([]Column{since})
}

// byAge is for a table whose rows say only when they began, or were last used.
func (g *Suggestion) byAge(signs []Column) {
	g.Guess = true
	var names []string
	for _, c := range signs {
		names = append(names, c.Name)
	}
	g.Why = fmt.Sprintf("nothing says when a row expires; %s tells its age", names[0])
	if len(names) > 1 {
		g.Why = fmt.Sprintf("nothing says when a row expires; the latest of %s tells its age", strings.Join(names, ", "))
	}
	g.set("EXPIRES_COLUMN", strings.Join(names, ","))
	if signs[0].isNumber() {
		g.unit("EXPIRES_UNIT", signs)
	}
	g.set("KEEP_EXPIRED", longAge)
	g.unsure("for how long a row is good: KEEP_EXPIRED has to be at least that")
	g.keep(nil)
	g.zone(signs)
}

// unit is ms unless the type has no room for it: read as ms, seconds never pass.
func (g *Suggestion) unit(name string, columns []Column) {
	unit := "ms"
	switch {
	case slices.ContainsFunc(columns, func(c Column) bool { return c.Type == "integer" }):
		unit = "s"
	case !slices.ContainsFunc(columns, func(c Column) bool { return !hasWord(c.Name, "ms", "millis", "milliseconds") }):
	default:
		g.unsure("whether the numbers count ms or s since 1970; read as ms, seconds never pass: then write s")
	}
	g.set(name, unit)
}

// keep adds what keeps rows that do not expire, prove something, or can be renewed. An entry has one column that does:
// for each further one there is an entry more.
func (g *Suggestion) keep(expires []Column) {
	t := g.Table
	if bounds := t.first(Column.bounds); bounds != nil {
		g.set("ONLY_COLUMN", bounds.Name)
		g.set("ONLY_VALUES", "true")
		g.unsure("whether rows expire for which %s is false; they stay", bounds.Name)
	}
	for _, c := range t.columns(Column.protects) {
		g.keepBy(c, "1", "what %s means; rows stay for which it is not false")
	}
	for _, c := range t.columns(Column.proves) {
		g.keepBy(c, anyValue, "whether a row with %s proves something; it stays")
	}
	for _, c := range t.renewal(expires) {
		g.keepBy(c, anyValue, "whether a row with %s can be renewed after it expired; it stays")
	}
	if len(g.keeps) > 0 {
		g.Settings = append(g.Settings, g.keeps[0]...)
	}
}

// anyValue stands for every value but NULL.
const anyValue = "*"

// keepBy notes a column that keeps rows: a flag that is true, or another column that has one of the values.
func (g *Suggestion) keepBy(c Column, values, doubt string) {
	keep := []Setting{{"KEEP_COLUMN", c.Name}}
	if !c.isFlag() {
		keep = append(keep, Setting{"KEEP_VALUES", values})
	}
	g.keeps = append(g.keeps, keep)
	g.unsure(doubt, c.Name)
}

// renewal are columns with a refresh token beside another token, of which no expiry is known.
func (t Table) renewal(expires []Column) []Column {
	if contains(t.Name, "refresh") || slices.ContainsFunc(expires, func(c Column) bool { return contains(c.Name, "refresh") }) {
		return nil
	}
	isRefresh := func(c Column) bool {
		return c.isText() && contains(c.Name, "refreshtoken", "tokensecret") && !contains(c.Name, "previous", "sourcerefresh") && !hasWord(c.Name, "id")
	}
	isOther := func(c Column) bool {
		return c.isText() && contains(c.Name, "token") && !contains(c.Name, "refresh", "tokensecret")
	}
	if !t.has(isOther) {
		return nil
	}
	all := t.columns(isRefresh)
	return all[:min(len(all), 1)]
}

// zone is needed for a timestamp without zone.
func (g *Suggestion) zone(columns []Column) {
	for _, c := range columns {
		if c.Type == "timestamp without time zone" {
			g.set("TIMESTAMP_ZONE", lateZone)
			g.unsure("which zone wrote %s; with %s a row goes up to 26 hours late and never early (docs/timestamps.md says who writes which)", c.Name, lateZone)
			return
		}
	}
}

// unnameable comments out what a variable cannot say.
func (g *Suggestion) unnameable() {
	for _, s := range slices.Concat(g.entries()...) {
		name, rest := s.Value, strings.Count(s.Value, ".")
		if strings.ContainsAny(name, "\"'`\\\n\r\t") || s.Name == "NAME" && rest != 1 || strings.HasPrefix(name, " ") || strings.HasSuffix(name, " ") {
			g.Guess = true
			g.unsure("how to name %q in a variable", name)
		}
	}
}
