package doctor

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/session"
)

// examineTables inspects each table as a run does before it deletes.
func (e *examination) examineTables(ctx context.Context) {
	c := e.Config.Database.ConnConfig()
	err := e.Config.Database.Refresh(ctx, c)
	var inspected []purge.Inspection
	if err == nil {
		session.Pin(c)
		inspected, err = purge.Inspect(ctx, c, e.Config.Tables)
	}
	if err != nil {
		e.add(unseen("table", "tables", err))
	}
	var expected []purge.Forecast
	if err == nil {
		expected, err = purge.Forecasts(ctx, c, e.Config.Tables)
		if err != nil {
			e.add(unseen("table", "forecast", err))
		}
	}
	for n, i := range inspected {
		e.add(inspection(i)...)
		if n < len(expected) && expected[n].OID != 0 {
			e.add(forecast(i.Title, expected[n], e.Config.DutyCycle)...)
		}
		if i.OID == 0 {
			continue
		}
		e.try(ctx, "table", i.Title, func(ctx context.Context) ([]Check, error) { return e.checkVacuum(ctx, i.OID) })
	}
	if len(expected) > 0 {
		e.add(wholeForecast(expected, e.Config))
	}
}

// inspection is a check for each finding, or one that says that there is none.
func inspection(i purge.Inspection) []Check {
	name := i.Title
	if name == "" {
		name = i.Table
	}
	if i.Absent {
		return []Check{{Area: "table", Name: name, Status: OK, Brief: "it does not exist yet", Reason: "it does not exist, and is passed over until it does"}}
	}
	var checks []Check
	for _, f := range i.Findings {
		c := Check{Area: "table", Name: name, Status: Fail, Reason: f.Problem, Remedy: f.Remedy, SQL: f.SQL}
		if f.Severity == purge.Warned {
			c.Status = Warn
		}
		checks = append(checks, c)
	}
	if len(checks) == 0 {
		reason := "it can be purged"
		if i.Matched != nil {
			reason = fmt.Sprintf("each of its %d tables can be purged", *i.Matched)
		}
		if i.ByPath {
			reason += ": found by the search_path"
		}
		checks = append(checks, Check{Area: "table", Name: name, Status: OK, Reason: reason})
	}
	return checks
}

// vacuumed is what autovacuum will do about the rows that are deleted from a heap.
type vacuumed struct {
	Name      string
	Enabled   bool
	Off       []string // the statements that switch it on again
	Threshold float64  // dead rows at which it comes
	PerDay    float64  // rows that are deleted or updated
}

// weeks is how long deleted rows may stay on disk before it is warned of, in days.
const weeks = 14

// checkVacuum finds heaps of a table whose deleted rows, with the hashes in them, would stay on
// disk for weeks, because autovacuum is off or comes at a number of dead rows that is far away.
func (e *examination) checkVacuum(ctx context.Context, oid uint32) ([]Check, error) {
	all, err := e.vacuums(ctx, oid)
	if err != nil {
		return nil, err
	}
	var checks []Check
	for _, v := range all {
		switch {
		case !v.Enabled:
			checks = append(checks, Check{
				Status: Warn, SQL: v.Off,
				Reason: fmt.Sprintf("autovacuum is off for %s: deleted rows, with the hashes in them, stay on disk until someone runs VACUUM", v.Name),
			})
		case v.PerDay > 0 && v.Threshold/v.PerDay > weeks:
			checks = append(checks, Check{
				Status: Warn,
				Reason: fmt.Sprintf("deleted rows of %s, with the hashes in them, stay on disk for some %.0f days: "+
					"autovacuum comes at %.0f dead rows, and there are %.0f new ones a day",
					v.Name, v.Threshold/v.PerDay, v.Threshold, v.PerDay),
				SQL: []string{fmt.Sprintf("ALTER TABLE %s SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = %.0f)",
					v.Name, max(1, v.PerDay))},
			})
		}
	}
	const most = 10
	return checks[:min(len(checks), most)], nil
}

func (e *examination) vacuums(ctx context.Context, oid uint32) ([]vacuumed, error) {
	rows, err := e.conn.Query(ctx, `
		WITH RECURSIVE heap AS (
			SELECT $1::oid
			UNION ALL
			SELECT i.inhrelid
			FROM heap
			JOIN pg_inherits AS i ON i.inhparent = heap.oid
		), server AS (
			SELECT
				current_setting('autovacuum')::bool AND current_setting('track_counts')::bool AS enabled,
				current_setting('autovacuum_vacuum_threshold')::float8 AS threshold,
				current_setting('autovacuum_vacuum_scale_factor')::float8 AS scale,
				coalesce(nullif(current_setting('autovacuum_vacuum_max_threshold', true), '-1')::float8, 'infinity') AS most,
				greatest(1, extract(epoch FROM now() - coalesce(d.stats_reset, pg_postmaster_start_time())) / 86400) AS days
			FROM pg_stat_database AS d
			WHERE d.datname = current_database()
		), option AS (
			SELECT heap.oid, o.option_name AS name, o.option_value AS value
			FROM heap
			JOIN pg_class AS c ON c.oid = heap.oid
			CROSS JOIN pg_options_to_table(c.reloptions) AS o
		)
		SELECT
			format('%I.%I', n.nspname, c.relname),
			server.enabled AND coalesce((SELECT value::bool FROM option WHERE oid = c.oid AND name = 'autovacuum_enabled'), true),
			ARRAY(
				SELECT format('ALTER TABLE %I.%I RESET (autovacuum_enabled)', n.nspname, c.relname)
				WHERE NOT coalesce((SELECT value::bool FROM option WHERE oid = c.oid AND name = 'autovacuum_enabled'), true)
				UNION ALL
				SELECT sql
				FROM unnest(ARRAY['ALTER SYSTEM SET autovacuum = on', 'ALTER SYSTEM SET track_counts = on', 'SELECT pg_reload_conf()']) AS sql
				WHERE NOT server.enabled
			),
			least(
				coalesce((SELECT value::float8 FROM option WHERE oid = c.oid AND name = 'autovacuum_vacuum_threshold'), server.threshold)
					+ coalesce((SELECT value::float8 FROM option WHERE oid = c.oid AND name = 'autovacuum_vacuum_scale_factor'), server.scale)
					* greatest(0, c.reltuples),
				coalesce((SELECT nullif(value, '-1')::float8 FROM option WHERE oid = c.oid AND name = 'autovacuum_vacuum_max_threshold'), server.most)),
			(coalesce(s.n_tup_del + s.n_tup_upd, 0) / server.days)::float8
		FROM heap
		CROSS JOIN server
		JOIN pg_class AS c ON c.oid = heap.oid
		JOIN pg_namespace AS n ON n.oid = c.relnamespace
		LEFT JOIN pg_stat_all_tables AS s ON s.relid = c.oid
		WHERE c.relkind = 'r'
		ORDER BY 1`, oid)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[vacuumed])
}
