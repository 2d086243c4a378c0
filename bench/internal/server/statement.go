package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Foreground marks the application's statements, so that they are not counted
// as anyone else's.
const Foreground = "/* foreground */"

// Own marks statements of the bench for the same reason.
const Own = "/* bench */"

// Statement is what Postgres knows of one statement's executions.
type Statement struct {
	Query   string  `json:"query"`
	Calls   int64   `json:"calls"`
	Rows    int64   `json:"rows,omitempty"`
	TotalMS float64 `json:"total_ms,omitempty"`
	MaxMS   float64 `json:"max_ms,omitempty"`
	WAL     int64   `json:"wal_bytes,omitempty"`
}

// Deletes reports whether the statement purges tokens.
func (s Statement) Deletes() bool {
	return strings.Contains(s.Query, "DELETE FROM") && strings.Contains(s.Query, "refresh_tokens")
}

// OnTokens reports whether the statement is on the table that is measured.
func (s Statement) OnTokens() bool { return strings.Contains(s.Query, "refresh_tokens") }

// Frames reports whether the statement begins or ends a transaction.
func (s Statement) Frames() bool {
	return slices.Contains([]string{"begin", "commit", "rollback"}, strings.ToLower(s.Query))
}

// ResetStatements forgets the counters. Without them it does nothing.
func (s *Server) ResetStatements(ctx context.Context) error {
	if !s.Counters {
		return nil
	}
	return s.exec(ctx, "SELECT pg_stat_statements_reset()")
}

// Statements are those executed in a database since the reset, the most called
// first, without the foreground's and the bench's own.
func (s *Server) Statements(ctx context.Context, database string) ([]Statement, error) {
	if !s.Counters {
		return nil, nil
	}
	rows, err := s.admin.Query(ctx, `
		SELECT
			regexp_replace(s.query, '\s+', ' ', 'g'),
			sum(s.calls)::bigint,
			sum(s.rows)::bigint,
			sum(s.total_exec_time),
			max(s.max_exec_time),
			sum(s.wal_bytes)::bigint
		FROM pg_stat_statements AS s
		JOIN pg_database AS d ON d.oid = s.dbid
		WHERE d.datname = $1
			AND position($2 IN s.query) = 0
			AND position($3 IN s.query) = 0
		GROUP BY 1
		ORDER BY 2 DESC, 1`, prefix+database, Foreground, Own)
	if err != nil {
		return nil, fmt.Errorf("read pg_stat_statements: %w", err)
	}
	statements, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Statement])
	if err != nil {
		return nil, fmt.Errorf("read pg_stat_statements: %w", err)
	}
	return statements, nil
}

// CountStatements begins to count statements in a database in whatever way the
// server has, and returns how to read the count.
func (s *Server) CountStatements(ctx context.Context, database string) (read func(context.Context) ([]Statement, error), how string, err error) {
	if s.Counters {
		read := func(ctx context.Context) ([]Statement, error) { return s.Statements(ctx, database) }
		return read, "pg_stat_statements", s.ResetStatements(ctx)
	}
	if !s.Private() {
		return nil, "", errors.New("count statements: pg_stat_statements is not installed")
	}
	s.log.watch(prefix + database)
	read = func(context.Context) ([]Statement, error) { return s.log.statements(), nil }
	return read, "log_statement", nil
}

// LogStatements makes a database log its sessions' statements, from the next
// session on, where nothing else can count them.
func (s *Server) LogStatements(ctx context.Context, database string) error {
	if s.Counters || !s.Private() {
		return nil
	}
	return s.exec(ctx, "ALTER DATABASE "+quoted(database)+" SET log_statement = 'all'")
}

func byCalls(a, b Statement) int {
	return cmp.Or(cmp.Compare(b.Calls, a.Calls), strings.Compare(a.Query, b.Query))
}

func sorted(counts map[string]int64) []Statement {
	var statements []Statement
	for query, calls := range counts {
		statements = append(statements, Statement{Query: query, Calls: calls})
	}
	slices.SortFunc(statements, byCalls)
	return statements
}
