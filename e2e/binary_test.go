package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// built is the program under test, built once for a test binary.
var built struct {
	once sync.Once
	path string
	err  error
}

// binary is the path of the real program.
func binary(t testing.TB) string {
	t.Helper()
	built.once.Do(func() { built.path, built.err = build() })
	require.NoError(t, built.err)
	return built.path
}

// build builds the program, with further flags of go build, and returns its path.
func build(flags ...string) (string, error) {
	dir, err := os.MkdirTemp("", "siltgate-e2e-")
	if err != nil {
		return "", err
	}
	if err := watchdog.removes(dir); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "siltgate")
	args := append([]string{"build", "-o", path}, flags...)
	if raceDetector {
		args = append(args, "-race")
	}
	var output bytes.Buffer
	cmd := exec.Command("go", append(args, "github.com/siltgate/siltgate")...)
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("build the program: %w", err)
	}
	guarded := watchdog.started(cmd.Process.Pid)
	err = errors.Join(cmd.Wait(), guarded, watchdog.ended(cmd.Process.Pid))
	if err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, output.String())
	}
	return path, nil
}
