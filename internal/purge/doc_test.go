package purge

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheMapInDocGoNamesEachFileAndNoOther(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	named := map[string]bool{"doc.go": true}
	for word := range strings.FieldsFuncSeq(string(doc), func(r rune) bool { return strings.ContainsRune(" \t\n,;:()", r) }) {
		if strings.HasSuffix(word, ".go") {
			named[word] = true
		}
	}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			require.True(t, named[file], "doc.go does not name %s", file)
			delete(named, file)
		}
	}
	require.Empty(t, named, "doc.go names files that do not exist")
}
