package purge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// mostForecast is how many heaps of a table are looked at for a forecast.
	mostForecast = 100

	// blocksWorthIndex is from which size on a heap is worth an index: below, a sweep takes less
	// than a tenth of a second.
	blocksWorthIndex = 5000

	// Roughly what deleting takes at full speed, by plan.
	perListedRow  = 20 * time.Microsecond
	perSweptBlock = 5 * time.Microsecond
	perSweptRow   = 2 * time.Microsecond
)

// Forecast is what a run would meet in a table now, as far as it can be told without reading
// its rows.
type Forecast struct {
	// Table is the name as configured. OID is 0 if there is no table, or it is refused.
	Table string
	OID   uint32

	// Rule says in words which rows are dead.
	Rule string

	// Dead is the planner's estimate of the dead rows. Partial is set if it is of some of the
	// table's partitions only, because there are many.
	Dead    int64
	Partial bool

	// Plan is index, sweep or mixed.
	Plan string

	// Work is roughly how long deleting takes without pauses.
	Work time.Duration

	// Log is how much write-ahead log deleting makes, roughly.
	Log LogRange

	// Hidden are the tables or partitions that could not be looked at, because somebody held a lock, or
	// because the statement took too long.
	Hidden []string

	// Oldest is when the oldest dead row expired. Zero: an index does not tell.
	Oldest time.Time

	// Indexes are the statements that create the indexes that would pay.
	Indexes []string
}

// Forecasts looks at each table as a run does before it deletes. It asks the planner, and
// reads at most the first entry of an index.
func Forecasts(ctx context.Context, config *pgx.ConnConfig, tables []Table) (all []Forecast, err error) {
	err = reading(ctx, config, tables, func(s *Session, read *reader) error {
		now, _, err := s.Now(ctx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			meant, err := read.tablesOf(ctx, t)
			if err != nil {
				return err
			}
			f := Forecast{Table: t.String(), Partial: len(meant) > mostForecast}
			for _, one := range meant[:min(len(meant), mostForecast)] {
				e, err := read.examine(ctx, one, false)
				if err == nil && !e.whole && len(e.heaps) > 0 {
					err = s.forecast(ctx, read, e, now, &f)
				}
				if err != nil && !errors.Is(err, errAbsent) {
					return fmt.Errorf("look at %s: %w", one, err)
				}
			}
			all = append(all, f)
		}
		return nil
	})
	return all, err
}

// forecast adds up the table's heaps.
func (s *Session) forecast(ctx context.Context, read *reader, e *examined, now time.Time, f *Forecast) error {
	conditions := e.conditionsOf(now)
	f.OID, f.Rule = e.oid, words(conditions)
	objects, err := read.objects(ctx, e.heaps[:min(len(e.heaps), mostForecast)])
	if err != nil {
		return err
	}
	f.Partial = f.Partial || len(e.heaps) > len(objects)
	for _, o := range objects {
		if e.refused[o.OID] {
			continue
		}
		h := heap{relation: e.relation, conditions: conditions, oid: o.OID, name: o.SQL()}
		switch err := s.forecastHeap(ctx, h, f); {
		case isHindered(err):
			f.Hidden = append(f.Hidden, o.Title())
		case err != nil:
			return err
		}
	}
	return nil
}

func (s *Session) forecastHeap(ctx context.Context, h heap, f *Forecast) error {
	var err error
	if h.blocks, err = s.blocksOf(ctx, h); err != nil {
		return err
	}
	if err := s.restrict(ctx, &h); err != nil {
		return err
	}
	var dead int64
	if h.blocks > 0 { // of an empty table the planner supposes that it is about to be filled
		if dead, err = s.estimate(ctx, h.name, h.conditions); err != nil {
			return err
		}
	}
	written, err := s.logOf(ctx, h, dead)
	if err != nil {
		return err
	}
	f.Dead += dead
	f.Log = f.Log.plus(written)
	leads, err := s.leads(ctx, h)
	if err != nil {
		return err
	}
	few := dead <= 2*h.worthListing() && len(h.ownReferences) == 0
	plan := planSweep
	if leads != nil && few {
		plan = planIndex
	}
	if plan == planIndex {
		f.Work += time.Duration(dead) * perListedRow
	} else {
		f.Work += time.Duration(h.blocks)*perSweptBlock + time.Duration(dead)*perSweptRow
	}
	if at := s.oldest(ctx, h, leads); !at.IsZero() && (f.Oldest.IsZero() || at.Before(f.Oldest)) {
		f.Oldest = at
	}
	if f.Plan != "" && f.Plan != plan {
		plan = planMixed
	}
	f.Plan = plan
	if leads == nil && few && h.blocks >= blocksWorthIndex {
		f.Indexes, err = s.worthIndexes(ctx, h, f.Indexes)
	}
	return err
}

// worthIndexes adds the indexes that a heap lacks, if with them a list finds all its dead rows.
func (s *Session) worthIndexes(ctx context.Context, h heap, into []string) ([]string, error) {
	var missing []string
	for _, r := range reasons(h.conditions) {
		if len(r) == 0 {
			return into, nil // only a sweep finds them
		}
		served := false
		for _, l := range r {
			indexed, err := s.hasIndex(ctx, h, l)
			if err != nil {
				return into, err
			}
			served = served || indexed
		}
		if served {
			continue
		}
		column := quote(r[0].name)
		sql := fmt.Sprintf("CREATE INDEX CONCURRENTLY ON %s (%s)", h.name, column)
		switch {
		case r[0].negated:
			sql += " WHERE NOT " + column
		case r[0].isFlag():
			sql += " WHERE " + column
		}
		missing = append(missing, sql)
	}
	return append(into, distinct(missing)...), nil
}

// oldest is when the first row of an index expired; zero if that cannot be told at once.
func (s *Session) oldest(ctx context.Context, h heap, leads []lead) time.Time {
	for _, l := range leads {
		for _, c := range h.conditions {
			if l.after == nil || len(c.expires) != 1 || c.lifetime != nil || c.expires[0].name != l.name {
				continue
			}
			st := &statement{}
			fmt.Fprintf(st, "SELECT %s\nFROM ONLY %s AS t\nWHERE %s\nORDER BY %s\nLIMIT 1", c.expiry(st), h.name, l.condition(st), l.sql())
			var at *time.Time
			if err := s.query(ctx, st, &at); err == nil && at != nil {
				return *at
			}
		}
	}
	return time.Time{}
}
