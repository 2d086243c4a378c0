package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/worker"
)

// mostConnections is how many connections a replica holds besides the one of a
// run; idle, it holds fewer.
const mostConnections = 4

// connectTimeout applies where the URL gives none.
const connectTimeout = 10 * time.Second

func (p *program) runCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Run one replica until SIGTERM",
		Long: reads(`Run one replica until SIGTERM. Start as many as you like: one leads and sees to
the schedule, any of them executes a run. On SIGTERM the batch in hand ends and
the run goes back to the queue; a second SIGTERM ends the process at once.`),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(p.environ)
			if err != nil {
				return err
			}
			return p.run(cmd.Context(), c)
		},
	}
}

func (p *program) run(ctx context.Context, c config.Config) error {
	log := newLog(p.stdout, c)
	log.Info("configuration read", "version", version, "config", c)
	if c.TestEnvironment {
		log.Info("schedule is off in a test environment: runs asked for by hand still run", "variable", c.TestVariable)
	}

	poolConfig := c.Database.PoolConfig()
	poolConfig.MaxConns = mostConnections
	poolConfig.MinConns = 0
	poolConfig.MaxConnIdleTime = time.Minute
	id := replicaID()
	outage := worker.NewOutage(log)
	poolConfig.ConnConfig.Tracer = outage
	poolConfig.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error { return worker.Introduce(ctx, conn, id) }
	// River asks every few seconds: a connection that just worked needs no ping.
	poolConfig.ShouldPing = func(_ context.Context, params pgxpool.ShouldPingParams) bool {
		return params.IdleDuration > time.Minute
	}
	if poolConfig.ConnConfig.ConnectTimeout == 0 {
		poolConfig.ConnConfig.ConnectTimeout = connectTimeout
	}
	pool, err := pgxpool.NewWithConfig(ctx, poolConfig)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer closePool(pool)

	return worker.Replica{
		Pool:         pool,
		Outage:       outage,
		Schema:       c.Schema,
		ID:           id,
		Schedule:     c.Schedule,
		CatchUp:      c.CatchUp,
		Tables:       c.Tables,
		Pace:         purge.Pace{DutyCycle: c.DutyCycle, BatchTarget: c.BatchTarget},
		Lag:          &purge.LagGuard{Limit: c.MaxReplicaLag},
		MaxRows:      c.MaxRows,
		MaxClockSkew: c.MaxClockSkew,
		History:      c.History,
		MaxAttempts:  c.MaxAttempts,
		HTTPAddr:     c.HTTPAddr,
		Log:          log,
	}.Run(ctx)
}

// closePool does not wait long for a server that is silent: the process ends.
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

// replicaID says where a replica runs, and differs from that of any other: a
// container's host name and pid may come again.
func replicaID() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	const most = 60 // River allows 100 in all
	if len(host) > most {
		host = host[:most]
	}
	nonce := make([]byte, 4)
	_, _ = rand.Read(nonce) // it never fails
	return fmt.Sprintf("%s-%d-%s", host, os.Getpid(), hex.EncodeToString(nonce))
}
