package cli

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/worker"
)

func (p *program) runCommand() *cobra.Command {
	var once bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run one replica until SIGTERM",
		Long: p.reads(`Run one replica until SIGTERM. Start as many as you like: one leads and sees to
the schedule, any of them executes a run. On SIGTERM the batch in hand ends and
the run goes back to the queue; a second SIGTERM ends the process at once.

With --once the replica has no schedule. It asks for a run, works until that has
ended, whichever replica worked it, prints its result and ends: for a CronJob, or
for a database that sleeps while nobody is connected. The run goes at
SILTGATE_DUTY_CYCLE, as any that is asked for by hand. It fails if the run failed, or if
runs are paused.`),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(p.environ)
			if err != nil {
				return err
			}
			if once {
				return p.once(cmd.Context(), c)
			}
			return p.run(cmd.Context(), c)
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "work until a run of its own has ended; exit 1 if it failed or runs are paused")
	return cmd
}

func (p *program) run(ctx context.Context, c config.Config) error {
	log := newLog(p.stdout, c, p.environ)
	logStart(log, c)
	if c.TestEnvironment {
		log.Info("schedule is off in a test environment: runs asked for by hand still run", "variable", c.TestVariable)
	}

	r := replica(c)
	r.StartPatience = p.patience
	r.Log = log
	return r.Run(ctx)
}

// replica makes a replica with this configuration.
func replica(c config.Config) worker.Replica {
	return worker.Replica{
		Database:     c.Database.PoolConfig(),
		Schema:       c.Schema,
		Version:      version,
		ID:           replicaID(),
		Schedule:     c.Schedule,
		CatchUp:      c.CatchUp,
		Tables:       c.Tables,
		Pace:         purge.Pace{DutyCycle: c.DutyCycle, BatchTarget: c.BatchTarget, FinishWithin: c.FinishWithin},
		WAL:          &purge.WALGuard{MaxWait: c.MaxWait},
		Lag:          &purge.LagGuard{Limit: c.MaxReplicaLag, MaxWait: c.MaxWait},
		MaxRows:      c.MaxRows,
		MaxDuration:  c.MaxDuration,
		MaxShare:     c.MaxShare,
		MaxClockSkew: c.MaxClockSkew,
		History:      c.History,
		MaxAttempts:  c.MaxAttempts,
		HTTPAddr:     c.HTTPAddr,
	}
}

// logStart logs when runs are due, so that a person sees at a glance whether that is the schedule
// that was meant.
func logStart(log *slog.Logger, c config.Config) {
	facts := []any{"version", version, "schedule", c.Schedule.String(), "set_by", c.ScheduleVariable()}
	if next := c.Schedule.Next(time.Now()); !next.IsZero() {
		facts = append(facts, "next", next)
	}
	log.Info("configuration read", facts...)
	log.Debug("configuration in full", "config", c)
}

// replicaID names host and process, and adds random characters, because a container's host name and
// pid may be used again.
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
