package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
)

// logged waits for a line of the replica's log.
func (f *fixture) logged(message string) {
	f.t.Helper()
	require.Eventually(f.t, func() bool { return strings.Contains(f.log.String(), message) }, pgtest.Patience, 5*time.Millisecond, "no line %q", message)
}

// asRole makes the replica work as a role that owns the database, and nothing more.
func (f *fixture) asRole() (role, roleURL string) {
	f.t.Helper()
	role, roleURL = pgtest.ManagedRole(f.t, f.url, `
		ALTER TABLE refresh_tokens OWNER TO %[1]s;
		GRANT USAGE, CREATE ON SCHEMA siltgate TO %[1]s;
		GRANT ALL ON ALL TABLES IN SCHEMA siltgate TO %[1]s;
		GRANT ALL ON ALL SEQUENCES IN SCHEMA siltgate TO %[1]s`)
	c, err := config.Load([]string{"DATABASE_URL=" + roleURL})
	require.NoError(f.t, err)
	f.replica.Database = c.Database.PoolConfig()
	return pgx.Identifier{role}.Sanitize(), roleURL
}

func TestFault82AReplicaWithTooFewConnectionsSaysHowManyItNeedsAndIsNotReady(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	role, _ := f.asRole()
	f.replica.HTTPAddr = freeAddress(t)
	f.exec(`ALTER ROLE ` + role + ` CONNECTION LIMIT 3`)
	f.start()
	f.logged("connections are too few")
	require.Contains(t, f.log.String(), `"needed":4,"got":3,"error":"a replica needs 4 connections and gets 3: raise the role's or the database's CONNECTION LIMIT`)
	require.Contains(t, f.readiness(http.StatusServiceUnavailable), "a replica needs 4 connections and gets 3")

	f.exec(`ALTER ROLE ` + role + ` CONNECTION LIMIT 4`)
	f.logged("replica started")
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 20000)`)
	var ids []int64
	for range 5 {
		ids = append(ids, f.insert(`{}`))
	}
	for _, id := range ids {
		f.await(id, "completed")
	}
	f.readiness(http.StatusOK)
	require.Equal(t, 1, strings.Count(f.log.String(), "connections are too few"))
	require.NotContains(t, f.log.String(), "database is lost")
	require.NotContains(t, f.log.String(), "connections are used up")
}

// A role's time-out may be too short for anything. To raise a limit of connections would be the wrong remedy.
func TestAConnectionThatFailsByATimeoutIsNotTakenForOneTooMany(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	connected := 0
	f.replica.Database.ConnConfig.ValidateConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		if connected++; connected == 1 {
			return nil
		}
		if _, err := conn.Exec(ctx, `SET statement_timeout = 1`).ReadAll(); err != nil {
			return err
		}
		_, err := conn.Exec(ctx, `SELECT pg_sleep(60)`).ReadAll()
		return err
	}
	err := f.replica.Run(t.Context())
	require.ErrorContains(t, err, "57014")
	require.NotContains(t, err.Error(), "CONNECTION LIMIT")
	require.NotContains(t, f.log.String(), "connections are too few")
}

func TestConnectionsThatAreUsedUpAreNoOutage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	role, _ := f.asRole()
	stop := f.start()
	f.logged("replica started")
	// Three in all: what is open stays, and no other one can be had.
	f.exec(`ALTER ROLE ` + role + ` CONNECTION LIMIT 2`)
	id := f.insert(`{}`)
	f.logged("connections are used up")
	f.exec(`ALTER ROLE ` + role + ` CONNECTION LIMIT -1`)
	f.exec(`UPDATE siltgate.river_job SET scheduled_at = now() WHERE state = 'retryable'`)
	f.await(id, "completed")
	require.NoError(t, stop())
	require.NotContains(t, f.log.String(), "database is lost")
}

func TestFault83ADatabaseThatIsNotThereYetIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]func(context.Context) error{
		"refused":          dialNobody,
		"without a socket": func(ctx context.Context) error { return dial(ctx, "unix", filepath.Join(t.TempDir(), ".s.PGSQL.5432")) },
		"not resolved":     func(context.Context) error { return &net.DNSError{Err: "no such host", Name: "db", IsNotFound: true} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			var there atomic.Bool
			dialed := f.replica.Database.ConnConfig.DialFunc
			f.replica.Database.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
				if !there.Load() {
					return nil, away(ctx)
				}
				return dialed(ctx, network, addr)
			}
			f.replica.HTTPAddr = freeAddress(t)
			f.start()
			f.logged("database is not there yet: waiting for it")
			require.Contains(t, f.readiness(http.StatusServiceUnavailable), "the database cannot be reached")
			there.Store(true)
			f.logged("replica started")
			require.NotContains(t, f.log.String(), "database is lost")
		})
	}
}

func TestADatabaseThatDoesNotComeIsGivenUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.StartPatience = 300 * time.Millisecond
	f.replica.Database.ConnConfig.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) { return nil, dialNobody(ctx) }
	began := time.Now()
	err := f.replica.Run(t.Context())
	require.ErrorContains(t, err, "connect to the database")
	require.GreaterOrEqual(t, time.Since(began), 300*time.Millisecond)
}

// A client may begin a transaction with its first statement, and commit only when it is told to.
func TestAReplicaThatStartsWhileAPauseIsNotCommittedSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{
		"before any replica has run": `SELECT`,
		"the queue is there":         `INSERT INTO siltgate.river_queue (name, updated_at) VALUES ('default', now())`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.exec(before)
			tx, err := f.pool.Begin(t.Context())
			require.NoError(t, err)
			defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
			var who string
			require.NoError(t, tx.QueryRow(t.Context(), `
				SELECT 'process ' || pg_backend_pid() || ' of role ' || current_user FROM siltgate.pause_token_cleanup('incident 42')`).Scan(&who))
			f.replica.HTTPAddr = freeAddress(t)
			f.start()
			f.logged(`"by":"` + who + `"`)
			require.Contains(t, f.readiness(http.StatusServiceUnavailable), "the queue's row is locked")
			require.NoError(t, tx.Commit(t.Context()))
			f.logged("runs are paused")
			f.readiness(http.StatusOK)
			require.NotContains(t, f.log.String(), "database is lost")
		})
	}
}

func TestAReplicaForOneRunWaitsForAPauseThatIsNotCommittedOnlySoLong(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO siltgate.river_queue (name, updated_at) VALUES ('default', now())`)
	tx, err := f.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = tx.Exec(t.Context(), `SELECT siltgate.pause_token_cleanup()`)
	require.NoError(t, err)
	f.replica.StartPatience = time.Millisecond
	err = f.replica.RunOnce(t.Context(), jobs.TokenCleanupArgs{}, nil)
	require.ErrorContains(t, err, `the row of "siltgate"."river_queue" is locked by process `)
}

func TestADatabaseThatRefusesIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, roleURL := f.asRole()
	for _, wrong := range []string{"password", "database"} {
		u, err := url.Parse(roleURL)
		require.NoError(t, err)
		if wrong == "password" {
			u.User = url.UserPassword(u.User.Username(), "wrong")
		} else {
			u.Path = "/nowhere"
		}
		c, err := config.Load([]string{"DATABASE_URL=" + u.String()})
		require.NoError(t, err)
		f.replica.Database = c.Database.PoolConfig()
		require.ErrorContains(t, f.replica.Run(t.Context()), wrong)
		require.NotContains(t, f.log.String(), "waiting")
	}
}

func TestAPasswordThatIsReplacedInItsFileIsUsedAtTheNextConnect(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	role, roleURL := f.asRole()
	path := filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(path, []byte(roleURL), 0o600))
	c, err := config.Load([]string{"DATABASE_URL_FILE=" + path})
	require.NoError(t, err)
	f.replica.Database = c.Database.PoolConfig()
	f.start()
	f.await(f.insert(`{}`), "completed")

	u, err := url.Parse(roleURL)
	require.NoError(t, err)
	u.User = url.UserPassword(u.User.Username(), "rotated")
	f.exec(`ALTER ROLE ` + role + ` PASSWORD 'rotated'`)
	require.NoError(t, os.WriteFile(path, []byte(u.String()), 0o600))
	f.await(f.insert(`{}`), "completed")
	f.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '` + u.User.Username() + `'`)
	f.logged("database is back")
	id := f.insert(`{}`)
	f.await(id, "completed")
	require.EqualValues(t, 1, f.number(`SELECT attempt FROM siltgate.runs WHERE id = $1`, id))
}

// olderServer is a connection whose server says that it is older than it is.
type olderServer struct{ net.Conn }

func (c olderServer) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	said := []byte("server_version\x00")
	if at := bytes.Index(into[:n], said); at >= 0 {
		copy(into[at+len(said):n], "13")
	}
	return n, err
}

func TestAnOlderPostgresIsRefusedByItsVersion(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	dialed := f.replica.Database.ConnConfig.DialFunc
	f.replica.Database.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dialed(ctx, network, addr)
		return olderServer{conn}, err
	}
	require.Regexp(t, `^the server is Postgres 13\S*: Siltgate needs 14 or newer$`, f.replica.Run(t.Context()))
}

func dialNobody(ctx context.Context) error { return dial(ctx, "tcp", "127.0.0.1:1") }

func dial(ctx context.Context, network, addr string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err == nil {
		return errors.Join(errors.New("somebody answers"), conn.Close())
	}
	return err
}

// readiness waits until /readyz answers with a status, and returns its reasons.
func (f *fixture) readiness(status int) (reasons string) {
	f.t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	require.Eventually(f.t, func() bool {
		resp, err := client.Get(fmt.Sprintf("http://%s/readyz", f.replica.HTTPAddr))
		if err != nil {
			return false
		}
		defer func() { _ = resp.Body.Close() }()
		var body readiness
		if json.NewDecoder(resp.Body).Decode(&body) != nil {
			return false
		}
		reasons = strings.Join(body.Reasons, "; ")
		return resp.StatusCode == status
	}, pgtest.Patience, 50*time.Millisecond)
	return reasons
}
