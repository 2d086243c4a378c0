package worker

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/siltgate/siltgate/internal/session"
)

// driver is River's own. Its listener differs: River's closes its connection as it is, and a
// pooler would lend the session with our settings to another client.
type driver struct {
	*riverpgxv5.Driver
	replica Replica
}

func newDriver(r Replica) driver { return driver{riverpgxv5.New(r.pool), r} }

// GetListener implements riverdriver.Driver.
func (d driver) GetListener(params *riverdriver.GetListenenerParams) riverdriver.Listener {
	return newConfirmer(&listener{pool: d.replica.pool, schema: params.Schema}, d.replica)
}

// listener hears notifications on a connection that it takes out of the pool for good.
type listener struct {
	pool   *pgxpool.Pool
	schema string

	mu   sync.Mutex
	conn *pgx.Conn // nil until Connect, and after Close
}

// Connect implements riverdriver.Listener.
func (l *listener) Connect(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		return errors.New("listen: connected already")
	}
	lent, err := l.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	// The session is idle most of the time, and must not be ended for it.
	if _, err := lent.Exec(ctx, `SET idle_session_timeout = 0`, pgx.QueryExecModeSimpleProtocol); err != nil {
		lent.Release()
		return err
	}
	l.conn = lent.Hijack()
	return nil
}

// Close implements riverdriver.Listener. It leaves no setting and no topic in the session.
func (l *listener) Close(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		return nil
	}
	conn := l.conn
	l.conn = nil
	session.Close(ctx, conn)
	return nil
}

// Listen implements riverdriver.Listener.
func (l *listener) Listen(ctx context.Context, topic string) error {
	return l.exec(ctx, `LISTEN `+pgx.Identifier{l.prefix() + topic}.Sanitize())
}

// Unlisten implements riverdriver.Listener.
func (l *listener) Unlisten(ctx context.Context, topic string) error {
	return l.exec(ctx, `UNLISTEN `+pgx.Identifier{l.prefix() + topic}.Sanitize())
}

func (l *listener) exec(ctx context.Context, sql string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
	return err
}

// Ping implements riverdriver.Listener.
func (l *listener) Ping(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn.Ping(ctx)
}

// Schema implements riverdriver.Listener.
func (l *listener) Schema() string { return l.schema }

// SetAfterConnectExec implements riverdriver.Listener. River uses it in its tests only.
func (l *listener) SetAfterConnectExec(string) {}

// WaitForNotification implements riverdriver.Listener.
func (l *listener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	notification, err := l.conn.WaitForNotification(ctx)
	if err != nil {
		return nil, err
	}
	return &riverdriver.Notification{
		Topic:   strings.TrimPrefix(notification.Channel, l.prefix()),
		Payload: notification.Payload,
	}, nil
}

// prefix is what River's topics begin with.
func (l *listener) prefix() string { return l.schema + "." }
