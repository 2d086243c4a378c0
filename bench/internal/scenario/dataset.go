package scenario

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/tokens"
)

// dataset is a table that single runs are measured on.
type dataset struct {
	name  string
	shape tokens.Shape
}

// datasets are the usual ones.
func (b *Bench) datasets() []dataset {
	return []dataset{
		{"backlog, indexed", b.shape(backlogDead, true)},
		{"backlog, unindexed", b.shape(backlogDead, false)},
		{"daily, indexed", b.shape(dailyDead, true)},
		{"daily, unindexed", b.shape(dailyDead, false)},
	}
}

// repeat measures as often as the plan says, each time on a fresh copy on which a
// replica works.
func repeat[T any](ctx context.Context, b *Bench, made templates, data dataset, measure func(*pgx.Conn, *replica.Replica) (T, error)) ([]T, error) {
	var all []T
	for range b.Repetitions {
		err := b.withReplica(ctx, made, data.shape, func(conn *pgx.Conn, program *replica.Replica) error {
			one, err := measure(conn, program)
			if err != nil {
				return err
			}
			all = append(all, one)
			b.Log.Info("measured", "data", data.name, "figures", one)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// purge has a run at full speed delete so many rows.
func purge(ctx context.Context, conn *pgx.Conn, dead int64) (method.SiltgateRun, error) {
	run, err := method.Ask(ctx, conn, true, poll)
	if err != nil {
		return run, err
	}
	if err := run.Settle(ctx, conn); err != nil {
		return run, err
	}
	if run.Deleted != dead {
		return run, fmt.Errorf("a run deleted %d of %d dead rows", run.Deleted, dead)
	}
	return run, nil
}
