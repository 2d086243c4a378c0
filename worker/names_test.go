package worker

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
	"github.com/siltgate/siltgate/migrations"
)

func TestFault59NothingOfOursAndNothingOfRiversUsesObjectsOfOthers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	url := f.pool.Config().ConnString()
	f.exec(`
		CREATE INDEX ON refresh_tokens (expires_at); CREATE INDEX ON refresh_tokens (revoked);
		CREATE TABLE audit (id bigint);
		CREATE FUNCTION log_deletion() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES (OLD.id); RETURN NULL; END $$;
		CREATE TRIGGER log_deletion AFTER DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION log_deletion();
		INSERT INTO refresh_tokens (expires_at, revoked) SELECT now() + n * interval '1 hour', n % 10 = 0 FROM generate_series(-500, 500) AS n`)
	dead := f.number(`SELECT count(*) FROM refresh_tokens WHERE expires_at < now() OR revoked`)
	pgtest.Hostile(t, url)
	// The connections that this test had keep the search_path that they began with; others do not.
	config, err := pgxpool.ParseConfig(url)
	require.NoError(t, err)

	_, err = migrations.Migrator{Config: config, Schema: "another"}.Up(t.Context())
	require.NoError(t, err, "migrations")

	stop := f.start()
	f.await(f.insert(`{"dry_run":true}`), "completed")
	result := f.await(f.insert(`{}`), "completed")
	require.Equal(t, dead, result.Deleted)
	require.Equal(t, dead, f.number(`SELECT count(*) FROM audit`), "the application's trigger finds its table by the role's path")

	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	defer pool.Close()
	id, err := jobs.Enqueue(t.Context(), pool, jobs.TokenCleanupArgs{Tables: []string{"refresh_tokens"}, Reason: "names"})
	require.NoError(t, err, "jobs.Enqueue on a connection with a hostile search_path")
	f.await(id, "completed")
	since := time.Now().Add(-time.Hour)
	recent, err := jobs.Recent(t.Context(), pool, jobs.Recently{Since: since})
	require.NoError(t, err, "jobs.Recent on such a connection")
	require.Len(t, recent, 3)
	_, err = jobs.Get(t.Context(), pool, id)
	require.NoError(t, err, "jobs.Get on such a connection")
	_, err = jobs.GetStatus(t.Context(), pool)
	require.NoError(t, err, "jobs.GetStatus on such a connection")
	_, err = jobs.Pause(t.Context(), pool, jobs.PauseArgs{Reason: "names", For: time.Hour})
	require.NoError(t, err, "jobs.Pause on such a connection")
	_, err = jobs.Cancel(t.Context(), pool, id)
	require.NoError(t, err, "jobs.Cancel on such a connection")
	_, err = jobs.Resume(t.Context(), pool)
	require.NoError(t, err, "jobs.Resume on such a connection")
	require.NoError(t, stop())
	require.Zero(t, f.number(pgtest.HostileCalls))
	require.NotContains(t, f.log.String(), "object of others")
	require.NotContains(t, f.log.String(), `"level":"ERROR"`)
}
