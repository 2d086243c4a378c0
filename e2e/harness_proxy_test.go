package e2e

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// proxy is the network between a fleet and its Postgres, and its faults. It passes TCP
// connections on to its upstream; none of its methods waits for anyone.
type proxy struct {
	listener net.Listener
	work     sync.WaitGroup
	closed   context.CancelFunc

	mu       sync.Mutex
	weather  weather
	changed  chan struct{} // closed when the weather is another one
	upstream string
	links    map[*link]struct{}
	random   *rand.Rand
}

// weather is how the network is.
type weather struct {
	hole bool // nothing passes, nobody is told
	down bool // connections are refused, or as near to it as a listener comes
	// A piece of data arrives that much later, and does not overtake.
	least, spread time.Duration
}

// link is one connection through the proxy.
type link struct {
	client, server *net.TCPConn // server is nil until it is reached
	ended          bool
}

// newProxy passes on to upstream, host:port, until the test ends.
func newProxy(t testing.TB, upstream string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, closed := context.WithCancel(context.Background())
	p := &proxy{
		listener: listener, closed: closed, changed: make(chan struct{}), upstream: upstream,
		links: map[*link]struct{}{}, random: randomness(t, "proxy"),
	}
	p.work.Go(func() { p.accept(ctx) })
	t.Cleanup(p.close)
	return p
}

// url is a connection string by way of the proxy.
func (p *proxy) url(t testing.TB, direct string) string {
	t.Helper()
	u, err := url.Parse(direct)
	require.NoError(t, err)
	u.Host = p.listener.Addr().String()
	return u.String()
}

// blackHole swallows all that is sent, and what is still to come, until mend: what was sent
// arrives then, as it does when a network is back before TCP gives up.
func (p *proxy) blackHole() { p.set(weather{hole: true}) }

// slow delays every piece of data by mean, more or less by up to jitter, each way.
func (p *proxy) slow(mean, jitter time.Duration) {
	p.set(weather{least: mean - jitter, spread: 2 * jitter})
}

// cut ends all connections and refuses new ones until mend.
func (p *proxy) cut() {
	p.set(weather{down: true})
	p.end(false)
}

// mend lets everything pass as if there were no proxy.
func (p *proxy) mend() { p.set(weather{}) }

// reset ends all connections with RST; new ones are welcome.
func (p *proxy) reset() { p.end(true) }

// point leads new connections to another upstream; those that there are end.
func (p *proxy) point(upstream string) {
	p.mu.Lock()
	p.upstream = upstream
	p.mu.Unlock()
	p.end(false)
}

func (p *proxy) set(w weather) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.weather = w
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *proxy) end(abruptly bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.end(abruptly)
	}
}

func (p *proxy) close() {
	p.closed()
	_ = p.listener.Close()
	p.end(false)
	p.work.Wait()
}

func (p *proxy) accept(ctx context.Context) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // it was closed
		}
		p.work.Go(func() { p.serve(ctx, client.(*net.TCPConn)) })
	}
}

// serve passes one connection on, both ways, until either end closes it.
func (p *proxy) serve(ctx context.Context, client *net.TCPConn) {
	l := &link{client: client}
	p.mu.Lock()
	p.links[l] = struct{}{}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		l.end(l.server == nil) // a connection that led nowhere was refused
		delete(p.links, l)
	}()
	if !p.connect(ctx, l) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.pass(ctx, l.server, l.client) })
	both.Go(func() { p.pass(ctx, l.client, l.server) })
	both.Wait()
}

// connect reaches the server for a client, unless the network is down.
func (p *proxy) connect(ctx context.Context, l *link) bool {
	upstream, ok := p.enter(ctx)
	if !ok {
		return false
	}
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", upstream)
	if err != nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l.server = server.(*net.TCPConn)
	return !l.ended
}

// enter waits for the weather in which a connection begins, and says where it leads.
func (p *proxy) enter(ctx context.Context) (upstream string, ok bool) {
	if p.clear(ctx) != nil {
		return "", false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.upstream, !p.weather.down
}

// piece is data on its way.
type piece struct {
	data []byte
	due  time.Time
}

// pass copies from one end to the other, as the weather allows.
func (p *proxy) pass(ctx context.Context, to, from *net.TCPConn) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	const onTheirWay = 64
	pieces := make(chan piece, onTheirWay)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(pieces)
		p.read(ctx, from, pieces)
	})
	defer reading.Wait()
	for next := range pieces {
		select {
		case <-time.After(time.Until(next.due)):
		case <-ctx.Done():
		}
		if p.clear(ctx) != nil {
			break
		}
		if _, err := to.Write(next.data); err != nil {
			stop()
			_ = from.CloseRead() // ends the reading
		}
	}
	_ = to.CloseWrite()
}

func (p *proxy) read(ctx context.Context, from io.Reader, into chan<- piece) {
	var last time.Time
	for {
		buffer := make([]byte, 32<<10)
		n, err := from.Read(buffer)
		if p.clear(ctx) != nil || n == 0 && err != nil {
			return
		}
		next := piece{data: buffer[:n], due: p.due(last)}
		last = next.due
		select {
		case into <- next:
		case <-ctx.Done():
			return
		}
	}
}

// due is when a piece arrives that is sent now, behind the one before it.
func (p *proxy) due(last time.Time) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	due := time.Now().Add(p.weather.least)
	if p.weather.spread > 0 {
		due = due.Add(time.Duration(p.random.Int64N(int64(p.weather.spread))))
	}
	if due.Before(last) {
		return last
	}
	return due
}

// clear waits while the network is a black hole.
func (p *proxy) clear(ctx context.Context) error {
	for {
		p.mu.Lock()
		hole, changed := p.weather.hole, p.changed
		p.mu.Unlock()
		if !hole {
			return ctx.Err()
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// end closes both ends. Abruptly is with RST in place of FIN.
func (l *link) end(abruptly bool) {
	l.ended = true
	for _, conn := range []*net.TCPConn{l.client, l.server} {
		if conn == nil {
			continue
		}
		if abruptly {
			_ = conn.SetLinger(0)
		}
		_ = conn.Close()
	}
}
