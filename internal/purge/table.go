package purge

import (
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Table is one table to purge, and what makes a row of it dead: it expired, or
// it is done (revoked, used). One of the two columns may be empty, not both.
type Table struct {
	// Schema is empty for a table found through the role's search_path.
	Schema string
	Name   string

	// ExpiresColumn is a timestamptz, or a timestamp written in TimestampZone.
	// Empty: the table has none.
	ExpiresColumn string

	// DoneColumn is a boolean (true = dead) or a timestamp (dead since then).
	// Empty: the table has none.
	DoneColumn string

	// TimestampZone is the IANA zone that wrote a timestamp without zone.
	// Required for such a column.
	TimestampZone string

	// KeepExpired is the grace after expiry.
	KeepExpired time.Duration

	// KeepDone is the grace after a timestamp DoneColumn.
	KeepDone time.Duration

	// KeepDoneUntilExpired leaves done rows until they expire as well.
	KeepDoneUntilExpired bool

	// AllowCascade permits ON DELETE CASCADE into tables not configured here.
	AllowCascade bool

	// Optional tables are passed over, with a log line, while they do not exist.
	Optional bool
}

// String is the table's name as configured: `table` or `schema.table`.
func (t Table) String() string {
	if t.Schema == "" {
		return t.Name
	}
	return t.Schema + "." + t.Name
}

// Is reports whether name means this table: as configured, or with the schema
// public spelled out or left out.
func (t Table) Is(name string) bool {
	return strings.TrimPrefix(t.String(), "public.") == strings.TrimPrefix(name, "public.")
}

// identifier quotes the table's name for SQL.
func (t Table) identifier() string {
	if t.Schema == "" {
		return pgx.Identifier{t.Name}.Sanitize()
	}
	return pgx.Identifier{t.Schema, t.Name}.Sanitize()
}
