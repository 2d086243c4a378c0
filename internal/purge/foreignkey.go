package purge

import (
	"fmt"
	"strings"
)

// Action is what a foreign key does with the rows that refer to a deleted one.
type Action string

// The actions, as SQL writes them.
const (
	NoAction   Action = "NO ACTION"
	Restrict   Action = "RESTRICT"
	Cascade    Action = "CASCADE"
	SetNull    Action = "SET NULL"
	SetDefault Action = "SET DEFAULT"
)

// Key is a foreign key. If it belongs to a partitioned table, it is the one that was declared, not the copies that
// the partitions inherit.
type Key struct {
	OID    uint32
	Name   string
	Action Action

	// From is the table of the rows that refer, To the one that they refer to.
	From, To uint32

	// Their names: FromSchema and FromName are From's, ToSchema and ToName To's.
	FromSchema, FromName string
	ToSchema, ToName     string

	// FromPartitioned is set if From is a partitioned table.
	FromPartitioned bool

	// Columns of From refer to Referenced of To. Changed are those of Columns that SET NULL or SET DEFAULT
	// sets: all of them, or those that the key lists.
	Columns, Referenced, Changed []string

	// Operators compare the two, as SQL writes them: OPERATOR(pg_catalog.=).
	Operators []string

	// Indexed keys are looked up by an index of From.
	Indexed bool

	// Besides is the rest of its definition in SQL: how it matches, what it does on UPDATE, when it is checked.
	Besides string
}

// FromTitle is From's name with its schema, for people.
func (k Key) FromTitle() string { return k.FromSchema + "." + k.FromName }

// FromSQL is From's name with its schema, quoted.
func (k Key) FromSQL() string { return quote(k.FromSchema, k.FromName) }

// WithoutAction is SQL that declares the key anew with NO ACTION, and otherwise as it is.
func (k Key) WithoutAction() string {
	return fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT %s, ADD CONSTRAINT %[2]s FOREIGN KEY (%s) REFERENCES %s (%s)%s",
		k.FromSQL(), quote(k.Name), quoteAll(k.Columns), quote(k.ToSchema, k.ToName), quoteAll(k.Referenced), k.Besides)
}

// Restricts reports whether a row stays while another one refers to it.
func (k Key) Restricts() bool { return k.Action == NoAction || k.Action == Restrict }

// quoteAll quotes a list of columns for SQL.
func quoteAll(columns []string) string {
	quoted := make([]string, len(columns))
	for i, column := range columns {
		quoted[i] = quote(column)
	}
	return strings.Join(quoted, ", ")
}
