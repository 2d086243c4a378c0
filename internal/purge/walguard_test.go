package purge

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestAGuardWaitsForSlotsAndTheArchiverAndHasAnEnd(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	slot := func(status string, safe, little int64) []slotSignal {
		return []slotSignal{{name: "cdc", status: status, safe: safe, little: little}}
	}
	slotSince := func(d time.Duration) WALWaits { return WALWaits{Slots: map[string]time.Time{"cdc": ago(d)}} }
	const mb = 1 << 20
	for name, c := range map[string]struct {
		known  WALWaits
		seen   walSignals
		reason string
		after  WALWaits
		err    string
	}{
		"nobody needs the log":       {},
		"a slot that is fine":        {seen: walSignals{slots: slot("reserved", 5000*mb, 1000*mb)}},
		"a slot without a limit":     {seen: walSignals{slots: slot("extended", -1, 32*mb)}},
		"a slot that is lost":        {seen: walSignals{slots: slot("lost", -1, 32*mb)}},
		"a slot with little left":    {seen: walSignals{slots: slot("extended", 900*mb, 1000*mb)}, reason: `slot "cdc" has 900 MB of WAL left`, after: slotSince(0)},
		"a slot about to be lost":    {seen: walSignals{slots: slot("unreserved", -1, 32*mb)}, reason: `slot "cdc" is about to lose WAL that its reader needs`, after: slotSince(0)},
		"a slot that is waited for":  {known: slotSince(9 * time.Minute), seen: walSignals{slots: slot("unreserved", 0, 32*mb)}, reason: `slot "cdc" is about`, after: slotSince(9 * time.Minute)},
		"a slot that has caught up":  {known: slotSince(9 * time.Minute), seen: walSignals{slots: slot("reserved", 5000*mb, 1000*mb)}},
		"a slot that does not":       {known: slotSince(10 * time.Minute), seen: walSignals{slots: slot("unreserved", 0, 32*mb)}, reason: `slot "cdc"`, after: slotSince(10 * time.Minute), err: `slot "cdc" is about to lose WAL that its reader needs, and deleting writes more WAL: waited for 10m0s (SILTGATE_MAX_WAIT); let its reader catch up, or drop the slot`},
		"an archiver that is off":    {seen: walSignals{archiver: archiverSignal{behind: 1000, failing: true}}},
		"an archiver that keeps up":  {seen: walSignals{archiver: archiverSignal{on: true, behind: 64}}},
		"an archiver that failed":    {seen: walSignals{archiver: archiverSignal{on: true, failing: true, behind: 1}}},
		"an archiver that is behind": {seen: walSignals{archiver: archiverSignal{on: true, behind: 65}}, reason: "archiving is 65 segments behind", after: WALWaits{Archiver: now}},
		"an archiver that fails":     {seen: walSignals{archiver: archiverSignal{on: true, failing: true, behind: 2}}, reason: "archiving fails and is 2 segments behind", after: WALWaits{Archiver: now}},
		"an archiver left out now":   {known: WALWaits{Archiver: ago(10 * time.Minute)}, seen: walSignals{archiver: archiverSignal{on: true, behind: 65}}, after: WALWaits{ArchiverLeftOut: true}},
		"an archiver left out":       {known: WALWaits{ArchiverLeftOut: true}, seen: walSignals{archiver: archiverSignal{on: true, behind: 65}}, after: WALWaits{ArchiverLeftOut: true}},
		"an archiver that recovered": {known: WALWaits{ArchiverLeftOut: true}, seen: walSignals{archiver: archiverSignal{on: true}}},
	} {
		reason, after, err := c.known.decide(now, 10*time.Minute, c.seen)
		if c.reason == "" {
			require.Empty(t, reason, name)
		} else {
			require.Contains(t, reason, c.reason, name)
		}
		if c.err == "" {
			require.NoError(t, err, name)
		} else {
			require.EqualError(t, err, c.err, name)
		}
		if c.after.Slots == nil {
			c.after.Slots = map[string]time.Time{}
		}
		require.Equal(t, c.after, after, name)
	}
}

// fillSegments writes log, a segment for each.
func fillSegments(t *testing.T, conn *pgx.Conn, segments int) {
	t.Helper()
	for range segments {
		_, err := conn.Exec(t.Context(), `SELECT pg_logical_emit_message(false, 'filler', 'x'); SELECT pg_switch_wal()`)
		require.NoError(t, err)
	}
}

