// Package localpg runs a private Postgres server for the demo and the tests.
//
// A server listens on 127.0.0.1 alone, keeps every file in one private directory, asks for
// a random password, and forgets all of it at Stop. It trades durability for speed: fsync
// is off, so a killed server keeps its committed data and a killed machine does not.
//
// The caller owns the server and ends it with Stop. An owner that dies in any other way, by
// kill -9 or a test's timeout, takes the server with it: a reaper process notices, stops the
// server and removes the directory. Ctrl-C reaches neither of them, only the owner.
//
// Postgres 14 or newer is looked for where systems install it, and else downloaded. As root
// the server runs as the user postgres, or nobody. Windows is not supported.
package localpg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"github.com/siltgate/siltgate/internal/testkit/child"
	"github.com/siltgate/siltgate/internal/testkit/reaper"
)

const superuser = "postgres"

// Options says where a server comes from and how it is set up. The zero value serves.
type Options struct {
	// BinDir holds the Postgres binaries to use. Empty: they are looked for, see Find.
	BinDir string
	// Path is a list of directories to look in first, like the variable PATH.
	Path string
	// Port to listen on. Defaults to a free one.
	Port int
	// Settings go to postgresql.conf, over the defaults of this package.
	Settings map[string]string
	// InMemory keeps the cluster in memory where the machine has room for it. To create a database takes
	// a third of the work then.
	InMemory bool
	// Environ adds variables, NAME=value, to the few that the server's processes get.
	Environ []string
	// Log gets a copy of the server's log, one write at a time. May be nil.
	Log io.Writer
}

// Server is a private Postgres server. Its methods are safe for concurrent use.
type Server struct {
	bin      string
	dir      string
	account  *syscall.Credential
	password string
	port     int
	environ  []string
	log      *serverLog
	reaper   *reaper.Reaper

	mu      sync.Mutex
	process *child.Process // the latest; nil before the first start
	stopped bool
}

// Start creates a server and returns when it accepts connections. It outlives ctx.
func Start(ctx context.Context, opts Options) (*Server, error) {
	bin, err := Binaries(ctx, opts)
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, port: opts.Port, environ: opts.Environ, password: rand.Text()}
	if err := s.create(ctx, opts, s.initialize); err != nil {
		return nil, errors.Join(err, s.Stop(ctx))
	}
	return s, nil
}

// create makes the directory, has fill make the cluster in it, and starts the server.
func (s *Server) create(ctx context.Context, opts Options, fill func(context.Context, map[string]string) error) (err error) {
	if s.account, err = serverAccount(); err != nil {
		return err
	}
	if s.dir, err = privateDir(s.account, opts.InMemory); err != nil {
		return err
	}
	if s.reaper, err = reaper.Start(ctx); err != nil {
		return err
	}
	s.reaper.Removes(s.dir)
	if s.log, err = openLog(filepath.Join(s.dir, "postgres.log"), opts.Log); err != nil {
		return err
	}
	if err := fill(ctx, opts.Settings); err != nil {
		return err
	}
	if s.port != 0 {
		return s.boot(ctx)
	}
	return s.bootOnFreePort(ctx)
}

// URL is the superuser's connection string for a database, password included.
func (s *Server) URL(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, s.password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Port is the TCP port on 127.0.0.1. It stays the same when the server starts again.
func (s *Server) Port() int { return s.port }

// Dir is the private directory: the cluster in data, the log in postgres.log.
func (s *Server) Dir() string { return s.dir }

// Log is the end of the server's log, at most 16 KB, also after Stop.
func (s *Server) Log() string { return s.log.end() }

// Pid is the postmaster's process id, 0 while the server is down.
func (s *Server) Pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running() {
		return 0
	}
	return s.process.Pid()
}

// Stop shuts the server down fast and removes its directory. When ctx ends first, the
// server is killed. A second Stop does nothing.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true

	err := s.end(ctx, syscall.SIGINT)
	if err != nil {
		// The last act survives cancellation, but not forever.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), killTimeout)
		defer cancel()
		err = s.end(ctx, syscall.SIGKILL)
	}
	if s.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	if s.log != nil {
		err = errors.Join(err, s.log.close())
	}
	if s.reaper != nil {
		s.reaper.Release()
	}
	if err != nil {
		return fmt.Errorf("stop Postgres: %w", err)
	}
	return nil
}
