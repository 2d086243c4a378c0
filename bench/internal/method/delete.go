package method

import (
	"context"
	"time"
)

// nothing lets as much time go by as the purge that it is compared with took.
func nothing(ctx context.Context, p Purge) (Outcome, error) {
	began := time.Now()
	select {
	case <-time.After(p.Length):
		return Outcome{Began: began, Took: time.Since(began)}, nil
	case <-ctx.Done():
		return Outcome{}, ctx.Err()
	}
}

// deleteOnce is one DELETE of everything that is dead.
func deleteOnce(ctx context.Context, p Purge) (Outcome, error) {
	conn, err := p.connect(ctx)
	if err != nil {
		return Outcome{}, err
	}
	defer func() { _ = conn.Close(ctx) }()

	began := time.Now()
	tag, err := conn.Exec(ctx, `DELETE FROM refresh_tokens WHERE expires_at < now() OR revoked`)
	return Outcome{Began: began, Took: time.Since(began), Deleted: tag.RowsAffected(), Batches: 1}, err
}
