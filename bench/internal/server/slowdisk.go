package server

import (
	"context"
	_ "embed" // the library's source
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

//go:embed preload/slowdisk.c
var slowDiskSource []byte

// slowDisk is a library that makes each flush of the write-ahead log take so long, and counts the
// flushes.
type slowDisk struct{ dir, library, counter string }

// buildSlowDisk compiles the library, which needs gcc and Linux.
func buildSlowDisk(ctx context.Context) (d slowDisk, err error) {
	compiler, err := exec.LookPath("gcc")
	if err != nil {
		return d, errors.New("slow disk: gcc is needed, and is not in PATH")
	}
	// The server, which is another user, reads the library and writes the counter.
	if d.dir, err = os.MkdirTemp("", "siltgate-slow-disk-"); err != nil {
		return d, fmt.Errorf("slow disk: %w", err)
	}
	source := filepath.Join(d.dir, "slowdisk.c")
	d.library, d.counter = filepath.Join(d.dir, "slowdisk.so"), filepath.Join(d.dir, "flushes")
	err = errors.Join(
		os.Chmod(d.dir, 0o755), //nolint:gosec // G302: the server looks into it.
		os.WriteFile(source, slowDiskSource, 0o600),
		os.WriteFile(d.counter, make([]byte, 8), 0o600),
		os.Chmod(d.counter, 0o666), //nolint:gosec // G302: the server writes it.
	)
	if err != nil {
		return d, fmt.Errorf("slow disk: %w", err)
	}
	if said, err := exec.CommandContext(ctx, compiler, "-shared", "-fPIC", "-O2", "-o", d.library, source).CombinedOutput(); err != nil { //nolint:gosec // G204: gcc.
		return d, fmt.Errorf("slow disk: compile: %w: %s", err, said)
	}
	return d, os.Chmod(d.library, 0o755) //nolint:gosec // G302: the server reads it.
}

// environ makes a server's processes load the library.
func (d slowDisk) environ(flush time.Duration) []string {
	return []string{
		"LD_PRELOAD=" + d.library,
		fmt.Sprintf("SLOW_DISK_NS=%d", flush.Nanoseconds()),
		"SLOW_DISK_COUNTER=" + d.counter,
	}
}

// Flushes is how often the write-ahead log has been flushed. It is known, and not 0, only on a slow
// disk.
func (s *Server) Flushes() int64 {
	count, err := os.ReadFile(s.slow.counter)
	if err != nil || len(count) != 8 {
		return 0
	}
	return int64(binary.NativeEndian.Uint64(count))
}
