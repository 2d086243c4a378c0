package docs

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A name may end with … for all tests that begin like it.
var (
	namedTest = regexp.MustCompile("`((?:Test|Fuzz)[A-Z][A-Za-z0-9_]*)(…?)`")
	namedFile = regexp.MustCompile("`([\\w/]+\\.(?:go|sql))`")
)

func TestEveryTestThatReliabilityNamesExists(t *testing.T) {
	t.Parallel()
	page := read(t, "reliability.md")
	tests := holders(t)
	var lacking []string
	for _, match := range namedTest.FindAllStringSubmatch(page, -1) {
		name, more := match[1], match[2] != ""
		_, found := tests[name]
		for test := range tests {
			found = found || more && strings.HasPrefix(test, name)
		}
		if !found {
			lacking = append(lacking, match[0])
		}
	}
	var files []string
	require.NoError(t, filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		files = append(files, filepath.ToSlash(path))
		return err
	}))
	for _, match := range namedFile.FindAllStringSubmatch(page, -1) {
		// Many are named without their folder.
		if !slices.ContainsFunc(files, func(path string) bool { return strings.HasSuffix(path, "/"+match[1]) }) {
			lacking = append(lacking, match[0])
		}
	}
	require.Empty(t, lacking)
}

func TestEachFaultHasOneRow(t *testing.T) {
	t.Parallel()
	_, section, found := strings.Cut(read(t, "reliability.md"), "## The faults")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	numbers := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| (\d+) \|`).FindAllStringSubmatch(section, -1) {
		require.NotContains(t, numbers, row[1])
		numbers[row[1]] = true
	}
	require.Greater(t, len(numbers), 100)
}

func TestEachKindOfGroundHasTwoTestsAndWhatWasBroken(t *testing.T) {
	t.Parallel()
	_, section, found := strings.Cut(read(t, "reliability.md"), "## Ground that others made")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	kinds := 0
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if !regexp.MustCompile(`^\| \d+ \|`).MatchString(line) {
			continue
		}
		kinds++
		require.Len(t, cells, 7, line)
		require.GreaterOrEqual(t, len(namedTest.FindAllString(cells[4], -1)), 2, line)
		require.Regexp(t, "`[^`]+`", cells[5], line)
	}
	require.Equal(t, 44, kinds)
}
