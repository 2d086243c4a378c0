package doctor

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// ailmentsOfTables are about the tables, and what a run would take.
func ailmentsOfTables() map[string]ailment {
	return map[string]ailment{
		"no such table": {
			check: "refresh_tokens", status: Fail, words: "does not exist", mended: "public.refresh_tokens",
			breaks: statement(`DROP TABLE refresh_tokens`),
			follows: func(f *fixture, _ Check) examine {
				f.exec(`CREATE TABLE refresh_tokens (id int, expires_at timestamptz, revoked boolean)`)
				return f.look(f.doctor)
			},
		},
		"a table that somebody has locked": {
			check: "public.refresh_tokens", status: Warn, words: "somebody holds a lock on it",
			breaks: lock("ACCESS EXCLUSIVE", "refresh_tokens"), follows: unlock,
		},
		"a table of ours that somebody has locked": {
			check: "replicas", status: Warn, words: "it could not be looked at: ",
			breaks: func(f *fixture) examine {
				f.exec(`INSERT INTO siltgate.heartbeats (replica, version, digest) VALUES ('a', '1', 'digest')`)
				return lock("ACCESS EXCLUSIVE", "siltgate.heartbeats")(f)
			},
			follows: unlock,
		},
		"a session without triggers": {
			check: "server", status: Fail, words: "session_replication_role is replica",
			breaks: statement(`ALTER DATABASE %[2]s SET session_replication_role = replica`),
		},
		"an index that would pay": {
			check: "public.refresh_tokens", status: Warn, words: "without an index",
			breaks: func(f *fixture) examine {
				f.exec(
					`ALTER TABLE refresh_tokens ADD filler text, ALTER filler SET STORAGE PLAIN`,
					`INSERT INTO refresh_tokens (expires_at, revoked, filler) SELECT now() + make_interval(hours => n), false, repeat('x', 3500) FROM generate_series(-9, 11000) AS n`,
					`ANALYZE refresh_tokens`)
				f.is(f.doctor.Examine(f.t.Context()), "public.refresh_tokens", OK, "by reading all of the table")
				return f.look(f.doctor)
			},
			follows: func(f *fixture, found Check) examine {
				require.Len(f.t, found.SQL, 2)
				f.mend(f.doctor.Examine(f.t.Context()), found)
				r := f.doctor.Examine(f.t.Context())
				f.is(r, "public.refresh_tokens", OK, "a run finds them by an index")
				f.is(r, "public.refresh_tokens", OK, "the oldest expired at "+time.Now().Add(-9*time.Hour).UTC().Format(time.DateOnly))
				return f.look(f.doctor)
			},
		},
		"autovacuum that comes in weeks": {
			check: "public.refresh_tokens", status: Warn, words: "some 1000 days",
			breaks: func(f *fixture) examine {
				conn, err := pgx.Connect(f.t.Context(), f.url)
				require.NoError(f.t, err)
				_, err = conn.Exec(f.t.Context(), `
					ALTER TABLE refresh_tokens SET (autovacuum_vacuum_threshold = 100000);
					INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100);
					DELETE FROM refresh_tokens`)
				require.NoError(f.t, err)
				require.NoError(f.t, conn.Close(f.t.Context())) // by then at the latest a session reports what it counted
				return f.look(f.doctor)
			},
		},
		"a run that would be late": {
			check: "forecast", status: Warn, words: "longer than SILTGATE_FINISH_WITHIN=1s",
			breaks: func(f *fixture) examine {
				f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 30000)`, `ANALYZE refresh_tokens`)
				return f.look(f.with("SILTGATE_FINISH_WITHIN=1s", "SILTGATE_DUTY_CYCLE=0.01"))
			},
			follows: func(f *fixture, found Check) examine {
				require.Contains(f.t, found.Remedy, "raise SILTGATE_FINISH_WITHIN or SILTGATE_DUTY_CYCLE")
				f.is(f.with("SILTGATE_FINISH_WITHIN=1s", "SILTGATE_DUTY_CYCLE=1").Examine(f.t.Context()), "forecast", OK, "within SILTGATE_FINISH_WITHIN=1s")
				return f.look(f.with("SILTGATE_FINISH_WITHIN=1h", "SILTGATE_DUTY_CYCLE=0.01"))
			},
		},
	}
}

// lock takes a lock that is kept until unlock.
func lock(mode, table string) func(f *fixture) examine {
	return func(f *fixture) examine {
		f.hold(mode, table)
		return f.look(f.doctor)
	}
}

func unlock(f *fixture, found Check) examine {
	require.Contains(f.t, found.Remedy, "when the lock is gone")
	f.stop()
	return f.look(f.doctor)
}

// hold locks tables until f.stop is called.
func (f *fixture) hold(mode, tables string) {
	f.t.Helper()
	tx, err := f.pool.Begin(f.t.Context())
	require.NoError(f.t, err)
	_, err = tx.Exec(f.t.Context(), `LOCK TABLE `+tables+` IN `+mode+` MODE`)
	require.NoError(f.t, err)
	f.stop = func() { _ = tx.Rollback(context.Background()) }
	f.t.Cleanup(f.stop)
}

// with is the doctor with further variables.
func (f *fixture) with(environ ...string) Doctor {
	f.t.Helper()
	return f.as(f.url, environ...)
}
