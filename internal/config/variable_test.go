package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/golden"
)

const (
	readme  = "../../README.md"
	example = "../../.env.example"
)

func TestReadmeHasTheTableOfVariables(t *testing.T) {
	t.Parallel()
	const begin, end = "<!-- configuration:begin -->\n", "<!-- configuration:end -->"
	content, err := os.ReadFile(readme)
	require.NoError(t, err)
	before, rest, begun := strings.Cut(string(content), begin)
	_, after, ended := strings.Cut(rest, end)
	require.True(t, begun && ended, "README.md needs the lines %s and %s", strings.TrimSpace(begin), end)
	golden.Equal(t, readme, before+begin+markdown()+end+after)
}

func markdown() string {
	var table strings.Builder
	table.WriteString("| variable | default | meaning |\n|---|---|---|\n")
	for _, v := range config.Variables() {
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
		"# Write values without quotes. An empty variable counts as unset.\n")
	for _, v := range config.Variables() {
		name, value := strings.Replace(v.Name, "<n>", "0", 1), v.Default
		if sample, ok := samples[v.Name]; ok {
			value = sample
		}
		fmt.Fprintf(&file, "\n# %s\n", strings.ReplaceAll(v.Meaning, "`", ""))
		if v.Name != "PG*" {
			fmt.Fprintf(&file, "#%s=%s\n", name, value)
		}
	}
	return file.String()
}

func TestEnvExampleCanBeUsedAsItIs(t *testing.T) {
	t.Parallel()
	var environ []string
	for line := range strings.Lines(dotenv()) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "#"); ok && !strings.HasPrefix(name, " ") {
			environ = append(environ, name)
		}
	}
	require.Len(t, environ, len(config.Variables())-1) // no PG*
	c, err := config.Load(environ)
	require.NoError(t, err)
	require.Equal(t, load(t).Tables[:1], c.Tables)
	require.Equal(t, load(t).Schedule, c.Schedule)
}

func TestUsageShowsNameDefaultAndMeaning(t *testing.T) {
	t.Parallel()
	golden.Equal(t, "testdata/usage.golden", config.Usage())
	require.Equal(t, "  DATABASE_URL_FILE   -     file that holds the URL, in place of DATABASE_URL\n"+
		"  SILTGATE_LOG_LEVEL  info  debug, info, warn or error\n", config.Usage("SILTGATE_LOG_LEVEL", "DATABASE_URL_FILE"))
}

func TestAMeaningIsOneCellOfATable(t *testing.T) {
	t.Parallel()
	for _, v := range config.Variables() {
		require.NotEmpty(t, v.Meaning, v.Name)
		require.NotContains(t, v.Meaning+v.Default, "|", v.Name)
		require.NotContains(t, v.Meaning+v.Default, "\n", v.Name)
	}
}
