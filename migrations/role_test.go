package migrations

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// asRole is a connection of a new role with what the SQL grants it: %[1]s is its name.
func asRole(t *testing.T, pool *pgxpool.Pool, grants string) *pgx.Conn {
	t.Helper()
	var database string
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT current_database()`).Scan(&database))
	role := "role_of_" + strings.ToLower(database)
	_, err := pool.Exec(t.Context(), fmt.Sprintf(`CREATE ROLE %[1]s; `+grants, role))
	require.NoError(t, err)
	config := pool.Config().ConnConfig
	conn, err := pgx.ConnectConfig(t.Context(), config)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `SET SESSION AUTHORIZATION `+role)
	require.NoError(t, err)
	t.Cleanup(func() { // roles belong to the server, which other tests use too
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		_, err := conn.Exec(ctx, `RESET SESSION AUTHORIZATION; DROP OWNED BY `+role+`; DROP ROLE `+role)
		require.NoError(t, err)
		require.NoError(t, conn.Close(ctx))
	})
	return conn
}

// now is the database's clock.
func now(t *testing.T, pool *pgxpool.Pool) (at time.Time) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT clock_timestamp()`).Scan(&at))
	return at
}
