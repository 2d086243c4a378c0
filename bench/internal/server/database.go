package server

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Create creates an empty database.
func (s *Server) Create(ctx context.Context, name string) error {
	if err := s.Drop(ctx, name); err != nil {
		return err
	}
	return s.exec(ctx, "CREATE DATABASE "+quoted(name))
}

// Copy creates a database as a copy of another one, file by file, in the same
// state of caches and checkpoints every time.
func (s *Server) Copy(ctx context.Context, name, template string) error {
	if err := s.Drop(ctx, name); err != nil {
		return err
	}
	sql := "CREATE DATABASE " + quoted(name) + " TEMPLATE " + quoted(template)
	if s.version(ctx) >= 150000 {
		sql += " STRATEGY file_copy" // else all of it would go through the WAL
	}
	if err := s.exec(ctx, sql); err != nil {
		return err
	}
	return s.settle(ctx, name)
}

// settle brings a copy into memory and writes out what is left to write.
func (s *Server) settle(ctx context.Context, name string) error {
	conn, err := s.Connect(ctx, name, "bench")
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // it only read
	relations := `
		FROM pg_class
		WHERE oid = 'refresh_tokens'::regclass
			OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'refresh_tokens'::regclass)`
	if _, err := conn.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS pg_prewarm"); err == nil {
		_, err = conn.Exec(ctx, "SELECT sum(pg_prewarm(oid))"+relations)
		if err != nil {
			return fmt.Errorf("prewarm database %s: %w", name, err)
		}
	} else if _, err := conn.Exec(ctx, "SELECT sum(length(token_hash)) FROM refresh_tokens"); err != nil {
		return fmt.Errorf("read database %s: %w", name, err)
	}
	return s.Checkpoint(ctx)
}

// Checkpoint writes out what is left to write. On a given server the role may
// not be allowed to; then it is left to the server.
func (s *Server) Checkpoint(ctx context.Context) error {
	err := s.exec(ctx, "CHECKPOINT")
	if err == nil || s.Private() || ctx.Err() != nil {
		return err
	}
	const note = "this role may not CHECKPOINT: full images of pages are not alike for all methods"
	if !slices.Contains(s.Notes, note) {
		s.Notes = append(s.Notes, note)
	}
	return nil
}

// Checkpoints checkpoints again and again, that often, until the returned function is called; 0 =
// never.
func (s *Server) Checkpoints(ctx context.Context, every time.Duration) (stop func() error) {
	if every == 0 {
		return func() error { return nil }
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		conn, err := s.Connect(ctx, "", "bench")
		if err != nil {
			done <- err
			return
		}
		defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
		for ticker := time.NewTicker(every); err == nil; {
			select {
			case <-ticker.C:
				_, err = conn.Exec(context.WithoutCancel(ctx), "CHECKPOINT")
			case <-ctx.Done():
				done <- nil
				return
			}
		}
		done <- err
	}()
	return func() error {
		cancel()
		return <-done
	}
}

// Drop drops a database, with the sessions in it; it may not exist.
func (s *Server) Drop(ctx context.Context, name string) error {
	return s.exec(ctx, "DROP DATABASE IF EXISTS "+quoted(name)+" WITH (FORCE)")
}

func (s *Server) dropAll(ctx context.Context) error {
	rows, _ := s.admin.Query(ctx, "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", prefix)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("list databases: %w", err)
	}
	for _, name := range names {
		if err := s.Drop(ctx, name[len(prefix):]); err != nil {
			return err
		}
	}
	return nil
}

// Name is what a database created here is called on the server.
func (s *Server) Name(database string) string { return prefix + database }

// Size is how large a database is, in bytes.
func (s *Server) Size(ctx context.Context, name string) (int64, error) {
	var size int64
	if err := s.admin.QueryRow(ctx, "SELECT pg_database_size($1)", prefix+name).Scan(&size); err != nil {
		return 0, fmt.Errorf("measure database %s: %w", name, err)
	}
	return size, nil
}

// WAL is how much WAL was ever written, in bytes.
func (s *Server) WAL(ctx context.Context) (int64, error) {
	var position int64
	err := s.admin.QueryRow(ctx, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint").Scan(&position)
	if err != nil {
		return 0, fmt.Errorf("read the end of the WAL: %w", err)
	}
	return position, nil
}

// Connections counts the sessions in a database.
func (s *Server) Connections(ctx context.Context, name string) (int, error) {
	var n int
	err := s.admin.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE datname = $1", prefix+name).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count connections: %w", err)
	}
	return n, nil
}

func (s *Server) exec(ctx context.Context, sql string) error {
	if _, err := s.admin.Exec(ctx, sql); err != nil {
		return fmt.Errorf("execute %q: %w", sql, err)
	}
	return nil
}

// version is the server's, 150004 for 15.4.
func (s *Server) version(ctx context.Context) int {
	var version int
	if s.admin.QueryRow(ctx, "SELECT current_setting('server_version_num')::integer").Scan(&version) != nil {
		return 0 // the next statement will say why
	}
	return version
}

func quoted(name string) string { return pgx.Identifier{prefix + name}.Sanitize() }
