package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
)

// told are the pages whose blocks are executed, or held by another test.
func told(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("*.md")
	require.NoError(t, err)
	return append(found, "../README.md")
}

func TestEveryBlockOfAPageDoesWhatItShows(t *testing.T) {
	t.Parallel()
	for _, page := range told(t) {
		var executed []block
		for _, b := range blocks(page, read(t, page)) {
			if b.held == "" && isExecuted(b.kind) {
				executed = append(executed, b)
			}
		}
		if len(executed) == 0 {
			continue
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			s := begin(t)
			for _, b := range executed {
				s.tell(t, b)
			}
		})
	}
}

func isExecuted(kind string) bool {
	return kind == "sh" || kind == "run" || kind == "console" || kind == "sql"
}

func TestEveryOtherBlockOfAPageIsHeldByATestOrScript(t *testing.T) {
	t.Parallel()
	tests := testNames(t)
	var loose []string
	for _, page := range told(t) {
		for _, b := range blocks(page, read(t, page)) {
			switch {
			case b.held != "":
				if _, err := os.Stat("../" + b.held); err != nil && !tests[b.held] {
					loose = append(loose, b.String()+": there is no test or script "+b.held)
				}
			case b.kind == "env":
				_, err := config.Load(append(strings.Split(strings.TrimSpace(b.text), "\n"), "DATABASE_URL=postgres://localhost/auth"))
				require.NoError(t, err, "%s", b)
			case b.kind != "text" && b.kind != "mermaid" && !isExecuted(b.kind): // those are pictures
				loose = append(loose, b.String()+": nothing holds a block of "+b.kind)
			}
		}
	}
	require.Empty(t, loose)
}

// testNames are the tests, examples and fuzz tests of the project.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Example|Fuzz)\w+)\(`)
	names := map[string]bool{}
	require.NoError(t, filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		for _, match := range declared.FindAllStringSubmatch(read(t, path), -1) {
			names[match[1]] = true
		}
		return nil
	}))
	require.Greater(t, len(names), 100)
	return names
}
