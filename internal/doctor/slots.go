package doctor

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// checkSlots finds replication slots that nobody reads from: they keep log, of which deleting
// makes more, and some of them rows that were deleted. So does a slot in use whose standby has an old snapshot. (A
// slot of logical decoding keeps rows of the catalog, and none of other tables: it has no xmin.)
func (e *examination) checkSlots(ctx context.Context) ([]Check, error) {
	rows, err := e.conn.Query(ctx, `
		SELECT
			format('SELECT pg_drop_replication_slot(%L)', s.slot_name),
			quote_ident(s.slot_name),
			coalesce(s.wal_status, 'lost'),
			coalesce(age(s.xmin), 0)::int8,
			s.active,
			format('ALTER SYSTEM SET max_slot_wal_keep_size = %L', ceil(2 * pg_wal_lsn_diff(CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn() END, s.restart_lsn) / 1048576.0)::int8 || 'MB'),
			coalesce(pg_size_pretty(pg_wal_lsn_diff(CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn() END, s.restart_lsn)), 'an unknown amount')
		FROM pg_replication_slots AS s
		WHERE NOT s.temporary
			AND (NOT s.active OR s.wal_status IN ('unreserved', 'lost') OR s.xmin IS NOT NULL)
		ORDER BY s.active, s.slot_name
		LIMIT 10`)
	if err != nil {
		return nil, err
	}
	var checks []Check
	var keepers []keeper
	var sql, name, status, keepMore, size string
	var transactions int64 // age of the snapshot that it holds; 0: none
	var active bool
	_, err = pgx.ForEachRow(rows, []any{&sql, &name, &status, &transactions, &active, &keepMore, &size}, func() error {
		if active && transactions > 0 {
			keepers = append(keepers, keeper{what: "replication slot " + name, transactions: transactions})
		}
		if active && status != "unreserved" && status != "lost" {
			return nil
		}
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
		case transactions > 0:
			c.Reason += ", and rows that are deleted stay on disk"
		}
		checks = append(checks, c)
		return nil
	})
	if err != nil {
		return checks, err
	}
	kept, err := e.whoKeeps(ctx, keepers)
	if checks = append(checks, kept...); len(checks) == 0 && err == nil {
		checks = []Check{{Status: OK, Reason: "every replication slot is read from"}}
	}
	return checks, err
}
