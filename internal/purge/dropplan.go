package purge

import (
	"context"
	"fmt"
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

// wholes lists the partitions that may be dropped at a cutoff, the earliest first. The bounds of such a
// partition prove that all its rows are dead at the cutoff. It never lists the newest partition, nor
// one that has something else attached: a trigger or a publication would not learn of the drop, and a
// view that reads the partition would stand in its way.
func (r *reader) wholes(ctx context.Context, e *examined, cutoff time.Time) ([]whole, error) {
	c, found := byDate(e.conditionsOf(cutoff))
	if !found {
		return nil, nil
	}
	by, at := c.expires[0], c.certainBefore()
	all, err := r.droppableOf(ctx, e.oid, at.Add(marginOfClocks+time.Hour))
	if err != nil {
		return nil, err
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

// provenEmpty reports whether the planner knows, by the bounds of a partition, that a statement
// finds no rows in it, whatever is in it now or later.
func (r *reader) provenEmpty(ctx context.Context, explain *statement) (bool, error) {
	rows, err := r.db.Query(ctx, explain.String(), once(explain.args)...)
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
	owners, _, err := r.ownersOf(ctx, append([]uint32{e.oid}, e.heaps...))
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, owner := range owners {
		role, whom := quote(owner), quote(a.Role)
		findings = append(findings, refused(fmt.Sprintf("role %s may not drop partitions, as SILTGATE_TABLES_<n>_DROP_PARTITIONS wants: they belong to role %s", whom, role),
			"", "GRANT "+role+" TO "+whom))
	}
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
		return []Finding{warned("no partition is dropped, and rows are deleted instead: "+reason, "turn SILTGATE_TABLES_<n>_DROP_PARTITIONS off, unless that is to change")}, nil
	}
	return r.ownership(ctx, a, e)
}
