package purge

import (
	"slices"
	"strconv"
)

// value is a column that is compared with some values, as text. Without values it is a
// boolean that is true.
type value struct {
	column

	values []string

	// keeps is set if a row with one of the values stays. Then whatever may be one counts as one.
	keeps bool
}

// matches is SQL for the rows that have one of the values. It is false, not NULL, where
// the column is NULL, unless that is one of the values.
func (v value) matches(s *statement) string {
	if v.values == nil {
		// COALESCE keeps the planner from an index on the column: see condition.dead.
		return "COALESCE(" + v.sql() + ", false)"
	}
	// Not IS NULL: a row whose fields are NULL is none itself.
	isNull := "(pg_catalog.num_nulls(" + v.sql() + ") OPERATOR(pg_catalog.=) 1)"
	switch some, none := slices.Contains(v.values, anyValue), slices.Contains(v.values, nullValue); {
	case some && none:
		return "true"
	case some:
		return "(NOT " + isNull + ")"
	}
	given := slices.DeleteFunc(slices.Clone(v.values), func(value string) bool { return value == nullValue })
	var among string
	if v.keeps && v.kind == enumerated { // a label may get another name at any time
		others := slices.DeleteFunc(slices.Clone(v.labels), func(label string) bool { return slices.Contains(given, label) })
		among = "COALESCE(" + v.text() + " OPERATOR(pg_catalog.<>) ALL (" + s.arg(others) + "::pg_catalog.text[]), false)"
	} else {
		among = "COALESCE(" + v.text() + " OPERATOR(pg_catalog.=) ANY (" + s.arg(given) + "::pg_catalog.text[]), false)"
	}
	if v.keeps && v.foldsCase {
		among = "(" + among + " OR EXISTS (SELECT FROM pg_catalog.unnest(" + s.arg(given) + "::pg_catalog.text[]) AS given (value) WHERE " +
			"pg_catalog.lower(given.value) OPERATOR(pg_catalog.=) pg_catalog.lower(" + v.sql() + "::pg_catalog.text)))"
	}
	if len(given) < len(v.values) {
		return "(" + isNull + " OR " + among + ")"
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

// isIndexable reports whether an index on the column serves it: see indexed.
func (v value) isIndexable() bool {
	if slices.Contains(v.values, nullValue) || slices.Contains(v.values, anyValue) {
		return false
	}
	if v.kind == boolean {
		return len(v.values) < 2 // else every row that is not NULL
	}
	if v.kind == integer {
		_, are := v.numbers()
		return are
	}
	// Not an enum: where its owner has made an implicit cast, = could mean another operator, and would run that cast.
	return v.kind == textual && (v.typeName == "text" || v.typeName == "character varying")
}

// isNegated reports whether the column is a boolean that is to be false.
func (v value) isNegated() bool { return v.kind == boolean && slices.Contains(v.values, "false") }

// indexed is SQL that an index on the column serves, for the rows that match, and perhaps others.
func (v value) indexed(s *statement) string {
	switch {
	case v.isNegated():
		return "NOT " + v.sql()
	case v.kind == boolean:
		return v.sql()
	case v.kind == integer:
		numbers, _ := v.numbers()
		return v.sql() + " OPERATOR(pg_catalog.=) ANY (" + s.arg(numbers) + "::pg_catalog.int8[])"
	}
	return v.sql() + " OPERATOR(pg_catalog.=) ANY (" + s.arg(v.values) + "::pg_catalog.text[])"
}

// numbers are the values of an integer column, if they are such that a bigint can hold them.
func (v value) numbers() (numbers []int64, are bool) {
	for _, given := range v.values {
		n, err := strconv.ParseInt(given, 10, 64)
		if err != nil {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	return numbers, true
}
