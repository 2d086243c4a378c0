package purge

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestFault54AStandbyThatIsDelayedOnPurposeIsWaitedForALittleAndThenLeftOut(t *testing.T) {
	t.Parallel()
	server := pgtest.NewServer(t, localpg.Options{})
	pgtest.NewStandby(t, server, localpg.Options{Settings: map[string]string{"recovery_min_apply_delay": "1h"}})
	conn, session, e := serverEngine(t, server, 20_000)
	e.Lag = &LagGuard{Limit: 100 * time.Millisecond, MaxWait: 3 * time.Second}
	// The WAL that the standby holds back is seen before the run, as by a run before it.
	var known Standbys
	require.Eventually(t, func() bool {
		return e.Lag.reason(t.Context(), session, &known, e.Log) != ""
	}, time.Minute, 100*time.Millisecond, "the standby is seen to be behind")

	waited := map[string]bool{}
	run := func() Progress {
		p, err := e.Run(t.Context(), Request{
			Tables: []Table{tokens},
			Report: func(p *Progress) { waited[p.WaitingFor] = true },
		}, Progress{})
		require.NoError(t, err)
		return p
	}
	p := run()
	require.EqualValues(t, 20_000, p.Deleted())
	require.Len(t, p.Standbys.LeftOut, 1)
	require.Empty(t, p.WaitingFor)
	require.GreaterOrEqual(t, p.Waited, 2*time.Second)
	require.Greater(t, len(waited), 1, "it says what it waits for")

	_, err := conn.Exec(t.Context(), `INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	require.NoError(t, err)
	p = run()
	require.Zero(t, p.Waited, "the next run does not wait anew")
	require.Len(t, p.Standbys.LeftOut, 1, "and says so")
}

func TestAStandbyIsWaitedForUntilItsTimeIsOverAndAgainOnceItHasCaughtUp(t *testing.T) {
	t.Parallel()
	g := &LagGuard{Limit: 10 * time.Second, MaxWait: time.Minute}
	log := slog.New(slog.DiscardHandler)
	var known Standbys
	at := func(seconds int, standbys ...standby) string {
		g.seen = standbys
		return g.judge(&known, time.Unix(int64(seconds), 0), log)
	}
	late, prompt := standby{name: "b", lag: 14 * time.Second}, standby{name: "b"}
	other := standby{name: "c", lag: 20 * time.Second}
	require.Empty(t, at(0, prompt))
	require.Equal(t, `standby "b" is 14s behind`, at(1, late))
	require.Empty(t, at(30, prompt))
	require.NotEmpty(t, at(31, late), "it is waited for anew")
	require.NotEmpty(t, at(90, late))
	require.Empty(t, at(91, late), "its time is over")
	require.Equal(t, []string{"b"}, known.LeftOut)
	require.Equal(t, `standby "c" is 20s behind`, at(92, late, other), "another one is waited for")
	require.Empty(t, at(93, prompt))

	// Another replica goes on with the run: it knows from the progress what was waited for.
	g = &LagGuard{Limit: 10 * time.Second, MaxWait: time.Minute}
	require.Empty(t, at(94, late))
	known = Standbys{Since: map[string]time.Time{"b": time.Unix(50, 0)}}
	require.NotEmpty(t, at(100, late))
	require.Empty(t, at(110, late))
	known = Standbys{}
	require.Empty(t, at(120, late), "the next run does not wait anew")
	require.Equal(t, []string{"b"}, known.LeftOut)
	require.Empty(t, at(130, prompt))
	known = Standbys{}
	require.NotEmpty(t, at(140, late), "once it has caught up it is waited for again")
}
