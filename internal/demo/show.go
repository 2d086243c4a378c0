package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/schedule"
	//nolint:depguard // The application beside is for tests and for the demo, which this is.
	"github.com/siltgate/siltgate/internal/testkit/application"
	//nolint:depguard // So is a private Postgres.
	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/jobs"
)

const (
	replicas = 3
	cron     = "*/4 * * * * *"

	// rest is how long a user of the application pauses between two things.
	rest = 40 * time.Millisecond

	// maxRows spreads the dead rows over several ticks, so that one sees them go.
	maxRows = 20_000

	// patience is how long one act may take, on a busy machine too.
	patience = 2 * time.Minute

	clearTimeout = 20 * time.Second
)

// show is a demo under way, and all that has to be cleared up after it.
type show struct {
	demo Demo
	say  narrator

	server *localpg.Server
	conn   *pgx.Conn // for what the demo itself reads
	app    *application.Application
	fleet  *fleet

	schedule schedule.Schedule
	initial  int64     // rows in the tables at first
	dead     int64     // of which dead
	born     time.Time // when the schema was created, as replicas read it
	leader   *replica
	told     map[int64]bool // runs whose end was told
	killedAt time.Time      // the first leader
	last     jobs.Run       // began after the application had ended
	drawnAt  time.Time      // when the bar was drawn last
}

// play shows the demo, act by act.
func (s *show) play(ctx context.Context) error {
	acts := []func(context.Context) error{
		s.startPostgres,
		s.fillTables,
		s.startApplication,
		s.startFleet,
		s.watchTicks,
		s.killLeader,
		s.runBySQL,
		s.awaitLeader,
		s.awaitCatchUp,
		s.awaitLastRun,
		s.stopFleet,
		s.printHistory,
		s.check,
	}
	for _, act := range acts {
		if err := act(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *show) startPostgres(ctx context.Context) error {
	s.say.title("Three replicas of Siltgate purge the dead tokens of an application, and lose\ntheir leader.\n" +
		"All of it is private to this demo, which takes about half a minute.")
	where := "starting a private one"
	opts := localpg.Options{BinDir: s.demo.BinDir, Path: s.demo.Path}
	if dir := localpg.Downloads(ctx, opts); dir != "" {
		where = "none on this machine: downloading one to " + dir + ", this once"
	}
	s.say.line("postgres", "%s", where)
	server, err := localpg.Start(ctx, opts)
	if err != nil {
		return err
	}
	s.server = server
	if err := server.CreateDatabase(ctx, database, ""); err != nil {
		return err
	}
	if s.conn, err = pgx.Connect(ctx, server.URL(database)); err != nil {
		return fmt.Errorf("connect to the private Postgres: %w", err)
	}
	s.say.line("postgres", "Postgres %s serves port %d from %s",
		s.conn.PgConn().ParameterStatus("server_version"), server.Port(), server.Dir())
	return nil
}

func (s *show) fillTables(ctx context.Context) error {
	s.say.line("tables", "filling those of an application that never cleaned up")
	if _, err := s.conn.Exec(ctx, tables); err != nil {
		return fmt.Errorf("create the application's tables: %w", err)
	}
	counts, err := countRows(ctx, s.conn, time.Now())
	if err != nil {
		return err
	}
	for _, c := range counts {
		s.say.line("tables", "%s: %s rows, of which %s are dead", c.Table, number(c.All), number(c.Dead))
	}
	s.initial, s.dead = total(counts).All, total(counts).Dead
	return nil
}

func (s *show) startApplication(ctx context.Context) error {
	var err error
	s.app, err = application.Start(ctx, application.Options{
		URL:    s.server.URL(database),
		Rest:   rest,
		Random: func(int) *rand.Rand { return rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())) },
	})
	if err != nil {
		return err
	}
	s.say.line("application", "looks up, rotates and issues tokens from now on, %d times a second,", application.Users*time.Second/rest)
	s.say.line("", "and renews tokens that have just expired: those rows must stay")
	return nil
}

func (s *show) startFleet(ctx context.Context) error {
	var err error
	if s.schedule, err = schedule.Parse(cron, time.UTC); err != nil {
		return fmt.Errorf("read the demo's schedule: %w", err)
	}
	if s.fleet, err = newFleet(ctx, s.demo.Program, s.server.URL(database)); err != nil {
		return err
	}
	if err := s.fleet.command(ctx, nil, "migrate"); err != nil {
		return err
	}
	if err := s.conn.QueryRow(ctx, `SELECT min(created_at) FROM siltgate.installation`).Scan(&s.born); err != nil {
		return fmt.Errorf("read when the schema was created: %w", err)
	}
	s.say.line("siltgate", "`siltgate migrate` has created the schema siltgate: River's tables and Siltgate's")

	if err := s.fleet.start(ctx, replicas); err != nil {
		return err
	}
	for _, r := range s.fleet.replicas {
		s.say.line("siltgate", "`siltgate run`: %s is process %d", r, r.Pid())
	}
	s.say.line("siltgate", "a run is due every 4 seconds (%s, UTC), and may delete %s rows", cron, number(maxRows))
	return nil
}

// clear ends what play has started, also after ctx has ended. A part that needs another one
// is ended before that one.
func (s *show) clear(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearTimeout)
	defer cancel()
	if s.app != nil {
		s.app.Stop()
	}
	if s.conn != nil {
		_ = s.conn.Close(ctx) // the server goes next
	}
	if s.fleet != nil {
		_ = s.fleet.stop(ctx) // what matters now is that they end
		s.fleet.reaper.Release()
	}
	if s.server == nil {
		return nil
	}
	if err := s.server.Stop(ctx); err != nil {
		return err
	}
	if _, err := os.Stat(s.server.Dir()); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("clear up: %s is still there", s.server.Dir())
	}
	s.say.line("demo", "the replicas and Postgres are stopped, %s is gone", s.server.Dir())
	return nil
}
