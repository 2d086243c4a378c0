package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pages are the Markdown files that a reader of the project comes by, from this folder.
func pages(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, pattern := range []string{"../*.md", "*.md", "../bench/*.md", "../examples/*.md", "../deploy/*.md", "../deploy/*/*.md"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		paths = append(paths, found...)
	}
	require.Greater(t, len(paths), 10)
	return paths
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

var (
	fence   = regexp.MustCompile("(?ms)^ *```[^`].*?\n *```$")
	code    = regexp.MustCompile("`[^`\n]*`")
	heading = regexp.MustCompile(`(?m)^#+ +(.+?) *$`)
	named   = regexp.MustCompile(`<a (?:id|name)="([^"]+)">`)
)

// prose is a page without its blocks of code, which have no links and no headings.
func prose(text string) string { return fence.ReplaceAllString(text, "") }

// anchors are a page's targets, named as GitHub names headings.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	for _, match := range heading.FindAllStringSubmatch(prose(text), -1) {
		found[slug(match[1])] = true
	}
	for _, match := range named.FindAllStringSubmatch(text, -1) {
		found[match[1]] = true
	}
	return found
}

func slug(title string) string {
	title = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(title, "$1")
	title = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(title), "")
	return strings.ReplaceAll(title, " ", "-")
}
