package e2e

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFault34SlowHTTPClientsAreCutOffAndRunsGoOn(t *testing.T) {
	t.Parallel()
	const clients = 100 // of each of three kinds
	db := newDatabase(t)
	db.fill(200, 50)
	f := newFleet(t, db)
	r := f.start(1)[0]

	began := time.Now()
	cut := make(chan error, 3*clients)
	for range clients {
		go func() { cut <- drip(r.http, "GET /readyz HTTP/1.1\r\nHost: x\r\nX-Slow: ") }()
		go func() { cut <- drip(r.http, "POST /readyz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n") }()
		go func() { cut <- askWithoutReading(r.http) }()
	}
	await(t, patience, "the clients to be there", func() bool { return len(openFiles(t, r)) >= clients })
	f.get(r, "/readyz")
	require.Empty(t, cut, "others are answered while the slow ones are still served")
	require.EqualValues(t, 200, *db.awaitCompleted(db.ask(`{}`)).Deleted)

	for range cap(cut) {
		select {
		case err := <-cut:
			require.NoError(t, err)
		case <-time.After(time.Minute):
			t.Fatal("a slow client is still served")
		}
	}
	took := time.Since(began)
	require.Less(t, took, 30*time.Second)
	await(t, patience, "their connections to be closed", func() bool { return len(openFiles(t, r)) < clients/2 })

	for range clients / 2 { // nor do they keep a replica from stopping
		go func() { cut <- drip(r.http, "GET /readyz HTTP/1.1\r\nX-Slow: ") }()
		go func() { cut <- askWithoutReading(r.http) }()
	}
	await(t, patience, "the clients to be there", func() bool { return len(openFiles(t, r)) >= clients })
	asked := time.Now()
	r.signal(sigterm)
	require.Zero(t, r.wait(stopWithin))
	require.Less(t, time.Since(asked), 5*time.Second)
	for range clients {
		require.NoError(t, <-cut)
	}
	t.Logf("%d slow clients were cut off in %s", cap(cut), took.Round(100*time.Millisecond))
}

// drip sends a request byte by byte until it is cut off.
func drip(addr, begin string) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_, err = io.WriteString(conn, begin)
	for began := time.Now(); err == nil; _, err = conn.Write([]byte("x")) {
		if time.Since(began) > time.Minute {
			return errors.New("a slow client was never cut off")
		}
		<-time.After(500 * time.Millisecond)
	}
	return nil
}

// askWithoutReading sends one request after the other and reads no answer, until it is cut off.
// Segments and a window this small keep the kernel from taking megabytes of answers in its place.
func askWithoutReading(addr string) error {
	dialer := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		var segment, window error
		err := c.Control(func(fd uintptr) {
			segment = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 536)
			window = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 1)
		})
		return errors.Join(err, segment, window)
	}}
	conn, err := dialer.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	for err == nil {
		_, err = io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errors.New("a client that does not read was never cut off")
	}
	return nil
}

// openFiles are the process's, sockets among them.
func openFiles(t testing.TB, r *replica) []os.DirEntry {
	t.Helper()
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", r.pid()))
	require.NoError(t, err)
	return files
}
