package e2e

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// The tests of the network are worth what their proxy is.
func TestTheProxyDoesToTheNetworkWhatItSays(t *testing.T) {
	t.Parallel()
	one, two := newDatabase(t), newDatabase(t)
	p := newProxy(t, one.address())
	url := p.url(t, one.url)
	connected := func() *pgx.Conn {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), url)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
		return conn
	}
	ask := func(conn *pgx.Conn) error { return conn.QueryRow(t.Context(), `SELECT 1`).Scan(new(int)) }
	soon := func() context.Context {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}

	conn := connected()
	p.reset()
	require.ErrorIs(t, ask(conn), syscall.ECONNRESET)
	conn = connected()
	p.cut()
	require.Error(t, ask(conn))
	_, err := pgx.Connect(t.Context(), url)
	require.Error(t, err)
	p.mend()

	conn = connected()
	p.blackHole()
	_, err = pgx.Connect(soon(), url)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	answer := make(chan error, 1)
	go func() { answer <- ask(conn) }()
	select {
	case err := <-answer:
		t.Fatalf("an answer came out of a black hole: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	p.mend()
	require.NoError(t, <-answer, "what was sent arrives after all")

	p.slow(100*time.Millisecond, 50*time.Millisecond)
	began := time.Now()
	require.NoError(t, ask(conn))
	require.GreaterOrEqual(t, time.Since(began), 100*time.Millisecond, "there and back")
	p.mend()

	p.point("127.0.0.1:1")
	require.Error(t, ask(conn))
	_, err = pgx.Connect(t.Context(), url)
	require.Error(t, err)
	two.exec(`CREATE TABLE here ()`)
	p.point(two.address())
	url = p.url(t, two.url)
	conn = connected()
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT count(*) FROM here`).Scan(new(int)))
}
