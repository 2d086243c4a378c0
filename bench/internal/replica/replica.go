package replica

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	//nolint:depguard // The measured replica is started as tests start theirs.
	"github.com/siltgate/siltgate/internal/testkit/child"
	//nolint:depguard // The same.
	"github.com/siltgate/siltgate/internal/testkit/reaper"
)

// Replica is one process of the program.
type Replica struct {
	child  *child.Process
	reaper *reaper.Reaper // ends it if the bench is killed
	log    *transcript
}

// Start starts a replica and returns when it takes runs. Settings are further
// variables of its environment, as NAME=value.
func Start(ctx context.Context, program, databaseURL string, settings ...string) (*Replica, error) {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), program, "run")
	r := &Replica{log: &transcript{started: make(chan struct{})}}
	cmd.Env = append([]string{
		"DATABASE_URL=" + databaseURL,
		"REFRESH_TOKEN_CLEANUP_CRON=off",
		"SILTGATE_LOG_FORMAT=json",
	}, settings...)
	cmd.Stdout, cmd.Stderr = r.log, r.log
	var err error
	if r.reaper, err = reaper.Start(ctx); err != nil {
		return nil, err
	}
	if r.child, err = child.Start(cmd, r.reaper); err != nil {
		r.reaper.Release()
		return nil, fmt.Errorf("start a replica: %w", err)
	}

	select {
	case <-r.log.started:
		return r, nil
	case <-r.child.Done():
		r.reaper.Release()
		return nil, fmt.Errorf("start a replica: it ended: %w: %s", r.child.Err(), r.log.text())
	case <-time.After(30 * time.Second):
		return nil, errors.Join(errors.New("start a replica: it is not ready after 30 s: "+r.log.text()), r.Stop())
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), r.Stop())
	}
}

// Stop ends the replica with SIGTERM, and by force if that takes too long.
func (r *Replica) Stop() error {
	defer r.reaper.Release()
	if err := r.child.Stop(30 * time.Second); err != nil {
		return fmt.Errorf("stop the replica: %w: %s", err, r.log.text())
	}
	return nil
}

// PeakMemory is the most resident memory the process ever had, in bytes; 0
// where the system does not tell.
func (r *Replica) PeakMemory() int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.child.Pid()))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, _ := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return kilobytes << 10
		}
	}
	return 0
}

// CPU is the processor time that the process has used; 0 where the system does
// not tell.
func (r *Replica) CPU() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.child.Pid()))
	if err != nil {
		return 0
	}
	// The name, in parentheses, may hold blanks; the times stand 12 fields behind.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	const tick = time.Second / 100 // fixed for programs, whatever the kernel's
	return time.Duration(user+system) * tick
}

// transcript keeps what the replica says, and waits for it to have started.
type transcript struct {
	mu      sync.Mutex
	buffer  bytes.Buffer
	once    sync.Once
	started chan struct{}
}

func (o *transcript) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buffer.Write(p)
	if bytes.Contains(o.buffer.Bytes(), []byte(`"replica started"`)) {
		o.once.Do(func() { close(o.started) })
	}
	return len(p), nil
}

func (o *transcript) text() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.String()
}
