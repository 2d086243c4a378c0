package doctor

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// lookAtSlots finds replication slots that nobody reads from: they keep log, of which deleting
// makes more, and some of them rows that were deleted.
func (e *examination) lookAtSlots(ctx context.Context) ([]Check, error) {
	rows, err := e.conn.Query(ctx, `
		SELECT
			format('SELECT pg_drop_replication_slot(%L)', s.slot_name),
			quote_ident(s.slot_name),
			coalesce(s.wal_status, 'lost'),
			coalesce(s.xmin, s.catalog_xmin) IS NOT NULL,
			s.active,
			format('ALTER SYSTEM SET max_slot_wal_keep_size = %L', ceil(2 * pg_wal_lsn_diff(CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn() END, s.restart_lsn) / 1048576.0)::int8 || 'MB'),
			coalesce(pg_size_pretty(pg_wal_lsn_diff(CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn() END, s.restart_lsn)), 'an unknown amount')
		FROM pg_replication_slots AS s
		WHERE NOT s.temporary
			AND (NOT s.active OR s.wal_status IN ('unreserved', 'lost'))
		ORDER BY s.slot_name
		LIMIT 10`)
	if err != nil {
		return nil, err
	}
	var checks []Check
	var sql, name, status, keepMore, size string
	var holds, active bool
	_, err = pgx.ForEachRow(rows, []any{&sql, &name, &status, &holds, &active, &keepMore, &size}, func() error {
		c := Check{
			Status: Warn, SQL: []string{sql}, Unless: "its subscriber or standby comes back: it would have to be set up anew",
			Reason: fmt.Sprintf("nobody reads from replication slot %s, which keeps %s of WAL; deleting writes more", name, size),
		}
		switch {
		case status == "lost":
			c.Reason = fmt.Sprintf("replication slot %s has lost WAL that its reader needs, and is of no use any more", name)
		case active:
			c.Reason = fmt.Sprintf("replication slot %s is about to lose WAL that its reader needs: %s behind", name, size)
			c.SQL, c.Remedy = []string{keepMore, "SELECT pg_reload_conf()"}, "find out why its reader is so slow; until then keep more for it"
			c.Unless = "the disk has no room for so much WAL"
		case holds:
			c.Reason += ", and rows that are deleted stay on disk"
		}
		checks = append(checks, c)
		return nil
	})
	if err == nil && len(checks) == 0 {
		checks = []Check{{Status: OK, Reason: "every replication slot is read from"}}
	}
	return checks, err
}
