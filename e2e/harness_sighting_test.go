package e2e

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// sighting is the most that was seen at a time.
type sighting struct {
	samples, locks, deleting int
}

// sample reads who has the turn and who deletes. Who has the turn holds an advisory lock as long as
// its session lives.
func (s *sighting) sample(ctx context.Context, conn *pgx.Conn) error {
	var locks int
	var deleting []int32
	var asked time.Time
	err := conn.QueryRow(ctx, `
		SELECT
			(SELECT count(*) FROM pg_locks
			WHERE locktype = 'advisory' AND granted
				AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
			(`+selectDeleting+`),
			clock_timestamp()`).Scan(&locks, &deleting, &asked)
	if err != nil {
		return err
	}
	together := len(deleting)
	if together > 1 {
		// Postgres reads the sessions one after the other: on a busy machine the first may have
		// ended before the second began. Two that delete at a time both begin a further batch.
		if together, err = goOnDeleting(ctx, conn, deleting, asked); err != nil {
			return err
		}
	}
	s.samples++
	s.locks = max(s.locks, locks)
	s.deleting = max(s.deleting, together, min(len(deleting), 1))
	return nil
}

const selectDeleting = `
	SELECT array_agg(pid) FROM pg_stat_activity
	WHERE datname = current_database() AND application_name = 'siltgate'
		AND state = 'active' AND query ~ '^\s*DELETE'`

// goOnDeleting is how many of the sessions begin a further batch within the next half second.
func goOnDeleting(ctx context.Context, conn *pgx.Conn, pids []int32, after time.Time) (int, error) {
	const patience = 500 * time.Millisecond
	seen := map[int32]bool{}
	for until := time.Now().Add(patience); time.Now().Before(until) && len(seen) < len(pids); {
		var again []int32
		err := conn.QueryRow(ctx, selectDeleting+` AND pid = ANY($1) AND query_start > $2`, pids, after).Scan(&again)
		if err != nil {
			return 0, err
		}
		for _, pid := range again {
			seen[pid] = true
		}
	}
	return len(seen), nil
}
