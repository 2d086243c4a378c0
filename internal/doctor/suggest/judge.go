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

// Judge says how a table could be purged; false if it does not look like tokens or sessions.
func Judge(t Table) (Suggestion, bool) {
	g := Suggestion{Table: t}
	if !t.isNamedSo() {
		return g, false
	}
	expires := t.columns(Column.isExpiry)
	lifetimes := t.columns(Column.isLifetime)
	switch {
	case len(expires) > 0 && (t.has(Column.isSecret) || t.has(Column.isPerson)):
		g.byExpiry(expires)
	case len(lifetimes) > 0 && t.has(Column.isSecret) && t.oldest() != nil:
		g.byLifetime(lifetimes[0], *t.oldest())
	case t.has(Column.isSecret) && t.doneAt() != nil && !t.isOneTime():
		g.byDone(*t.doneAt())
	case t.isAged() && t.youngest() != nil:
		g.byAge(*t.youngest())
	default:
		return g, false
	}
	g.Settings = append([]Setting{{"NAME", t.title()}}, g.Settings...)
	g.unnameable()
	return g, true
}

// isNamedSo reports whether a table is named as those of tokens and sessions are, and not as
// those of the business.
func (t Table) isNamedSo() bool {
	if hasWord(t.Name, "product", "products", "coupon", "coupons", "voucher", "vouchers", "gift", "order", "orders", "invoice", "invoices",
		"conference", "training", "event", "events", "class", "course", "meeting", "chat", "game", "match", "workshop", "exam", "parking", "charging",
		"crypto", "nft", "coin", "document", "documents", "application", "applications", "client", "clients", "attribute", "attributes", "setting",
		"settings", "user", "users", "account", "accounts", "contract", "contracts", "subscription", "subscriptions", "therapy", "tutoring") &&
		!contains(t.Name, "usersession", "usertoken", "accountsession", "passwordreset", "elevatedsession", "accesstoken", "refreshtoken",
			"verificationtoken", "resettoken", "clientsession", "clienttoken", "applicationtoken", "verificationkey", "loginchange", "rememberkey") {
		return false
	}
	return contains(t.Name, "token", "session", "passwordreset", "resetpassword", "passwordrecover", "verification", "onetimecode", "magiclink",
		"blacklist", "blocklist", "denylist", "persistedgrant", "devicecode", "logincode", "authcode", "authorizationcode", "confirmationcode",
		"recoverycode", "resetkey", "rememberkey", "verificationkey", "accessgrant", "authgrant", "emailconfirmation", "authchallenge", "webauthnchallenge") ||
		hasWord(t.Name, "otp", "otps", "jti", "jtis", "jwt", "jwts", "nonce", "nonces", "csrf") ||
		contains(t.Name, "oauth", "oidc", "openid") &&
			contains(t.Name, "access", "refresh", "code", "grant", "authorization", "payload", "state", "request", "flow", "device", "login", "consent", "pkce", "par")
}

// isOneTime reports whether a row may be used only once, or names something that may not be used
// any more.
func (t Table) isOneTime() bool {
	return contains(t.Name, "blacklist", "blocklist", "denylist", "reset", "verification", "onetime", "magiclink", "code", "confirmation", "challenge") ||
		hasWord(t.Name, "otp", "otps", "jti", "jtis", "nonce", "nonces", "csrf")
}

// isAged reports whether rows could go by their age. For tokens without an expiry nobody knows
// that.
func (t Table) isAged() bool {
	session := contains(t.Name, "session") && (t.has(Column.isSecret) || t.has(func(c Column) bool { return hasWord(c.Name, "agent", "ip") }))
	return session || t.isOneTime() && t.has(Column.isSecret) || contains(t.Name, "blacklist", "blocklist", "denylist") && contains(t.Name, "token", "jwt")
}

func (t Table) columns(is func(Column) bool) []Column {
	var all []Column
	for _, c := range t.Columns {
		if is(c) {
			all = append(all, c)
		}
	}
	return all
}

func (t Table) has(is func(Column) bool) bool { return slices.ContainsFunc(t.Columns, is) }

// oldest is when a row began, youngest when it was last used, as far as there is such a column.
func (t Table) oldest() *Column   { return t.begin(func(a, b int) bool { return a > b }) }
func (t Table) youngest() *Column { return t.begin(func(a, b int) bool { return a < b }) }

