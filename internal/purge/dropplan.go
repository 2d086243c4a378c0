package purge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// marginOfClocks is how much earlier a partition has to end if its column has no time zone: when a
// clock is set back, such a column has the same hour twice.
const marginOfClocks = 24 * time.Hour

// whole is a partition, all of whose rows are dead by its bounds.
type whole struct {
	Object

	bounds string // as Postgres prints them
	rows   int64  // by the table's statistics; 0 if there are none
}

// rowByRow says in a sentence why no partition of a table can be dropped as a whole, so that their
// rows are deleted instead; empty if some may be.
func (r *reader) rowByRow(ctx context.Context, e *examined) (string, error) {
	switch by, ok := e.boundColumn(); {
	case e.object.Kind != "p":
		return "it has no partitions", nil
	case !ok:
		return "no rule of the table calls rows dead by one column with a date alone, or one keeps rows", nil
	default:
		return r.undroppable(ctx, e, by.name)
	}
}

// boundColumn is the column by which alone a rule calls rows dead, if no rule keeps rows.
func (e *examined) boundColumn() (moment, bool) {
	all := e.conditionsOf(time.Time{})
	for _, c := range all {
		if c.rule.Keep != "" {
			return moment{}, false
		}
	}
	c, found := byDate(all)
	if !found {
		return moment{}, false
	}
	return c.expires[0], true
}

// byDate is the first condition that calls rows dead by one column with a date alone.
func byDate(all []condition) (condition, bool) {
	for _, c := range all {
		if len(c.expires) == 1 && c.lifetime == nil && c.only == nil && c.expires[0].isTime() {
			return c, true
		}
	}
	return condition{}, false
}

// certainBefore is the instant before which such a condition calls every row dead, whichever way
// a clock without a zone was set.
func (c condition) certainBefore() time.Time {
	at := c.cutoff.Add(-c.rule.KeepExpired)
	if c.expires[0].kind != timestampWithZone {
		at = at.Add(-marginOfClocks)
	}
	return at
}

// undroppable looks for what is against dropping partitions of the table.
func (r *reader) undroppable(ctx context.Context, e *examined, column string) (string, error) {
	reason := ""
	err := r.readEach(ctx, `
		SELECT CASE
			WHEN p.partstrat OPERATOR(pg_catalog.<>) 'r'::pg_catalog."char" OR p.partnatts OPERATOR(pg_catalog.<>) 1::pg_catalog.int2 OR NOT EXISTS (
				SELECT
				FROM pg_catalog.pg_attribute AS a
				JOIN pg_catalog.pg_opclass AS o ON o.oid OPERATOR(pg_catalog.=) p.partclass[0]
				JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) o.opcnamespace
				WHERE a.attrelid OPERATOR(pg_catalog.=) p.partrelid
					AND a.attnum OPERATOR(pg_catalog.=) p.partattrs[0]
					AND a.attname OPERATOR(pg_catalog.=) $2::pg_catalog.name
					AND o.opcdefault
					AND n.nspname OPERATOR(pg_catalog.=) 'pg_catalog'
			) THEN pg_catalog.format('its partitions are no ranges of column %I', $2::pg_catalog.text)
			WHEN p.partdefid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
				THEN 'it has a default partition, beside which Postgres detaches none CONCURRENTLY'
			ELSE coalesce((
				SELECT pg_catalog.format(
					'partition %s is being detached, and it is not certain that a run began it: ALTER TABLE %s DETACH PARTITION %s FINALIZE completes it',
					i.inhrelid::pg_catalog.regclass, i.inhparent::pg_catalog.regclass, i.inhrelid::pg_catalog.regclass)
				FROM pg_catalog.pg_inherits AS i
				WHERE i.inhparent OPERATOR(pg_catalog.=) p.partrelid
					AND i.inhdetachpending
					AND `+fmt.Sprintf(firstLine, "coalesce(pg_catalog.obj_description(i.inhrelid, 'pg_class'), '')")+`
						OPERATOR(pg_catalog.<>) `+fmt.Sprintf(detachedMark, "i.inhrelid", "i.inhparent", "i.xmin")+`
				LIMIT 1
			), '')
		END
		FROM pg_catalog.pg_partitioned_table AS p
		WHERE p.partrelid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])`,
		[]uint32{e.oid}, []any{&reason}, func() error { return nil }, column)
	if err != nil {
		return "", fmt.Errorf("read how it is partitioned: %w", err)
	}
	if reason != "" {
		return reason, nil
	}
	return r.managed(ctx, e.object)
}

// managed says that pg_partman manages the table's partitions, if it does.
func (r *reader) managed(ctx context.Context, table Object) (string, error) {
	rows, err := r.db.Query(ctx, `
		SELECT n.nspname::pg_catalog.text, pg_catalog.has_table_privilege(c.oid, 'SELECT'::pg_catalog.text)
			AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'::pg_catalog.text)
		FROM pg_catalog.pg_extension AS x
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) x.extnamespace
		JOIN pg_catalog.pg_class AS c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid
		WHERE x.extname OPERATOR(pg_catalog.=) 'pg_partman'
			AND c.relname OPERATOR(pg_catalog.=) 'part_config'
			AND c.relkind OPERATOR(pg_catalog.=) 'r'::pg_catalog."char"`)
	if err != nil {
		return "", fmt.Errorf("look for pg_partman: %w", err)
	}
	var schema string
	var readable, found bool
	if _, err := pgx.ForEachRow(rows, []any{&schema, &readable}, func() error {
		found = true
		return nil
	}); err != nil {
		return "", fmt.Errorf("look for pg_partman: %w", err)
	}
	config := pgx.Identifier{schema, "part_config"}.Sanitize()
	switch {
	case !found:
		return "", nil
	case !readable:
		return "pg_partman may manage them, and this role may not read " + config, nil
	}
	var managed bool
	rows, err = r.db.Query(ctx, `SELECT EXISTS (SELECT FROM `+config+` AS p WHERE p.parent_table::pg_catalog.text OPERATOR(pg_catalog.=) $1::pg_catalog.text)`, table.Title())
	if err == nil {
		managed, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
	}
	if err != nil {
		return "", fmt.Errorf("read what pg_partman manages: %w", err)
	}
	if managed {
		return "pg_partman manages them", nil
	}
	return "", nil
}

