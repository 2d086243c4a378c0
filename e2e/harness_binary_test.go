package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// binary is the path of the program under test. TestMain builds it.
var binary string

// build builds the program, with further flags of go build, and returns its path. It is in the
// temporary directory of this test binary, and gone with it.
func build(flags ...string) (string, error) {
	dir, err := os.MkdirTemp("", "program-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "siltgate")
	args := append([]string{"build", "-o", path}, flags...)
	if raceDetector {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "github.com/siltgate/siltgate")...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: pgtest.Reaper().Group()}
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, output)
	}
	return path, nil
}
