package worker

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/multitracer"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/session"
)

const (
	// A replica has a connection to listen on and one on which a run deletes. Where it got fewer than it takes,
	// its tables are inspected on the second one too. Everything else is done over its pool, of leastPool to
	// mostPool connections; an idle replica's pool holds fewer.
	ownConnections = 2
	leastPool      = 2
	mostPool       = 4

	// Connections is how many connections a replica needs, mostConnections how many it takes where
	// there are enough.
	Connections     = ownConnections + leastPool
	mostConnections = ownConnections + mostPool
)

// newPool makes the replica's pool, of so many connections at most. Each connection names the
// replica, by which the trigger siltgate_fence knows it from one that took over its run.
func (r Replica) newPool(ctx context.Context, connections int) (*pgxpool.Pool, error) {
	config := r.Database.Copy()
	config.MaxConns = int32(min(connections, mostPool))
	config.MinConns, config.MinIdleConns = 0, 0
	config.MaxConnIdleTime = time.Minute
	if config.ConnConfig.Tracer != nil {
		config.ConnConfig.Tracer = multitracer.New(r.outage, config.ConnConfig.Tracer)
	} else {
		config.ConnConfig.Tracer = r.outage
	}
	session.PinPool(config)
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, r.introduction(), pgx.QueryExecModeExec, r.ID)
		return err
	}
	// River asks every few seconds: a connection that just worked needs no ping.
	config.ShouldPing = func(_ context.Context, params pgxpool.ShouldPingParams) bool {
		return params.IdleDuration > time.Minute
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return pool, nil
}

// openSession opens the one connection that a replica has for runs. It reads the files that say how
// to connect anew, because a password may have changed since the replica started. While a run has
// the connection, it returns purge.ErrBusy to all other runs of the replica: one deletes at a time,
// and the connections that a replica needs are counted.
func (c *cleaner) openSession(ctx context.Context, open func(*pgx.ConnConfig) (*purge.Session, error)) (*purge.Session, error) {
	select {
	case c.session <- struct{}{}:
	default:
		return nil, purge.ErrBusy
	}
	session, err := c.connectForRun(ctx, open)
	if err != nil {
		<-c.session
	}
	return session, err
}

func (c *cleaner) connectForRun(ctx context.Context, open func(*pgx.ConnConfig) (*purge.Session, error)) (*purge.Session, error) {
	pool := c.replica.pool.Config()
	if pool.BeforeConnect != nil {
		if err := pool.BeforeConnect(ctx, pool.ConnConfig); err != nil {
			return nil, fmt.Errorf("connect for a run: %w", err)
		}
	}
	return open(pool.ConnConfig)
}

// closeSession frees the connection for another run of the replica. It returns a function that waits until the
// session has ended. That takes some milliseconds, in which the end of the run is recorded.
func (c *cleaner) closeSession(ctx context.Context, session *purge.Session) (await func()) {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		session.Close(ctx)
		<-c.session
	}()
	return func() { <-closed }
}

// closePool waits a second at most, because the process ends: a silent server must not hold it up.
func closePool(pool *pgxpool.Pool) {
	closed := make(chan struct{})
	go func() {
		pool.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(time.Second):
	}
}

// introduction is the first statement on each connection of the pool, with the replica's ID as $1.
func (r Replica) introduction() string {
	statement := `SELECT set_config('siltgate.replica', $1::text, false)`
	if strings.HasPrefix(r.ID, oncePrefix) {
		statement += ", " + takeLivesLock
	}
	return statement
}
