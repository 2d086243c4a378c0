package e2e

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// An operator gives the role another password, and only then do the replicas' mounted secrets change.
func TestFault80APasswordIsRotatedUnderAFleetAtWork(t *testing.T) {
	t.Parallel()
	const dead, live = 8000, 50
	db := newDatabase(t)
	asOwner := owner(t, db)
	role := userOf(t, asOwner)
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	file := filepath.Join(t.TempDir(), "url")
	replace := func(with string) { // as Kubernetes does it: one name, then another file behind it
		require.NoError(t, os.WriteFile(file+".next", []byte(with+"\n"), 0o600))
		require.NoError(t, os.Rename(file+".next", file))
	}
	replace(asOwner)
	f := newFleet(t, db, append(smallBatches(), "DATABASE_URL=", "SILTGATE_DATABASE_URL_FILE="+file)...)
	replicas := f.start(3)
	id := db.ask(`{}`)
	db.awaitCounted(id)

	db.exec(`ALTER ROLE ` + pgx.Identifier{role}.Sanitize() + ` PASSWORD 'another-Pa55word'`)
	gone := db.purged()
	await(t, patience, "the run to go on by its session", func() bool { return db.purged() > gone })
	db.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1`, role)
	f.awaitUnready("", replicas...)
	replace(withLogin(t, asOwner, url.UserPassword(role, "another-Pa55word")))
	rotated := time.Now()
	f.awaitReady(replicas...)
	t.Logf("the fleet is ready %s after the file changed", time.Since(rotated).Round(time.Millisecond))

	run := db.awaitEnd(id, patience)
	require.Equal(t, "completed", run.State)
	require.Equal(t, 1, run.Attempt)
	require.EqualValues(t, dead, db.purged())
	require.EqualValues(t, live, db.number(`SELECT count(*) FROM refresh_tokens`))
	for _, r := range replicas {
		require.True(t, r.running())
		r.requireOutages(1)
		for _, password := range []string{canaryPassword, "another-Pa55word"} {
			require.NotContains(t, r.output(), password)
		}
	}
}
