package e2e

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fleet is the replicas on one database, and the commands called beside them. They all get
// the fleet's environment and nothing of the tests' own.
type fleet struct {
	t         testing.TB
	db        *database
	dir       string
	program   string // what its replicas run; empty: the program under test
	environ   []string
	processes []*process // all that were started, ended or not
	judged    bool
}

// replica is a process that runs.
type replica struct {
	*process
	id   string
	http string // address of its health
}

// newFleet is a fleet without replicas on a migrated database; vars are NAME=value.
func newFleet(t testing.TB, db *database, vars ...string) *fleet {
	t.Helper()
	f := newUnmigratedFleet(t, db, vars...)
	f.must("migrate")
	return f
}

func newUnmigratedFleet(t testing.TB, db *database, vars ...string) *fleet {
	t.Helper()
	f := &fleet{t: t, db: db, dir: t.TempDir()}
	f.environ = append([]string{
		"PATH=/usr/bin:/bin",
		"HOME=" + f.dir,
		"TZ=Asia/Tokyo", // nothing may depend on it
		"DATABASE_URL=" + db.url,
		"REFRESH_TOKEN_CLEANUP_CRON=off",
		"SILTGATE_HTTP_ADDR=127.0.0.1:0",
		"SILTGATE_LOG_LEVEL=debug",
	}, vars...)
	t.Cleanup(func() { // after all processes have ended
		defer f.report()
		f.judge()
		fleetsJudged.Add(1)
	})
	return f
}

// judge checks by SQL what every test ends with. A test whose server is gone by then calls it
// before.
func (f *fleet) judge() {
	f.t.Helper()
	if f.judged {
		return
	}
	f.judged = true
	f.db.requireNoLiveRowLost()
	f.db.requireOneAtATime()
}

// start adds replicas and waits until they work.
func (f *fleet) start(n int) []*replica {
	f.t.Helper()
	return f.startWith(nil, n)
}

// startAtWork is start, and returns when a run that was asked for is in hand and ticks come.
func (f *fleet) startAtWork(n int) (replicas []*replica, run int64) {
	f.t.Helper()
	run = f.db.ask(`{}`) // before the first tick, so that this run goes first
	replicas = f.start(n)
	f.db.awaitCounted(run)
	f.db.awaitTickAfter(time.Now())
	return replicas, run
}

// startWith is start with variables of their own.
func (f *fleet) startWith(vars []string, n int) []*replica {
	f.t.Helper()
	replicas := make([]*replica, n)
	for i := range replicas {
		replicas[i] = &replica{process: f.launch(vars, "run")}
	}
	for _, r := range replicas {
		await(f.t, patience, r.name+" to start", func() bool {
			require.True(f.t, r.running(), "%s ended:\n%s", r.name, r.output())
			return len(r.logged("replica started")) > 0
		})
		line := r.logged("replica started")[0]
		r.id, r.http = fmt.Sprint(line["replica"]), fmt.Sprint(line["http"])
	}
	return replicas
}

// launch starts any command, with variables of its own, and does not wait for it.
func (f *fleet) launch(vars []string, args ...string) *process {
	f.t.Helper()
	name := fmt.Sprintf("%02d-%s", len(f.processes), args[0])
	program := f.program
	if program == "" {
		program = binary
	}
	p := launch(f.t, f.dir, name, slices.Concat(f.environ, vars), program, args...)
	f.processes = append(f.processes, p)
	return p
}

// result is how a command ended.
type result struct {
	code           int
	stdout, stderr string
}

// call runs a command to its end.
func (f *fleet) call(args ...string) result {
	f.t.Helper()
	return f.callWith(nil, args...)
}

func (f *fleet) callWith(vars []string, args ...string) result {
	f.t.Helper()
	p := f.launch(vars, args...)
	code := p.wait(patience)
	return result{code: code, stdout: p.written(p.stdout), stderr: p.written(p.stderr)}
}

// must is call for commands that succeed. It returns what they print.
func (f *fleet) must(args ...string) string {
	f.t.Helper()
	r := f.call(args...)
	require.Zero(f.t, r.code, "siltgate %s: %s%s", strings.Join(args, " "), r.stdout, r.stderr)
	return r.stdout
}

// leader is the id of the replica that leads, empty if none does.
func (f *fleet) leader() string {
	f.t.Helper()
	leaders := f.db.texts(`SELECT leader_id FROM siltgate.river_leader WHERE expires_at > now()`)
	require.LessOrEqual(f.t, len(leaders), 1)
	return strings.Join(leaders, "")
}

// leadsSince is when the replica began to look after the schedule as the leader. The database knows
// only when it was elected, and River follows up to some seconds later. It is in the far future if
// the replica has not led.
func (r *replica) leadsSince() time.Time {
	r.t.Helper()
	lines := r.logged("maintenance.PeriodicJobEnqueuer: Run loop started") // River's words
	if len(lines) == 0 {
		return time.Now().AddDate(1, 0, 0)
	}
	at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(lines[len(lines)-1]["time"]))
	require.NoError(r.t, err)
	return at
}

// get asks a replica over HTTP.
func (f *fleet) get(r *replica, path string) (status int, body string) {
	f.t.Helper()
	resp, err := http.Get("http://" + r.http + path)
	require.NoError(f.t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(f.t, err)
	return resp.StatusCode, string(text)
}

// awaitReady waits until replicas say that they can do their work.
func (f *fleet) awaitReady(replicas ...*replica) {
	f.t.Helper()
	for _, r := range replicas {
		await(f.t, patience, r.name+" to be ready", func() bool {
			status, _ := f.get(r, "/readyz")
			return status == http.StatusOK
		})
	}
}

// awaitUnready waits until replicas say that they cannot, for a reason with these words in it.
func (f *fleet) awaitUnready(reason string, replicas ...*replica) {
	f.t.Helper()
	for _, r := range replicas {
		await(f.t, patience, r.name+" to be not ready: "+reason, func() bool {
			status, body := f.get(r, "/readyz")
			return status == http.StatusServiceUnavailable && strings.Contains(body, reason)
		})
	}
}

// byID finds a replica by the name that it has in logs and history.
func byID(t testing.TB, replicas []*replica, id string) *replica {
	t.Helper()
	i := slices.IndexFunc(replicas, func(r *replica) bool { return r.id == id })
	require.NotEqual(t, -1, i, "no replica is called %q", id)
	return replicas[i]
}

// report fails a test if a log shows a defect, and shows what happened in a test that failed.
func (f *fleet) report() {
	for _, p := range f.processes {
		for _, defect := range []string{"DATA RACE", "panic:", "run panicked"} {
			if strings.Contains(p.output(), defect) {
				f.t.Errorf("%s wrote %q", p.name, defect)
			}
		}
	}
	if !f.t.Failed() {
		return
	}
	const most = 16 << 10
	for _, p := range f.processes {
		for _, level := range []string{"WARN", "ERROR"} {
			for _, line := range p.loggedAs("level", level) {
				f.t.Logf("%s: %v", p.name, line)
			}
		}
		text := p.output()
		if len(text) > most {
			text = "…" + text[len(text)-most:]
		}
		f.t.Logf("%s, %s:\n%s", p.name, p.cmd.ProcessState, text)
	}
	f.t.Logf("the jobs:\n%s", strings.Join(f.db.jobs(), "\n"))
}
