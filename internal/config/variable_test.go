package config_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/golden"
)

const (
	readme  = "../../README.md"
	page    = "../../docs/configuration.md"
	example = "../../.env.example"
)

func TestConfigurationsPageHasEveryVariable(t *testing.T) {
	t.Parallel()
	equalBetweenMarkers(t, page, markdown(config.Variables()))
}

func TestReadmeHasTheFirstVariables(t *testing.T) {
	t.Parallel()
	first := []string{
		"DATABASE_URL", "REFRESH_TOKEN_CLEANUP_CRON", "SILTGATE_TABLES_<n>_NAME", "SILTGATE_TABLES_<n>_DONE_COLUMN", "SILTGATE_HTTP_ADDR",
	}
	variables := slices.DeleteFunc(config.Variables(), func(v config.Variable) bool { return !slices.Contains(first, v.Name) })
	require.Len(t, variables, len(first))
	equalBetweenMarkers(t, readme, markdown(variables))
}

// equalBetweenMarkers fails a test whose text is not what a page has between its markers.
func equalBetweenMarkers(t *testing.T, path, text string) {
	t.Helper()
	const begin, end = "<!-- configuration:begin -->\n", "<!-- configuration:end -->"
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, begun := strings.Cut(string(content), begin)
	_, after, ended := strings.Cut(rest, end)
	require.True(t, begun && ended, "%s needs the lines %s and %s", path, strings.TrimSpace(begin), end)
	golden.Equal(t, path, before+begin+text+end+after)
}

func markdown(variables []config.Variable) string {
	var table strings.Builder
	table.WriteString("| variable | default | meaning |\n|---|---|---|\n")
	for _, v := range variables {
		value := v.Default
		if value != "" && value != "required" {
			value = "`" + value + "`"
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", v.Name, value, v.Meaning)
	}
	return table.String()
}

func TestEnvExampleHasEveryVariable(t *testing.T) {
	t.Parallel()
	golden.Equal(t, example, dotenv())
}

func dotenv() string {
	samples := map[string]string{
		"DATABASE_URL":                    "postgres://user:password@localhost:5432/auth",
		"SILTGATE_TABLES_<n>_NAME":        "refresh_tokens",
		"SILTGATE_TABLES_<n>_DONE_COLUMN": "revoked",
	}
	var file strings.Builder
	file.WriteString("# Siltgate's variables with their defaults. Copy this to .env and take the # from what you set.\n" +
		"# A shell, Docker Compose and docker run --env-file read the quotes alike. An empty variable counts as unset.\n")
	for _, v := range config.Variables() {
		name, value := strings.Replace(v.Name, "<n>", "0", 1), v.Default
		if sample, ok := samples[v.Name]; ok {
			value = sample
		}
		fmt.Fprintf(&file, "\n# %s\n", strings.ReplaceAll(v.Meaning, "`", ""))
		if value != "" {
			value = "'" + value + "'"
		}
		if v.Name != "PG*" {
			fmt.Fprintf(&file, "#%s=%s\n", name, value)
		}
	}
	return file.String()
}

func TestEnvExampleCanBeUsedAsItIs(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	for line := range strings.Lines(dotenv()) {
		if assignment, ok := strings.CutPrefix(line, "#"); ok && !strings.HasPrefix(assignment, " ") {
			file.WriteString(assignment)
		}
	}
	path := filepath.Join(t.TempDir(), ".env")
	require.NoError(t, os.WriteFile(path, []byte(file.String()), 0o600))
	sourced, err := exec.CommandContext(t.Context(), "env", "-i", "sh", "-c", `set -a; . "$1"; env`, "sh", path).Output()
	require.NoError(t, err)
	for name, environ := range map[string][]string{
		"docker run --env-file": strings.Split(strings.TrimSpace(file.String()), "\n"),
		"a shell":               strings.Split(strings.TrimSpace(string(sourced)), "\n"),
	} {
		require.GreaterOrEqual(t, len(environ), len(config.Variables())-1, name) // no PG*
		c, err := config.Load(environ)
		require.NoError(t, err, name)
		require.Equal(t, load(t).Tables[:1], c.Tables, name)
		require.Equal(t, load(t).Schedule, c.Schedule, name)
		require.Equal(t, "host=localhost port=5432 user=user database=auth sslmode=prefer", c.Database.String(), name)
	}
}

func TestUsageShowsNameDefaultAndMeaning(t *testing.T) {
	t.Parallel()
	golden.Equal(t, "testdata/usage.golden", config.Usage(200))
	require.Equal(t, "  SILTGATE_TIMEZONE   UTC   IANA zone of the cron expression\n"+
		"  SILTGATE_LOG_LEVEL  info  debug, info, warn or error\n", config.Usage(200, "SILTGATE_LOG_LEVEL", "SILTGATE_TIMEZONE"))
}

func TestAMeaningIsOneCellOfATable(t *testing.T) {
	t.Parallel()
	for _, v := range config.Variables() {
		require.NotEmpty(t, v.Meaning, v.Name)
		require.NotContains(t, v.Meaning+v.Default, "|", v.Name)
		require.NotContains(t, v.Meaning+v.Default, "\n", v.Name)
	}
}
