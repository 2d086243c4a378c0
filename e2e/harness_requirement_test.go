package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// pgBouncerProgram is the path of PgBouncer, without which a test is skipped.
func pgBouncerProgram(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("pgbouncer"); err == nil {
		return path
	}
	return installed(t, "PgBouncer", "apt-get install pgbouncer", "/usr/sbin/pgbouncer") // not every PATH leads there
}

// faketimeLibrary is the path of libfaketime, without which a test is skipped.
func faketimeLibrary(t testing.TB) string {
	t.Helper()
	return installed(t, "libfaketime", "apt-get install libfaketime",
		"/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib*/faketime/libfaketime.so.1")
}

// installed returns the first file that matches one of the patterns. Where there is none the
// test is skipped: README promises that Go is enough to run the tests. CI has everything, and
// there the test fails.
func installed(t testing.TB, what, remedy string, patterns ...string) string {
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

func TestWhatIsNotInstalledSkipsATestAndFailsItInCI(t *testing.T) {
	for ci, want := range map[string]string{"": "skipped", "false": "skipped", "true": "failed"} {
		t.Setenv("CI", ci)
		probe := &verdict{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			installed(probe, "Something", "apt-get install something", filepath.Join(t.TempDir(), "*"))
		}()
		<-done
		require.Equal(t, want, probe.is, "CI=%s", ci)
	}
	require.Equal(t, "/bin/sh", installed(t, "the shell", "", "/nonexistent", "/bin/sh"))
}

// verdict notes how a test would have ended.
type verdict struct {
	testing.TB
	is string
}

func (v *verdict) Fatalf(string, ...any) { v.is = "failed"; runtime.Goexit() }
func (v *verdict) Skipf(string, ...any)  { v.is = "skipped"; runtime.Goexit() }
