package purge

import (
	"regexp"
	"slices"
	"strings"
)

// deed is a statement of a trigger function on a table, as far as the function's text shows it.
type deed struct {
	privilege string // INSERT, UPDATE or DELETE
	schema    string // empty: found by a search_path
	table     string
	columns   []string // of an INSERT, if it lists them
}

// body is the text of a trigger function, read without a parser of PL/pgSQL.
type body struct {
	deeds []deed

	// straight bodies have no branch, loop, handler or dynamic statement, so that
	// each row that is deleted executes all of their statements.
	straight bool
}

// identifier is the pattern of a name, in quotes or not.
const identifier = `("(?:[^"]|"")+"|[A-Za-z_\x80-\x{10FFFF}][\w$\x80-\x{10FFFF}]*)`

var (
	// Comments and quoted texts, which may look like statements.
	quotedInBody = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'`)

	deedInBody  = regexp.MustCompile(`(?i)\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:ONLY\s+)?` + identifier + `(?:\s*\.\s*` + identifier + `)?(?:\s*\(([^()]*)\))?`)
	branchWords = regexp.MustCompile(`(?i)\b(IF|CASE|LOOP|WHILE|FOR|FOREACH|EXCEPTION|EXECUTE|ON\s+CONFLICT)\b`)
)

// readBody finds what a function's text inserts, updates and deletes.
func readBody(text string) body {
	text = quotedInBody.ReplaceAllStringFunc(text, func(hidden string) string {
		if strings.HasPrefix(hidden, "'") {
			return "''"
		}
		return " "
	})
	b := body{straight: !branchWords.MatchString(text)}
	for _, m := range deedInBody.FindAllStringSubmatch(text, -1) {
		d := deed{privilege: strings.ToUpper(strings.Fields(m[1])[0]), table: unquoted(m[2])}
		if m[3] != "" {
			d.schema, d.table = d.table, unquoted(m[3])
		}
		if d.privilege == "INSERT" && m[4] != "" {
			for column := range strings.SplitSeq(m[4], ",") {
				d.columns = append(d.columns, unquoted(strings.TrimSpace(column)))
			}
		}
		if !slices.ContainsFunc(b.deeds, func(other deed) bool {
			return other.privilege == d.privilege && other.schema == d.schema && other.table == d.table
		}) {
			b.deeds = append(b.deeds, d)
		}
	}
	return b
}

// unquoted is an identifier's name.
func unquoted(identifier string) string {
	if len(identifier) > 1 && identifier[0] == '"' {
		return strings.ReplaceAll(identifier[1:len(identifier)-1], `""`, `"`)
	}
	return strings.ToLower(identifier)
}
