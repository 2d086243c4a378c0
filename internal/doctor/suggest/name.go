package suggest

import (
	"slices"
	"strings"
	"unicode"
)

// Words takes a name apart, in lower case: sessionToken, session_token and SESSION-TOKEN are
// session and token, IDToken is id and token.
func Words(name string) []string {
	var all []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			all = append(all, strings.ToLower(string(word)))
			word = nil
		}
	}
	letters := []rune(name)
	for i, r := range letters {
		switch {
		case !unicode.IsLetter(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]) && unicode.IsUpper(letters[i-1])):
			end()
		}
		word = append(word, r)
	}
	end()
	return all
}

// letters is a name's letters in lower case.
func letters(name string) string { return strings.Join(Words(name), "") }

func contains(name string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(letters(name), part) })
}

func hasWord(name string, some ...string) bool {
	return slices.ContainsFunc(Words(name), func(word string) bool { return slices.Contains(some, word) })
}

func (c Column) isText() bool {
	return slices.Contains([]string{"text", "character varying", "character", "bytea", "uuid", "json", "jsonb"}, c.Type)
}

func (c Column) isTime() bool {
	return slices.Contains([]string{"timestamp with time zone", "timestamp without time zone", "date"}, c.Type)
}

func (c Column) isNumber() bool {
	return slices.Contains([]string{"integer", "bigint", "numeric", "double precision"}, c.Type)
}

func (c Column) isFlag() bool { return c.Type == "boolean" }

// isExpiry reports whether a column says when a row expires.
func (c Column) isExpiry() bool {
	if !c.isTime() && !c.isNumber() || c.isLifetime() {
		return false
	}
	if c.isNotice() || contains(c.Name, "count") {
		return false
	}
	return c.isTime() && hasWord(c.Name, "ttl") || contains(c.Name, "expir", "validuntil", "validtill", "validto", "validthr", "notafter", "deadline", "goodthr", "goodtill",
		"gooduntil", "invalidafter", "activeuntil", "usableuntil", "aliveuntil") || hasWord(c.Name, "exp", "until", "eol")
}

// isNotice reports whether a column says that somebody was told of an expiry, or that it was put off.
func (c Column) isNotice() bool {
	return contains(c.Name, "notif", "warn", "remind", "sent", "mail", "extend")
}

// isLifetime reports whether a column says for how long a row is good.
func (c Column) isLifetime() bool {
	if c.Type != "interval" && !c.isNumber() {
		return false
	}
	return contains(c.Name, "expiresin", "expirein", "expirationin", "lifetime", "lifespan", "maxage", "validfor", "validity", "timetolive") ||
		hasWord(c.Name, "ttl") || c.Type == "interval" && contains(c.Name, "expir", "duration")
}

// isDone reports whether a column says that a row is done.
func (c Column) isDone() bool {
	if !c.isTime() && !c.isFlag() {
		return false
	}
	if contains(c.Name, "lastused", "firstused", "lastconsumed", "unused", "notused", "reus") {
		return false
	}
	return contains(c.Name, "revok", "consumed", "redeemed", "invalidat", "loggedout", "rotatedat", "signedout") || hasWord(c.Name, "used", "spent", "claimed")
}

// bounds reports whether a flag says that a row expires at all: only those for which it is
// true do.
func (c Column) bounds() bool {
	return c.isFlag() && contains(c.Name, "expir") && !c.protects() && !c.isNotice() && !hasWord(c.Name, "expired")
}

// protects reports whether a flag, or a 1, says that a row is kept.
func (c Column) protects() bool {
	if !c.isFlag() && c.Type != "smallint" {
		return false
	}
	return hasWord(c.Name, "never", "no", "not", "permanent", "persistent", "remember", "pinned", "protected", "keep", "kept", "hold", "offline",
		"forever", "eternal", "unlimited", "trusted", "perpetual", "immortal", "sticky", "longlived") ||
		contains(c.Name, "nonexpiring", "neverexpire", "noexpir", "rememberme", "legalhold", "longlived", "persistent", "permanent")
}

// proves reports whether a column says that somebody has done what a row was made for: verified_at, is_confirmed.
func (c Column) proves() bool {
	proof := slices.DeleteFunc(Words(c.Name), func(word string) bool { return slices.Contains([]string{"is", "has", "been", "at", "on"}, word) })
	return (c.isTime() || c.isFlag()) && len(proof) == 1 && slices.Contains([]string{"verified", "confirmed", "approved", "accepted"}, proof[0])
}

// isHandle reports whether a column holds what a browser shows, or a hash of it, and no other text.
func (c Column) isHandle() bool {
	return c.isText() && (contains(c.Name, "token", "hash", "secret", "signature", "digest", "verifier", "selector", "sessionkey", "sessionid", "cookie", "csrf") ||
		hasWord(c.Name, "sid", "ses", "sess", "session", "series"))
}

// isSecret reports whether a column holds what a client shows, or a hash of it.
func (c Column) isSecret() bool {
	if !c.isText() || hasWord(c.Name, "type", "kind") {
		return false
	}
	return contains(c.Name, "token", "hash", "secret", "signature", "digest", "verifier", "selector", "sessionkey", "cookie", "payload") ||
		hasWord(c.Name, "key", "code", "jti", "sid", "sess", "otp", "pin", "value", "data", "nonce", "handle", "ticket")
}

// isPerson reports whether a column says whose a row is, or from where that person came.
func (c Column) isPerson() bool {
	return hasWord(c.Name, "user", "username", "userid", "account", "accountid", "subject", "principal", "member", "memberid", "email", "identity",
		"agent", "ip", "useragent", "identifier", "owner", "customer", "login") || contains(c.Name, "useragent", "ipaddress", "userid", "username")
}

// isBegin reports whether a column says when a row began, or was last used.
func (c Column) isBegin() bool { return c.age() >= 0 }

// age ranks the columns from which an age can be counted, the best first; -1: it is none.
func (c Column) age() int {
	counts := c.isNumber() && !hasWord(c.Name, "count", "counts") &&
		(contains(c.Name, "time", "tstamp", "activity", "created", "lastseen", "lastactive", "lastaccess", "lastsession", "lastrefresh", "lastused") ||
			strings.HasSuffix(letters(c.Name), "at"))
	if !c.isTime() && !counts {
		return -1
	}
	for rank, parts := range [][]string{
		{"lastactiv", "lastused", "lastseen", "lastaccess", "lastsession", "lastrefresh", "lastlogin", "refreshed", "seenat", "accessed", "activity", "touched"},
		{"updated", "modified", "timestamp", "tstamp", "sesstime", "sessiontime"},
		{"created", "createat", "creation", "issued", "requested", "inserted", "added", "blacklisted", "blocklisted", "denied", "began", "started", "generated", "granted", "iat"},
	} {
		if contains(c.Name, parts...) {
			return rank
		}
	}
	return -1
}