func (t Table) begin(better func(a, b int) bool) *Column {
	var best *Column
	for i, c := range t.Columns {
		if c.isBegin() && (best == nil || better(c.age(), best.age())) {
			best = &t.Columns[i]
		}
	}
	return best
}

// doneAt is the time at which a row was done.
func (t Table) doneAt() *Column {
	for i, c := range t.Columns {
		if c.isDone() && c.isTime() {
			return &t.Columns[i]
		}
	}
	return nil
}

func (g *Suggestion) set(name, value string) { g.Settings = append(g.Settings, Setting{name, value}) }

func (g *Suggestion) unsure(format string, args ...any) {
	g.Unsure = append(g.Unsure, fmt.Sprintf(format, args...))
}

// byExpiry is for a table whose rows say when they expire. Of several columns the latest
// counts.
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
	if i := slices.IndexFunc(g.Table.Columns, Column.isDone); i >= 0 {
		done := g.Table.Columns[i]
		g.set("DONE_COLUMN", done.Name)
		g.set("KEEP_DONE", "until-expired")
		g.unsure("whether rows with %s serve to detect reuse; they stay until they expire, and go at once without KEEP_DONE", done.Name)
		used = append(slices.Clone(used), done)
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
		g.unsure("whether %s counts seconds", lifetime.Name)
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

// byAge is for a table whose rows say only when they began, or were last used.
func (g *Suggestion) byAge(begin Column) {
	g.Guess = true
	g.Why = fmt.Sprintf("nothing says when a row expires; %s tells its age", begin.Name)
	g.set("EXPIRES_COLUMN", begin.Name)
	if begin.isNumber() {
		g.unit("EXPIRES_UNIT", []Column{begin})
	}
	g.set("KEEP_EXPIRED", longAge)
	g.unsure("for how long a row is good: KEEP_EXPIRED has to be at least that")
	g.keep(nil)
	g.zone([]Column{begin})
}

// unit is ms unless the type has no room for it: read as ms, seconds never pass.
func (g *Suggestion) unit(name string, columns []Column) {
	unit := "ms"
	if slices.ContainsFunc(columns, func(c Column) bool { return c.Type == "integer" }) {
		unit = "s"
	} else {
		g.unsure("whether the numbers count ms or s since 1970; read as ms, seconds never pass: then write s")
	}
	g.set(name, unit)
}

// keep adds what keeps rows that do not expire, or can be renewed.
func (g *Suggestion) keep(expires []Column) {
	t := g.Table
	if i := slices.IndexFunc(t.Columns, Column.bounds); i >= 0 {
		g.set("ONLY_COLUMN", t.Columns[i].Name)
		g.set("ONLY_VALUES", "true")
		g.unsure("whether rows expire for which %s is false; they stay", t.Columns[i].Name)
	}
	protect := t.columns(Column.protects)
	renews := t.renewal(expires)
	if len(protect)+len(renews) == 0 {
		return
	}
	g.Guess = g.Guess || len(protect)+len(renews) > 1
	if len(protect) > 0 {
		g.set("KEEP_COLUMN", protect[0].Name)
		g.unsure("what %s means; rows stay for which it is not false", protect[0].Name)
		return
	}
	g.set("KEEP_COLUMN", renews[0].Name)
	g.set("KEEP_VALUES", "*")
	g.unsure("whether a row with %s can be renewed after it expired; it stays", renews[0].Name)
}

// renewal are columns with a refresh token beside another token, of which no expiry is known.
func (t Table) renewal(expires []Column) []Column {
	if contains(t.Name, "refresh") || slices.ContainsFunc(expires, func(c Column) bool { return contains(c.Name, "refresh") }) {
		return nil
	}
	isRefresh := func(c Column) bool {
		return c.isText() && contains(c.Name, "refreshtoken") && !contains(c.Name, "previous", "sourcerefresh") && !hasWord(c.Name, "id")
	}
	isOther := func(c Column) bool { return c.isText() && contains(c.Name, "token") && !contains(c.Name, "refresh") }
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
	for _, s := range g.Settings {
		name, rest := s.Value, strings.Count(s.Value, ".")
		if strings.ContainsAny(name, "\"'`\\\n\r\t") || s.Name == "NAME" && rest != 1 || strings.HasPrefix(name, " ") || strings.HasSuffix(name, " ") {
			g.Guess = true
			g.unsure("how to name %q in a variable", name)
		}
	}
}