func TestFault101ARunWaitsForASlotThatIsAboutToBeLostAndFailsWithTheReason(t *testing.T) {
	t.Parallel()
	server := pgtest.NewServer(t, localpg.Options{Settings: map[string]string{
		"wal_level": "logical", "max_slot_wal_keep_size": "64MB", "max_wal_size": "64MB", "min_wal_size": "32MB",
	}})
	conn, session, e := serverEngine(t, server, 5000)
	e.WAL = &WALGuard{MaxWait: 3 * time.Second}
	_, err := conn.Exec(t.Context(), `SELECT pg_create_logical_replication_slot('cdc', 'test_decoding')`)
	require.NoError(t, err)
	seen, err := session.walSignals(t.Context())
	require.NoError(t, err)
	require.Len(t, seen.slots, 1)
	require.Empty(t, seen.slots[0].endangered())

	require.Eventually(t, func() bool {
		fillSegments(t, conn, 1)
		seen, err = session.walSignals(t.Context())
		require.NoError(t, err)
		return seen.slots[0].endangered() != ""
	}, time.Minute, time.Millisecond, "the slot comes near its end")
	require.NotEqual(t, "lost", seen.slots[0].status)

	waited := map[string]bool{}
	run := func(from Progress) (Progress, error) {
		return e.Run(t.Context(), Request{Tables: []Table{tokens}, Report: func(p *Progress) { waited[p.WaitingFor] = true }}, from)
	}
	p, err := run(Progress{})
	require.ErrorContains(t, err, `slot "cdc"`)
	require.ErrorContains(t, err, "SILTGATE_MAX_WAIT")
	require.Zero(t, p.Deleted())
	require.GreaterOrEqual(t, p.Waited, 2*time.Second)
	require.Greater(t, len(waited), 1, "it says what it waits for")
	var slots int
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_replication_slots`).Scan(&slots))
	require.Equal(t, 1, slots, "the slot is never dropped")

	// Its reader catches up: the next attempt goes on. It reads more than once, because a slot
	// only lets go of log before a checkpoint that its reader has seen.
	p.Retry()
	require.Eventually(t, func() bool {
		_, err := conn.Exec(t.Context(), `SELECT count(*) FROM pg_logical_slot_get_changes('cdc', NULL, NULL)`)
		require.NoError(t, err)
		_, err = conn.Exec(t.Context(), `CHECKPOINT`)
		require.NoError(t, err)
		p, err = run(p)
		return err == nil
	}, time.Minute, 100*time.Millisecond)
	require.EqualValues(t, 5000, p.Deleted())
}

func TestFault102ARunWaitsForAnArchiverThatFailsAndThenLeavesItOut(t *testing.T) {
	t.Parallel()
	server := pgtest.NewServer(t, localpg.Options{Settings: map[string]string{"archive_mode": "on", "archive_command": "false", "wal_level": "replica"}})
	conn, session, e := serverEngine(t, server, 5000)
	e.WAL = &WALGuard{MaxWait: 3 * time.Second}
	require.Eventually(t, func() bool {
		fillSegments(t, conn, 1)
		seen, err := session.walSignals(t.Context())
		require.NoError(t, err)
		return seen.archiver.late() != ""
	}, time.Minute, 100*time.Millisecond, "archiving is seen to fail")

	waited := map[string]bool{}
	p, err := e.Run(t.Context(), Request{Tables: []Table{tokens}, Report: func(p *Progress) { waited[p.WaitingFor] = true }}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 5000, p.Deleted())
	require.True(t, p.WAL.ArchiverLeftOut)
	require.GreaterOrEqual(t, p.Waited, 2*time.Second)
	require.Greater(t, len(waited), 1, "it says what it waits for")

	_, err = conn.Exec(t.Context(), `ALTER SYSTEM SET archive_command = 'true'`)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `SELECT pg_reload_conf()`)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		seen, err := session.walSignals(t.Context())
		require.NoError(t, err)
		return seen.archiver.on && !seen.archiver.failing && seen.archiver.behind == 0
	}, 2*time.Minute, 100*time.Millisecond, "everything is archived")
}
