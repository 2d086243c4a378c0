package doctor

import (
	"context"
	"fmt"
)

// checkArchiver finds an archiver that fails: deleting writes more WAL for it, so a run waits
// for it, and after SILTGATE_MAX_WAIT goes on without.
func (e *examination) checkArchiver(ctx context.Context) ([]Check, error) {
	var on, failing bool
	var file string
	err := e.conn.QueryRow(ctx, `
		SELECT
			current_setting('archive_mode') <> 'off',
			coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false),
			coalesce(last_failed_wal, '')
		FROM pg_stat_archiver`).Scan(&on, &failing, &file)
	switch {
	case err != nil:
		return nil, err
	case !on:
		return []Check{{Status: OK, Reason: "the write-ahead log is not archived, so no run waits for that"}}, nil
	case failing:
		return []Check{{
			Status: Warn, Remedy: "the server's log says why archive_command fails",
			Reason: fmt.Sprintf("archiving fails, at %s last: a run waits for it, for SILTGATE_MAX_WAIT=%s at most, then it goes on without", file, e.Config.MaxWait),
		}}, nil
	}
	return []Check{{Status: OK, Reason: "the write-ahead log is archived"}}, nil
}
