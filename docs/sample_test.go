package docs

import (
	"io/fs"
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
	holders := holders(t)
	var loose []string
	for _, page := range told(t) {
		for _, b := range blocks(page, read(t, page)) {
			switch {
			case b.held != "":
				if reason := holders.looseness(b); reason != "" {
					loose = append(loose, b.String()+": "+reason)
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

// sources have the text of the file that declares a test, example or fuzz test, or of a script, by
// the name by which a page calls it.
type sources map[string]string

// looseness says why a block is not held by what it names; empty if it is. A holder reads the page to
// compare the block with what there is, or has its lines word by word and executes them.
func (s sources) looseness(b block) string {
	source, exists := s[b.held]
	if !exists {
		return "there is no test or script " + b.held
	}
	code := regexp.MustCompile(`(?m)^\s*(//|#).*$`).ReplaceAllString(source, "")
	if regexp.MustCompile(`\b` + regexp.QuoteMeta(filepath.Base(b.page))).MatchString(code) {
		return ""
	}
	for line := range strings.Lines(b.text) {
		line, _, _ = strings.Cut(line, " #")
		if line = strings.TrimSpace(line); !strings.Contains(code, line) {
			return b.held + " neither reads the page nor has " + line
		}
	}
	return ""
}

func holders(t *testing.T) sources {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Example|Fuzz)\w+)\(`)
	found := sources{}
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, ".sh") && path != "../.ci/run" {
			return err
		}
		text := read(t, path)
		if !strings.HasSuffix(path, ".go") {
			found[strings.TrimPrefix(path, "../")] = text
		}
		for _, match := range declared.FindAllStringSubmatch(text, -1) {
			found[match[1]] = text
		}
		return nil
	}))
	require.Greater(t, len(found), 100)
	return found
}

func TestABlockIsHeldByWhatReadsItsPageOrExecutesItsLines(t *testing.T) {
	t.Parallel()
	b := block{page: "runs.md", text: "make soak   # long\n", held: "TestA"}
	for source, reason := range map[string]string{
		`os.ReadFile("../docs/runs.md")`: "",
		"\tmake soak SOAK_KILLS=8":       "",
		"// as runs.md shows":            "TestA neither reads the page nor has make soak",
		`os.ReadFile("page.md")`:         "TestA neither reads the page nor has make soak",
	} {
		require.Equal(t, reason, sources{"TestA": source}.looseness(b), source)
	}
	require.Equal(t, "there is no test or script TestA", sources{}.looseness(b))
}
