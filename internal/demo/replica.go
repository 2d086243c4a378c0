package demo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"syscall"

	//nolint:depguard // The demo's processes are started as those of tests are.
	"github.com/siltgate/siltgate/internal/testkit/child"
)

// replica is one `siltgate run`.
type replica struct {
	*child.Process

	number int
	log    replicaLog
	told   bool // to end
}

func startReplica(number int, cmd *exec.Cmd) (*replica, error) {
	r := &replica{number: number, log: replicaLog{started: make(chan struct{})}}
	cmd.Stdout, cmd.Stderr = &r.log, &r.log
	var err error
	if r.Process, err = child.Start(cmd, nil); err != nil {
		return nil, fmt.Errorf("start %s: %w", r, err)
	}
	return r, nil
}

func (r *replica) String() string { return fmt.Sprintf("replica %d", r.number) }

// end tells the process to end, by a signal.
func (r *replica) end(signal syscall.Signal) {
	r.told = true
	_ = r.Signal(signal) // it may have ended
}

// failure is why the process has ended, if nobody told it to.
func (r *replica) failure() error {
	if r.told || !r.Ended() {
		return nil
	}
	return fmt.Errorf("%s ended: %w: %s", r, cmp.Or(r.Err(), errors.New("exit status 0")), r.log.lastLine())
}

// stopped is why the process did not end well when it was told to.
func (r *replica) stopped() error {
	if err := r.Err(); err != nil {
		return fmt.Errorf("%s: %w: %s", r, err, r.log.lastLine())
	}
	return nil
}

// replicaLog reads what the process writes: JSON, and plain words when it fails.
type replicaLog struct {
	started chan struct{} // closed when the replica takes part

	mu   sync.Mutex
	id   string // the replica's name in the history, empty until it has started
	rest []byte
	last string
}

// Write never fails: the replica must not suffer for its log.
func (l *replicaLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, ok := bytes.Cut(l.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		l.rest = rest
		l.read(line)
	}
}

func (l *replicaLog) read(line []byte) {
	l.last = string(line)
	var entry struct {
		Message string `json:"msg"`
		Replica string `json:"replica"`
	}
	if json.Unmarshal(line, &entry) == nil && entry.Message == "replica started" && l.id == "" {
		l.id = entry.Replica
		close(l.started)
	}
}

// name is the replica's in the history.
func (l *replicaLog) name() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.id
}

func (l *replicaLog) lastLine() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == "" {
		return "it said nothing"
	}
	return l.last
}
