package worker

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// probe is a job of no kind of ours, which goes back to the queue for a while.
type probe struct {
	Snooze time.Duration `json:"snooze"`
}

// Kind implements river.JobArgs.
func (probe) Kind() string { return "probe" }

type prober struct{ river.WorkerDefaults[probe] }

// Work implements river.Worker.
func (prober) Work(_ context.Context, job *river.Job[probe]) error {
	return river.JobSnooze(job.Args.Snooze)
}

// plainRiver runs River as it is, without anything of ours in between, until the test ends.
func (f *fixture) plainRiver(periodic ...*river.PeriodicJob) *river.Client[pgx.Tx] {
	f.t.Helper()
	workers := river.NewWorkers()
	river.AddWorker(workers, prober{})
	client, err := river.NewClient(riverpgxv5.New(f.pool), &river.Config{
		Schema:       schema,
		Queues:       map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}},
		Workers:      workers,
		PeriodicJobs: periodic,
	})
	require.NoError(f.t, err)
	require.NoError(f.t, client.Start(f.t.Context()))
	f.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(f.t.Context()), pgtest.Patience)
		defer cancel()
		require.NoError(f.t, client.StopAndCancel(ctx))
	})
	return client
}

func TestRiverGivesASnoozedJobBackWithinItsIntervalAndSchedulesItBeyond(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	client := f.plainRiver()
	for snooze, state := range map[time.Duration]string{riverScheduleInterval - time.Millisecond: "available", snoozeForTurn: "scheduled"} {
		inserted, err := client.Insert(t.Context(), probe{snooze}, nil)
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			return f.number(`
				SELECT count(*) FROM siltgate.river_job
				WHERE id = $1 AND state = $2::text::siltgate.river_job_state AND attempt = 0 AND metadata @> '{"snoozes":1}'`, inserted.Job.ID, state) == 1
		}, pgtest.Patience, time.Millisecond, "%s: %s", snooze, state)
	}
}

func TestRiverMakesAJobAvailableBeforeItsTimeAndFetchesItThen(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.plainRiver()
	id := f.number(`
		INSERT INTO siltgate.river_job (kind, args, state, scheduled_at, max_attempts)
		VALUES ('probe', '{}', 'scheduled', now() + interval '7 s', 25) RETURNING id`)
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND state = 'available' AND scheduled_at > now() AND attempted_at IS NULL`, id) == 1
	}, pgtest.Patience, time.Millisecond, "made available early")
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND attempted_at IS NOT NULL`, id) == 1
	}, pgtest.Patience, time.Millisecond)
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND attempted_at < created_at + interval '7 s'`, id), "fetched early")
}

func TestRiverElectsALeaderForATerm(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.plainRiver()
	var term time.Duration
	require.Eventually(t, func() bool {
		return f.pool.QueryRow(t.Context(), `SELECT expires_at - elected_at FROM siltgate.river_leader`).Scan(&term) == nil
	}, pgtest.Patience, time.Millisecond)
	require.Equal(t, riverLeaderTerm, term)
}

// everyMoment is a periodic schedule that remembers when it was asked for a job.
type everyMoment struct {
	mu    sync.Mutex
	next  time.Time
	early []time.Duration
}

// Next implements river.PeriodicSchedule.
func (e *everyMoment) Next(after time.Time) time.Time {
	const apart = 300 * time.Millisecond
	e.mu.Lock()
	defer e.mu.Unlock()
	e.next = after.Truncate(apart).Add(apart)
	return e.next
}

func (e *everyMoment) prompt() (river.JobArgs, *river.InsertOpts) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.early = append(e.early, time.Until(e.next))
	return nil, nil
}

func TestRiverAsksForTicksAtTheStartAndNoEarlierThanExpected(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	moments := &everyMoment{}
	f.plainRiver(river.NewPeriodicJob(moments, moments.prompt, &river.PeriodicJobOpts{RunOnStart: true}))
	asked := func() []time.Duration {
		moments.mu.Lock()
		defer moments.mu.Unlock()
		return moments.early
	}
	require.Eventually(t, func() bool { return len(asked()) >= 10 }, pgtest.Patience, 10*time.Millisecond)
	for _, early := range asked()[1:] { // the first is at the start
		require.LessOrEqual(t, early, riverAsksEarly)
	}
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.river_job`), "without arguments nothing is inserted")
}

