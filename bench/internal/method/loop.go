package method

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// The reasons to be dead. Most loops take them one after the other: both in one
// condition make Postgres collect all dead rows again for every batch.
const (
	expired = "expires_at < now()"
	revoked = "revoked"
	either  = expired + " OR " + revoked
)

// step deletes one batch; 0 rows are the end.
type step func(ctx context.Context, conn *pgx.Conn) (int64, error)

// inLimit deletes what a subquery with a LIMIT finds, again and again, for one
// reason after the other.
func inLimit(limit int, lock string, reasons ...string) func(context.Context, Purge) (Outcome, error) {
	return func(ctx context.Context, p Purge) (Outcome, error) {
		var steps []step
		for _, dead := range reasons {
			sql := fmt.Sprintf(`DELETE FROM refresh_tokens WHERE id IN (SELECT id FROM refresh_tokens WHERE %s LIMIT %d%s)`,
				dead, limit, lock)
			steps = append(steps, func(ctx context.Context, conn *pgx.Conn) (int64, error) {
				tag, err := conn.Exec(ctx, sql)
				return tag.RowsAffected(), err
			})
		}
		return loop(ctx, p, steps)
	}
}

// keyset goes along each index from where the batch before ended.
func keyset(ctx context.Context, p Purge) (Outcome, error) {
	var expiry any = "-infinity"
	byExpiry := func(ctx context.Context, conn *pgx.Conn) (int64, error) {
		var n int64
		var last pgtype.Timestamptz
		err := conn.QueryRow(ctx, `
			WITH batch AS (
				SELECT id, expires_at
				FROM refresh_tokens
				WHERE expires_at >= $1 AND expires_at < now()
				ORDER BY expires_at
				LIMIT 5000
			), gone AS (
				DELETE FROM refresh_tokens AS t USING batch WHERE t.id = batch.id
				RETURNING batch.expires_at
			)
			SELECT count(*), max(expires_at) FROM gone`, expiry).Scan(&n, &last)
		if last.Valid {
			expiry = last
		}
		return n, err
	}

	var key any = pgtype.UUID{Valid: true}
	byKey := func(ctx context.Context, conn *pgx.Conn) (int64, error) {
		var n int64
		var last pgtype.UUID
		err := conn.QueryRow(ctx, `
			WITH batch AS (
				SELECT id
				FROM refresh_tokens
				WHERE revoked AND id >= $1
				ORDER BY id
				LIMIT 5000
			), gone AS (
				DELETE FROM refresh_tokens AS t USING batch WHERE t.id = batch.id
				RETURNING t.id
			)
			SELECT count(*), (SELECT id FROM gone ORDER BY id DESC LIMIT 1) FROM gone`, key).Scan(&n, &last)
		if last.Valid {
			key = last
		}
		return n, err
	}
	return loop(ctx, p, []step{byExpiry, byKey})
}

// loop repeats each step until it finds nothing, each time in a transaction of
// its own, without pauses.
func loop(ctx context.Context, p Purge, steps []step) (Outcome, error) {
	conn, err := p.connect(ctx)
	if err != nil {
		return Outcome{}, err
	}
	defer func() { _ = conn.Close(ctx) }()

	o := Outcome{Began: time.Now()}
	deadline := p.deadline()
	for _, next := range steps {
		for !o.Capped {
			n, err := next(ctx, conn)
			switch {
			case isConflict(err):
				o.Failed++
			case err != nil:
				return o, err
			default:
				o.Batches++
				o.Deleted += n
			}
			if err == nil && n == 0 {
				break
			}
			o.Capped = time.Now().After(deadline)
		}
	}
	o.Took = time.Since(o.Began)
	return o, nil
}

// isConflict is a deadlock: the method was chosen to give way.
func isConflict(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Code == "40P01"
}
