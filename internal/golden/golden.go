// Package golden compares texts with files that a person has read. To write the files of a package
// anew, and read the difference:
//
//	go test ./internal/cli -update
package golden

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write golden files and generated documents anew")

// Equal fails a test whose text is not the file's. The path begins at the package's folder; the
// file's folder must be there.
func Equal(t testing.TB, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "if this is right, run the package's tests with -update")
}
