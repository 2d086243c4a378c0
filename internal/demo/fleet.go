package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	//nolint:depguard // The demo clears up after itself as tests do.
	"github.com/siltgate/siltgate/internal/testkit/reaper"
)

// stopGrace is how long a replica may take to end its batch and give its run back.
const stopGrace = 10 * time.Second

// fleet is the siltgate processes of the demo. They share a process group with their reaper. They
// inherit no variable, because the user's settings are not meant for the demo.
type fleet struct {
	program  string
	environ  []string
	reaper   *reaper.Reaper // leads the process group of the replicas
	replicas []*replica
}

func newFleet(ctx context.Context, program, databaseURL string) (*fleet, error) {
	g, err := reaper.Start(ctx)
	if err != nil {
		return nil, err
	}
	return &fleet{
		program: program,
		reaper:  g,
		environ: []string{
			"DATABASE_URL=" + databaseURL,
			"REFRESH_TOKEN_CLEANUP_CRON=" + cron,
			"SILTGATE_LOG_FORMAT=json",
			"SILTGATE_MAX_ROWS=" + strconv.Itoa(maxRows),
		},
	}, nil
}

// start starts replicas, and returns when each takes part.
func (f *fleet) start(ctx context.Context, count int) error {
	for number := 1; number <= count; number++ {
		// A replica outlives ctx: it is told to end, and given time.
		r, err := startReplica(number, f.process(context.WithoutCancel(ctx), "run"))
		if err != nil {
			return err
		}
		f.replicas = append(f.replicas, r)
	}
	for _, r := range f.replicas {
		select {
		case <-r.log.started:
		case <-r.Done():
			return r.failure()
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(patience):
			return fmt.Errorf("start %s: not done within %s", r, patience)
		}
	}
	return nil
}

// command runs siltgate to its end.
func (f *fleet) command(ctx context.Context, out io.Writer, args ...string) error {
	cmd := f.process(ctx, args...)
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = out, &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run siltgate %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return nil
}

func (f *fleet) process(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, f.program, args...) //nolint:gosec // G204: the program is this one.
	cmd.Env = f.environ
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: f.reaper.Group()}
	return cmd
}

// named finds a replica by its name in the history.
func (f *fleet) named(name string) *replica {
	for _, r := range f.replicas {
		if name != "" && r.log.name() == name {
			return r
		}
	}
	return nil
}

// failure is the first replica's that has ended without being told to.
func (f *fleet) failure() error {
	for _, r := range f.replicas {
		if err := r.failure(); err != nil {
			return err
		}
	}
	return nil
}

// stop tells the replicas to end, and kills those that do not. It returns what went wrong
// with those that were told now.
func (f *fleet) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	var told []*replica
	for _, r := range f.replicas {
		if !r.Ended() {
			r.end(syscall.SIGTERM)
			told = append(told, r)
		}
	}
	var errs []error
	for _, r := range told {
		select {
		case <-r.Done():
		case <-ctx.Done():
			r.Kill()
		}
		errs = append(errs, r.stopped())
	}
	return errors.Join(errs...)
}
