package purge

import "slices"

// value is a column that is compared with some values, as text. Without values it is a
// boolean that is true.
type value struct {
	column

	values []string

	// loosely: values match that citext calls equal.
	loosely bool
}

// matches is SQL for the rows that have one of the values. It is false, not NULL, where
// the column is NULL, unless that is one of the values.
func (v value) matches(s *statement) string {
	if v.values == nil {
		// COALESCE keeps the planner from an index on the column: see condition.dead.
		return "COALESCE(" + v.sql() + ", false)"
	}
	if slices.Contains(v.values, anyValue) {
		return "(" + v.sql() + " IS NOT NULL)"
	}
	given := slices.DeleteFunc(slices.Clone(v.values), func(value string) bool { return value == nullValue })
	among := "COALESCE(" + v.text() + " OPERATOR(pg_catalog.=) ANY (" + s.arg(given) + "::pg_catalog.text[]), false)"
	if v.loosely {
		among = "(" + among + " OR EXISTS (SELECT FROM pg_catalog.unnest(" + s.arg(given) + "::pg_catalog.text[]) AS given (value) WHERE " +
			"pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(" + v.sql() + "::pg_catalog.text)))"
	}
	if len(given) < len(v.values) {
		return "(" + v.sql() + " IS NULL OR " + among + ")"
	}
	return among
}

// text is the column as text, of which equal values have equal bytes.
func (v value) text() string {
	if v.kind == enumerated {
		// Not a cast: whoever owns the type may have made one of his own.
		return "(pg_catalog.textin(pg_catalog.enum_out(" + v.sql() + "::" + v.typeName + `)) COLLATE pg_catalog."C")`
	}
	if v.kind == decimal {
		// 1.00 of numeric(3,2) equals 1.
		return "(pg_catalog.trim_scale(" + v.sql() + `::pg_catalog.numeric)::pg_catalog.text COLLATE pg_catalog."C")`
	}
	return "(" + v.sql() + `::pg_catalog.text COLLATE pg_catalog."C")`
}
