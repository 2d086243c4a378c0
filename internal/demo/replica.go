package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"sync"
	"syscall"
)

// replica is one `siltgate run`.
type replica struct {
	number int
	cmd    *exec.Cmd
	log    replicaLog
	done   chan struct{} // closed when the process has ended
	told   bool          // to end
}

func newReplica(number int, cmd *exec.Cmd) *replica {
	r := &replica{number: number, cmd: cmd, done: make(chan struct{}), log: replicaLog{started: make(chan struct{})}}
	cmd.Stdout, cmd.Stderr = &r.log, &r.log
	return r
}

// start starts the process and watches over it until its end.
func (r *replica) start() error {
	if err := r.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", r, err)
	}
	go func() {
		defer close(r.done)
		_ = r.cmd.Wait() // ProcessState says it too
	}()
	return nil
}

func (r *replica) String() string { return fmt.Sprintf("replica %d", r.number) }

func (r *replica) pid() int { return r.cmd.Process.Pid }

// end tells the process to end, by a signal.
func (r *replica) end(signal syscall.Signal) {
	r.told = true
	_ = r.cmd.Process.Signal(signal) // it may have ended
}

func (r *replica) ended() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// failure is why the process has ended, if nobody told it to.
func (r *replica) failure() error {
	if r.told || !r.ended() {
		return nil
	}
	return fmt.Errorf("%s ended: %s: %s", r, r.cmd.ProcessState, r.log.lastLine())
}

// stopped is why the process did not end well when it was told to.
func (r *replica) stopped() error {
	if !r.cmd.ProcessState.Success() {
		return fmt.Errorf("%s: %s: %s", r, r.cmd.ProcessState, r.log.lastLine())
	}
	return nil
}

// replicaLog is what the process writes: JSON, and in plain words what it fails of.
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
