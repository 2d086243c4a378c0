package purge

import (
	"context"
	"fmt"
	"strings"
)

// resetPath brings back the role's settings, and returns the search_path that the session is to have: the role's, with
// pg_catalog first and temporary tables last. By the role's own path, in between, the session finds configured
// tables without a schema, and triggers find their tables. A role that may create objects in one of its schemas could make
// an operator or a function that fits an argument's type better than the built-in one, and Postgres would choose
// that. Therefore every statement of a session names operators and functions with their schema.
func (s *Session) resetPath(ctx context.Context) (string, error) {
	// RESET brings back the role's path; it may have been set to another one by this program, or by
	// another user of the same pool. All settings are reset: the triggers of a table may rely on the
	// role's.
	results, err := s.conn.PgConn().Exec(ctx, `RESET ALL; SET client_encoding = 'UTF8'; SHOW search_path`).ReadAll()
	if err != nil {
		return "", fmt.Errorf("find the role's search_path: %w", err)
	}
	return safePath(string(results[len(results)-1].Rows[0][0])), nil
}

// safePath is a search_path with pg_catalog first and pg_temp last.
func safePath(path string) string {
	safe := []string{"pg_catalog"}
	for _, schema := range splitPath(path) {
		if schema == "pg_catalog" || strings.HasPrefix(schema, "pg_temp") || strings.HasPrefix(schema, "pg_toast_temp") {
			continue
		}
		safe = append(safe, quote(schema))
	}
	return strings.Join(append(safe, "pg_temp"), ", ")
}

// splitPath reads a search_path as Postgres does: names that are separated by commas, in
// lower case unless they are quoted. Postgres has accepted the path, so it is well formed.
func splitPath(path string) []string {
	var schemas []string
	var name strings.Builder
	quoted, inQuotes := false, false
	end := func() {
		schema := name.String()
		if !quoted {
			schema = strings.ToLower(strings.TrimSpace(schema))
		}
		if schema != "" {
			schemas = append(schemas, schema)
		}
		name.Reset()
		quoted = false
	}
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '"' && inQuotes && i+1 < len(path) && path[i+1] == '"':
			name.WriteByte(c)
			i++
		case c == '"':
			if !inQuotes {
				name.Reset() // blanks before the quote
			}
			quoted, inQuotes = true, !inQuotes
		case inQuotes:
			name.WriteByte(c)
		case c == ',':
			end()
		case !quoted:
			name.WriteByte(c)
		}
	}
	end()
	return schemas
}
