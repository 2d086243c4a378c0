package schemas

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/golden"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

const (
	document = "../../../docs/tables.md"

	// shownZone is the database's in which the rules are read. None of the recipes names it.
	shownZone = "Asia/Kathmandu"
)

// The recipes in the documentation are written from what the tests of this package run: the
// variables, the statements, and the rule as the engine says it in a run's result.
func TestDocsTablesHasARecipeForEverySchema(t *testing.T) {
	t.Parallel()
	all, err := All()
	require.NoError(t, err)
	slices.SortFunc(all, func(a, b Schema) int { return strings.Compare(strings.ToLower(a.Tool), strings.ToLower(b.Tool)) })
	recipes := make([]string, len(all))
	t.Run("recipe", func(t *testing.T) {
		for i, schema := range all {
			t.Run(schema.Name, func(t *testing.T) {
				t.Parallel()
				recipes[i] = recipe(t, schema)
			})
		}
	})

	var index []string
	for _, schema := range all {
		index = append(index, fmt.Sprintf("[%s](#%s)", schema.Tool, anchor(schema.Tool)))
	}
	const begin, end = "<!-- recipes:begin -->\n", "<!-- recipes:end -->"
	content, err := os.ReadFile(document)
	require.NoError(t, err)
	before, rest, begun := strings.Cut(string(content), begin)
	_, after, ended := strings.Cut(rest, end)
	require.True(t, begun && ended, "%s needs the lines %s and %s", document, begin, end)
	golden.Equal(t, document, before+begin+strings.Join(index, " ·\n")+"\n"+strings.Join(recipes, "")+end+after)
}

func recipe(t *testing.T, schema Schema) string {
	t.Helper()
	require.NotEmpty(t, schema.Tool)
	require.NotEmpty(t, schema.Know)
	var s strings.Builder
	fmt.Fprintf(&s, "\n### %s\n\n%s\n", schema.Tool, schema.About)
	if schema.First != "" {
		fmt.Fprintf(&s, "Once, as the owner of the table:\n\n```sql\n%s```\n\nThen:\n\n", schema.First)
	}
	fmt.Fprintf(&s, "```sh\n%s\n```\n\n", strings.Join(schema.Environ, "\n"))
	s.WriteString("| table | dead rows |\n|---|---|\n")
	for _, rule := range rules(t, schema) {
		s.WriteString(rule)
	}
	s.WriteString("\n")
	for _, know := range schema.Know {
		fmt.Fprintf(&s, "- %s\n", know)
	}
	return s.String()
}

// rules are lines of a table: each table of the schema, and its rule as a run says it.
func rules(t *testing.T, schema Schema) []string {
	t.Helper()
	url := pgtest.Database(t)
	loaded, err := config.Load(append(schema.Environ, "DATABASE_URL="+url))
	require.NoError(t, err)
	setZone(t, url, shownZone)
	execute(t, connected(t, url), schema.SQL)
	connect, err := pgx.ParseConfig(url)
	require.NoError(t, err)
	progress := purged(t, connect, loaded.Tables)
	var lines []string
	for _, table := range progress.Tables {
		require.NotEmpty(t, table.Rule)
		lines = append(lines, fmt.Sprintf("| %#q | %#q |\n", table.Title, timeless(t, table.Rule, progress.Cutoff)))
	}
	return lines
}

var instant = regexp.MustCompile(`(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\dZ| \d\d:\d\d:\d\d)?( \([^)]+\))?`)

// timeless is a rule in words with "now" in place of the cutoff, and how long before.
func timeless(t *testing.T, rule string, cutoff time.Time) string {
	t.Helper()
	return instant.ReplaceAllStringFunc(rule, func(text string) string {
		match := instant.FindStringSubmatch(text)
		zone := strings.Trim(match[3], " ()")
		at, err := time.Parse(time.RFC3339, match[1]+match[2])
		if zone != "" {
			location, unknown := time.LoadLocation(zone)
			require.NoError(t, unknown)
			at, err = time.ParseInLocation(time.DateTime, match[1]+match[2], location)
		}
		require.NoError(t, err, rule)
		clock := match[3]
		if zone == shownZone {
			clock = " (database's zone)"
		}
		if before := cutoff.Truncate(time.Second).Sub(at); before > 0 {
			return "now - " + lasting(before) + clock
		}
		return "now" + clock
	})
}

// lasting is a duration as a variable has it: 30d, 2h.
func lasting(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	text := d.String() // 30m0s, 10h0m0s
	for _, unit := range []string{"m0s", "h0m"} {
		if whole, found := strings.CutSuffix(text, unit); found {
			text = whole + unit[:1]
		}
	}
	return text
}

// anchor is what a page makes of a heading.
func anchor(heading string) string {
	return strings.ReplaceAll(regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

func setZone(t *testing.T, url, zone string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	execute(t, conn, fmt.Sprintf(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %%I SET timezone = %%L', current_database(), '%s'); END $$`, zone))
}
