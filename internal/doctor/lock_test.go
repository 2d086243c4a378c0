package doctor

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// examineWithin is how long the doctor may take while somebody holds locks on everything: it gives up each of its
// statements, and goes on with the next.
const examineWithin = time.Minute

func TestTheDoctorEndsAndSaysSoWhileSomebodyHoldsEveryLock(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.hold("ACCESS EXCLUSIVE", f.tables())
	began := time.Now()
	r := f.doctor.Examine(t.Context())
	require.Less(t, time.Since(began), examineWithin, r)
	f.is(r, "public.refresh_tokens", Warn, "not in the forecast, because somebody holds a lock on it")
	f.is(r, "public.password_resets", Warn, "not in the forecast, because somebody holds a lock on it")
	for _, name := range []string{"replicas", "leader", "pause", "last run", "changed rules"} {
		f.is(r, name, Warn, "it could not be looked at: ")
		f.is(r, name, Warn, "another session holds a lock")
	}
	f.is(r, "retention", OK, "")
}

// EXCLUSIVE lets nobody through but those who only read, so whoever wants a heavier lock than ACCESS SHARE
// waits, and complains.
func TestTheDoctorTakesNoLockThatAnyoneWaitsForAndReadsNoToken(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(
		`INSERT INTO refresh_tokens (token_hash, expires_at) SELECT 'canary-' || n, now() - make_interval(hours => n) FROM generate_series(1, 3000) AS n`,
		`CREATE INDEX ON refresh_tokens (expires_at)`, `CREATE INDEX ON refresh_tokens (revoked) WHERE revoked`, `ANALYZE`,
		`REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
		`INSERT INTO siltgate.heartbeats (replica, version, digest) VALUES ('a', '1', 'digest')`,
		`INSERT INTO siltgate.river_leader (elected_at, expires_at, leader_id, name) VALUES (now(), now() + interval '1 hour', 'a', 'default')`)
	// The worker's role may not read a token, and finds nothing that it cannot look at.
	role := f.worker()
	f.hold("EXCLUSIVE", f.tables())

	ctx, stop := context.WithCancel(t.Context())
	var seen []string
	var samples int
	var sampling sync.WaitGroup
	sampling.Go(func() {
		for ctx.Err() == nil {
			var heavy []string
			err := f.pool.QueryRow(context.WithoutCancel(ctx), `
				SELECT array_agg(DISTINCT concat_ws(' ', l.mode, l.locktype, l.relation::regclass))
				FROM pg_locks AS l
				JOIN pg_stat_activity AS a USING (pid)
				WHERE a.usename = $1 AND l.mode <> 'AccessShareLock' AND l.locktype <> 'virtualxid'
					-- Any session takes this one while it begins, against DROP DATABASE.
					AND l.classid IS DISTINCT FROM 'pg_database'::regclass`, role).Scan(&heavy)
			if err != nil {
				seen = append(seen, err.Error())
			}
			seen, samples = append(seen, heavy...), samples+1
		}
	})
	looks := 0
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end) || looks < 3; looks++ {
		r := f.as(f.roleURL).Examine(t.Context())
		require.Zero(t, r.Count(Fail)+r.Count(Warn), r)
		require.NotContains(t, fmt.Sprint(r), "canary")
		f.is(r, "public.refresh_tokens", OK, "about 3,000 rows now, the oldest expired at ")
	}
	stop()
	sampling.Wait()
	require.Empty(t, seen)
	require.Greater(t, samples, looks)
	t.Logf("%d samples of %d looks", samples, looks)
}

// tables are the configured ones and all of the schema, as a list for SQL.
func (f *fixture) tables() string {
	f.t.Helper()
	var all []string
	require.NoError(f.t, f.pool.QueryRow(f.t.Context(), `
		SELECT array_agg(format('%I.%I', schemaname, tablename))
		FROM pg_tables WHERE schemaname IN ('public', 'siltgate') AND tablename NOT LIKE 'pg_%'`).Scan(&all))
	require.Greater(f.t, len(all), 10)
	return strings.Join(all, ", ")
}

// worker makes the role that `siltgate grants --worker` prints, and returns its name.
func (f *fixture) worker() string {
	f.t.Helper()
	f.breakBy(`SELECT`)
	sql, err := f.doctor.Grants(f.t.Context(), Roles{Worker: f.role})
	require.NoError(f.t, err)
	f.exec(sql)
	return f.role
}
