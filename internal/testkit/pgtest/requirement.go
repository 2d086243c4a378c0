package pgtest

import (
	"os"
	"path/filepath"
	"testing"
)

// Installed returns the first file that matches one of the patterns. Where there is none the
// test is skipped: README promises that Go is enough to run the tests. CI has everything, and
// there the test fails.
func Installed(t testing.TB, what, remedy string, patterns ...string) string {
	t.Helper()
	for _, pattern := range patterns {
		if matches, _ := filepath.Glob(pattern); len(matches) > 0 { // only a bad pattern fails
			return matches[0]
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed: %s", what, remedy)
	}
	t.Skipf("needs %s, which is not installed: %s", what, remedy)
	return ""
}
