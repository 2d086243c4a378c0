package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/backoff"
	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/jobs"
)

const (
	followInterval = 500 * time.Millisecond

	// A connection that is lost is made again. A database that stays away for as long as
	// followPatience is given up.
	readTimeout    = 10 * time.Second
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
	own    bool // this process is a replica, for this run

	timeout time.Duration // 0: none
	fleet   fleetStatus
	failed  int    // the last attempt whose failure was shown
	waits   string // the last line about what the run waits for
}

// follow shows a run's progress until it ends, then its result.
func (p *program) follow(ctx context.Context, f *follower) error {
	draw := &progress{w: p.stdout, terminal: p.terminal()}
	if f.own && isTerminal(p.stderr) { // the log is on the same terminal, and its lines would go on after the bar
		draw.terminal.live = false
	}
	began, waiting := time.Now(), ctx
	if f.timeout > 0 { // also while the database is away
		var cancel context.CancelFunc
		waiting, cancel = context.WithTimeout(ctx, f.timeout)
		defer cancel()
	}
	for {
		run, err := f.await(waiting, draw.note)
		if err != nil {
			draw.end()
			if late := f.fleet.late(f.id, began, f.timeout); ctx.Err() == nil && waiting.Err() != nil && late != nil {
				return late
			}
			return err
		}
		result, err := run.Result()
		if err != nil {
			draw.end()
			return err
		}
		for _, line := range f.news(ctx, run, result) {
			draw.note(line)
		}
		draw.line(run, result)
		if run.Ended() {
			draw.clear()
			p.printResult(result)
			return f.verdict(run, result)
		}
		if err := f.fleet.late(f.id, began, f.timeout); err != nil {
			draw.end()
			return err
		}
		if !pause(waiting, followInterval) && ctx.Err() != nil {
			draw.end()
			return errInterrupted
		}
	}
}

// news is what there is to say besides the run's progress: that an attempt failed, and
// why, as soon as it has; and that no replica works the run, because there is none or runs are paused.
func (f *follower) news(ctx context.Context, run jobs.Run, result jobs.Result) []string {
	var lines []string
	if run.State == "retryable" && run.Attempt > f.failed {
		f.failed = run.Attempt
		lines = append(lines, fmt.Sprintf("attempt %d failed, and the run is tried again:", run.Attempt))
		for _, reason := range reasons(run, result) {
			lines = append(lines, "  "+printable(reason))
		}
	}
	waits := run.Waits()
	if run.Attempt == 0 || strings.HasPrefix(waits, "waits: paused") { // the fleet's status says more
		waits = ""
	}
	if waits != f.waits && waits != "" {
		lines = append(lines, printable(waits))
	}
	f.waits = waits
	if f.own {
		return lines
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return append(lines, f.fleet.readStatus(ctx, f.conn, f.config.Schema)...)
}

// reasons are why an attempt failed: each table's own, or else the run's.
func reasons(run jobs.Run, result jobs.Result) []string {
	var all []string
	for _, t := range result.Tables {
		if t.Error != "" {
			all = append(all, t.Table+": "+t.Error)
		}
	}
	if len(all) == 0 && run.Error != nil {
		all = strings.Split(*run.Error, "\n")
	}
	return all
}

// verdict is the error of a run that did not complete.
func (f *follower) verdict(run jobs.Run, result jobs.Result) error {
	switch {
	case run.Outcome == jobs.OutcomeHeld:
		return fmt.Errorf("run %d has held %s", f.id, count(heldTables(result), "table"))
	case run.State == "completed":
		return nil
	case run.Error == nil || slices.ContainsFunc(result.Tables, func(t jobs.TableResult) bool { return t.Error != "" }):
		return fmt.Errorf("run %d %s", f.id, ending(run)) // the tables said why
	}
	return fmt.Errorf("run %d %s: %s", f.id, ending(run), printable(*run.Error))
}

func heldTables(result jobs.Result) (n int64) {
	for _, t := range result.Tables {
		if t.Held != "" {
			n++
		}
	}
	return n
}

// ending says how a run ended that did not complete.
func ending(run jobs.Run) string {
	if run.State == "cancelled" {
		return "was cancelled"
	}
	return "failed at attempt " + number(int64(run.Attempt))
}

// await looks at the run, and connects again as often as it takes. It says once that it does.
func (f *follower) await(ctx context.Context, note func(string)) (jobs.Run, error) {
	began, pause := time.Now(), backoff.Backoff{First: followInterval, Longest: longestPause}
	for failures := 0; ; failures++ {
		run, err := f.readRun(ctx)
		switch {
		case ctx.Err() != nil:
			return run, errInterrupted
		case err == nil && failures > 0:
			note("connected again")
			return run, nil
		case err == nil:
			return run, nil
		case f.conn != nil && !f.conn.IsClosed():
			return run, err // the database answered: to connect again would not help
		case time.Since(began) > followPatience:
			return run, fmt.Errorf("no database for %s, the run goes on with it: %w", followPatience, err)
		case failures == 0:
			note("connection lost, the run goes on: connecting again")
		}
		if !pause.Wait(ctx) {
			return run, errInterrupted
		}
	}
}

// readRun reads where the run stands.
func (f *follower) readRun(ctx context.Context) (run jobs.Run, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if f.conn == nil || f.conn.IsClosed() {
		if f.conn, err = connect(ctx, f.config); err != nil {
			return run, err
		}
	}
	if f.own {
		return ownRun(ctx, f.conn, f.config.Schema, f.id)
	}
	return jobs.GetIn(ctx, f.conn, f.config.Schema, f.id)
}

// pause waits, and reports whether ctx lasted as long.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
