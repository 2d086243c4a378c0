package purge

// relation is a configured table as the database's catalog describes it.
type relation struct {
	table   Table
	object  Object
	oid     uint32
	name    string            // quoted, with its schema, for SQL
	title   string            // with its schema, for people
	columns map[string]column // of the table's rules, by name
}

// relationKind is pg_class.relkind in words.
func relationKind(kind string) string {
	switch kind {
	case "v":
		return "a view"
	case "m":
		return "a materialized view"
	case "f":
		return "a foreign table"
	case "S":
		return "a sequence"
	case "i", "I":
		return "an index"
	default:
		return "not a table"
	}
}
