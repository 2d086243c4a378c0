package e2e

import (
	"testing"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// faketimeLibrary is the path of libfaketime, without which a test is skipped.
func faketimeLibrary(t testing.TB) string {
	t.Helper()
	return pgtest.Installed(t, "libfaketime", "apt-get install libfaketime",
		"/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib*/faketime/libfaketime.so.1")
}
