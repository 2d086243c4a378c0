package localpg

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// CreateDatabase creates a database as a copy of template, to which nobody may be connected.
// An empty template means Postgres's own.
func (s *Server) CreateDatabase(ctx context.Context, name, template string) error {
	if template == "" {
		template = "template1"
	}
	err := s.with(ctx, func(conn *pgx.Conn) error {
		sql := "CREATE DATABASE " + quoted(name) + " TEMPLATE " + quoted(template)
		// From 15 on the copy goes through the write-ahead log by default, which takes three times as much work.
		var logs bool
		err := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::integer >= 150000`).Scan(&logs)
		if err != nil {
			return err
		}
		if logs {
			sql += " STRATEGY file_copy"
		}
		_, err = conn.Exec(ctx, sql)
		return err
	})
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// DropDatabase drops a database and ends its sessions. It may be gone already.
func (s *Server) DropDatabase(ctx context.Context, name string) error {
	if err := s.exec(ctx, "DROP DATABASE IF EXISTS "+quoted(name)+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("drop database %s: %w", name, err)
	}
	return nil
}

func (s *Server) exec(ctx context.Context, sql string) error {
	return s.with(ctx, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, sql)
		return err
	})
}

// with connects for the time of a function.
func (s *Server) with(ctx context.Context, do func(conn *pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return do(conn)
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }
