package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/jobs"
)

const (
	followInterval = 500 * time.Millisecond

	// A connection that is lost is made again, after pauses that double up to the
	// longest. A database that stays away for as long as followPatience is given up.
	lookTimeout    = 10 * time.Second
	longestPause   = 5 * time.Second
	followPatience = 10 * time.Minute
)

// errInterrupted is the end of a wait, not of the run.
var errInterrupted = errors.New("interrupted; the run goes on")

// follower watches a run until it ends.
type follower struct {
	config config.Config
	conn   *pgx.Conn // nil or closed while the database is away
	id     int64
}

// followed is what following a run needs of siltgate.runs.
type followed struct {
	State   string
	Attempt int
	DryRun  bool
	Output  []byte
	Error   *string
}

func (f followed) ended() bool {
	return slices.Contains([]string{"completed", "cancelled", "discarded"}, f.State)
}

// follow shows a run's progress until it ends, then its result.
func (p *program) follow(ctx context.Context, f *follower) error {
	draw := newProgress(p.stdout)
	for {
		run, err := f.await(ctx, draw.note)
		if err != nil {
			draw.end()
			return err
		}
		var result jobs.Result
		if run.Output != nil {
			if err := json.Unmarshal(run.Output, &result); err != nil {
				draw.end()
				return fmt.Errorf("read the output of run %d: %w", f.id, err)
			}
		}
		draw.line(run, result)
		if run.ended() {
			draw.end()
			p.printResult(result)
			return f.verdict(run, result)
		}
		if !pause(ctx, followInterval) {
			draw.end()
			return errInterrupted
		}
	}
}

// verdict is the error of a run that did not complete.
func (f *follower) verdict(run followed, result jobs.Result) error {
	switch {
	case run.State == "completed":
		return nil
	case run.Error == nil || slices.ContainsFunc(result.Tables, func(t jobs.TableResult) bool { return t.Error != "" }):
		return fmt.Errorf("run %d ended %s", f.id, run.State) // the tables said why
	}
	return fmt.Errorf("run %d ended %s: %s", f.id, run.State, printable(*run.Error))
}

// await looks at the run, and connects again as often as it takes. It notes that once.
func (f *follower) await(ctx context.Context, note func(string)) (followed, error) {
	began, rest := time.Now(), followInterval
	for failures := 0; ; failures++ {
		run, err := f.look(ctx)
		switch {
		case ctx.Err() != nil:
			return run, errInterrupted
		case err == nil && failures > 0:
			note("connected again")
			return run, nil
		case err == nil:
			return run, nil
		case f.conn != nil && !f.conn.IsClosed():
			return run, fmt.Errorf("read run %d: %w", f.id, err) // the database's answer, not its silence
		case time.Since(began) > followPatience:
			return run, fmt.Errorf("no database for %s, the run goes on with it: %w", followPatience, err)
		case failures == 0:
			note("connection lost, the run goes on: connecting again")
		}
		if !pause(ctx, rest) {
			return run, errInterrupted
		}
		rest = min(2*rest, longestPause)
	}
}

// look reads where the run stands.
func (f *follower) look(ctx context.Context) (run followed, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	if f.conn == nil || f.conn.IsClosed() {
		if f.conn, err = connect(ctx, f.config); err != nil {
			return run, err
		}
	}
	view := pgx.Identifier{f.config.Schema, "runs"}.Sanitize()
	rows, _ := f.conn.Query(ctx, `SELECT state, attempt, dry_run, output, error FROM `+view+` WHERE id = $1`, f.id)
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[followed])
}

// pause reports whether ctx let it end.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
