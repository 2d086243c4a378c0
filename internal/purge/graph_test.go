package purge

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// model is a model of some tables, their partitions and children, the foreign keys
// between them, and their rows. It knows what a purge of the configured ones may do.
type model struct {
	relations  []*modelRelation
	keys       []*modelKey
	rows       []*modelRow
	configured []modelTable
}

// modelRelation is a table, a partition or a child.
type modelRelation struct {
	name     string
	parent   *modelRelation
	children []*modelRelation
	kind     string // r or p
	parts    []int  // the values of part of its rows
}

// modelKey refers from rows of a relation to rows of another one.
type modelKey struct {
	name       string
	from, to   *modelRelation
	action     Action
	deferrable bool
}

// modelRow is a row. Its references are to rows that were made before it.
type modelRow struct {
	id         int
	heap       *modelRelation
	part       int
	dead       bool
	references map[*modelKey]*modelRow
	gone       bool
}

type modelTable struct {
	relation *modelRelation
	cascade  bool
}

// heaps are where a statement on the relation finds rows. ONLY concerns inheritance.
func (r *modelRelation) heaps(only bool) []*modelRelation {
	var all []*modelRelation
	if r.kind == "r" {
		all = append(all, r)
	}
	if r.kind == "r" && only {
		return all
	}
	for _, c := range r.children {
		all = append(all, c.heaps(false)...)
	}
	return all
}

// above reports whether other is the relation or below it.
func (r *modelRelation) above(other *modelRelation) bool {
	for ; other != nil; other = other.parent {
		if other == r {
			return true
		}
	}
	return false
}

// refused reports whether rows of the heap must not be deleted for the configured table.
func (g *model) refused(t modelTable, heap *modelRelation) bool {
	seen := map[*modelKey]bool{}
	for frontier := []*modelRelation{heap}; len(frontier) > 0; frontier = frontier[1:] {
		for _, k := range g.keys {
			if k.action != Cascade || seen[k] || !slices.Contains(k.to.heaps(true), frontier[0]) {
				continue
			}
			if frontier[0] == heap && g.spares(k) && !g.own(t, k) {
				if g.comesBack(t, k) {
					return true
				}
				continue // a row goes when no row refers to it any more
			}
			seen[k] = true
			if !t.cascade {
				return true
			}
			for _, from := range k.from.heaps(true) {
				if g.isConfigured(from) {
					return true
				}
				frontier = append(frontier, from)
			}
		}
	}
	return false
}

// comesBack reports whether cascades lead from the rows that refer by the key to the configured table's own.
func (g *model) comesBack(t modelTable, spared *modelKey) bool {
	seen := map[*modelKey]bool{}
	for frontier := spared.from.heaps(true); len(frontier) > 0; frontier = frontier[1:] {
		for _, k := range g.keys {
			if k.action != Cascade || seen[k] || !slices.Contains(k.to.heaps(true), frontier[0]) {
				continue
			}
			if g.own(t, k) {
				return true
			}
			seen[k] = true
			frontier = append(frontier, k.from.heaps(true)...)
		}
	}
	return false
}

// spares reports whether the key's cascade would delete rows of a configured table.
func (g *model) spares(k *modelKey) bool {
	return k.action == Cascade && slices.ContainsFunc(k.from.heaps(true), g.isConfigured)
}

// own reports whether the rows that refer by the key are the configured table's own, or may be.
func (g *model) own(t modelTable, k *modelKey) bool {
	return t.relation.above(k.from) || k.from.kind == "p" && k.from.above(t.relation)
}

func (g *model) isConfigured(heap *modelRelation) bool {
	return slices.ContainsFunc(g.configured, func(t modelTable) bool { return slices.Contains(t.relation.heaps(false), heap) })
}

// mayPurge reports whether a row is one that a purge is to delete by itself.
func (g *model) mayPurge(row *modelRow) bool {
	return row.dead && slices.ContainsFunc(g.configured, func(t modelTable) bool {
		return slices.Contains(t.relation.heaps(false), row.heap) && !g.refused(t, row.heap)
	})
}

