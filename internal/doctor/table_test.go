package doctor

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestATableThatDoesNotExistFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`DROP TABLE refresh_tokens, password_resets`)
	r := f.doctor.Examine(t.Context())
	f.is(r, "refresh_tokens", Fail, "does not exist")
	f.is(r, "password_resets", OK, "passed over")
}

func TestTheIndexThatWouldPayIsNamed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(
		`ALTER TABLE refresh_tokens ADD filler text, ALTER filler SET STORAGE PLAIN`,
		`INSERT INTO refresh_tokens (expires_at, revoked, filler) SELECT now() + make_interval(hours => n), false, repeat('x', 3500) FROM generate_series(-9, 11000) AS n`,
		`ANALYZE refresh_tokens`)
	r := f.doctor.Examine(t.Context())
	f.is(r, "public.refresh_tokens", OK, "by reading all of the table")
	found := f.is(r, "public.refresh_tokens", Warn, "without an index")
	require.Len(t, found.SQL, 2)
	f.mend(found)
	r = f.doctor.Examine(t.Context())
	f.is(r, "public.refresh_tokens", OK, "a run finds them by an index")
	f.is(r, "public.refresh_tokens", OK, "the oldest expired at "+time.Now().Add(-9*time.Hour).UTC().Format(time.DateOnly))
	f.hasNone(r, "public.refresh_tokens", "without an index")
}

func TestAutovacuumThatComesInWeeksIsBroughtForward(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	conn, err := pgx.Connect(t.Context(), f.url)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `
		ALTER TABLE refresh_tokens SET (autovacuum_vacuum_threshold = 100000);
		INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100);
		DELETE FROM refresh_tokens`)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context())) // by then at the latest a session reports what it counted
	var found Check
	require.Eventually(t, func() bool {
		for _, c := range f.doctor.Examine(t.Context()).Checks {
			if strings.Contains(c.Reason, "some 1000 days") {
				found = c
			}
		}
		return found.Name != ""
	}, pgtest.Patience, 100*time.Millisecond)
	require.Equal(t, Warn, found.Status)
	f.mend(found)
	f.hasNone(f.doctor.Examine(t.Context()), "public.refresh_tokens", "new ones a day")
}
