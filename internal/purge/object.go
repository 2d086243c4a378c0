package purge

import "github.com/jackc/pgx/v5"

// Object is a table, a partition, or whatever else has a name in pg_class, with
// what it does to a DELETE.
type Object struct {
	OID    uint32
	Schema string
	Name   string

	// Kind is pg_class.relkind: r is a table, p a partitioned one.
	Kind string

	// AccessMethod stores the rows: heap, unless an extension brings another
	// one. Empty for what stores none.
	AccessMethod string

	// Distributed tables are Citus's: their rows are on other servers.
	Distributed bool

	// RowSecurity is active for the current role: policies hide rows from it.
	RowSecurity bool

	// PolicyMend is the statement that lets the role work on all rows of an ancestor that
	// has RowSecurity.
	PolicyMend string

	// DeleteRules and UpdateRules are the names of rewrite rules that are on.
	DeleteRules, UpdateRules []string

	// StatementTriggers are the names of triggers that run once for a DELETE, and
	// not for each row. They are on.
	StatementTriggers []string
}

// quote is a name for SQL, with those of what it is in before it.
func quote(names ...string) string { return pgx.Identifier(names).Sanitize() }

// Title is the name with its schema, for people.
func (o Object) Title() string { return o.Schema + "." + o.Name }

// SQL is the name with its schema, quoted.
func (o Object) SQL() string { return quote(o.Schema, o.Name) }
