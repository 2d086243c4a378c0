package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/outage"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/internal/testkit/transcript"
	"github.com/siltgate/siltgate/jobs"
	"github.com/siltgate/siltgate/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(pgtest.Overlap(m)) }

// fixture is a migrated database with a replica to start.
type fixture struct {
	t       *testing.T
	url     string // of the superuser
	pool    *pgxpool.Pool
	replica Replica
	log     *transcript.Transcript
}

const schema = "siltgate"

// migrated has the schema. Each test gets a copy: to migrate takes longer.
var migrated = pgtest.Template{Name: "migrated", Fill: func(ctx context.Context, url string) error {
	config, err := pgxpool.ParseConfig(url)
	if err == nil {
		_, err = migrations.Migrator{Config: config, Schema: schema}.Up(ctx)
	}
	return err
}}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	url := migrated.Database(t)
	pool := pgtest.Pool(t, url)
	_, err := pool.Exec(t.Context(), `
		UPDATE siltgate.installation SET created_at = now();
		CREATE TABLE refresh_tokens (id bigint GENERATED ALWAYS AS IDENTITY, expires_at timestamptz, revoked boolean)`)
	require.NoError(t, err)

	log := &transcript.Transcript{}
	logger := slog.New(slog.NewJSONHandler(log, nil))
	return &fixture{t: t, url: url, pool: pool, log: log, replica: Replica{
		Database:     pool.Config(),
		Schema:       schema,
		ID:           "replica-of-" + strings.ReplaceAll(t.Name(), "/", "-")[:min(40, len(t.Name()))],
		Tables:       []purge.Table{{Name: "refresh_tokens", Rules: []purge.Rule{{Expires: []string{"expires_at"}, Done: "revoked"}}}},
		Pace:         purge.Pace{DutyCycle: 1, BatchTarget: 10 * time.Millisecond},
		MaxClockSkew: time.Minute,
		History:      48 * time.Hour,
		CatchUp:      24 * time.Hour,
		MaxAttempts:  5,
		Log:          logger,
	}}
}

// start runs the replica until the test ends, or until the function it returns
// is called, which waits for its end.
func (f *fixture) start() (stop func() error) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.replica.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	f.t.Cleanup(func() {
		if err := stop(); err != nil {
			f.t.Error(err)
		}
		if f.t.Failed() {
			f.t.Log(f.log.String())
		}
	})
	return stop
}

// lasting is how many rows the run has that startLasting begins.
const lasting = 200_000

// startLasting is start with a run in hand that has begun to delete and will for long.
func (f *fixture) startLasting() (run int64, stop func() error) {
	f.t.Helper()
	f.replica.Pace = purge.Pace{DutyCycle: 0.05, BatchTarget: time.Millisecond}
	f.exec(fmt.Sprintf(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, %d)`, lasting))
	stop = f.start()
	run = f.insert(`{}`)
	require.Eventually(f.t, func() bool { return f.number(`SELECT count(*) FROM refresh_tokens WHERE ctid = '(0,1)'`) == 0 }, pgtest.Patience, time.Millisecond)
	return run, stop
}

// connected is the replica with the pool that Run makes for it, though it does not run.
func (f *fixture) connected() Replica {
	f.t.Helper()
	r := f.replica
	r.outage = outage.NewMonitor(r.Log)
	pool, err := r.newPool(f.t.Context(), mostPool)
	require.NoError(f.t, err)
	f.t.Cleanup(pool.Close)
	r.pool = pool
	return r
}

func (f *fixture) exec(sql string) {
	f.t.Helper()
	_, err := f.pool.Exec(f.t.Context(), sql)
	require.NoError(f.t, err)
}

// restore executes a statement as a restore does: a row is stored as it says, and nobody is told.
func (f *fixture) restore(sql string) {
	f.t.Helper()
	require.NoError(f.t, pgx.BeginFunc(f.t.Context(), f.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(f.t.Context(), `SET LOCAL session_replication_role TO replica`); err != nil {
			return err
		}
		_, err := tx.Exec(f.t.Context(), sql)
		return err
	}))
}

func (f *fixture) number(sql string, args ...any) (n int64) {
	f.t.Helper()
	require.NoError(f.t, f.pool.QueryRow(f.t.Context(), sql, args...).Scan(&n))
	return n
}

// insert puts a job into the queue as any SQL client may.
func (f *fixture) insert(args string) int64 {
	f.t.Helper()
	return f.number(`INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', $1::text::jsonb) RETURNING id`, args)
}

// await waits until a job is in a state, and returns what it recorded.
func (f *fixture) await(id int64, state string) jobs.Result {
	f.t.Helper()
	var now, output string
	require.Eventually(f.t, func() bool {
		err := f.pool.QueryRow(f.t.Context(),
			`SELECT state, coalesce(output, '{}')::text FROM siltgate.runs WHERE id = $1`, id).Scan(&now, &output)
		return err == nil && now == state
	}, pgtest.Patience, 10*time.Millisecond, "job %d is not %s", id, state)
	var result jobs.Result
	require.NoError(f.t, json.Unmarshal([]byte(output), &result))
	return result
}
