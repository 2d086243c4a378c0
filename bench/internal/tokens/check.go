package tokens

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// Changes is what the application did to the table meanwhile.
type Changes struct {
	Inserted []pgtype.UUID
	Revoked  []pgtype.UUID

	// Ended is how many of the revoked ones were live until then.
	Ended int64
}

// Verdict is what became of the rows.
type Verdict struct {
	Gone int64 `json:"gone"` // rows really deleted
	Left int64 `json:"left"` // rows that were dead from the beginning and are still there
	Lost int64 `json:"lost"` // live rows deleted: there must be none
}

// Check compares the table with what must be in it. A row that the application
// revoked meanwhile may be gone or there.
func Check(ctx context.Context, conn *pgx.Conn, s Shape, c Changes) (Verdict, error) {
	var v Verdict
	revoked, inserted := notNil(c.Revoked), notNil(c.Inserted)
	var there, live int64
	err := conn.QueryRow(ctx, `
		SELECT
			count(*),
			count(*) FILTER (WHERE expires_at >= now() AND NOT revoked),
			count(*) FILTER (WHERE (expires_at < now() OR revoked) AND NOT (id = ANY($1)))
		FROM refresh_tokens`, revoked).Scan(&there, &live, &v.Left)
	if err != nil {
		return v, fmt.Errorf("count rows: %w", err)
	}
	v.Gone = s.Rows + int64(len(inserted)) - there
	// Looking for each one takes long: only where the sum is not right.
	if live != s.Rows-s.Dead+int64(len(inserted))-c.Ended {
		v.Lost, err = lost(ctx, conn, s, revoked, inserted)
	}
	return v, err
}

// lost looks for every row that must be there.
func lost(ctx context.Context, conn *pgx.Conn, s Shape, revoked, inserted []pgtype.UUID) (int64, error) {
	var rows, inserts int64
	err := conn.QueryRow(ctx, `
		SELECT count(*)
		FROM (SELECT `+sqlID+` AS id FROM generate_series($2::bigint + 1, $3::bigint) AS n) AS live
		WHERE NOT EXISTS (SELECT FROM refresh_tokens AS t WHERE t.id = live.id)
			AND NOT (live.id = ANY($1))`, revoked, s.Dead, s.Rows).Scan(&rows)
	if err != nil {
		return 0, fmt.Errorf("look for lost rows: %w", err)
	}
	err = conn.QueryRow(ctx, `
		SELECT count(*)
		FROM unnest($2::uuid[]) AS live (id)
		WHERE NOT EXISTS (SELECT FROM refresh_tokens AS t WHERE t.id = live.id)
			AND NOT (live.id = ANY($1))`, revoked, inserted).Scan(&inserts)
	if err != nil {
		return 0, fmt.Errorf("look for lost inserts: %w", err)
	}
	return rows + inserts, nil
}

// notNil makes an empty array of what would be NULL.
func notNil(ids []pgtype.UUID) []pgtype.UUID {
	if ids == nil {
		return []pgtype.UUID{}
	}
	return ids
}
