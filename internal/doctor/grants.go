package doctor

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// grants writes statements for roles.
type grants struct {
	strings.Builder
	schema string // quoted
}

func (g *grants) comment(format string, args ...any) {
	fmt.Fprintf(g, "-- %s\n", oneLine(fmt.Sprintf(format, args...)))
}

func (g *grants) section(format string, args ...any) {
	g.WriteString("\n")
	g.comment(format, args...)
}

// add adds a statement.
func (g *grants) add(format string, args ...any) { fmt.Fprintf(g, format+";\n", args...) }

// withheld adds a statement that is commented out, because a person has to decide about it.
func (g *grants) withheld(format string, args ...any) {
	fmt.Fprintf(g, "%s;\n", commentedOut(fmt.Sprintf(format, args...)))
}

// commentedOut is a statement as a comment. A name in it may have a line end, which ends a comment: psql and Postgres
// take a carriage return for one too.
func commentedOut(sql string) string {
	return "-- " + strings.NewReplacer("\n", "\n-- ", "\r", "\r-- ").Replace(sql)
}

func (g *grants) create(role, use, database string) {
	g.section("%s %s.", role, use)
	g.unless("SELECT FROM pg_catalog.pg_roles WHERE rolname = "+quoteText(role), "CREATE ROLE "+quote(role)+" LOGIN")
	g.add("GRANT CONNECT ON DATABASE %s TO %s", quote(database), quote(role))
}

// unless adds a statement that is executed only where a query finds nothing.
func (g *grants) unless(query, statement string) {
	body := fmt.Sprintf("BEGIN IF NOT EXISTS (%s) THEN %s; END IF; END", query, statement)
	tag := "$siltgate$"
	for strings.Contains(body, tag) {
		tag = tag[:len(tag)-1] + "_$"
	}
	g.add("DO %s %s %s", tag, body, tag)
}

func (g *grants) use(role string) { g.add("GRANT USAGE ON SCHEMA %s TO %s", g.schema, quote(role)) }

func (g *grants) views(role string, names ...string) {
	for i, name := range names {
		names[i] = g.schema + "." + quote(name)
	}
	g.add("GRANT SELECT ON %s TO %s", strings.Join(names, ", "), quote(role))
}

// quote quotes a name for SQL.
func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// quoteAll quotes names for SQL.
func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return strings.Join(quoted, ", ")
}

// quoteText quotes a text for SQL.
func quoteText(text string) string {
	return "E'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(text) + "'"
}
