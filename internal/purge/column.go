package purge

// columnKind is what a column of a rule may be.
type columnKind int

const (
	boolean columnKind = iota + 1
	timestampWithZone
	timestampWithoutZone
	date
	integer
	decimal // numeric or floating point
	span    // an interval
	textual
	enumerated
)

// column is a column of a rule as the catalog describes it.
type column struct {
	name     string
	kind     columnKind // 0: of no use to a rule
	typeName string     // for people, and of an enumerated column for SQL
	notNull  bool
	labels   []string // of an enumerated column: all values that there are

	foldsCase bool // it is citext
}

func (c column) sql() string { return "t." + quote(c.name) }

// isNumber reports whether the column counts.
func (c column) isNumber() bool { return c.kind == integer || c.kind == decimal }

// isTime reports whether the column says when, without a unit.
func (c column) isTime() bool {
	return c.kind == timestampWithZone || c.kind == timestampWithoutZone || c.kind == date
}

// kindOf is the kind of a type by its name; 0 for any other.
func kindOf(typeName string) columnKind {
	switch typeName {
	case "boolean":
		return boolean
	case "timestamp with time zone":
		return timestampWithZone
	case "timestamp without time zone":
		return timestampWithoutZone
	case "date":
		return date
	case "smallint", "integer", "bigint":
		return integer
	case "numeric", "real", "double precision":
		return decimal
	case "interval":
		return span
	case "text", "character varying", "character", "uuid", "name", "\"char\"":
		return textual
	default:
		return 0
	}
}
