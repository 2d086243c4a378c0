package worker

import (
	"testing"

	"github.com/stretchr/testify/require"
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
