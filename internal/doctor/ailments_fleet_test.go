package doctor

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/child"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// program is a built siltgate, for remedies that are commands.
type program string

func build(t *testing.T) program {
	t.Helper()
	path := filepath.Join(t.TempDir(), "siltgate")
	output, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "github.com/siltgate/siltgate").CombinedOutput()
	require.NoError(t, err, string(output))
	return program(path)
}

// site is a database with the variables of those that work on it.
type site struct {
	f       *fixture
	program program
	environ []string
}

// call executes a command and returns what it prints.
func (s site) call(args ...string) (stdout string, err error) {
	s.f.t.Helper()
	cmd := exec.CommandContext(s.f.t.Context(), string(s.program), args...)
	cmd.Env = append([]string{"DATABASE_URL=" + s.f.url}, s.environ...)
	out, err := cmd.Output()
	return string(out), err
}

// must executes a command that succeeds.
func (s site) must(args ...string) string {
	s.f.t.Helper()
	out, err := s.call(args...)
	require.NoError(s.f.t, err, "%s: %s", args, out)
	return out
}

// with has further variables.
func (s site) with(environ ...string) site {
	s.environ = append(append([]string{}, s.environ...), environ...)
	return s
}

// look is `siltgate doctor`, whose exit code says whether a check fails.
func (s site) look() Report {
	s.f.t.Helper()
	out, err := s.call("doctor", "--json")
	var r Report
	require.NoError(s.f.t, json.Unmarshal([]byte(out), &r), "%s", out)
	require.Equal(s.f.t, r.Count(Fail) > 0, err != nil, out)
	return r
}

// replica starts one, and returns what ends it.
func (s site) replica() (stop func()) {
	s.f.t.Helper()
	cmd := exec.Command(string(s.program), "run")
	cmd.Env = append([]string{"DATABASE_URL=" + s.f.url}, s.environ...)
	p, err := child.Start(cmd, pgtest.Reaper())
	require.NoError(s.f.t, err)
	stop = func() {
		_ = p.Signal(syscall.SIGTERM)
		<-p.Done()
	}
	s.f.t.Cleanup(stop)
	return stop
}

const oneRule, twoRules = "SILTGATE_TABLES_0_EXPIRES_COLUMN=expires_at", "SILTGATE_TABLES_0_DONE_COLUMN=revoked"

// ailmentsOfFleet are about replicas and runs.
func ailmentsOfFleet(p program) map[string]ailment {
	at := func(f *fixture) site {
		return site{f: f, program: p, environ: []string{"SILTGATE_TABLES_0_NAME=refresh_tokens", oneRule}}
	}
	start := func(f *fixture, _ Check) examine {
		at(f).replica()
		return at(f).look
	}
	// hold has a run hold the table, because its rule has changed.
	hold := func(f *fixture) examine {
		f.exec(`INSERT INTO refresh_tokens (expires_at, revoked) SELECT now() + interval '1 day', n > 100 FROM generate_series(1, 3000) AS n`)
		stop := at(f).replica()
		at(f).must("enqueue", "--wait")
		stop()
		changed := at(f).with(twoRules)
		changed.replica()
		_, _ = changed.call("enqueue", "--wait")
		return changed.look
	}
	return map[string]ailment{
		"no replica": {check: "replicas", status: Warn, words: "no replica is running", breaks: func(f *fixture) examine { return at(f).look }, follows: start},
		"no leader":  {check: "leader", status: Warn, words: "no replica leads", breaks: func(f *fixture) examine { return at(f).look }, follows: start},
		"a replica with other variables": {
			check: "replicas", status: Warn, words: "with another configuration than this command was given",
			breaks: func(f *fixture) examine {
				f.stop = at(f).with(twoRules).replica()
				return at(f).look
			},
			follows: func(f *fixture, found Check) examine { f.stop(); return start(f, found) },
		},
		"replicas that disagree": {
			check: "replicas", status: Warn, words: "disagree in their configuration",
			breaks: func(f *fixture) examine {
				at(f).replica()
				f.stop = at(f).with(twoRules).replica()
				return at(f).look
			},
			follows: func(f *fixture, found Check) examine { f.stop(); return start(f, found) },
		},
		"the last run failed": {
			check: "last run", status: Fail, words: `the latest run has failed: purge refresh_tokens: column "expires_at" does not exist`,
			breaks: func(f *fixture) examine {
				f.exec(`ALTER TABLE refresh_tokens RENAME expires_at TO valid_until`)
				s := at(f).with("SILTGATE_MAX_ATTEMPTS=1")
				s.replica()
				_, err := s.call("enqueue", "--wait")
				require.Error(f.t, err)
				return s.look
			},
			follows: func(f *fixture, _ Check) examine {
				require.Contains(f.t, at(f).must("history", "--failed"), "does not exist")
				f.exec(`ALTER TABLE refresh_tokens RENAME valid_until TO expires_at`)
				at(f).must("enqueue", "--wait")
				return at(f).look
			},
		},
		"no run for days": {
			check: "last run", status: Fail, words: "none since the tick of",
			breaks: func(f *fixture) examine {
				f.exec(`UPDATE siltgate.installation SET created_at = now() - interval '10 days'`)
				return at(f).look
			},
			follows: func(f *fixture, found Check) examine {
				require.Contains(f.t, found.Remedy, "siltgate enqueue --wait")
				look := start(f, found)
				at(f).must("enqueue", "--wait")
				return look
			},
		},
		"a table that is held": {
			check: "changed rules", status: Fail, words: "public.refresh_tokens is held: ", breaks: hold,
		},
		"a run that held a table": {
			check: "last run", status: Fail, words: "has held a table", breaks: hold,
			follows: func(f *fixture, _ Check) examine {
				require.Contains(f.t, at(f).must("history"), "held")
				at(f).with(twoRules).must("enqueue", "--confirm", "--wait")
				return at(f).with(twoRules).look
			},
		},
	}
}
