// Package doctor looks at a live database as a fleet would find it, and says of each thing
// that matters whether it is well, why not, and which statements mend it.
//
// It changes nothing, takes no lock that anyone waits for, and reads no token: the catalog, the
// statistics, our own schema, and of a table at most the oldest expiry. Each check stands by
// itself: what the role may not look at is said, and the others go on.
//
// # Where to find what
//
//	doctor.go           all checks, and what one finds; report.go: for a person, and as SQL; words.go: its numbers
//	connection.go       the server, its version, encryption, connections
//	schema.go           our schema: version, owner, privileges
//	table.go            each table, as a run inspects it; forecast.go: what a run would meet and take; heldtables.go: held ones
//	server.go           clocks, old transactions, standbys; slots.go, archiver.go: what keeps log; oldsnapshot.go: for how
//	                    long something has kept deleted rows on disk; setting.go: where a setting comes from
//	fleet.go            replicas, leader, schedule, last run
//	roles.go            the roles with the least privileges; workergrants.go: what a replica needs of each table;
//	                    columns.go: the types of its columns; secretcolumn.go: the names by which one may hold a token;
//	                    grants.go: the statements
//	suggest/            which tables look like tokens
package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/outage"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/session"
)

// Status says how a check ended.
type Status string

const (
	// OK is as it should be.
	OK Status = "ok"

	// Warn works, but not as well as it could, or could not be looked at.
	Warn Status = "warn"

	// Fail keeps a run from being started or from deleting.
	Fail Status = "fail"
)

// Check is one thing that was looked at.
type Check struct {
	// Area is what it belongs to: connection, schema, table, server, fleet.
	Area string `json:"area"`

	// Name is the check's, the same at each call; of a table's checks it has the table's name.
	Name string `json:"name"`

	Status Status `json:"status"`

	// Reason says in a sentence what was found.
	Reason string `json:"reason"`

	// Brief is the reason in a few words, where the report is to be short. Empty: the name is enough.
	Brief string `json:"brief,omitempty"`

	// Remedy says what to do where no statement does it. Empty: nothing, or SQL does.
	Remedy string `json:"remedy,omitempty"`

	// SQL are the statements that mend it, each without its semicolon.
	SQL []string `json:"sql,omitempty"`

	// Unless says what the statements would destroy, so that a person decides first. Empty:
	// they are safe to execute.
	Unless string `json:"unless,omitempty"`
}

// Report is all that was looked at, in the order in which an operator reads it.
type Report struct {
	Checks []Check `json:"checks"`
}

// Count is how many checks ended with a status.
func (r Report) Count(status Status) int {
	n := 0
	for _, c := range r.Checks {
		if c.Status == status {
			n++
		}
	}
	return n
}

// Doctor examines a database.
type Doctor struct {
	// Config is that of the replicas.
	Config config.Config

	// Digest is that of Config, as replicas with it report it.
	Digest string

	// Connections is how many a replica needs.
	Connections int

	// Now is the clock of this process. Nil: time.Now.
	Now func() time.Time

	// OldAfter is how long a transaction, or a prepared one, may stay open before it is
	// warned of. 0: an hour.
	OldAfter time.Duration
}

// lookTimeout is how long one statement of the doctor's may take.
const lookTimeout = 10 * time.Second

// examination is one look at a database.
type examination struct {
	Doctor
	conn   *pgx.Conn
	report Report
}

// Examine looks at everything. It always returns a report: that the database cannot be reached
// is in it.
func (d Doctor) Examine(ctx context.Context) Report {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.OldAfter == 0 {
		d.OldAfter = time.Hour
	}
	e := &examination{Doctor: d}
	conn, err := e.connect(ctx)
	if err != nil {
		c := Check{Area: "connection", Name: "server", Status: Fail, Reason: purge.Explain(err).Error(), Remedy: remedyOfConnection(err)}
		if unguarded, ok := errors.AsType[*session.UnguardedError](err); ok {
			c.SQL = unguarded.Resets
		}
		e.add(c)
		return e.report
	}
	e.conn = conn
	defer session.Close(ctx, conn)

	e.examineConnection(ctx)
	e.examineSchema(ctx)
	e.examineTables(ctx)
	e.examineServer(ctx)
	e.examineFleet(ctx)
	return e.report
}

// connect opens the one connection on which the doctor asks.
func (e *examination) connect(ctx context.Context) (*pgx.Conn, error) {
	if err := outage.CheckPooling(ctx, e.Config.Database.PoolConfig()); err != nil {
		return nil, err
	}
	c := e.Config.Database.ConnConfig()
	if err := e.Config.Database.Refresh(ctx, c); err != nil {
		return nil, err
	}
	session.Pin(c)
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	_, err = conn.Exec(ctx, `
		SELECT
			set_config('application_name', 'siltgate doctor', false),
			set_config('TimeZone', 'UTC', false),
			set_config('lock_timeout', '100ms', false),
			set_config('statement_timeout', $1::text, false)`, pgx.QueryExecModeExec, fmt.Sprint(lookTimeout.Milliseconds()))
	if err != nil {
		session.Close(ctx, conn)
		return nil, fmt.Errorf("set up the session: %w", err)
	}
	return conn, nil
}

func (e *examination) add(checks ...Check) { e.report.Checks = append(e.report.Checks, checks...) }

// try runs one check. An error that keeps it from seeing anything becomes its result.
func (e *examination) try(ctx context.Context, area, name string, check func(ctx context.Context) ([]Check, error)) {
	checks, err := check(ctx)
	for i := range checks {
		checks[i].Area = area
		if checks[i].Name == "" {
			checks[i].Name = name
		}
	}
	e.add(checks...)
	if err != nil {
		e.add(unseen(area, name, err))
	}
}

// unseen says that something could not be looked at.
func unseen(area, name string, err error) Check {
	c := Check{Area: area, Name: name, Status: Warn}
	switch sqlState(err) {
	case "42501": // insufficient_privilege
		c.Reason, c.Remedy = "it could not be looked at: this role may not", "siltgate grants prints what each role needs"
		return c
	case "55P03": // lock_not_available
		c.Remedy = remedyOfLock
	}
	c.Reason = "it could not be looked at: " + purge.Explain(err).Error()
	return c
}

// remedyOfLock is what to do where somebody's lock is in the way.
const remedyOfLock = "call doctor again when the lock is gone; pg_locks says who holds it"

// table is an object of ours, quoted with the schema.
func (e *examination) table(name string) string {
	return pgx.Identifier{e.Config.Schema, name}.Sanitize()
}

// quotedRole is the session's role, quoted for SQL; empty if it cannot be read.
func (e *examination) quotedRole(ctx context.Context) string {
	var role string
	if err := e.conn.QueryRow(ctx, `SELECT quote_ident(current_user)`).Scan(&role); err != nil {
		return ""
	}
	return role
}

// sqlState is the code of Postgres's error.
func sqlState(err error) string {
	var pgErr *pgconn.PgError
	if asPostgres(err, &pgErr) {
		return pgErr.Code
	}
	return ""
}
