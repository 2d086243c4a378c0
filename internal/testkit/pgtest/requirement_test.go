package pgtest

import (
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsNotInstalledSkipsATestAndFailsItInCI(t *testing.T) {
	for ci, want := range map[string]string{"": "skipped", "false": "skipped", "true": "failed"} {
		t.Setenv("CI", ci)
		probe := &verdict{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			Installed(probe, "Something", "apt-get install something", filepath.Join(t.TempDir(), "*"))
		}()
		<-done
		require.Equal(t, want, probe.is, "CI=%s", ci)
	}
	require.Equal(t, "/bin/sh", Installed(t, "the shell", "", "/nonexistent", "/bin/sh"))
}

// verdict notes how a test would have ended.
type verdict struct {
	testing.TB
	is string
}

func (v *verdict) Fatalf(string, ...any) { v.is = "failed"; runtime.Goexit() }
func (v *verdict) Skipf(string, ...any)  { v.is = "skipped"; runtime.Goexit() }
