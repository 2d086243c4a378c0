package purge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// sqlToken matches a token of SQL: a comment, a quoted text or name, a word, a number or
// parameter, a cast, an operator, or punctuation.
var sqlToken = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_]*|\$?[0-9][0-9.]*|::|[-+*/<>=~!@#%^&|?]+|[()\[\],;.:]`)

// Words that Postgres reads as syntax although they stand before a parenthesis, and words
// that stand for an operator which Postgres would find by the search_path.
var (
	syntaxBeforeParenthesis = strings.Fields(`ALL AND ANY ARRAY AS BY COALESCE CONFLICT ELSE EXISTS EXPLAIN FILTER FROM
		GREATEST JOIN LATERAL LEAST LIMIT MATERIALIZED NOT ON ONLY OPERATOR OR OVER ROW SELECT THEN UNION VALUES WHEN WHERE`)
	hiddenOperators = strings.Fields(`BETWEEN CAST COLLATE DISTINCT ILIKE IN LIKE NATURAL NULLIF OVERLAPS SIMILAR USING`)
)

// checked has what unqualified found in a statement. The tests send the same statements a
// hundred thousand times, and to take one to pieces costs more than to send it.
var checked sync.Map

// unqualifiedOnce is unqualified, which looks at each statement once for all tests.
func unqualifiedOnce(sql string) []string {
	if found, ok := checked.Load(sql); ok {
		return found.([]string)
	}
	found := unqualified(sql)
	checked.Store(sql, found)
	return found
}

// unqualified lists what a statement does not name with its schema: functions, operators,
// types and relations, and the syntax that hides an operator.
func unqualified(sql string) []string {
	var tokens []string
	for _, token := range sqlToken.FindAllString(sql, -1) {
		if !strings.HasPrefix(token, "--") && !strings.HasPrefix(token, "/*") {
			tokens = append(tokens, token)
		}
	}
	at := func(i int) string {
		if i < 0 || i >= len(tokens) {
			return ""
		}
		return strings.ToUpper(tokens[i])
	}
	isWord := func(token string) bool {
		return token != "" && strings.ContainsAny(token[:1], `"_ABCDEFGHIJKLMNOPQRSTUVWXYZ`)
	}
	isOperator := func(token string) bool { return token != "" && strings.ContainsAny(token[:1], "-+*/<>=~!@#%^&|?") }
	if !slices.Contains([]string{"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "EXPLAIN"}, at(0)) || slices.Contains(tokens, "EXECUTE") {
		return nil // SHOW, RESET and the like look up no name, nor does a statement that was prepared
	}

	var local []string // names of the statement's own subqueries
	for i := range tokens {
		if at(i+1) == "AS" && at(i+2) == "(" {
			local = append(local, at(i))
		}
	}
	var found []string
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	for i, token := range tokens {
		word, qualified := at(i), at(i-1) == "."
		switch {
		case token == "::" && at(i+2) != ".":
			add("type %s", tokens[i+1])
		case token == "*" && (at(i-1) == "(" && at(i+1) == ")" || qualified || slices.Contains([]string{"SELECT", ","}, at(i-1))):
		case isOperator(word) && (!qualified || at(i-3) != "(" || at(i-4) != "OPERATOR"):
			add("operator %s", token)
		case qualified || !isWord(word):
		case word == "COLLATE" && at(i+2) == ".": // a collation with its schema
		case slices.Contains(hiddenOperators, word):
			add("the operator of %s", word)
		case word == "CASE" && at(i+1) != "WHEN":
			add("the operator of CASE")
		case strings.HasPrefix(at(i+1), "'") && token != word:
			add("type %s", token)
		case at(i+1) == "(" && !slices.Contains(syntaxBeforeParenthesis, word) && at(i-1) != "AS":
			add("function %s", token)
		case slices.Contains([]string{"FROM", "JOIN", "INTO"}, at(i-1)) || at(i-1) == "ONLY" && at(i-2) == "FROM":
			if at(i+1) != "." && !slices.Contains(local, word) && !slices.Contains([]string{"ONLY", "LATERAL"}, word) {
				add("relation %s", token)
			}
		}
	}
	return found
}

// requireQualified fails the test for a statement of a session that leaves it to the
// search_path which object it means.
func requireQualified(t testing.TB, sql string) {
	t.Helper()
	require.Empty(t, unqualified(sql), "a session's statement must name these with their schema:\n%s", sql)
}

func TestUnqualifiedNamesAreFound(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string][]string{
		`SELECT a OPERATOR(pg_catalog.=) ANY($1::pg_catalog.text[]) FROM ONLY "s"."t" AS t -- a = b`: nil,
		`SELECT pg_catalog.count(*), t.* FROM pg_catalog.unnest(k) AS key (a, b)`:                    nil,
		`WITH RECURSIVE tree AS (SELECT 1) SELECT coalesce(a, 'x = y') FROM tree`:                    nil,
		`SHOW search_path`:                       nil,
		`SELECT now()`:                           {`function now`},
		`SELECT a = b`:                           {`operator =`},
		`SELECT -1`:                              {`operator -`},
		`SELECT a OPERATOR(+) b`:                 {`operator +`},
		`SELECT a::text`:                         {`type text`},
		`SELECT a::"s"."Sta tus"`:                nil,
		`SELECT "odd"(1)`:                        {`function "odd"`},
		`SELECT interval '1 s'`:                  {`type interval`},
		`SELECT a IN (1, 2)`:                     {`the operator of IN`},
		`SELECT a IS DISTINCT FROM pg_catalog.b`: {`the operator of DISTINCT`},
		`SELECT a BETWEEN 1 AND 2`:               {`the operator of BETWEEN`},
		`SELECT CASE a WHEN 1 THEN 2 END`:        {`the operator of CASE`},
		`SELECT nullif(a, 0)`:                    {`the operator of NULLIF`},
		`SELECT FROM pg_class`:                   {`relation pg_class`},
		`SELECT FROM pg_catalog.a JOIN pg_catalog.b USING (x)`: {`the operator of USING`},
		`DELETE FROM ONLY t`: {`relation t`},
		`EXPLAIN (FORMAT JSON) SELECT FROM ONLY "s"."t" WHERE a~b`: {`operator ~`},
	} {
		require.Equal(t, want, unqualified(sql), sql)
	}
}