func TestRiverForgetsAnEndedRunWhenItsHistoryIsOver(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.History = 48 * time.Hour
	f.restore(`
		INSERT INTO siltgate.river_job (kind, args, state, max_attempts, attempt, finalized_at)
		SELECT 'token_cleanup', jsonb_build_object('reason', age::text), state::siltgate.river_job_state, 25, 1, now() - age
		FROM unnest(ARRAY['completed', 'cancelled', 'discarded']) AS state, unnest(ARRAY['47 h', '49 h']::interval[]) AS age`)
	f.start()
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.river_job WHERE finalized_at < now() - interval '48 h'`) == 0
	}, pgtest.Patience, 10*time.Millisecond)
	require.EqualValues(t, 3, f.number(`SELECT count(*) FROM siltgate.river_job`))
}

// An upgrade of River goes by the page in doc.go.
func TestTheLifeOfARunNamesTestsAndFunctionsThatExistAndAllTriggers(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, page, _ := strings.Cut(string(doc), "# The life of a run")
	var tests, migrations strings.Builder
	require.NoError(t, filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		into := &tests
		switch {
		case strings.HasSuffix(path, "_test.go"):
		case strings.HasSuffix(path, ".sql") && filepath.Base(filepath.Dir(path)) == "sql":
			into = &migrations
		default:
			return nil
		}
		content, err := os.ReadFile(path)
		into.Write(content)
		return err
	}))
	for _, name := range regexp.MustCompile(`Test\w+`).FindAllString(page, -1) {
		require.True(t, strings.Contains(tests.String(), "\nfunc "+name+"(t *testing.T)"), "there is no %s", name) //nolint:testifylint // Contains prints all tests.
	}
	for _, found := range regexp.MustCompile(`(\w+\.go): (\w+)`).FindAllStringSubmatch(page, -1) {
		file, err := os.ReadFile(found[1])
		require.NoError(t, err)
		require.True(t, regexp.MustCompile(`(?m)^func (\(.*\) )?`+found[2]+`\(`).Match(file), "%s has no %s", found[1], found[2])
	}
	for _, found := range regexp.MustCompile(`CREATE TRIGGER (\w+)\s+(?:BEFORE|AFTER) [A-Z ]+(?:OF \w+ )?ON \{schema\}\.river_job\b`).FindAllStringSubmatch(migrations.String(), -1) {
		require.Contains(t, page, found[1])
	}
}

// A person who upgrades River finds in the list every file that a change of River's tables may
// break.
func TestTheListOfWhatIsReliedOnInRiverNamesEveryFileThatNamesARiverTable(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, list, _ := strings.Cut(string(page), "# What is relied on in River")
	relies := regexp.MustCompile(`\briver_(job|leader|queue|migration|client)|river:[a-z]|"riverqueue\.com/riverui"`)
	comment := regexp.MustCompile(`(?m)^\s*(//|--).*$`)
	found := 0
	for _, folder := range []string{".", "../migrations", "../internal", "../jobs"} {
		require.NoError(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			extension := filepath.Ext(path)
			if err != nil || extension != ".go" && extension != ".sql" || strings.HasSuffix(path, "_test.go") || path == "doc.go" {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil || !relies.Match(comment.ReplaceAll(content, nil)) {
				return err
			}
			found++
			name := filepath.Base(path)
			switch {
			case extension == ".sql":
				name, _, _ = strings.Cut(name, "_")
			case strings.HasPrefix(path, "../internal/"):
				name = strings.TrimPrefix(filepath.Dir(path), "../")
			}
			require.Contains(t, list, name, "%s", path)
			return nil
		}))
	}
	require.Greater(t, found, 20)
}
