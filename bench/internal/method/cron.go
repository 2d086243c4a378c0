package method

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// cron lets pg_cron execute the DELETE at the next full minute, once. The wait
// for that does not count.
func cron(ctx context.Context, p Purge) (Outcome, error) {
	conn, err := p.Admin(ctx)
	if err != nil {
		return Outcome{}, err
	}
	defer func() { _ = conn.Close(ctx) }()

	var id int64
	err = conn.QueryRow(ctx, `SELECT cron.schedule_in_database('siltgate bench', '* * * * *', $1, $2)`,
		`DELETE FROM refresh_tokens WHERE expires_at < now() OR revoked`, p.Database).Scan(&id)
	if err != nil {
		return Outcome{}, fmt.Errorf("schedule: %w", err)
	}
	defer func() { _, _ = conn.Exec(context.WithoutCancel(ctx), `SELECT cron.unschedule($1::bigint)`, id) }()
	for {
		o, done, err := cronRun(ctx, conn, id)
		if done || err != nil {
			return o, err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return o, ctx.Err()
		}
	}
}

// cronRun reads the job's first run, if it has ended.
func cronRun(ctx context.Context, conn *pgx.Conn, id int64) (o Outcome, done bool, err error) {
	var status, message string
	var end time.Time
	err = conn.QueryRow(ctx, `
		SELECT status, coalesce(return_message, ''), start_time, end_time
		FROM cron.job_run_details
		WHERE jobid = $1 AND end_time IS NOT NULL
		ORDER BY runid
		LIMIT 1`, id).Scan(&status, &message, &o.Began, &end)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return o, false, nil
	case err != nil:
		return o, false, fmt.Errorf("read the job's run: %w", err)
	case status != "succeeded":
		return o, false, fmt.Errorf("the job's run %s: %s", status, message)
	}
	o.Took, o.Batches = end.Sub(o.Began), 1
	o.Deleted, _ = strconv.ParseInt(strings.TrimPrefix(message, "DELETE "), 10, 64) // checked against the table
	return o, true, nil
}
