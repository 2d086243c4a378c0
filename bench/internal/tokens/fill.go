package tokens

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Fill creates the table in an empty database, ready to be measured.
func Fill(ctx context.Context, conn *pgx.Conn, s Shape) error {
	order := "n"
	if s.Heap == Scattered {
		order = "hashint8extended(n, 42)"
	}
	steps := []struct {
		sql  string
		args []any
	}{
		{sql: `SET maintenance_work_mem = '256MB'`},
		{sql: `SET work_mem = '256MB'`},
		{sql: `SET synchronous_commit = off`},
		{sql: `
			CREATE TABLE refresh_tokens (
				id         uuid NOT NULL,
				user_id    uuid NOT NULL,
				token_hash text NOT NULL,
				expires_at timestamptz NOT NULL,
				revoked    boolean NOT NULL DEFAULT false,
				created_at timestamptz NOT NULL DEFAULT now()
			)`},
		// Every expiry is a millisecond after the one before; nothing expires
		// while it is measured.
		{sql: `
			INSERT INTO refresh_tokens (id, user_id, token_hash, expires_at, revoked, created_at)
			SELECT
				` + sqlID + `,
				` + sqlUserID + `,
				` + sqlHash + `,
				expires_at,
				n BETWEEN $2::bigint + 1 AND $3::bigint,
				expires_at - interval '30 days'
			FROM (
				SELECT
					n,
					now() + n * interval '1 millisecond' + CASE
						WHEN n <= $2::bigint THEN -interval '1 hour' - $2::bigint * interval '1 millisecond'
						ELSE interval '30 days'
					END AS expires_at
				FROM generate_series(1, $4::bigint) AS n
				ORDER BY ` + order + `
			) AS numbered`, args: []any{s.Users(), s.Expired(), s.Dead, s.Rows}},
		{sql: `ALTER TABLE refresh_tokens ADD PRIMARY KEY (id)`},
		{sql: `CREATE UNIQUE INDEX refresh_tokens_token_hash_key ON refresh_tokens (token_hash)`},
		{sql: `CREATE INDEX refresh_tokens_user_id_idx ON refresh_tokens (user_id)`},
	}
	if s.Indexed {
		for _, sql := range []string{
			`CREATE INDEX refresh_tokens_expires_at_idx ON refresh_tokens (expires_at)`,
			`CREATE INDEX refresh_tokens_revoked_idx ON refresh_tokens (id) WHERE revoked`,
		} {
			steps = append(steps, struct {
				sql  string
				args []any
			}{sql: sql})
		}
	}
	for _, step := range steps {
		if _, err := conn.Exec(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("fill refresh_tokens: %w", err)
		}
	}
	if _, err := conn.Exec(ctx, `VACUUM (ANALYZE) refresh_tokens`); err != nil {
		return fmt.Errorf("vacuum refresh_tokens: %w", err)
	}
	return verify(ctx, conn, s)
}

// verify holds that a row is found by what is known of it here.
func verify(ctx context.Context, conn *pgx.Conn, s Shape) error {
	for _, n := range []int64{1, s.Rows/2 + 1, s.Rows} {
		var dead bool
		err := conn.QueryRow(ctx, `
			SELECT expires_at < now() OR revoked
			FROM refresh_tokens
			WHERE id = $1 AND user_id = $2 AND token_hash = $3`, ID(n), UserID(s.User(n)), Hash(n)).Scan(&dead)
		if err != nil {
			return fmt.Errorf("find row %d of refresh_tokens: %w", n, err)
		}
		if dead != (n <= s.Dead) {
			return fmt.Errorf("row %d of refresh_tokens is dead: %t", n, dead)
		}
	}
	return nil
}
