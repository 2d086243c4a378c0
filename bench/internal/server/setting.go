package server

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Setting is one of the server's that matters here.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Settings are the server's that matter here, its version first.
func (s *Server) Settings(ctx context.Context) ([]Setting, error) {
	rows, err := s.admin.Query(ctx, `
		SELECT s.name, current_setting(s.name)
		FROM unnest(ARRAY[
			'server_version', 'shared_buffers', 'fsync', 'synchronous_commit', 'full_page_writes',
			'wal_level', 'wal_compression', 'max_wal_size', 'checkpoint_timeout',
			'autovacuum', 'autovacuum_naptime', 'deadlock_timeout', 'shared_preload_libraries'
		]) WITH ORDINALITY AS wanted (name, place)
		JOIN pg_settings AS s ON s.name = wanted.name -- which has only what the role may see
		ORDER BY wanted.place`)
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	settings, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Setting])
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	return settings, nil
}
