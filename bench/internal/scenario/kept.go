package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/stats"
)

// keptDead is how many dead rows the scenario has, however large the table.
const keptDead = 10_000

// Kept is a run over dead rows of which a foreign key keeps some.
type Kept struct {
	Share int           `json:"share_percent"` // of the dead rows that others refer to
	Took  time.Duration `json:"took"`          // from the request to the recorded end, median
}

// kept measures runs over dead rows that rows of another table refer to: none, half and all of
// them, by a key with NO ACTION.
func (b *Bench) kept(ctx context.Context) (report.Section, error) {
	table := report.Table{
		Title:   "A run over 10 000 dead rows that others may refer to, at full speed, in ms",
		Columns: []string{"referred to", "enqueued to ended", "of the first"},
	}
	var all []Kept
	for _, share := range []int{0, 50, 100} {
		var took []time.Duration
		for range b.Repetitions {
			t, err := b.keptOnce(ctx, share)
			if err != nil {
				return report.Section{}, err
			}
			took = append(took, t)
		}
		all = append(all, Kept{Share: share, Took: stats.Median(took)})
		k := all[len(all)-1]
		table.Add(fmt.Sprintf("%d %%", share), report.Millis(float64(k.Took.Microseconds())/1000), fmt.Sprintf("%.2f", k.Took.Seconds()/all[0].Took.Seconds()))
	}
	return report.Section{Tables: []report.Table{table}, Data: all}, nil
}

// keptOnce measures one run, on a copy of its own.
func (b *Bench) keptOnce(ctx context.Context, share int) (took time.Duration, err error) {
	shape := b.shape(0, true)
	shape.Dead = min(keptDead, shape.Rows)
	err = b.withReplica(ctx, templates{}, shape, func(conn *pgx.Conn, _ *replica.Replica) error {
		for _, sql := range []string{
			`CREATE TABLE audit (token_id uuid REFERENCES refresh_tokens (id))`,
			fmt.Sprintf(`
				INSERT INTO audit
				SELECT id
				FROM (
					SELECT id, row_number() OVER (ORDER BY id) AS n
					FROM refresh_tokens
					WHERE expires_at < now() OR revoked
				) AS dead
				WHERE n * %d / 100 > (n - 1) * %[1]d / 100`, share),
			`CREATE INDEX ON audit (token_id)`,
			`VACUUM ANALYZE audit`,
		} {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return fmt.Errorf("make the table that refers: %w", err)
			}
		}
		run, err := method.Ask(ctx, conn, true, time.Millisecond)
		if err != nil {
			return err
		}
		took = run.Took
		var left int64
		err = conn.QueryRow(ctx, `SELECT count(*) FROM refresh_tokens WHERE expires_at < now() OR revoked`).Scan(&left)
		if want := shape.Dead * int64(share) / 100; err == nil && left != want {
			return fmt.Errorf("%d dead rows are left, of which %d are referred to", left, want)
		}
		return err
	})
	return took, err
}
