package migrations

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Right is what a role may do with one object of the schema.
type Right struct {
	// Kind is TABLE, SEQUENCE or FUNCTION, as GRANT writes it.
	Kind string

	// Object is the name, without the schema. All functions of that name are meant.
	Object string

	// Privileges, as GRANT writes them.
	Privileges []string
}

// ReplicaRights are the rights that the role of a replica needs in the schema, besides USAGE of
// it: to insert ticks, to fetch runs and to work them.
func ReplicaRights() []Right {
	return []Right{
		{"TABLE", "river_job", []string{"SELECT", "INSERT", "UPDATE", "DELETE"}},
		{"TABLE", "river_leader", []string{"SELECT", "INSERT", "UPDATE", "DELETE"}},
		{"TABLE", "river_queue", []string{"SELECT", "INSERT", "UPDATE", "DELETE"}},
		{"TABLE", "ticks", []string{"SELECT", "INSERT", "DELETE"}},
		{"TABLE", "turn", []string{"SELECT", "UPDATE"}},
		{"TABLE", "heartbeats", []string{"SELECT", "INSERT", "UPDATE", "DELETE"}},
		{"TABLE", "pauses", []string{"SELECT"}},
		{"TABLE", "schedule", []string{"SELECT", "INSERT", "UPDATE"}},
		{"TABLE", "table_states", []string{"SELECT", "INSERT", "UPDATE", "DELETE"}},
		{"TABLE", "installation", []string{"SELECT"}},
		{"TABLE", versionTable, []string{"SELECT"}},
		{"SEQUENCE", "river_job_id_seq", []string{"USAGE"}},
		{"FUNCTION", "river_job_state_in_bitmask", []string{"EXECUTE"}},
	}
}

// Lacking lists which of the rights of a replica the current role lacks in a schema, each as the
// statement that grants it. It looks at privileges alone: objects that do not exist are no
// matter of rights.
func Lacking(ctx context.Context, db querier, schema string) ([]string, error) {
	var kinds, objects, privileges []string
	for _, right := range ReplicaRights() {
		for _, privilege := range right.Privileges {
			kinds = append(kinds, right.Kind)
			objects = append(objects, right.Object)
			privileges = append(privileges, privilege)
		}
	}
	rows, _ := db.Query(ctx, `
		WITH needed AS (
			SELECT *
			FROM ROWS FROM (
				pg_catalog.unnest($2::pg_catalog.text[]),
				pg_catalog.unnest($3::pg_catalog.text[]),
				pg_catalog.unnest($4::pg_catalog.text[])
			) AS needed (kind, object, privilege)
		)
		SELECT pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, current_user)
		FROM pg_catalog.pg_namespace AS n
		WHERE n.nspname = $1 AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
		UNION ALL
		SELECT pg_catalog.format('GRANT %s ON %I.%I TO %I',
			pg_catalog.string_agg(needed.privilege, ', ' ORDER BY needed.privilege), n.nspname, c.relname, current_user)
		FROM needed
		JOIN pg_catalog.pg_class AS c ON c.relname = needed.object
		JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
		WHERE needed.kind = 'TABLE' AND n.nspname = $1 AND NOT pg_catalog.has_table_privilege(c.oid, needed.privilege)
		GROUP BY n.nspname, c.relname
		UNION ALL
		SELECT pg_catalog.format('GRANT %s ON SEQUENCE %I.%I TO %I', needed.privilege, n.nspname, c.relname, current_user)
		FROM needed
		JOIN pg_catalog.pg_class AS c ON c.relname = needed.object
		JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
		WHERE needed.kind = 'SEQUENCE' AND n.nspname = $1
			-- Of anything but a sequence the function fails.
			AND CASE WHEN c.relkind = 'S' THEN NOT pg_catalog.has_sequence_privilege(c.oid, needed.privilege) END
		UNION ALL
		SELECT pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %I', p.oid::pg_catalog.regprocedure, current_user)
		FROM needed
		JOIN pg_catalog.pg_proc AS p ON p.proname = needed.object
		JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
		WHERE needed.kind = 'FUNCTION' AND n.nspname = $1 AND NOT pg_catalog.has_function_privilege(p.oid, needed.privilege)`,
		schema, kinds, objects, privileges)
	grants, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("look at the role's privileges: %w", err)
	}
	return grants, nil
}

// forbiddenError says who may read which migrations are applied.
type forbiddenError struct {
	table string
	cause error
}

func (e forbiddenError) Error() string {
	return "read migrations: this role may not read " + e.table + ": `siltgate grants` prints what each role needs"
}

func (e forbiddenError) Unwrap() error { return e.cause }
