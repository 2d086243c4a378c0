package purge

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// WALGuard makes deleting wait while the log (WAL) that it writes would do harm: a logical slot is
// about to be lost, or the archiver cannot keep up. It asks the database once a second at most. A nil
// guard holds nothing back.
type WALGuard struct {
	// MaxWait is how long a run waits: then it leaves the archiver out, or fails for a slot. 0: for ever.
	MaxWait time.Duration

	sight[walSignals]
}

// reason says in one sentence why deleting must wait, and is empty if it need not. The error
// ends the run.
func (g *WALGuard) reason(ctx context.Context, s *Session, known *WALWaits, log *slog.Logger) (string, error) {
	if g == nil {
		return "", nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if err := g.look(s, now, func() (walSignals, error) { return s.walSignals(ctx) }); err != nil {
		log.Warn("slots and archiver are not watched: they cannot be read", "error", Explain(err))
	}
	if s.lost() {
		return "", nil // the next statement will say so
	}
	reason, after, err := known.decide(now, g.MaxWait, g.seen)
	if !after.equal(*known) {
		switch {
		case after.ArchiverLeftOut && !known.ArchiverLeftOut:
			log.Warn("no longer waiting for the archiver: it does not catch up", "waited", g.MaxWait, "behind", g.seen.archiver.behind)
		case reason != "":
			log.Warn("waiting, because deleting writes more WAL", "reason", reason)
		default:
			log.Info("slots and archiver are well again: deleting goes on")
		}
	}
	*known = after
	return reason, err
}

// walSignals reads them. It leaves out the slots of standbys, which LagGuard watches.
func (s *Session) walSignals(ctx context.Context) (walSignals, error) {
	var seen walSignals
	slot := slotSignal{}
	st := &statement{}
	st.WriteString(`
		SELECT
			r.slot_name::pg_catalog.text,
			coalesce(r.wal_status, 'reserved'),
			coalesce(r.safe_wal_size, '-1'::pg_catalog.int8),
			greatest(
				pg_catalog.pg_size_bytes(pg_catalog.current_setting('max_slot_wal_keep_size')) OPERATOR(pg_catalog./) ` + fmt.Sprint(littleShare) + `,
				pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size')) OPERATOR(pg_catalog.*) ` + fmt.Sprint(littleSegments) + `)
		FROM pg_catalog.pg_replication_slots AS r
		WHERE r.slot_type OPERATOR(pg_catalog.=) 'logical'`)
	err := s.each(ctx, st, []any{&slot.name, &slot.status, &slot.safe, &slot.little}, func() {
		seen.slots = append(seen.slots, slot)
	})
	if err != nil {
		return walSignals{}, fmt.Errorf("read the replication slots: %w", err)
	}
	// The name of a segment is its timeline and its number, in hexadecimal: 8 digits and 16, of
	// which the last 8 count to 4 GB. Other files that were archived last say nothing.
	st = &statement{}
	st.WriteString(`
		SELECT
			archive.mode OPERATOR(pg_catalog.<>) 'off',
			coalesce(a.last_failed_time OPERATOR(pg_catalog.>) coalesce(a.last_archived_time, '-infinity'), false),
			coalesce(
				pg_catalog.div(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0'), segment.size::pg_catalog.numeric)::pg_catalog.int8
				OPERATOR(pg_catalog.-) (
					('x' OPERATOR(pg_catalog.||) pg_catalog.substr(file.name, 9, 8))::pg_catalog.bit(32)::pg_catalog.int8
						OPERATOR(pg_catalog.*) (4294967296 OPERATOR(pg_catalog./) segment.size)
					OPERATOR(pg_catalog.+) ('x' OPERATOR(pg_catalog.||) pg_catalog.substr(file.name, 17, 8))::pg_catalog.bit(32)::pg_catalog.int8)
				OPERATOR(pg_catalog.-) file.done, 0)
		FROM pg_catalog.pg_stat_archiver AS a
		CROSS JOIN (SELECT pg_catalog.current_setting('archive_mode')) AS archive (mode)
		CROSS JOIN (SELECT pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size'))) AS segment (size)
		LEFT JOIN LATERAL (
			SELECT pg_catalog.substr(named.name, 1, 24), named.done
			FROM (VALUES (a.last_archived_wal, 1), (a.last_failed_wal, 0)) AS named (name, done)
			WHERE named.name OPERATOR(pg_catalog.~) '^[0-9A-F]{24}$'
			ORDER BY named.done DESC
			LIMIT 1
		) AS file (name, done) ON true`)
	a := &seen.archiver
	if err := s.query(ctx, st, &a.on, &a.failing, &a.behind); err != nil {
		return walSignals{}, fmt.Errorf("read how far the archiver is: %w", err)
	}
	return seen, nil
}
