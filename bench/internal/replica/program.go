// Package replica runs the real program: built from the source beside the
// bench, one replica in a process of its own, its schedule off.
package replica

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

const module = "github.com/siltgate/siltgate"

// Build compiles the program into a directory and returns its path.
func Build(ctx context.Context, dir string) (string, error) {
	source, err := output(exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module))
	if err != nil {
		return "", fmt.Errorf("find the source of siltgate: %w", err)
	}
	program := filepath.Join(dir, "siltgate")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, ".") //nolint:gosec // G204: into a directory of ours.
	build.Dir = source
	if _, err := output(build); err != nil {
		return "", fmt.Errorf("build siltgate: %w", err)
	}
	return program, nil
}

// Migrate brings a database's schema up to date.
func Migrate(ctx context.Context, program, databaseURL string) error {
	cmd := exec.CommandContext(ctx, program, "migrate")
	cmd.Env = []string{"DATABASE_URL=" + databaseURL}
	if _, err := output(cmd); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// output runs a command; what it said goes into the error.
func output(cmd *exec.Cmd) (string, error) {
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, strings.TrimSpace(said.String()))
	}
	return strings.TrimSpace(string(out)), nil
}
