package doctor

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/migrations"
)

// ailmentsOfConnection are about the way to the database and its schema.
func ailmentsOfConnection() map[string]ailment {
	far, blind, checked := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1)}, &tls.Config{InsecureSkipVerify: true}, &tls.Config{ServerName: "db"}
	return map[string]ailment{
		"no server": {
			check: "server", status: Fail, words: "connect",
			breaks:  func(f *fixture) examine { return f.look(f.as("postgres://app:canary@127.0.0.1:1/app")) },
			follows: func(f *fixture, _ Check) examine { return f.look(f.doctor) },
		},
		"a wrong password": {
			check: "server", status: Fail, words: "password",
			breaks: func(f *fixture) examine {
				u, err := url.Parse(f.url)
				require.NoError(f.t, err)
				u.User = url.UserPassword(u.User.Username(), "wrong")
				return f.look(f.as(u.String()))
			},
			follows: func(f *fixture, _ Check) examine { return f.look(f.doctor) },
		},
		"a database that does not exist": {
			check: "server", status: Fail, words: "does not exist",
			breaks:  func(f *fixture) examine { return f.look(f.as(strings.Replace(f.url, "/test_", "/no_such_", 1))) },
			follows: func(f *fixture, _ Check) examine { return f.look(f.doctor) },
		},
		"a pool by transaction": {
			check: "server", status: Fail, words: "pooled by transaction",
			breaks: func(f *fixture) examine { return f.look(f.as(pgtest.PgBouncer(f.t, f.url, "transaction", 0))) },
			follows: func(f *fixture, found Check) examine {
				require.Contains(f.t, found.Remedy, "pool_mode=session")
				return f.look(f.as(pgtest.PgBouncer(f.t, f.url, "session", 0)))
			},
		},
		"a standby": {
			check: "writes", status: Fail, words: "standby",
			breaks: func(f *fixture) examine {
				f.serve(localpg.Options{})
				return f.look(f.as(pgtest.NewStandby(f.t, f.server, localpg.Options{}).URL("postgres")))
			},
			follows: func(f *fixture, _ Check) examine { return f.look(f.as(f.url)) },
		},
		"a connection string that asks for it": {
			check: "writes", status: Fail, words: "takes no writes",
			breaks: func(f *fixture) examine {
				u, err := url.Parse(f.url)
				require.NoError(f.t, err)
				query := u.Query()
				query.Set("options", "-c default_transaction_read_only=on")
				u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
				return f.look(f.as(u.String()))
			},
			follows: func(f *fixture, found Check) examine {
				require.Empty(f.t, found.SQL)
				return f.look(f.as(f.url))
			},
		},
		"a role that becomes another": {
			check: "writes", status: Fail, words: "takes no writes",
			breaks: statementAsRole(`GRANT pg_monitor TO %[1]s; ALTER ROLE %[1]s SET role = pg_monitor; ALTER ROLE %[1]s SET default_transaction_read_only = on`),
		},
		"an old server": {
			check: "server", status: Fail, words: "older than 14",
			breaks:  func(*fixture) examine { return only(release("13.21", 130021)) },
			follows: func(*fixture, Check) examine { return only(release("14.0", 140000)) },
		},
		"nothing is encrypted": {
			check: "tls", status: Warn, words: "not encrypted",
			breaks:  func(*fixture) examine { return only(encryption(far, nil, false)) },
			follows: func(*fixture, Check) examine { return only(encryption(far, checked, true)) },
		},
		"no certificate is checked": {
			check: "tls", status: Warn, words: "certificate is not checked",
			breaks:  func(*fixture) examine { return only(encryption(far, blind, true)) },
			follows: func(*fixture, Check) examine { return only(encryption(far, checked, true)) },
		},
		"no schema": {
			check: "version", status: Fail, words: "does not exist",
			breaks:  statement(`DROP SCHEMA siltgate CASCADE`),
			follows: func(f *fixture, found Check) examine { return f.migrate(found) },
		},
		"a schema that is behind": {
			check: "version", status: Fail, words: "this program needs",
			breaks: func(f *fixture) examine {
				_, err := migrations.Migrator{Config: f.pool.Config(), Schema: "siltgate"}.Down(f.t.Context())
				require.NoError(f.t, err)
				return f.look(f.doctor)
			},
			follows: func(f *fixture, found Check) examine { return f.migrate(found) },
		},
		"a schema that is ahead": {
			check: "version", status: Warn, words: "this program knows",
			breaks: statement(`INSERT INTO siltgate.siltgate_migration (version_id, is_applied) SELECT max(version_id) + 1, true FROM siltgate.siltgate_migration`),
			// There is no newer program to upgrade to, so the schema becomes this one's.
			follows: func(f *fixture, found Check) examine {
				require.Equal(f.t, "upgrade this program", found.Remedy)
				f.exec(`DELETE FROM siltgate.siltgate_migration WHERE version_id = (SELECT max(version_id) FROM siltgate.siltgate_migration)`)
				return f.look(f.doctor)
			},
		},
		"no right to look": {
			check: "replicas", status: Warn, words: "this role may not",
			breaks: statementAsRole(`SELECT`),
			follows: func(f *fixture, found Check) examine {
				require.Contains(f.t, found.Remedy, "siltgate grants")
				sql, err := f.doctor.Grants(f.t.Context(), Roles{Worker: f.role})
				require.NoError(f.t, err)
				f.exec(sql, `INSERT INTO siltgate.heartbeats (replica, version, digest) VALUES ('a', '1', 'digest')`)
				return f.look(f.as(f.roleURL))
			},
		},
	}
}