// wholes lists the partitions that may be dropped at a cutoff, the earliest first. The bounds of such a
// partition prove that all its rows are dead at the cutoff. The newest partition is never listed. Nor
// is one that has something else attached: a trigger or a publication would not learn of the drop, and
// a view that reads the partition would stand in its way.
func (r *reader) wholes(ctx context.Context, e *examined, cutoff time.Time) ([]whole, error) {
	c, found := byDate(e.conditionsOf(cutoff))
	if !found {
		return nil, nil
	}
	by, at := c.expires[0], c.certainBefore()
	var all []whole
	var w whole
	err := r.readEach(ctx, droppable, []uint32{e.oid}, []any{&w.OID, &w.Schema, &w.Name, &w.Kind, &w.rows, &w.bounds}, func() error {
		all = append(all, w)
		return nil
	}, at.Add(marginOfClocks+time.Hour))
	if err != nil {
		return nil, fmt.Errorf("list its partitions with their bounds: %w", err)
	}
	var proven []whole
	for _, w := range all {
		if busy, err := r.attached(ctx, w); err != nil || busy {
			if err != nil {
				return nil, err
			}
			continue
		}
		s := &statement{}
		fmt.Fprintf(s, "EXPLAIN (FORMAT JSON)\nSELECT FROM ONLY %s AS t\nWHERE %s IS NULL OR %[2]s OPERATOR(pg_catalog.>=) %s",
			w.SQL(), by.sql(), by.bound(s, at))
		empty, err := r.provenEmpty(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("ask whether the bounds of %s say that all its rows are dead: %w", w.Title(), err)
		}
		if empty {
			proven = append(proven, w)
		}
	}
	return proven, nil
}

// attached reports whether something else is attached to a partition.
func (r *reader) attached(ctx context.Context, w whole) (bool, error) {
	a, err := r.account(ctx)
	if err != nil {
		return false, err
	}
	bySchema := "false"
	if a.Version >= publishedFrom15 {
		bySchema = publishedBySchema
	}
	rows, err := r.db.Query(ctx, fmt.Sprintf(attached, bySchema), w.OID)
	if err != nil {
		return false, fmt.Errorf("read what is attached to %s: %w", w.Title(), err)
	}
	busy, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
	if err != nil {
		return false, fmt.Errorf("read what is attached to %s: %w", w.Title(), err)
	}
	return busy, nil
}

// provenEmpty reports whether the planner knows, by the bounds of a partition, that a statement
// finds no rows in it, whatever is in it now or later.
func (r *reader) provenEmpty(ctx context.Context, explain *statement) (bool, error) {
	rows, err := r.db.Query(ctx, explain.String(), append([]any{pgx.QueryExecModeExec}, explain.args...)...)
	if err != nil {
		return false, err
	}
	type plan struct {
		Plan struct {
			Node   string `json:"Node Type"`
			Filter string `json:"One-Time Filter"`
			Plans  []any  `json:"Plans"`
		}
	}
	plans, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[[]plan])
	if err != nil || len(plans) != 1 {
		return false, err
	}
	p := plans[0].Plan
	return p.Node == "Result" && p.Filter == "false" && len(p.Plans) == 0, nil
}

// ownership refuses a table whose partitions the role may not drop.
func (r *reader) ownership(ctx context.Context, a account, e *examined) ([]Finding, error) {
	var findings []Finding
	owners := map[string]bool{}
	var owner string
	err := r.readEach(ctx, `
		SELECT pg_catalog.pg_get_userbyid(c.relowner)::pg_catalog.text
		FROM pg_catalog.pg_class AS c
		WHERE (c.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[]))
			AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE'::pg_catalog.text)`,
		append([]uint32{e.oid}, e.heaps...), []any{&owner}, func() error {
			if !owners[owner] {
				owners[owner] = true
				role, whom := pgx.Identifier{owner}.Sanitize(), pgx.Identifier{a.Role}.Sanitize()
				findings = append(findings, Finding{
					Severity: Refused,
					Problem: fmt.Sprintf("role %s may not drop partitions, as SILTGATE_TABLES_<n>_DROP_PARTITIONS wants: they belong to role %s",
						whom, role),
					SQL: []string{fmt.Sprintf("GRANT %s TO %s", role, whom)},
				})
			}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read who owns its partitions: %w", err)
	}
	slices.SortFunc(findings, func(a, b Finding) int { return strings.Compare(a.Problem, b.Problem) })
	return findings, nil
}

// dropFindings says what keeps partitions from being dropped, if the settings want them dropped. If the
// settings do not, a thorough inspection warns of partitions that an earlier run has begun to drop.
func (r *reader) dropFindings(ctx context.Context, a account, e *examined, thorough bool) ([]Finding, error) {
	if !e.table.DropPartitions {
		if !thorough || e.object.Kind != "p" {
			return nil, nil
		}
		return r.abandoned(ctx, e)
	}
	reason, err := r.rowByRow(ctx, e)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		return []Finding{{Severity: Warned, Problem: "no partition is dropped, and rows are deleted instead: " + reason}}, nil
	}
	return r.ownership(ctx, a, e)
}
