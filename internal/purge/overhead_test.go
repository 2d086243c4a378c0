package purge

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestTheOverheadOfABatchIsWhatASmallTransactionHas(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	var o overhead
	o.begin(false)
	o.add(32 * ms)
	require.Equal(t, 32*ms, o.batch, "nothing else is known")
	o.begin(false)
	o.add(52 * ms)
	require.Equal(t, 32*ms, o.batch, "the rest is because it is large")
	o.begin(false)
	o.add(0)
	require.Zero(t, o.batch)
	require.Equal(t, 30*ms, o.usual, "that was chance")
	o.begin(true)
	o.add(50 * ms)
	require.Equal(t, 35*ms, o.usual, "a small one takes longer than was known")
	o.add(-time.Second) // the server's clock was set
	require.Equal(t, 35*ms, o.batch)
}

// farConn is a connection over which each message takes its time.
type farConn struct {
	net.Conn

	latency time.Duration
}

func (c farConn) Write(p []byte) (int, error) {
	<-time.After(c.latency) // the network's
	return c.Conn.Write(p)
}

func TestBatchesAreAsLargeFromFarAway(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		ALTER TABLE refresh_tokens ADD filler text DEFAULT repeat('x', 1500);
		INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 3000)`)
	config, err := pgx.ParseConfig(db.url)
	require.NoError(t, err)
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		return farConn{conn, 60 * time.Millisecond}, err
	}
	s, err := Open(t.Context(), config, alone)
	require.NoError(t, err)
	defer s.Close(t.Context())
	e := db.engineOn(s, tokens)
	e.Pace.BatchTarget = 25 * time.Millisecond
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.True(t, p.Done)
	require.EqualValues(t, 3000, p.Deleted())
	require.Less(t, p.Batches(), int64(20), "of 8 blocks each there would be more than sixty")
}
