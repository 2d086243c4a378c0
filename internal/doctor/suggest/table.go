package suggest

import "slices"

// isNamedSo reports whether a table is named as those of tokens and sessions are, and not as
// those of the business.
func (t Table) isNamedSo() bool {
	if t.isBusiness() {
		return false
	}
	return t.isDenylist() || contains(t.Name, "token", "session", "passwordreset", "resetpassword", "passwordrecover", "forgotpassword", "verification", "onetimecode",
		"magiclink", "persistedgrant", "devicecode", "logincode", "authcode", "authorizationcode", "confirmationcode",
		"recoverycode", "passcode", "passwordlesscode", "lostpassword", "authrequest", "loginrequest", "resetkey", "rememberkey", "rememberme", "persistentlogin", "verificationkey", "accessgrant", "authgrant", "emailconfirmation",
		"authchallenge", "webauthnchallenge", "passkeychallenge", "mfachallenge") ||
		hasWord(t.Name, "otp", "otps", "jti", "jtis", "jwt", "jwts", "nonce", "nonces", "csrf") ||
		hasWord(t.Name, "flow", "flows") && (hasWord(t.Name, "state", "states") || contains(t.Name, "selfservice")) ||
		contains(t.Name, "oauth", "oidc", "openid", "saml") &&
			contains(t.Name, "access", "refresh", "authdata", "code", "grant", "authorization", "payload", "state", "request", "flow", "device", "login", "consent", "pkce", "par")
}

// isPlain reports whether a table's name alone says that its rows are tokens: an expiry is enough then.
func (t Table) isPlain() bool {
	return t.isDenylist() || contains(t.Name, "refreshtoken", "accesstoken", "revokedtoken", "authtoken", "usertoken", "usersession", "userssession",
		"authsession", "loginsession") ||
		hasWord(t.Name, "jti", "jtis", "jwt", "jwts")
}

// isDenylist reports whether a table names tokens that may not be used any more.
func (t Table) isDenylist() bool { return contains(t.Name, "blacklist", "blocklist", "denylist") }

// isOneTime reports whether a row may be used only once, or names something that may not be used
// any more.
func (t Table) isOneTime() bool {
	return t.isDenylist() || contains(t.Name, "reset", "forgotpassword", "lostpassword", "verification", "onetime", "magiclink", "code", "confirmation", "challenge") ||
		hasWord(t.Name, "otp", "otps", "jti", "jtis", "nonce", "nonces", "csrf", "flow", "flows")
}

// isAged reports whether rows could go by their age. For tokens without an expiry nobody knows that, and codes to recover
// an account are good for years.
func (t Table) isAged() bool {
	session := t.isSession() && (t.has(Column.isHandle) || t.has(func(c Column) bool { return hasWord(c.Name, "agent", "ip") }))
	return session || t.isOneTime() && t.has(Column.isSecret) && !contains(t.Name, "recoverycode", "backupcode") || t.isDenylist() && contains(t.Name, "token", "jwt")
}

// isSession reports whether a table is named as those of sessions are.
func (t Table) isSession() bool { return contains(t.Name, "session", "rememberme", "persistentlogin") }

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

// signs are the columns that tell when a row was last alive: the latest of them counts. They are times,
// or numbers if there is no time.
func (t Table) signs() []Column {
	signs := t.columns(func(c Column) bool { return c.isBegin() && c.isTime() })
	if len(signs) > 0 {
		return signs
	}
	return t.columns(Column.isBegin)
}

// first is the first column that is so; nil if there is none.
func (t Table) first(is func(Column) bool) *Column {
	if i := slices.IndexFunc(t.Columns, is); i >= 0 {
		return &t.Columns[i]
	}
	return nil
}

// doneAt is the time at which a row was done.
func (t Table) doneAt() *Column {
	return t.first(func(c Column) bool { return c.isDone() && c.isTime() })
}

// doneFlag says that a row is done, and not since when.
func (t Table) doneFlag() *Column {
	return t.first(func(c Column) bool { return c.isDone() && c.isFlag() })
}