// together are the row and those that go with it by cascades; ok unless a row that
// stays refers to one of them, or a row of a configured table would go with it. In strict judgement, a row that goes with them as well
// may not refer to them either: whether that is noticed depends on the order.
func (g *model) together(row *modelRow, strict bool) (all []*modelRow, ok bool) {
	all = []*modelRow{row}
	for i := 0; i < len(all); i++ {
		for _, other := range g.rows {
			for k, to := range other.references {
				if i == 0 && !other.gone && to == row && g.spares(k) {
					return nil, false
				}
				if !other.gone && to == all[i] && k.action == Cascade && !slices.Contains(all, other) {
					all = append(all, other)
				}
			}
		}
	}
	for _, other := range g.rows {
		for k, to := range other.references {
			restricts := k.action == NoAction || k.action == Restrict
			if !other.gone && restricts && slices.Contains(all, to) && (strict || !slices.Contains(all, other)) {
				return nil, false
			}
		}
	}
	return all, true
}

// purge lists the ids of the rows that are left when all that can go has gone.
func (g *model) purge(strict bool) []int64 {
	saved := map[*modelRow]map[*modelKey]*modelRow{}
	for _, row := range g.rows {
		row.gone = false
		saved[row] = maps.Clone(row.references)
	}
	for again := true; again; {
		again = false
		for _, row := range g.rows {
			if row.gone || !g.mayPurge(row) {
				continue
			}
			all, ok := g.together(row, strict)
			if !ok {
				continue
			}
			again = true
			for _, gone := range all {
				gone.gone = true
				for _, other := range g.rows {
					for k, to := range other.references {
						if to == gone {
							delete(other.references, k)
						}
					}
				}
			}
		}
	}
	var left []int64
	for _, row := range g.rows {
		row.references = saved[row]
		if !row.gone {
			left = append(left, int64(row.id))
		}
	}
	return left
}

// left lists the ids of the rows that there are.
func (g *model) left(db *database) []int64 {
	var heaps []string
	for _, r := range g.relations {
		if r.kind == "r" {
			heaps = append(heaps, "SELECT id::bigint FROM ONLY "+r.name)
		}
	}
	return db.ids(strings.Join(heaps, " UNION ALL ") + " ORDER BY 1")
}

// attempts runs until no statement has taken too long: on a starved machine one may, and then a run has another
// attempt.
func (e testEngine) attempts(t require.TestingT) (Progress, error) {
	const most = 20
	for range most {
		p, err := e.Run(context.Background(), Request{Tables: e.tables}, Progress{})
		if err == nil || !strings.Contains(err.Error(), "57014") { // query_canceled
			return p, err
		}
	}
	require.Fail(t, "a statement takes too long at each attempt")
	return Progress{}, nil
}

// TestFault38WhatMayGoIsWhatWentInAnyGraphOfTablesAndKeys is promise 1 for whatever hangs
// together: in a random graph of tables, those rows go that the model says may go, and
// no other ones; and those tables are refused that the model refuses.
func TestFault38WhatMayGoIsWhatWentInAnyGraphOfTablesAndKeys(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	session := db.session()
	rapid.Check(t, func(rt *rapid.T) {
		db.exec(`DROP SCHEMA public CASCADE; CREATE SCHEMA public`)
		g := drawGraph(rt)
		db.exec(g.sql())
		mostLeft, leastLeft := g.purge(true), g.purge(false)

		var tables []Table
		refused := map[string]bool{}
		for _, c := range g.configured {
			tables = append(tables, Table{Name: c.relation.name, Rules: []Rule{{Done: "dead"}}, AllowCascade: c.cascade})
			heaps := c.relation.heaps(false)
			for _, heap := range heaps {
				holds := slices.ContainsFunc(g.rows, func(row *modelRow) bool { return row.heap == heap })
				if g.refused(c, heap) && (holds || len(heaps) == 1) {
					refused[c.relation.name] = true
				}
			}
		}
		e := db.engineOn(session, tables...)
		// A row that another table's row refers to goes with the next run.
		for before := -1; before != len(g.left(db)); {
			before = len(g.left(db))
			p, err := e.attempts(rt)
			for _, table := range p.Tables {
				require.Equal(rt, refused[table.Name], table.Error != "", "%s: %s\n%s", table.Name, table.Error, g.sql())
			}
			require.Equal(rt, len(refused) > 0, err != nil)
		}

		left := g.left(db)
		for _, id := range leastLeft {
			require.Contains(rt, left, id, "went, and must not\n%s\nconfigured %v", g.sql(), tables)
		}
		for _, id := range left {
			require.Contains(rt, mostLeft, id, "may go, and did not\n%s\nconfigured %v", g.sql(), tables)
		}
	})
}
