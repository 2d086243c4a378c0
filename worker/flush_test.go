package worker

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestOnlyTheEndOfARunIsWaitedForUntilItIsOnDisk(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`
		CREATE TABLE committed (what text, synchronous_commit text);
		CREATE FUNCTION note_commit() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			INSERT INTO public.committed VALUES (
				TG_TABLE_NAME || coalesce(' ' || (to_jsonb(NEW) -> 'metadata' -> 'output' ->> 'outcome'), '') || coalesce(' ' || (to_jsonb(NEW) ->> 'state'), ''),
				current_setting('synchronous_commit'));
			RETURN NULL;
		END $$;
		CREATE TRIGGER note_commit AFTER INSERT OR UPDATE ON siltgate.river_job FOR EACH ROW EXECUTE FUNCTION note_commit();
		CREATE TRIGGER note_commit AFTER INSERT OR UPDATE ON siltgate.turn FOR EACH ROW EXECUTE FUNCTION note_commit();
		CREATE TRIGGER note_commit AFTER INSERT OR UPDATE ON siltgate.table_states FOR EACH ROW EXECUTE FUNCTION note_commit();
		INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000)`)
	f.start()
	f.await(f.insert(`{}`), "completed")

	rows, _ := f.pool.Query(t.Context(), `SELECT DISTINCT what || ': ' || synchronous_commit FROM committed ORDER BY 1`)
	committed, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Subset(t, committed, []string{
		"river_job completed completed: on", "river_job completed running: on",
		"river_job running: off", "river_job running running: off", "table_states: off", "turn: off",
	})
	require.NotContains(t, committed, "river_job running running: on")
	require.NotContains(t, committed, "river_job running: on", "it was fetched")
}
