package worker

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
)

func TestFault68AReplicaIsSeenWhileItRuns(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.Version = "1.2.3"
	f.exec(`INSERT INTO siltgate.heartbeats (replica, version, digest, seen_at) VALUES
		('long gone', 'x', 'x', now() - interval '1 day'), ('of a clock set back', 'x', 'x', now() + interval '1 day')`)
	stop := f.start()
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.replicas WHERE replica = $1 AND version = '1.2.3' AND digest = $2 AND leader`, f.replica.ID, f.replica.Digest()) == 1
	}, 30*time.Second, 10*time.Millisecond)
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.heartbeats`))
	require.NotContains(t, f.log.String(), "replicas disagree")
	require.NoError(t, stop())
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.heartbeats`))
}

func TestFault68ReplicasThatDisagreeAreWarnedOfOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	other := r
	other.ID, other.MaxRows = "other", 7
	_, _, err := other.beatOnce(t.Context())
	require.NoError(t, err)
	f.start()
	require.Eventually(t, func() bool {
		return strings.Contains(f.log.String(), `"msg":"replicas disagree in their configuration`)
	}, 10*time.Second, time.Millisecond)
	require.Contains(t, f.log.String(), "other ("+other.Digest()+")")

	others, _, err := r.beatOnce(t.Context())
	require.NoError(t, err)
	require.Equal(t, "other ("+other.Digest()+")", others)
	other.fallSilent(t.Context())
	others, _, err = r.beatOnce(t.Context())
	require.NoError(t, err)
	require.Empty(t, others)
}

func TestFault68ATicksRunIsLeftToThoseWhoAgreeWithItsInserterForAWhile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	other := r
	other.ID, other.Tables = "other", []purge.Table{{Name: "other_tokens", Rules: []purge.Rule{{Done: "revoked"}}}}
	require.NoError(t, other.insertTick(t.Context(), someTick))
	id := f.number(`SELECT job_id FROM siltgate.ticks`)
	theirs := func() bool {
		row, err := r.tickOf(t.Context(), id, someTick)
		require.NoError(t, err)
		return row.theirs
	}
	require.False(t, theirs(), "none of them runs")
	_, _, err := other.beatOnce(t.Context())
	require.NoError(t, err)
	require.True(t, theirs())
	f.exec(`UPDATE siltgate.heartbeats SET seen_at = now() - interval '3 min'`)
	require.False(t, theirs(), "they are gone")
	_, _, err = other.beatOnce(t.Context())
	require.NoError(t, err)

	f.start()
	f.await(id, "scheduled")
	require.Contains(t, f.log.String(), "run left to a replica with the configuration of the one that inserted its tick")
	f.exec(`UPDATE siltgate.ticks SET inserted_at = inserted_at - interval '2 min'`)
	require.Equal(t, jobs.OutcomeCompleted, f.await(id, "completed").Outcome)
	require.Contains(t, f.log.String(), "run worked with another configuration than that of the replica that inserted its tick")
}

