package localpg

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/testkit/child"
)

const (
	startTimeout = 2 * time.Minute // crash recovery included
	killTimeout  = 30 * time.Second
	portAttempts = 10

	// Below the range from which Linux and macOS take the ports of outgoing connections:
	// a client that dials a server which is down can never occupy that server's port.
	firstPort, lastPort = 20000, 31999
)

var errPortTaken = errors.New("port is taken")

// Mode is a way to shut down.
type Mode int

const (
	// Fast ends all sessions and writes a checkpoint.
	Fast Mode = iota
	// Immediate ends all processes at once; the next start recovers from the log.
	Immediate
)

func (m Mode) signal() syscall.Signal {
	if m == Immediate {
		return syscall.SIGQUIT
	}
	return syscall.SIGINT
}

// Restart shuts the server down and starts it again.
func (s *Server) Restart(ctx context.Context, mode Mode) error {
	if err := s.Shutdown(ctx, mode); err != nil {
		return err
	}
	return s.StartAgain(ctx)
}

// Shutdown ends the server and keeps its data. It returns when all its processes are gone.
// When ctx ends first, the shutdown goes on by itself. A server that is down stays down.
func (s *Server) Shutdown(ctx context.Context, mode Mode) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.end(ctx, mode.signal()); err != nil {
		return fmt.Errorf("shut Postgres down: %w", err)
	}
	return nil
}

// Crash kills the postmaster with SIGKILL and returns when its children, who notice by
// themselves, are gone too: from then on StartAgain works.
func (s *Server) Crash(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.end(ctx, syscall.SIGKILL); err != nil {
		return fmt.Errorf("crash Postgres: %w", err)
	}
	return nil
}

// StartAgain starts a server that is down, on its old port and data, and returns when it
// accepts connections.
func (s *Server) StartAgain(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.stopped:
		return errors.New("start Postgres: it was stopped for good")
	case s.running():
		return fmt.Errorf("start Postgres: it already runs as process %d", s.process.Pid())
	}
	return s.boot(ctx)
}

func (s *Server) bootOnFreePort(ctx context.Context) error {
	var err error
	for range portAttempts {
		if s.port, err = freePort(ctx); err != nil {
			return err
		}
		// Another process may take the port before the server does.
		if err = s.boot(ctx); !errors.Is(err, errPortTaken) {
			return err
		}
	}
	return err
}

func (s *Server) boot(ctx context.Context) error {
	// The server outlives the context of its start.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), filepath.Join(s.bin, "postgres"),
		"-D", s.data(), "-p", strconv.Itoa(s.port))
	p, err := s.spawn(cmd, s.log)
	if err != nil {
		return fmt.Errorf("start Postgres: %w", err)
	}
	s.process = p
	if err := s.awaitReady(ctx, p); err != nil {
		return fmt.Errorf("start Postgres: %w", err)
	}
	return nil
}

func (s *Server) awaitReady(ctx context.Context, p *child.Process) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.Done():
			if strings.Contains(s.Log(), "could not bind") {
				err = errPortTaken
			} else {
				err = p.Err()
			}
			return fmt.Errorf("port %d: it ended: %w; the end of its log:\n%s", s.port, err, s.Log())
		case <-ctx.Done():
			return fmt.Errorf("port %d: %w; last answer: %w", s.port, ctx.Err(), err)
		case <-retry.C:
		}
	}
}

// end signals the postmaster and waits until the last process of the server is gone.
func (s *Server) end(ctx context.Context, signal syscall.Signal) error {
	if !s.running() {
		return nil
	}
	if err := s.process.Signal(signal); err != nil {
		return err
	}
	select {
	case <-s.process.Done():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Server) running() bool { return s.process != nil && !s.process.Ended() }

func freePort(ctx context.Context) (int, error) {
	var (
		config   net.ListenConfig
		listener net.Listener
		err      error
	)
	for range 100 {
		port := firstPort + rand.IntN(lastPort-firstPort+1)
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if listener, err = config.Listen(ctx, "tcp", address); err == nil {
			return port, listener.Close()
		}
	}
	return 0, fmt.Errorf("find a free port: %w", err)
}
