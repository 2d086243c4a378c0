// Package pgtest gives tests a real Postgres: one server for a test binary, started before its
// first test, and one database for each test.
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
// A Postgres that cannot be had fails the package with one error, and none of its tests runs.
// The binaries come from POSTGRES_BIN_DIR, else from PATH and the usual places, see localpg.
package pgtest

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
)

// Patience is how long a test waits for a condition to which no promise gives a time: longer than
// a machine with much else to do takes. A condition with a promised time is waited for no longer than that time.
const Patience = 2 * time.Minute

const cleanupTimeout = time.Minute

// Database creates an empty database and returns its superuser's URL. It is dropped, with
// the sessions still in it, when the test ends.
func Database(t testing.TB) string {
	t.Helper()
	return database(t, "")
}

func database(t testing.TB, template string) string {
	t.Helper()
	server := Server(t)
	name := "test_" + strconv.FormatInt(shared.databases.Add(1), 10)
	if err := server.CreateDatabase(t.Context(), name, template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := cleanupContext(t)
		defer cancel()
		if err := server.DropDatabase(ctx, name); err != nil {
			t.Error(err)
		}
	})
	return server.URL(name)
}

// Pool connects to url and closes when the test ends, by when all connections must be back.
func Pool(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// Server is the server that all tests of the binary share: do not stop it.
func Server(t testing.TB) *localpg.Server {
	t.Helper()
	if shared.server == nil {
		t.Fatal("there is no shared server: TestMain has to call pgtest.Main")
	}
	return shared.server
}

// NewServer starts a server that the test may crash and restart, and stops it at the test's
// end. The log of a test that failed shows the end of the server's.
func NewServer(t testing.TB, opts localpg.Options) *localpg.Server {
	t.Helper()
	server, err := localpg.Start(t.Context(), found(opts))
	if err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, server)
	return server
}

// NewStandby starts a hot standby of a server that the test has, and stops it at its end.
func NewStandby(t testing.TB, primary *localpg.Server, opts localpg.Options) *localpg.Server {
	t.Helper()
	standby, err := primary.Standby(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, standby)
	return standby
}

func stopAtEnd(t testing.TB, server *localpg.Server) {
	t.Helper()
	t.Cleanup(func() {
		ctx, cancel := cleanupContext(t)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the end of the log of the server on port %d:\n%s", server.Port(), server.Log())
		}
	})
}

// found says where to look for binaries, unless opts does.
func found(opts localpg.Options) localpg.Options {
	if opts.BinDir == "" {
		opts.BinDir = os.Getenv("POSTGRES_BIN_DIR")
	}
	if opts.Path == "" {
		opts.Path = os.Getenv("PATH")
	}
	return opts
}

// cleanupContext serves after the test's own context has ended.
func cleanupContext(t testing.TB) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(context.WithoutCancel(t.Context()), cleanupTimeout)
}
