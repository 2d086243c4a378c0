package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestEveryLinkOfThePagesLeadsSomewhere(t *testing.T) {
	t.Parallel()
	followed := 0
	var broken []string
	for _, page := range pages(t) {
		for _, match := range link.FindAllStringSubmatch(code.ReplaceAllString(prose(read(t, page)), ""), -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			followed++
			path, anchor, _ := strings.Cut(match[1], "#")
			target := page
			if path != "" {
				target = filepath.Join(filepath.Dir(page), path)
			}
			if _, err := os.Stat(target); err != nil || anchor != "" && !anchors(read(t, target))[anchor] {
				broken = append(broken, page+": "+match[1])
			}
		}
	}
	require.Empty(t, broken)
	require.Greater(t, followed, 100)
}

func TestEveryPageOfTheFolderIsOnTheFrontPage(t *testing.T) {
	t.Parallel()
	front := read(t, "index.md")
	found, err := filepath.Glob("*.md")
	require.NoError(t, err)
	for _, page := range found {
		if page != "index.md" {
			require.Contains(t, front, "]("+page+")")
		}
	}
}

// A subject that does not fit there has a page of its own.
func TestReadmeHasTwoHundredLinesAtMost(t *testing.T) {
	t.Parallel()
	require.LessOrEqual(t, strings.Count(read(t, "../README.md"), "\n"), 200)
}

func TestEveryAlertIsInTheRunbook(t *testing.T) {
	t.Parallel()
	alerts := regexp.MustCompile(`- alert: (\w+)`).FindAllStringSubmatch(read(t, "../deploy/prometheus/alerts.yaml"), -1)
	require.NotEmpty(t, alerts)
	targets := anchors(read(t, "operations.md"))
	for _, alert := range alerts {
		require.Contains(t, targets, strings.ToLower(alert[1]))
	}
}

func TestAnAnchorIsNamedAsGitHubDoes(t *testing.T) {
	t.Parallel()
	require.Equal(t, map[string]bool{
		"why-not-pg_cron-cron-or-a-loop": true, "the-default-pace-and-its-bound": true, "alert": true,
	}, anchors("# Why not `pg_cron`, `@Cron` or a loop?\n```sh\n# no heading\n```\n## The [default pace](x.md), and its bound\n<a id=\"alert\"></a>\n"))
}
