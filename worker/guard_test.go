package worker

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// River's rescuer stops at a row that it cannot read.
func TestARunWithOddMetadataIsRunAndKeepsNoOtherFromBeingRescued(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, metadata := range []string{`[]`, `null`, `"x"`, `1`, `{"cancel_attempted_at":"x"}`} {
		id := f.number(`INSERT INTO siltgate.river_job (kind, args, metadata) VALUES ('token_cleanup', '{}', $1::text::jsonb) RETURNING id`, metadata)
		require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND metadata = '{}'`, id), metadata)
	}
	f.exec(`
		UPDATE siltgate.river_job
		SET state = 'running', attempt = 1, attempted_at = now() - interval '1 hour', attempted_by = '{dead}'`)
	f.start()
	for id := range f.number(`SELECT max(id) FROM siltgate.river_job`) {
		f.await(id+1, "completed")
	}
}

// The attempts that an admin program's own River client allows a run are failures, not kills.
func TestARunThatMayBeTriedOnceIsRescuedAllTheSame(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id := f.number(`INSERT INTO siltgate.river_job (kind, args, max_attempts) VALUES ('token_cleanup', '{}', 1) RETURNING id`)
	f.exec(`
		UPDATE siltgate.river_job
		SET state = 'running', attempt = 1, attempted_at = now() - interval '1 hour', attempted_by = '{dead}'`)
	f.start()
	f.await(id, "completed")
}

// A run that kills each replica that works it must not do so for ever.
func TestARunWhoseReplicaIsKilledForTheTwentyFifthTimeEnds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ends, goesOn := f.insert(`{}`), f.insert(`{}`)
	f.exec(`
		UPDATE siltgate.river_job
		SET state = 'running', attempt = 26 - id, attempted_at = now() - interval '1 hour', attempted_by = '{dead}',
			metadata = jsonb_build_object('river:rescue_count', 25 - id)`)
	f.start()
	f.await(ends, "discarded")
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.runs WHERE outcome = 'failed' AND error IS NOT NULL`))
	f.await(goesOn, "completed")
}

// Failures are bounded by SILTGATE_MAX_ATTEMPTS, which may be more than the kills that a run survives.
func TestARunThatFailedOftenAndIsThenKilledGoesOn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.MaxAttempts = 30
	id := f.insert(`{}`)
	f.exec(`
		UPDATE siltgate.river_job
		SET state = 'running', attempt = 25, attempted_at = now() - interval '1 hour', attempted_by = '{dead}'`)
	f.start()
	f.await(id, "completed")
}

// A replica whose clock is an hour ahead says when a run goes on.
func TestARunIsNotHeldUpByTheClockOfTheReplicaThatFailedIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, state := range []string{"retryable", "scheduled"} {
		id := f.insert(`{}`)
		for want, ahead := range map[string]string{"10 min": "1 hour", "8 min": "8 min"} {
			f.exec(`UPDATE siltgate.river_job SET state = 'running'`)
			f.exec(`UPDATE siltgate.river_job SET state = '` + state + `', scheduled_at = now() + interval '` + ahead + `'`)
			require.EqualValues(t, 1, f.number(`
				SELECT count(*) FROM siltgate.river_job
				WHERE id = $1 AND scheduled_at BETWEEN now() + $2::text::interval - interval '1 min' AND now() + $2::text::interval`, id, want), state)
		}
	}
}

// A pool of connections may be used up while those that it has lent serve.
func TestARunThatGetsNoSessionOfItsOwnFailsAndSaysSo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	config := f.pool.Config()
	dial := config.ConnConfig.DialFunc
	var usedUp atomic.Bool
	config.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if usedUp.Load() {
			return nil, &net.OpError{Op: "dial", Err: errors.New("no connection is left")}
		}
		return dial(ctx, network, addr)
	}
	f.replica.Database = config
	f.start()
	require.Eventually(t, func() bool { return strings.Contains(f.log.String(), "replica started") }, pgtest.Patience, 10*time.Millisecond)
	usedUp.Store(true)
	id := f.insert(`{}`)
	result := f.await(id, "retryable")
	require.Contains(t, result.Error, "no connection is left")
	require.EqualValues(t, 1, f.number(`SELECT cardinality(errors) FROM siltgate.river_job WHERE id = $1`, id))
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.runs WHERE id = $1 AND error LIKE '%no connection is left%'`, id) == 1
	}, pgtest.Patience, 10*time.Millisecond)
}
