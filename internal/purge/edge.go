package purge

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// Edge is where the rows that die by a column meet those that live. The times are seconds
// since 1970 by the column's own clock; nil where there is no such row, or none was found in time.
type Edge struct {
	Column string `json:"column"`
	Bound  int64  `json:"bound"` // rows before it are dead
	Zone   string `json:"zone"`  // of the column's clock

	FirstDead *int64 `json:"first_dead,omitempty"`
	LastDead  *int64 `json:"last_dead,omitempty"`
	FirstLive *int64 `json:"first_live,omitempty"`
	Last      *int64 `json:"last,omitempty"` // of all rows
}

// seconds is a time as an Edge has it.
func seconds(at pgtype.Timestamp) *int64 {
	if !at.Valid || at.InfinityModifier != pgtype.Finite {
		return nil
	}
	s := at.Time.Unix()
	return &s
}

// side is a column whose date decides whether rows die, and the bound between them.
type side struct {
	moment

	at   time.Time
	only *value // of the rows that its rule is for
}

// andConcerned is SQL that leaves out the rows that the side's rule is not for.
func (on side) andConcerned(s *statement) string {
	if on.only == nil {
		return ""
	}
	return " AND " + on.only.matches(s)
}

// sides are the columns of which the date alone decides.
func sides(conditions []condition) []side {
	var all []side
	for _, c := range conditions {
		if c.lifetime == nil {
			for _, m := range c.expires {
				all = append(all, side{m, c.cutoff.Add(-c.rule.KeepExpired), c.only})
			}
		}
		if c.doneAt != nil {
			all = append(all, side{*c.doneAt, c.cutoff.Add(-c.rule.KeepDone), c.only})
		}
	}
	return all
}

// firstLive finds the first row that lives by a column's clock, through its index.
func (h heap) firstLive(on side) *statement {
	s := &statement{}
	expired, done := h.byReason(s)
	fmt.Fprintf(s, "SELECT (\n    SELECT %s FROM ONLY %s AS t\n    WHERE %s OPERATOR(pg_catalog.>=) %s\n"+
		"      AND NOT (%s OR %s) AND %s%s\n    ORDER BY %[3]s LIMIT 1)",
		on.wall(s), h.name, on.sql(), on.bound(s, on.at), expired, done, on.isDated(), on.andConcerned(s))
	return s
}

// last finds the last row by a column's clock, through its index.
func (h heap) last(on side) *statement {
	s := &statement{}
	end := "'infinity'"
	if on.isNumber() {
		end = s.arg(endOfTime*int64(on.perSecond())) + "::pg_catalog.int8"
	}
	fmt.Fprintf(s, "SELECT (\n    SELECT %s FROM ONLY %s AS t\n    WHERE %s OPERATOR(pg_catalog.<) %s\n    ORDER BY %[3]s DESC LIMIT 1)",
		on.wall(s), h.name, on.sql(), end)
	return s
}

func earlier(a, b *int64) *int64 {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

func later(a, b *int64) *int64 {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

// Clock writes an edge's time by the column's own clock; empty for nil.
func (e Edge) Clock(seconds *int64) string {
	if seconds == nil {
		return ""
	}
	return time.Unix(*seconds, 0).UTC().Format("2006-01-02 15:04:05")
}
