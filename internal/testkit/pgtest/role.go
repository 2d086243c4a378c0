package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Role creates a role with LOGIN and nothing more, executes sql in the database with the
// role's quoted name for each %[1]s, and returns the role's name and its URL to the
// database. The role and what it was granted are dropped when the test ends.
func Role(t testing.TB, database, sql string) (name, roleURL string) {
	t.Helper()
	return role(t, database, "LOGIN", sql)
}

// ManagedRole is Role for the administrator that a managed Postgres gives: it may create
// roles and databases, owns the database, and is neither superuser nor replication, has no
// BYPASSRLS and no pg_read_all_stats.
func ManagedRole(t testing.TB, database, sql string) (name, roleURL string) {
	t.Helper()
	own := `DO $$ BEGIN EXECUTE format('ALTER DATABASE %%I OWNER TO %%I', current_database(), '%[2]s'); END $$;`
	return role(t, database, "LOGIN CREATEROLE CREATEDB NOSUPERUSER NOREPLICATION NOBYPASSRLS", own+sql)
}

func role(t testing.TB, database, attributes, sql string) (name, roleURL string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	// In upper case: whoever forgets to quote the name does not find the role.
	name = "Role_" + strconv.FormatInt(shared.roles.Add(1), 10) + "_of_" + u.Path[1:]
	password := "of-" + name
	quoted := pgx.Identifier{name}.Sanitize()
	mustExecute(t, database, fmt.Sprintf("CREATE ROLE %s %s PASSWORD '%s'", quoted, attributes, password))
	t.Cleanup(func() {
		ctx, cancel := cleanupContext(t)
		defer cancel()
		// The database may be the role's own, and outlives it for a moment.
		again := `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO CURRENT_USER', current_database()); END $$;`
		if err := execute(ctx, database, again+"DROP OWNED BY "+quoted+" CASCADE; DROP ROLE "+quoted); err != nil {
			t.Error(err)
		}
	})
	if sql != "" {
		mustExecute(t, database, fmt.Sprintf(sql+"%.0[1]s%.0[2]s", quoted, name))
	}
	u.User = url.UserPassword(name, password)
	return name, u.String()
}

func mustExecute(t testing.TB, database, sql string) {
	t.Helper()
	if err := execute(t.Context(), database, sql); err != nil {
		t.Fatal(err)
	}
}

func execute(ctx context.Context, database, sql string) error {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}
