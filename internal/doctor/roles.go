package doctor

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/session"
)

// Roles are names of roles with the least privileges for one use each. Those that are empty
// are left out.
type Roles struct {
	// Owner migrates: the schema is its own.
	Owner string

	// Worker is that of replicas.
	Worker string

	// Trigger asks for runs, and looks what became of them.
	Trigger string

	// Reader looks at runs and replicas.
	Reader string

	// UI is that of the web page, with its buttons.
	UI string
}

// Grants is the SQL, for psql, that makes the roles and grants them what they need in this
// database, whatever is taken from PUBLIC. It can be executed again.
func (d Doctor) Grants(ctx context.Context, roles Roles) (string, error) {
	e := &examination{Doctor: d}
	conn, err := e.connect(ctx)
	if err != nil {
		return "", err
	}
	e.conn = conn
	defer session.Close(ctx, conn)
	var database string
	if err := conn.QueryRow(ctx, `SELECT current_database()::text`).Scan(&database); err != nil {
		return "", fmt.Errorf("look at the database: %w", err)
	}

	g := &grants{schema: pgx.Identifier{d.Config.Schema}.Sanitize()}
	g.comment("Execute it in database %q, as a superuser or as the owner of schema and tables who may create roles.", database)
	g.comment("Passwords are not here: \\password sets one in psql.")
	for _, role := range []struct{ name, use string }{
		{roles.Owner, "owns the schema: siltgate migrate"},
		{roles.Worker, "is that of replicas: siltgate run"},
		{roles.Trigger, "asks for runs: siltgate enqueue, or siltgate.enqueue_token_cleanup() in SQL"},
		{roles.Reader, "looks at runs: siltgate history"},
		{roles.UI, "is that of the web page: siltgate ui"},
	} {
		if role.name != "" {
			g.create(role.name, role.use, database)
		}
	}
	if roles.Owner != "" {
		g.section("%s: the schema. Then run siltgate migrate as this role, before what follows.", roles.Owner)
		g.comment("Who is no superuser can give a schema, and grant what is in it, only as a member of the role that owns it.")
		g.unless(fmt.Sprintf("SELECT WHERE pg_catalog.pg_has_role(current_user, %s, 'USAGE')", quoteText(roles.Owner)),
			"GRANT "+quote(roles.Owner)+" TO CURRENT_USER")
		g.add("CREATE SCHEMA IF NOT EXISTS %s AUTHORIZATION %s", g.schema, quote(roles.Owner))
	}
	if roles.Worker != "" {
		if err := e.grantWorker(ctx, g, roles.Worker); err != nil {
			return "", err
		}
	}
	if roles.Trigger != "" {
		g.section("%s: asks for runs by the function, and can insert nothing else.", roles.Trigger)
		g.use(roles.Trigger)
		g.add("GRANT EXECUTE ON FUNCTION %s.enqueue_token_cleanup TO %s", g.schema, quote(roles.Trigger))
		g.comment("To stop runs in an incident, and to go on, it needs these:")
		for _, function := range []string{"pause_token_cleanup", "resume_token_cleanup", "cancel_token_cleanup"} {
			g.withheld("GRANT EXECUTE ON FUNCTION %s.%s TO %s", g.schema, function, quote(roles.Trigger))
		}
		g.views(roles.Trigger, "runs", "replicas", "status") // what the wait for a run says comes from these
	}
	if roles.Reader != "" {
		g.section("%s: looks.", roles.Reader)
		g.use(roles.Reader)
		g.views(roles.Reader, readableViews()...)
	}
	if roles.UI != "" {
		g.section("%s: looks, asks for runs, cancels and pauses.", roles.UI)
		g.use(roles.UI)
		g.views(roles.UI, readableViews()...)
		g.views(roles.UI, "river_job", "river_queue", "river_leader", "river_migration")
		g.add("GRANT UPDATE ON %[1]s.river_job, %[1]s.river_queue TO %[2]s", g.schema, quote(roles.UI))
		for _, function := range []string{
			"enqueue_token_cleanup", "pause_token_cleanup", "resume_token_cleanup", "cancel_token_cleanup", "river_job_state_in_bitmask",
		} {
			g.add("GRANT EXECUTE ON FUNCTION %s.%s TO %s", g.schema, function, quote(roles.UI))
		}
	}
	return g.String(), nil
}

// readableViews are those that anyone may see who may see anything.
func readableViews() []string { return []string{"replicas", "runs", "status", "tables"} }
