package worker

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// A run that gave up waiting for the turn is running until River has written that it waits. Whoever
// ends in that moment finds no run to wake.
func TestARunWhoseTurnComesWhileItGoesBackToWaitIsWoken(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	require.NoError(t, f.connected().open(t, contender{rank: rankByHandBegun}))
	f.exec(`
		CREATE TABLE due (at timestamptz);
		CREATE FUNCTION free_the_turn() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			UPDATE siltgate.turn SET pid = NULL;
			INSERT INTO public.due VALUES (NEW.scheduled_at);
			RETURN NEW;
		END;
		$$;
		CREATE TRIGGER zz_free_the_turn BEFORE UPDATE OF state ON siltgate.river_job FOR EACH ROW
			WHEN (OLD.state = 'running' AND NEW.state = 'scheduled')
			EXECUTE FUNCTION free_the_turn()`)
	f.start()
	id := f.insert(`{}`)
	f.await(id, "completed")
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM due`), "it waited once")
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM due, siltgate.river_job WHERE id = $1 AND scheduled_at < at`, id),
		"it was due before the time until which it waited")
}

// Until the session has ended the run has the turn. But nobody waits for the session with the end of the run.
func TestARunsEndIsRecordedWhileItsSessionEndsAndTheNextRunIsWokenAfterThat(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ending, ended := make(chan struct{}), make(chan struct{})
	release := sync.OnceFunc(func() { close(ended) })
	defer release()
	var inspected, claimed atomic.Bool
	var woken atomic.Int64
	config := f.pool.Config()
	config.ConnConfig.Tracer = pgtest.Watch(func(sql string) {
		switch {
		case strings.Contains(sql, "pg_try_advisory_lock"):
			claimed.Store(true)
		case sql == "DISCARD ALL" && claimed.CompareAndSwap(true, false):
			close(ending)
			<-ended
		case sql == "DISCARD ALL":
			inspected.Store(true)
		case strings.Contains(sql, "WITH woken AS"):
			woken.Add(1)
		}
	})
	f.replica.Database = config
	f.start()
	require.Eventually(t, inspected.Load, pgtest.Patience, 10*time.Millisecond, "the session that inspects the tables has ended")
	id := f.insert(`{}`)
	select {
	case <-ending:
	case <-time.After(pgtest.Patience):
		require.Fail(t, "the session does not end")
	}
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND metadata -> 'output' ->> 'outcome' = 'completed'`, id) == 1
	}, pgtest.Patience, 10*time.Millisecond)
	require.Zero(t, woken.Load())
	release()
	f.await(id, "completed")
	require.EqualValues(t, 1, woken.Load())
}
