package doctor

import (
	"slices"
	"strings"

	"github.com/siltgate/siltgate/internal/doctor/suggest"
)

// secretWords are in the names of columns that hold what a client shows, or a hash of it.
func secretWords() []string {
	return []string{
		"token", "tokens", "hash", "hashed", "secret", "code", "key", "signature", "digest", "jti", "sid", "selector",
		"validator", "verifier", "nonce", "otp", "pin", "password", "payload", "sess", "data", "value", "cookie", "handle", "ticket", "hmac",
	}
}

// isSecret reports whether a column may hold a token or a hash of one, by its name and type. In
// doubt it says yes.
func isSecret(name, typeName string) bool {
	if !isOpaque(typeName) {
		return false
	}
	all := suggest.Words(name)
	if len(all) == 0 || all[len(all)-1] == "type" || all[len(all)-1] == "kind" || all[len(all)-1] == "method" {
		return false
	}
	if endsInID(name) {
		// token_id refers to a token's row; session_id may be what the client shows.
		return slices.Contains(all, "session")
	}
	return slices.ContainsFunc(all, func(word string) bool { return slices.Contains(secretWords(), word) })
}

// endsInID reports whether a column's name is that of something with id or uuid after it: session_id.
func endsInID(name string) bool {
	all := suggest.Words(name)
	return len(all) > 1 && (all[len(all)-1] == "id" || all[len(all)-1] == "uuid")
}

// isOpaque reports whether a value of a type could be a token.
func isOpaque(typeName string) bool {
	base, _, _ := strings.Cut(typeName, "(")
	return slices.Contains([]string{"text", "character varying", "character", "bytea", "uuid", "citext", "json", "jsonb", "name"}, base)
}
