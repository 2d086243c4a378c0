package docs

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheMapOfAPackageNamesEachOfItsFilesAndNoOther(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"worker/doc.go", "migrations/migrations.go", "internal/purge/doc.go", "internal/cli/cli.go", "internal/config/config.go",
		"internal/doctor/doctor.go", "internal/doctor/suggest/suggest.go", "internal/ui/ui.go", "internal/metrics/metrics.go", "internal/outage/outage.go",
	} {
		file := filepath.Join("..", path)
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
		require.NoError(t, err)
		sources, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*.go"))
		require.NoError(t, err)
		there := map[string]bool{}
		for _, file := range sources {
			if !strings.HasSuffix(file, "_test.go") {
				there[filepath.Base(file)] = true
			}
		}
		named := map[string]bool{"doc.go": true}
		_, list, found := strings.Cut(parsed.Doc.Text(), "# Where to find what")
		require.True(t, found, path)
		list, _, _ = strings.Cut(list, "\n# ")
		for word := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune(" \t\n,;:()", r) }) {
			if strings.HasSuffix(word, ".go") && !strings.HasSuffix(word, "_test.go") {
				named[word] = true
				require.True(t, there[word], "%s names %s, which does not exist", path, word)
			}
		}
		for name := range there {
			require.True(t, named[name], "%s does not name %s", path, name)
		}
	}
}
