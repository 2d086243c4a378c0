package doctor

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/migrations"
)

// reader is what a standby does with its primary, as far as the doctor sees it.
type reader struct {
	f    *fixture
	conn *pgconn.PgConn
}

// read starts one that reads from a physical slot, or without one, and never says how far it is.
func (f *fixture) read(slot string) *reader {
	f.t.Helper()
	config, err := pgconn.ParseConfig(f.url)
	require.NoError(f.t, err)
	config.RuntimeParams["replication"], config.RuntimeParams["application_name"] = "true", "reporting"
	r := &reader{f: f}
	r.conn, err = pgconn.ConnectConfig(f.t.Context(), config)
	require.NoError(f.t, err)
	f.t.Cleanup(r.stop)
	var start string
	require.NoError(f.t, f.pool.QueryRow(f.t.Context(), `
		SELECT coalesce((SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = $1), pg_current_wal_flush_lsn())::text`, slot).Scan(&start))
	command := "START_REPLICATION "
	if slot != "" {
		command += `SLOT "` + slot + `" `
	}
	r.conn.Frontend().SendQuery(&pgproto3.Query{String: command + "PHYSICAL " + start})
	require.NoError(f.t, r.conn.Frontend().Flush())
	f.until(`SELECT count(*) = 1 FROM pg_stat_replication WHERE state IN ('streaming', 'catchup')`)
	return r
}

func (r *reader) stop() { _ = r.conn.Conn().Close() }

// needs says from which transaction on the standby needs rows, as hot_standby_feedback does. 0: none.
func (r *reader) needs(xmin uint32) {
	r.f.t.Helper()
	message := []byte{'h'}
	message = binary.BigEndian.AppendUint64(message, 0) // when it was sent
	for _, n := range []uint32{xmin, 0, 0, 0} {         // with its epoch, and the same of the catalog
		message = binary.BigEndian.AppendUint32(message, n)
	}
	r.conn.Frontend().Send(&pgproto3.CopyData{Data: message})
	require.NoError(r.f.t, r.conn.Frontend().Flush())
	r.f.until(`
		SELECT coalesce(max(kept), 0) = $1
		FROM (
			SELECT xmin::text::int8 FROM pg_replication_slots
			UNION ALL SELECT backend_xmin::text::int8 FROM pg_stat_replication
		) AS holder (kept)`, int64(xmin))
}

// until waits for a condition.
func (f *fixture) until(condition string, args ...any) {
	f.t.Helper()
	require.Eventually(f.t, func() bool {
		var met bool
		return f.pool.QueryRow(f.t.Context(), condition, args...).Scan(&met) == nil && met
	}, pgtest.Patience, 50*time.Millisecond)
}

// keep has a standby keep rows for two hours, by what rows of the schema say.
func (f *fixture) keep(slot string) *reader {
	f.t.Helper()
	f.serve(localpg.Options{})
	_, err := migrations.Migrator{Config: f.pool.Config(), Schema: "siltgate"}.Up(f.t.Context())
	require.NoError(f.t, err)
	if slot != "" {
		f.exec(`SELECT pg_create_physical_replication_slot('` + slot + `', true)`)
	}
	r := f.read(slot)
	r.needs(f.transaction())
	f.exec(`UPDATE siltgate.installation SET created_at = now() - interval '2 hours'`)
	return r
}

// transaction is the oldest one that is at work, or else the next.
func (f *fixture) transaction() (xmin uint32) {
	f.t.Helper()
	var n int64
	require.NoError(f.t, f.pool.QueryRow(f.t.Context(), `SELECT pg_snapshot_xmin(pg_current_snapshot())::text::int8`).Scan(&n))
	return uint32(n)
}

// ailmentsOfStandbys are about rows that standbys keep.
func ailmentsOfStandbys() map[string]ailment {
	end := func(f *fixture, found Check) examine {
		require.Contains(f.t, found.Remedy, "on the standby, end the transaction")
		f.reader.needs(0)
		return f.look(f.as(f.url))
	}
	keep := func(slot string) func(f *fixture) examine {
		return func(f *fixture) examine {
			f.reader = f.keep(slot)
			return f.look(f.as(f.url))
		}
	}
	return map[string]ailment{
		"a slot whose standby keeps rows": {check: "slots", status: Warn, words: "replication slot reports keeps rows on disk that were deleted in the last 2h", breaks: keep("reports"), follows: end},
		"a standby that keeps rows":       {check: "standbys", status: Warn, words: "standby reporting keeps rows on disk that were deleted in the last 2h", breaks: keep(""), follows: end},
		"a slot that keeps rows": {check: "slots", status: Warn, words: ", and rows that are deleted stay on disk", breaks: func(f *fixture) examine {
			f.keep("reports").stop()
			return f.look(f.as(f.url))
		}},
	}
}

func TestHowLongASnapshotIsHeldIsToldByWhatWasWrittenSince(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	// now is a transaction of its own, later than all that were seen so far: other tests use the server, too.
	now := func() (xid string) {
		require.NoError(t, f.pool.QueryRow(t.Context(), `SELECT pg_current_xact_id()::xid::text`).Scan(&xid))
		return xid
	}
	hours := func(xid string) int {
		t.Helper()
		conn, err := f.pool.Acquire(t.Context())
		require.NoError(t, err)
		defer conn.Release()
		var age int64
		require.NoError(t, conn.QueryRow(t.Context(), `SELECT age($1::text::xid)`, xid).Scan(&age))
		held, err := (&examination{Doctor: f.doctor, conn: conn.Conn()}).heldFor(t.Context(), age)
		require.NoError(t, err)
		return int(held.Hours() + 0.5)
	}
	f.exec(`UPDATE siltgate.installation SET created_at = now() - interval '9 hours'`)
	before := now()
	require.Zero(t, hours(before), "nothing was written since")
	f.exec(`INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', '{}')`)
	end := `UPDATE siltgate.river_job SET state = 'completed', finalized_at = now() - interval '%d hours' WHERE finalized_at IS NULL`
	f.exec(fmt.Sprintf(end, 5))
	between := now()
	f.exec(`INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', '{}')`)
	f.exec(fmt.Sprintf(end, 2))
	require.Equal(t, 5, hours(before))
	require.Equal(t, 2, hours(between))

	last := now()
	f.exec(`UPDATE siltgate.installation SET created_at = created_at`) // as a restore writes it
	require.Equal(t, 2, hours(last), "it is not older than what was written before it")
}
