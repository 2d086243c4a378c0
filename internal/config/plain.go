package config

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// plain is a variable's value as it was meant: without the blanks, line ends, byte order
// marks and invisible characters at its ends, without one pair of quotes round it, and
// without a comment where the value can hold none. Files, secret stores and programs that
// are not a shell leave these.
func plain(name, value string) string {
	if isPassword(name) {
		return unquoted(strings.TrimRight(value, "\r\n")) // which may begin or end with a blank
	}
	value = strings.TrimFunc(value, isInvisible)
	bare := unquoted(value)
	if takesComment(name) {
		if at := commentPattern.FindStringIndex(bare); at != nil {
			bare = strings.TrimFunc(bare[:at[0]], isInvisible)
			bare = unquoted(bare) // where the comment stood behind the quotes
		}
	}
	return strings.TrimFunc(bare, isInvisible)
}

// unquoted takes one pair of quotes off. Quotes that are also inside may mean something else,
// as in "public"."sessions", and stay.
func unquoted(value string) string {
	if len(value) < 2 || !isQuote(value[0]) || value[len(value)-1] != value[0] {
		return value
	}
	inside := value[1 : len(value)-1]
	if strings.IndexByte(inside, value[0]) >= 0 {
		return value
	}
	return inside
}

func isQuote(b byte) bool { return b == '"' || b == '\'' }

// isInvisible tells white space, also the unbreakable one, and characters without a glyph,
// such as a byte order mark or a zero-width space.
func isInvisible(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

func isPassword(name string) bool { return strings.HasSuffix(name, "PASSWORD") }

// commentPattern is how a line of a .env file may end.
var commentPattern = regexp.MustCompile(`\s#`)

func takesComment(name string) bool {
	return slices.Contains([]string{"REFRESH_TOKEN_CLEANUP_CRON", "APP_ENV", "NODE_ENV"}, name)
}
