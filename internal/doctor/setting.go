package doctor

import "context"

// resetOf puts into a check what gives a setting a value where its present one comes from: statements for the role,
// the database or the server's files, or words about the connection string. A role's settings are those of
// the role that logged in, whichever it became since.
func (e *examination) resetOf(ctx context.Context, c *Check, name, value string) error {
	var sql, source string
	err := e.conn.QueryRow(ctx, `
		SELECT
			CASE s.source
				WHEN 'database' THEN format('ALTER DATABASE %I SET %I = %L', current_database(), s.name, $2::text)
				WHEN 'user' THEN format('ALTER ROLE %I SET %I = %L', session_user, s.name, $2::text)
				WHEN 'database user' THEN format('ALTER ROLE %I IN DATABASE %I SET %I = %L', session_user, current_database(), s.name, $2::text)
				ELSE format('ALTER SYSTEM SET %I = %L', s.name, $2::text)
			END,
			s.source
		FROM pg_settings AS s
		WHERE s.name = $1::text`, name, value).Scan(&sql, &source)
	if err != nil {
		return err
	}
	switch source {
	case "client":
		c.Remedy = "take " + name + " out of DATABASE_URL, and out of PGOPTIONS"
	case "database", "user", "database user":
		c.SQL = []string{sql}
	default:
		c.SQL = []string{sql, "SELECT pg_reload_conf()"}
	}
	return nil
}