// migrate does what the remedy says.
func (f *fixture) migrate(found Check) examine {
	f.t.Helper()
	require.Equal(f.t, "siltgate migrate", found.Remedy)
	_, err := migrations.Migrator{Config: f.pool.Config(), Schema: "siltgate"}.Up(f.t.Context())
	require.NoError(f.t, err)
	return f.look(f.doctor)
}

// only is a look at one thing.
func only(c Check) examine { return func() Report { return Report{Checks: []Check{c}} } }

// ailmentsOfServer are about the server's settings, and what goes on beside.
func ailmentsOfServer() map[string]ailment {
	clock := func(ahead time.Duration) func(f *fixture) examine {
		return func(f *fixture) examine {
			f.doctor.Now = func() time.Time { return time.Now().Add(ahead) }
			return f.look(f.doctor)
		}
	}
	setClock := func(f *fixture, _ Check) examine { return clock(0)(f) }
	return map[string]ailment{
		"clocks apart":          {check: "clock", status: Fail, words: "a run fails", breaks: clock(time.Hour), follows: setClock},
		"clocks somewhat apart": {check: "clock", status: Warn, words: "apart", breaks: clock(-time.Minute), follows: setClock},
		"an old transaction": {check: "snapshots", status: Warn, words: "has had a transaction open", breaks: func(f *fixture) examine {
			holder, err := pgx.Connect(f.t.Context(), f.url)
			require.NoError(f.t, err)
			f.t.Cleanup(func() { _ = holder.Close(context.Background()) })
			_, err = holder.Exec(f.t.Context(), `BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1`)
			require.NoError(f.t, err)
			return f.lookImpatiently()
		}},
		"a prepared transaction": {check: "prepared transactions", status: Warn, words: "has waited for its end", breaks: func(f *fixture) examine {
			f.serve(localpg.Options{Settings: map[string]string{"max_prepared_transactions": "5"}})
			f.exec(`BEGIN; CREATE TABLE prepared (); PREPARE TRANSACTION 'it''s'`)
			return f.lookImpatiently()
		}},
		"a slot that nobody reads": {check: "slots", status: Warn, words: "nobody reads from replication slot", breaks: func(f *fixture) examine {
			f.serve(localpg.Options{})
			f.exec(`SELECT pg_create_physical_replication_slot('gone', true)`)
			return f.look(f.as(f.url))
		}},
		"a slot that is lost": {check: "slots", status: Warn, words: "is of no use any more", breaks: func(f *fixture) examine {
			f.serve(littleWAL())
			f.exec(`SELECT pg_create_physical_replication_slot('gone', true)`)
			f.write()
			f.exec(`CHECKPOINT`)
			return f.look(f.as(f.url))
		}},
		"a slot that is about to be lost": {check: "slots", status: Warn, words: "is about to lose", breaks: func(f *fixture) examine {
			f.serve(littleWAL())
			f.exec(`SELECT pg_create_physical_replication_slot('slow', true)`)
			f.read("slow")
			f.write()
			return f.look(f.as(f.url))
		}},
		"an archiver that fails": {
			check: "archiver", status: Warn, words: "archiving fails, at 0000",
			breaks: func(f *fixture) examine {
				f.serve(localpg.Options{Settings: map[string]string{"archive_mode": "on", "archive_command": "false", "wal_level": "replica"}})
				f.write()
				return f.look(f.as(f.url))
			},
			follows: func(f *fixture, found Check) examine {
				require.Contains(f.t, found.Remedy, "the server's log says why")
				require.Contains(f.t, f.server.Log(), "archive command failed with exit code 1")
				f.exec(`ALTER SYSTEM SET archive_command = 'true'`, `SELECT pg_reload_conf()`)
				f.write()
				return f.look(f.as(f.url))
			},
		},
		"standbys that a role does not see": {check: "standbys", status: Warn, words: "does not see how far they are", breaks: func(f *fixture) examine {
			f.serve(localpg.Options{})
			_, blind := pgtest.Role(f.t, f.url, "")
			pgtest.NewStandby(f.t, f.server, localpg.Options{})
			return f.look(f.as(blind))
		}},
		"autovacuum off everywhere": {check: "public.refresh_tokens", status: Warn, words: "autovacuum is off", breaks: func(f *fixture) examine {
			f.serve(localpg.Options{Settings: map[string]string{"autovacuum": "off"}})
			return f.look(f.as(f.url))
		}},
		"nothing is counted": {check: "public.refresh_tokens", status: Warn, words: "autovacuum is off", breaks: func(f *fixture) examine {
			f.serve(localpg.Options{Settings: map[string]string{"track_counts": "off"}})
			return f.look(f.as(f.url))
		}},
	}
}

// serve makes the fixture's database one of a server of its own.
func (f *fixture) serve(opts localpg.Options) {
	f.t.Helper()
	f.server = pgtest.NewServer(f.t, opts)
	f.url = f.server.URL("postgres")
	f.pool = pgtest.Pool(f.t, f.url)
	f.exec(defaultTables)
}

// lookImpatiently is a look that takes a moment for a long time.
func (f *fixture) lookImpatiently() examine {
	f.t.Helper()
	d := f.as(f.url)
	d.OldAfter = time.Millisecond
	return f.look(d)
}

// littleWAL is a server that keeps little write-ahead log for slots. It throws the rest away at a checkpoint.
func littleWAL() localpg.Options {
	return localpg.Options{Settings: map[string]string{"max_slot_wal_keep_size": "16MB", "checkpoint_timeout": "1h"}}
}

// write fills some files of write-ahead log.
func (f *fixture) write() {
	f.t.Helper()
	for range 5 {
		f.exec(`SELECT pg_logical_emit_message(false, 'filler', 'x')`, `SELECT pg_switch_wal()`)
	}
}
