package application_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/application"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestAnApplicationFindsOutThatALiveTokenIsGone(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	_, err = conn.Exec(t.Context(), `
		CREATE TABLE refresh_tokens (
			id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
			user_id bigint NOT NULL,
			token_hash text NOT NULL UNIQUE,
			expires_at timestamptz NOT NULL,
			revoked boolean NOT NULL DEFAULT false
		)`)
	require.NoError(t, err)

	app, err := application.Start(t.Context(), application.Options{
		URL:    url,
		Rest:   time.Millisecond,
		Random: func(user int) *rand.Rand { return rand.New(rand.NewPCG(1, uint64(user))) },
	})
	require.NoError(t, err)
	defer app.Stop()
	require.Eventually(t, func() bool {
		did := app.Record()
		return did.Renewed > 10 && did.Rotated > 10 && did.Issued > did.Rotated
	}, pgtest.Patience, time.Millisecond)
	require.NoError(t, app.Record().Err(), "dead tokens may go, and live ones have not")

	// Waiting for rows that the application has locked could end in a deadlock.
	_, err = conn.Exec(t.Context(), `
		DELETE FROM refresh_tokens
		WHERE id IN (SELECT id FROM refresh_tokens WHERE NOT revoked AND expires_at > now() FOR UPDATE SKIP LOCKED)`)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return app.Record().Err() != nil }, pgtest.Patience, time.Millisecond)
	require.ErrorContains(t, app.Record().Err(), "a live token is gone")
	require.Empty(t, app.Record().Outages)
}
