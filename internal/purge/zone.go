package purge

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// inDatabaseZone is the table with the database's zone in place of DatabaseZone. That is
// the zone in which a session's now() is written to a column without zone, unless the
// session or its role has set another. Where the zone cannot be told, that is a finding.
func (c catalog) inDatabaseZone(ctx context.Context, t Table) (Table, []Finding, error) {
	return (&zoneReader{catalog: c}).of(ctx, t)
}

// zoneReader remembers the database's zone, for many tables.
type zoneReader struct {
	catalog

	known   bool
	zone    string
	unknown []Finding
}

func (z *zoneReader) of(ctx context.Context, t Table) (Table, []Finding, error) {
	named := func(r Rule) bool { return r.ExpiresZone == DatabaseZone || r.DoneZone == DatabaseZone }
	if !slices.ContainsFunc(t.Rules, named) {
		return t, nil, nil
	}
	if !z.known {
		var err error
		if z.zone, z.unknown, err = z.databaseZone(ctx); err != nil {
			return t, nil, err
		}
		z.known = true
	}
	if z.unknown != nil {
		return t, z.unknown, nil
	}
	t.Rules = slices.Clone(t.Rules)
	for i := range t.Rules {
		for _, of := range []*string{&t.Rules[i].ExpiresZone, &t.Rules[i].DoneZone} {
			if *of == DatabaseZone {
				*of = z.zone
			}
		}
	}
	return t, nil, nil
}

// databaseZone is the setting of the database, or else of the server. A zone
// that a role or a connection has set for itself, ours too, does not count, and hides the server's.
func (c catalog) databaseZone(ctx context.Context) (string, []Finding, error) {
	// NULL resets the setting for the length of this statement. The source is read for each row of
	// reset, and therefore after the reset.
	z, err := readRow(ctx, c, "read the database's zone", pgx.RowToStructByName[zoneSetting], `
		WITH reset AS (
			SELECT pg_catalog.set_config('TimeZone', NULL, true) AS zone
		)
		SELECT
			coalesce(own.zone, reset.zone) AS zone,
			CASE
				WHEN own.zone IS NULL THEN (
					SELECT source
					FROM pg_catalog.pg_settings
					WHERE name OPERATOR(pg_catalog.=) 'TimeZone' AND reset.zone IS NOT NULL
				)
				ELSE 'database'
			END AS source,
			pg_catalog.current_database()::pg_catalog.text AS database,
			session_user::pg_catalog.text AS role
		FROM reset
		LEFT JOIN (
			SELECT pg_catalog.substr(setting, 10) AS zone
			FROM pg_catalog.pg_db_role_setting AS s
			JOIN pg_catalog.pg_database AS d ON d.oid OPERATOR(pg_catalog.=) s.setdatabase
			CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS setting
			WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
				AND s.setrole OPERATOR(pg_catalog.=) 0::pg_catalog.oid
				AND pg_catalog.starts_with(pg_catalog.lower(setting), 'timezone=')
		) AS own ON true`)
	if err != nil {
		return "", nil, err
	}
	if unknown := z.unknown(); unknown != nil {
		return "", []Finding{*unknown}, nil
	}
	return z.Zone, nil, nil
}

// zoneSetting is the TimeZone with which a session begins, and who set it.
type zoneSetting struct{ Zone, Source, Database, Role string }

// unknown is a finding if the setting that is seen is neither the database's nor the server's, but one
// that takes precedence over them.
func (z zoneSetting) unknown() *Finding {
	role, database := quote(z.Role), quote(z.Database)
	f := &Finding{Severity: Refused}
	who := "role " + role + " has"
	switch z.Source {
	case "user":
		f.SQL = []string{"ALTER ROLE " + role + " RESET timezone"}
	case "database user":
		f.SQL = []string{"ALTER ROLE " + role + " IN DATABASE " + database + " RESET timezone"}
	case "client":
		who = "the connection's settings have"
	default: // of the server, of the database, or of all roles
		return nil
	}
	f.Problem = fmt.Sprintf("has the zone %q, which cannot be told because %s a timezone of its own", DatabaseZone, who)
	f.Remedy = fmt.Sprintf("name the zone, take that setting away, or set the database's (ALTER DATABASE %s SET timezone = ...)", database)
	return f
}