// River asks for ticks by the clock on the wall. If that is set back by an hour, it does not ask for an hour.
func TestALeadersBeatAssertsTheLatestTick(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	f.exec(`INSERT INTO siltgate.river_leader (leader_id, elected_at, expires_at) VALUES ('` + r.ID + `', now(), now() + interval '15 s')`)
	ticks := r.ticks(time.Time{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.beat(ctx, ticks)
	}()
	select {
	case <-ticks.prompts:
	case <-time.After(pgtest.Patience):
		t.Error("it does not")
	}
	cancel()
	<-ended
}

func TestTheDigestIsOfWhatReplicasShare(t *testing.T) {
	t.Parallel()
	base := Replica{Schema: "siltgate", Tables: []purge.Table{{Name: "a", Rules: []purge.Rule{{Done: "x"}}}, {Name: "b", Rules: []purge.Rule{{Done: "x"}}}}, Pace: purge.Pace{DutyCycle: 0.3}}
	same := base
	same.ID, same.HTTPAddr, same.Version = "other", ":1", "2"
	same.Tables = []purge.Table{base.Tables[1], base.Tables[0]}
	require.Equal(t, base.Digest(), same.Digest())
	seen := map[string]bool{base.Digest(): true}
	for _, change := range []func(*Replica){
		func(r *Replica) {
			r.Tables = []purge.Table{{Name: "a", Rules: []purge.Rule{{Done: "y"}}}, {Name: "b", Rules: []purge.Rule{{Done: "x"}}}}
		},
		func(r *Replica) { r.Tables = r.Tables[:1] },
		func(r *Replica) { r.Pace.DutyCycle = 1 },
		func(r *Replica) { r.Pace.FinishWithin = time.Hour },
		func(r *Replica) { r.MaxDuration = time.Hour },
		func(r *Replica) { r.MaxRows = 1 },
		func(r *Replica) { r.MaxShare = 0.5 },
		func(r *Replica) { r.CatchUp = time.Hour },
		func(r *Replica) { r.History = time.Hour },
		func(r *Replica) { r.Lag = &purge.LagGuard{Limit: time.Second} },
		func(r *Replica) { r.MaxAttempts = 3 },
	} {
		changed := base
		change(&changed)
		require.NotContains(t, seen, changed.Digest())
		seen[changed.Digest()] = true
	}
}

func TestFault67ASchemaRestoredWithoutItsDataIsSaidWithWhatToDo(t *testing.T) {
	t.Parallel()
	for damage, want := range map[string]string{
		`DELETE FROM siltgate.installation`:       `INSERT INTO "siltgate"."installation" DEFAULT VALUES`,
		`DELETE FROM siltgate.siltgate_migration`: "`DROP SCHEMA \"siltgate\" CASCADE` and run `siltgate migrate`",
	} {
		f := newFixture(t)
		f.exec(damage)
		require.ErrorContains(t, f.replica.Run(t.Context()), want)
	}
	f := newFixture(t)
	f.exec(`INSERT INTO siltgate.installation VALUES (now() - interval '1 day')`)
	f.start()
	f.await(f.insert(`{}`), "completed")
	require.Contains(t, f.log.String(), "the schema says more than once when it was created")
}

func TestFault67ARoleThatLacksAPrivilegeIsToldWhich(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	conn := f.mallory()
	var role string
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT current_user`).Scan(&role))
	r := f.connected()
	lacking, err := r.lacking(t.Context())
	require.NoError(t, err)
	require.Empty(t, lacking)

	limited := r
	config := f.pool.Config()
	config.ConnConfig.User, config.ConnConfig.Password = role, "secret"
	limited.Database = config
	pool, err := limited.newPool(t.Context(), mostPool)
	require.NoError(t, err)
	defer pool.Close()
	limited.pool = pool
	lacking, err = limited.lacking(t.Context())
	require.NoError(t, err)
	all := strings.Join(lacking, "; ")
	for _, grant := range []string{
		`GRANT USAGE ON SCHEMA siltgate TO `, `GRANT USAGE ON SEQUENCE siltgate.river_job_id_seq TO `, `GRANT SELECT, UPDATE ON siltgate.turn TO `,
		`GRANT DELETE, INSERT, SELECT ON siltgate.ticks TO `, `GRANT DELETE, INSERT, SELECT, UPDATE ON siltgate.river_job TO `,
	} {
		require.Contains(t, all, grant+role)
	}
	for _, grant := range lacking {
		f.exec(grant)
	}
	lacking, err = limited.lacking(t.Context())
	require.NoError(t, err)
	require.Empty(t, lacking)
	f.exec(`DROP OWNED BY ` + role)
}

func TestFault67AReplicaWhoseRoleMayNotUseTheSchemaEndsWithTheGrants(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	name, url := pgtest.Role(t, f.pool.Config().ConnString(), "")
	config, err := pgxpool.ParseConfig(url)
	require.NoError(t, err)
	f.replica.Database = config
	err = f.replica.Run(t.Context())
	require.ErrorContains(t, err, `GRANT USAGE ON SCHEMA siltgate TO "`+name+`"`)
	require.ErrorContains(t, err, `ON siltgate.river_job TO "`+name+`"`)
}
