package purge

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
)

const (
	// mostProbed is how many tables one statement looks into: it locks all of them, with their
	// indexes, for as long as it takes.
	mostProbed = 50

	// mostBlocks is how many blocks of a table are read to find that nothing in it is dead, and
	// mostBlocksAtOnce how many one statement reads. A larger table is examined by itself.
	mostBlocks       = 256
	mostBlocksAtOnce = 1024
)

// plain is a table of which the catalog says that nothing refuses it and that a DELETE reaches
// its own rows only.
type plain struct {
	relation

	blocks int64
}

// idle says of which tables all rows are alive, for many at once: most tables of a pattern have
// nothing to do at most runs. Only plain and small tables are looked into. The others are examined
// one by one later, and so are tables that are locked now.
func (w *patternWalk) idle(ctx context.Context, chunk []match) (map[uint32]bool, error) {
	idle := map[uint32]bool{}
	if w.DryRun {
		return idle, nil // which also looks at the rows that live
	}
	read, err := newReader(ctx, w.Session.catalog(), w.configured())
	if err != nil {
		return nil, err
	}
	tables, err := read.plain(ctx, chunk)
	if isHindered(err) {
		// One of them is locked, or the catalog is not in memory yet: fewer at a time.
		return idle, w.idleInParts(ctx, chunk, idle)
	}
	if err != nil {
		return nil, err
	}
	var group []plain
	var blocks int64
	probe := func() error {
		err := w.probe(ctx, group, idle)
		group, blocks = nil, 0
		return err
	}
	for _, p := range tables {
		if p.blocks == 0 {
			idle[p.oid] = true
			w.sawRule(p)
			continue
		}
		if len(group) == mostProbed || blocks+p.blocks > mostBlocksAtOnce {
			if err := probe(); err != nil {
				return nil, err
			}
		}
		group, blocks = append(group, p), blocks+p.blocks
	}
	return idle, probe()
}

// idleInParts is idle for a tenth of the tables at a time, so that a locked table, or a catalog that is not in
// memory, makes only few of the others be examined one by one.
func (w *patternWalk) idleInParts(ctx context.Context, chunk []match, idle map[uint32]bool) error {
	if len(chunk) == 1 {
		return nil
	}
	for part := range slices.Chunk(chunk, max(len(chunk)/10, 1)) {
		more, err := w.idle(ctx, part)
		if err != nil {
			return err
		}
		maps.Copy(idle, more)
	}
	return nil
}

// sawRule notes the rule in words.
func (w *patternWalk) sawRule(p plain) {
	if w.into.Rule == "" {
		w.into.Rule = words(p.conditionsOf(w.progress.Cutoff))
	}
}

// probe looks for dead rows in a group of tables. If that fails, as when one of them is locked or the statement
// takes too long, it looks into each half. A table that fails alone is examined by itself later, which says why.
func (w *patternWalk) probe(ctx context.Context, group []plain, idle map[uint32]bool) error {
	if len(group) == 0 {
		return nil
	}
	busy, err := w.busyAmong(ctx, group)
	switch {
	case err == nil:
	case ctx.Err() != nil, w.Session.lost():
		return fmt.Errorf("look for dead rows: %w", err)
	case len(group) == 1:
		return nil
	default:
		half := len(group) / 2
		if err := w.probe(ctx, group[:half], idle); err != nil {
			return err
		}
		return w.probe(ctx, group[half:], idle)
	}
	for i, p := range group {
		if !slices.Contains(busy, int32(i)) {
			idle[p.oid] = true
			w.sawRule(p)
		}
	}
	return nil
}

// busyAmong are the places of the tables in a group that have dead rows.
func (w *patternWalk) busyAmong(ctx context.Context, group []plain) ([]int32, error) {
	s := &statement{}
	for i, p := range group {
		if i > 0 {
			s.WriteString("\nUNION ALL ")
		}
		h := heap{relation: p.relation, conditions: p.conditionsOf(w.progress.Cutoff)}
		fmt.Fprintf(s, "SELECT %d WHERE EXISTS (SELECT FROM ONLY %s AS t WHERE t.ctid OPERATOR(pg_catalog.>=) '(0,0)'::pg_catalog.tid\n  AND %s)",
			i, p.name, h.dead(s))
	}
	// Such a statement is not executed again, so it is not prepared.
	rows, err := w.Session.conn.Query(ctx, s.String(), once(s.args)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int32])
}

// plain finds those of the tables that need no examination: nothing in the catalog could refuse
// them.
func (r *reader) plain(ctx context.Context, chunk []match) ([]plain, error) {
	a, err := r.account(ctx)
	if err != nil {
		return nil, err
	}
	oids := make([]uint32, len(chunk))
	wanted := map[uint32]Table{}
	columns := []string{"ctid", "tableoid"}
	for i, m := range chunk {
		oids[i] = m.oid
		wanted[m.oid] = ruledBy(r.tables, m.by, m.schema, m.name)
		columns = append(columns, wanted[m.oid].columnNames()...)
	}
	columns = distinct(columns)
	all, err := r.plainAmong(ctx, oids, columns)
	if err != nil {
		return nil, err
	}
	known, err := r.columnsOf(ctx, oids, columns)
	if err != nil {
		return nil, err
	}
	unidentified, err := r.publishedOf(ctx, a.Version, oids)
	if err != nil {
		return nil, err
	}
	zones := &zoneReader{catalog: r.catalog}
	fit := all[:0]
	for _, p := range all {
		var unknown []Finding
		if p.table, unknown, err = zones.of(ctx, wanted[p.oid]); err != nil {
			return nil, err
		}
		p.columns = known[p.oid]
		undeletable := slices.ContainsFunc(unidentified, func(other published) bool { return other.OID == p.oid })
		if len(unknown) == 0 && len(columnFindings(p.table, p.columns)) == 0 && !undeletable {
			fit = append(fit, p)
		}
	}
	return fit, nil
}
