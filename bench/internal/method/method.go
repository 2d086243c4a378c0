// Package method has the ways to purge that are measured side by side: the real
// program, and what people do without it.
package method

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/watch"
)

// The two methods that are compared repetition by repetition.
const (
	Scheduled = "siltgate-scheduled"
	None      = "none"
)

// Method is one way to purge.
type Method struct {
	Name string

	// About says what it does, for the report.
	About string

	// Indexed methods get a table with indexes on expiry and revoked rows.
	Indexed bool

	// Alone is without a foreground, to find the limit.
	Alone bool

	// Replica methods need a replica of the program.
	Replica bool

	// Cron methods need pg_cron.
	Cron bool

	purge func(ctx context.Context, p Purge) (Outcome, error)
}

// Purge is one execution of a method.
type Purge struct {
	// Connect opens a connection to the database, under an application name.
	Connect func(ctx context.Context, application string) (*pgx.Conn, error)

	// Admin is a connection to the database where pg_cron is, and Database
	// the one to purge.
	Admin    func(ctx context.Context) (*pgx.Conn, error)
	Database string

	// Limit is how long a loop, and a scheduled run, may take; 0 = as long as it does.
	Limit time.Duration

	// Length is how long the method none waits.
	Length time.Duration
}

// Outcome is how it went.
type Outcome struct {
	Began   time.Time
	Took    time.Duration
	Deleted int64 // as the method counts
	Batches int64
	Failed  int64 // statements that failed and were tried again
	Capped  bool  // it reached the time limit

	// For Siltgate alone: the plan, the recorded result, and how long after the request the run
	// began, by the database's clock.
	Plan   string
	Result *Result
	Delay  time.Duration

	// Paces are what the run recorded of its pace meanwhile, in their order.
	Paces []Pace
}

// Run purges the table once.
func (m Method) Run(ctx context.Context, p Purge) (Outcome, error) {
	outcome, err := m.purge(ctx, p)
	if err != nil {
		return outcome, fmt.Errorf("purge by %s: %w", m.Name, err)
	}
	return outcome, nil
}

// All are the methods in the order in which they are shown.
func All() []Method {
	return []Method{
		{Name: Scheduled, About: "the program, a scheduled run: as slowly as SILTGATE_FINISH_WITHIN allows", Indexed: true, Replica: true, purge: scheduled},
		{Name: None, About: "no purge, for as long as the scheduled run took: how much the foreground differs from itself", Indexed: true, purge: nothing},
		{Name: "siltgate-full", About: "the program at full speed (duty cycle 1)", Indexed: true, Replica: true, purge: siltgate(true)},
		{Name: "siltgate", About: "the program, asked for by hand (duty cycle 0.3)", Indexed: true, Replica: true, purge: siltgate(false)},
		{Name: "siltgate-full-unindexed", About: "the program at full speed, table without indexes on expiry and revoked", Replica: true, purge: siltgate(true)},
		{Name: "limit", About: "one DELETE, no foreground: the limit", Indexed: true, Alone: true, purge: deleteOnce},
		{Name: "limit-unindexed", About: "one DELETE, no foreground, no such indexes: the limit, if that is faster", Alone: true, purge: deleteOnce},
		{Name: "delete", About: "one DELETE", Indexed: true, purge: deleteOnce},
		{Name: "delete-unindexed", About: "one DELETE, no such indexes", purge: deleteOnce},
		{Name: "in-100", About: "id IN (SELECT … LIMIT 100) until nothing is left", Indexed: true, purge: inLimit(100, "", expired, revoked)},
		{Name: "in-100-or", About: "the same with both reasons in one condition", Indexed: true, purge: inLimit(100, "", either)},
		{Name: "in-10000", About: "id IN (SELECT … LIMIT 10000) until nothing is left", Indexed: true, purge: inLimit(10_000, "", expired, revoked)},
		{Name: "skip-locked-100", About: "id IN (SELECT … LIMIT 100 FOR UPDATE SKIP LOCKED) until nothing is left", Indexed: true, purge: inLimit(100, " FOR UPDATE SKIP LOCKED", expired, revoked)},
		{Name: "keyset-5000", About: "5000 at a time in the order of expiry, from where the batch before ended", Indexed: true, purge: keyset},
		{Name: "pg_cron", About: "one DELETE as a job of pg_cron", Indexed: true, Cron: true, purge: cron},
	}
}

// Named are the methods of these names, in their own order; all of them if
// there are none.
func Named(names []string) ([]Method, error) {
	all := All()
	if len(names) == 0 {
		return all, nil
	}
	for _, name := range names {
		if !slices.ContainsFunc(all, func(m Method) bool { return m.Name == name }) {
			return nil, fmt.Errorf("-methods %s: want some of %s", name, strings.Join(allNames(), ","))
		}
	}
	return slices.DeleteFunc(all, func(m Method) bool { return !slices.Contains(names, m.Name) }), nil
}

func allNames() []string {
	var names []string
	for _, m := range All() {
		names = append(names, m.Name)
	}
	return names
}

// connect opens the connection of a method that the bench executes itself.
func (p Purge) connect(ctx context.Context) (*pgx.Conn, error) {
	return p.Connect(ctx, watch.Purge)
}

// deadline is when the method must end; in a year if there is no limit.
func (p Purge) deadline() time.Time {
	if p.Limit == 0 {
		return time.Now().AddDate(1, 0, 0)
	}
	return time.Now().Add(p.Limit)
}
