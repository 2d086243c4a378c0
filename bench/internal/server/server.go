// Package server is the Postgres that is measured: a private one, set up for
// the purpose, or one that was given. On it every measurement gets a database
// of its own, a copy of a template.
package server

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// prefix begins the names of all databases that are created here.
const prefix = "siltgate_bench_"

// Options say which server to use.
type Options struct {
	// URL is of a server on which the role may create databases. Empty: a
	// private server is started.
	URL string

	// BinDir and Path say where to look for Postgres's binaries.
	BinDir string
	Path   string

	// Settings of a private server, over those that Private describes.
	Settings map[string]string

	// SlowDisk is how long a flush of the write-ahead log takes at least, on a private server; 0 =
	// as long as it takes.
	SlowDisk time.Duration
}

// Server is a running Postgres.
type Server struct {
	// Counters tells whether statements can be counted and weighed.
	Counters bool

	// Cron tells whether pg_cron is installed.
	Cron bool

	// Notes are what could not be had, for the report.
	Notes []string

	address url.URL
	admin   *pgx.Conn
	private *privateServer
	slow    slowDisk
	log     *log
}

// Open starts the server, or connects to the given one.
func Open(ctx context.Context, opts Options) (*Server, error) {
	s := &Server{log: &log{}}
	if err := s.open(ctx, opts); err != nil {
		return nil, errors.Join(err, s.Close(ctx))
	}
	return s, nil
}

func (s *Server) open(ctx context.Context, opts Options) error {
	address := opts.URL
	if address == "" {
		var err error
		var environ []string
		if opts.SlowDisk > 0 {
			if s.slow, err = buildSlowDisk(ctx); err != nil {
				return err
			}
			environ = s.slow.environ(opts.SlowDisk)
			s.Notes = append(s.Notes, fmt.Sprintf("each flush of the write-ahead log takes %s at least", opts.SlowDisk))
		}
		if s.private, err = startPrivate(ctx, opts, environ, s.log); err != nil {
			return err
		}
		address = s.private.URL("postgres")
	}
	parsed, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(parsed.Scheme, "postgres") {
		return errors.New("read the database URL: want postgres://user:password@host:5432/database")
	}
	s.address = *parsed

	if s.admin, err = s.Connect(ctx, "", "bench"); err != nil {
		return err
	}
	s.Counters = s.extension(ctx, "pg_stat_statements")
	s.Cron = s.extension(ctx, "pg_cron")
	if !s.Counters {
		s.Notes = append(s.Notes, "pg_stat_statements is not installed: WAL per row includes the foreground's")
	}
	return nil
}

// extension makes an extension available, and reports whether it is.
func (s *Server) extension(ctx context.Context, name string) bool {
	if _, err := s.admin.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS "+name); err != nil {
		return false
	}
	if name != "pg_stat_statements" {
		return true
	}
	// Created, it may still lack its library.
	_, err := s.admin.Exec(ctx, "SELECT count(*) FROM pg_stat_statements")
	return err == nil
}

// Close drops what was created; a private server is gone then.
func (s *Server) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	var err error
	if s.admin != nil {
		if s.private == nil {
			err = s.dropAll(ctx)
		}
		err = errors.Join(err, s.admin.Close(ctx))
	}
	if s.private != nil {
		err = errors.Join(err, s.private.Stop(ctx))
	}
	if s.slow.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.slow.dir))
	}
	return err
}

// Private reports whether the server is ours alone.
func (s *Server) Private() bool { return s.private != nil }

// URL is of a database named here; empty means the one that was given.
func (s *Server) URL(database string) string {
	address := s.address
	if database != "" {
		address.Path = "/" + prefix + database
	}
	return address.String()
}

// Connect opens a connection under an application name.
func (s *Server) Connect(ctx context.Context, database, application string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(s.URL(database))
	if err != nil {
		return nil, fmt.Errorf("read the database URL: %w", err)
	}
	config.RuntimeParams["application_name"] = application
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to Postgres: %w", err)
	}
	return conn, nil
}
