package doctor

import "context"

// resetOf are the statements that give a setting a value where its present one comes from: the
// role, the database, or the server's files.
func (e *examination) resetOf(ctx context.Context, name, value string) ([]string, error) {
	var sql string
	var server bool
	err := e.conn.QueryRow(ctx, `
		SELECT
			CASE s.source
				WHEN 'database' THEN format('ALTER DATABASE %I SET %I = %L', current_database(), s.name, $2::text)
				WHEN 'user' THEN format('ALTER ROLE %I SET %I = %L', current_user, s.name, $2::text)
				WHEN 'database user' THEN format('ALTER ROLE %I IN DATABASE %I SET %I = %L', current_user, current_database(), s.name, $2::text)
				ELSE format('ALTER SYSTEM SET %I = %L', s.name, $2::text)
			END,
			s.source NOT IN ('database', 'user', 'database user')
		FROM pg_settings AS s
		WHERE s.name = $1::text`, name, value).Scan(&sql, &server)
	if err != nil {
		return nil, err
	}
	if server {
		return []string{sql, "SELECT pg_reload_conf()"}, nil
	}
	return []string{sql}, nil
}
