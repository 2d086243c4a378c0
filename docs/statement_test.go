package docs

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheStatementsOfTheDocsAreThoseOfTheEngine(t *testing.T) {
	t.Parallel()
	golden := strings.ReplaceAll(read(t, "../internal/purge/testdata/statements.sql"), "COALESCE", "coalesce")
	golden = regexp.MustCompile(`OPERATOR\(pg_catalog\.(\S+)\)`).ReplaceAllString(golden, "$1")
	golden = strings.NewReplacer("pg_catalog.", "", `"public"."t"`, `"public"."refresh_tokens"`).Replace(golden)
	held := 0
	for _, b := range blocks("engine.md", read(t, "engine.md")) {
		if b.held == t.Name() {
			require.Contains(t, golden, strings.TrimRight(b.text, "\n"), "%s", b)
			held++
		}
	}
	require.Positive(t, held)
}
