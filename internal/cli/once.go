package cli

import (
	"context"
	"os/user"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/jobs"
)

// onceReason stands in the history of runs that `run --once` asks for. The next call joins one
// that an earlier call left.
const onceReason = "siltgate run --once"

// once works as a replica without a schedule until a run of its own has ended, and prints the
// result of that run. Its log goes to standard error.
func (p *program) once(ctx context.Context, c config.Config) error {
	log := newLog(p.stderr, c, p.environ)
	args := jobs.TokenCleanupArgs{Reason: onceReason}
	if u, err := user.Current(); err == nil {
		args.RequestedBy = u.Username
	}
	r := replica(c)
	r.StartPatience, r.Log = p.patience, log
	err := r.RunOnce(ctx, args, func(ctx context.Context, run int64) error {
		f := &follower{config: c, id: run, own: true}
		defer func() { disconnect(ctx, f.conn) }()
		p.printf("run %d\n", run)
		return p.follow(ctx, f)
	})
	if err == nil && ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// ownRun reads where a run stands. It needs a replica's rights only, which are none on the view.
func ownRun(ctx context.Context, conn *pgx.Conn, schema string, id int64) (run jobs.Run, err error) {
	err = conn.QueryRow(ctx, `
		SELECT
			state::text,
			attempt::integer,
			coalesce(metadata #>> '{output,outcome}', ''),
			metadata -> 'output',
			errors[cardinality(errors)] ->> 'error'
		FROM `+pgx.Identifier{schema, "river_job"}.Sanitize()+`
		WHERE id = $1`, id).Scan(&run.State, &run.Attempt, &run.Outcome, &run.Output, &run.Error)
	return run, err
}
