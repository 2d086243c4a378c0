package doctor

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

func (e *examination) examineServer(ctx context.Context) {
	e.try(ctx, "server", "clock", e.checkClock)
	e.try(ctx, "server", "deadlock_timeout", e.checkDeadlockTimeout)
	e.try(ctx, "server", "snapshots", e.checkTransactions)
	e.try(ctx, "server", "prepared transactions", e.checkPrepared)
	e.try(ctx, "server", "slots", e.checkSlots)
	e.try(ctx, "server", "archiver", e.checkArchiver)
	e.try(ctx, "server", "standbys", e.checkStandbys)
}

// checkClock compares the database's clock with this machine's, which may be that of replicas.
func (e *examination) checkClock(ctx context.Context) ([]Check, error) {
	var theirs time.Time
	before := e.Now()
	if err := e.conn.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&theirs); err != nil {
		return nil, err
	}
	after := e.Now()
	ahead := before.Add(after.Sub(before) / 2).Sub(theirs).Round(time.Millisecond)
	c := Check{Status: OK, Reason: fmt.Sprintf("the clocks of database and this machine are %s apart", ahead.Abs())}
	switch {
	case ahead.Abs() > e.Config.MaxClockSkew:
		c.Status, c.Remedy = Fail, "set the clocks by NTP, on both machines"
		c.Reason += fmt.Sprintf(": a run fails from %s on", e.Config.MaxClockSkew)
	case ahead.Abs() > min(e.Config.MaxClockSkew/2, 10*time.Second):
		c.Status, c.Remedy = Warn, "set the clocks by NTP, on both machines"
	}
	return []Check{c}, nil
}

// checkDeadlockTimeout finds values with which deleting, or the application beside, is slow.
func (e *examination) checkDeadlockTimeout(ctx context.Context) ([]Check, error) {
	var ms int
	err := e.conn.QueryRow(ctx, `SELECT setting::int4 FROM pg_settings WHERE name = 'deadlock_timeout'`).Scan(&ms)
	if err != nil {
		return nil, err
	}
	timeout := time.Duration(ms) * time.Millisecond
	c := Check{Status: OK, Reason: fmt.Sprintf("deadlock_timeout is %s", timeout)}
	switch {
	case timeout < 100*time.Millisecond:
		c.Reason += ": so soon that a run waits for no row, and deletes more slowly"
	case timeout > 10*time.Second:
		c.Reason += ": for so long the application waits in a deadlock of its own, with what a run waits for"
	default:
		return []Check{c}, nil
	}
	c.Status = Warn
	err = e.resetOf(ctx, &c, "deadlock_timeout", "1s")
	return []Check{c}, err
}

// checkTransactions finds sessions whose snapshot is so old that rows which were deleted
// since are still on disk.
func (e *examination) checkTransactions(ctx context.Context) ([]Check, error) {
	rows, err := e.conn.Query(ctx, `
		SELECT
			a.pid,
			coalesce(quote_ident(a.usename), 'unknown'),
			extract(epoch FROM now() - a.xact_start)::float8,
			coalesce(age(a.backend_xmin), 0)
		FROM pg_stat_activity AS a
		WHERE (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
			AND a.pid <> pg_backend_pid()
			AND (a.datname = current_database() OR a.datname IS NULL)
			AND a.backend_type = 'client backend'
			AND now() - a.xact_start > make_interval(secs => $1)
		ORDER BY a.xact_start
		LIMIT 5`, e.OldAfter.Seconds())
	if err != nil {
		return nil, err
	}
	var checks []Check
	var pid int32
	var role string
	var seconds float64
	var transactions int64
	_, err = pgx.ForEachRow(rows, []any{&pid, &role, &seconds, &transactions}, func() error {
		checks = append(checks, Check{
			Status: Warn,
			Reason: fmt.Sprintf("process %d of role %s has had a transaction open for %s: rows that are deleted stay on disk until it ends",
				pid, role, (time.Duration(seconds) * time.Second).Round(time.Second)),
			SQL:    []string{fmt.Sprintf("SELECT pg_terminate_backend(%d)", pid)},
			Unless: "that transaction is still wanted: this ends it",
		})
		return nil
	})
	if err != nil || len(checks) > 0 {
		return checks, err
	}
	var blind bool
	if err := e.conn.QueryRow(ctx, `SELECT NOT pg_has_role('pg_read_all_stats', 'USAGE')`).Scan(&blind); err != nil {
		return nil, err
	}
	reason := fmt.Sprintf("no transaction has been open for more than %s", lasting(e.OldAfter))
	if blind {
		reason += ", of those that this role may see: pg_read_all_stats shows all"
	}
	return []Check{{Status: OK, Reason: reason}}, nil
}

// checkPrepared finds prepared transactions that nobody ended: they hold snapshot and locks,
// also through a restart.
func (e *examination) checkPrepared(ctx context.Context) ([]Check, error) {
	rows, err := e.conn.Query(ctx, `
		SELECT
			format('ROLLBACK PREPARED %L', p.gid),
			quote_ident(p.owner),
			extract(epoch FROM now() - p.prepared)::float8
		FROM pg_prepared_xacts AS p
		WHERE p.database = current_database()
			AND now() - p.prepared > make_interval(secs => $1)
		ORDER BY p.prepared
		LIMIT 5`, e.OldAfter.Seconds())
	if err != nil {
		return nil, err
	}
	var checks []Check
	var sql, owner string
	var seconds float64
	_, err = pgx.ForEachRow(rows, []any{&sql, &owner, &seconds}, func() error {
		checks = append(checks, Check{
			Status: Warn,
			Reason: fmt.Sprintf("a prepared transaction of role %s has waited for its end for %s: rows that are deleted stay on disk until then, and those that it locked are left",
				owner, (time.Duration(seconds) * time.Second).Round(time.Second)),
			SQL:    []string{sql},
			Unless: "its coordinator will still commit it: this takes it back",
		})
		return nil
	})
	if err == nil && len(checks) == 0 {
		checks = []Check{{Status: OK, Reason: "no prepared transaction waits for its end"}}
	}
	return checks, err
}

// checkStandbys finds out whether a run can see how far standbys are behind, and which of them keep rows that were
// deleted.
func (e *examination) checkStandbys(ctx context.Context) ([]Check, error) {
	rows, err := e.conn.Query(ctx, `
		SELECT
			'standby ' || coalesce(quote_ident(nullif(r.application_name, '')), r.pid::text),
			coalesce(age(r.backend_xmin), 0)::int8,
			r.state IS NULL
		FROM pg_stat_replication AS r
		ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	var keepers []keeper
	var k keeper
	var blind bool
	var standbys, hidden int
	_, err = pgx.ForEachRow(rows, []any{&k.what, &k.transactions, &blind}, func() error {
		standbys++
		if blind {
			hidden++
		}
		if k.transactions > 0 {
			keepers = append(keepers, k)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if kept, err := e.whoKeeps(ctx, keepers); err != nil || len(kept) > 0 {
		return kept, err
	}
	switch {
	case standbys == 0:
		return []Check{{Status: OK, Reason: "there is no standby to wait for"}}, nil
	case hidden > 0:
		return []Check{{
			Status: Warn, Reason: "a run does not wait for standbys that fall behind: this role does not see how far they are",
			SQL: []string{"GRANT pg_read_all_stats TO " + e.quotedRole(ctx)},
		}}, nil
	}
	return []Check{{Status: OK, Brief: fmt.Sprint(standbys), Reason: fmt.Sprintf("standbys that a run waits for when they fall behind: %d", standbys)}}, nil
}
