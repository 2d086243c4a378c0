package purge

import (
	"context"
	"slices"
)

// examined is a configured table as the catalog describes it, with all that is wrong with it. A run
// examines a table before it deletes; the inspection does so when a replica starts.
type examined struct {
	relation

	// heaps are where its rows are, by OID.
	heaps []uint32

	// findings are all that is wrong. refused says of each heap whether they refuse it, whole
	// whether they refuse the table.
	findings []Finding
	refused  map[uint32]bool
	whole    bool
}

// err is all that refuses the table or some of its heaps, in one line.
func (e *examined) err() error { return refusals(e.findings) }

// find notes findings that refuse the table as a whole, or only warn.
func (e *examined) find(findings ...Finding) {
	e.findings = append(e.findings, findings...)
	e.whole = e.whole || refusals(findings) != nil
}

// examine finds all that is wrong with a table. If thorough, it also looks at the foreign keys of every
// partition, which a run does only when it comes to the partition. It returns errAbsent for a table
// that does not exist, with the reason in the findings if it is known.
func (r *reader) examine(ctx context.Context, t Table, thorough bool) (*examined, error) {
	e := &examined{relation: relation{table: t}, refused: map[uint32]bool{}}
	a, err := r.account(ctx)
	if err != nil {
		return e, err
	}
	oids, err := r.resolve(ctx, []Table{t})
	if err != nil {
		return e, err
	}
	objects, err := r.objects(ctx, oids)
	if err != nil {
		return e, err
	}
	if len(objects) == 0 {
		e.findings, err = r.absence(ctx, a, t)
		if err != nil {
			return e, err
		}
		return e, errAbsent
	}
	e.object = objects[0]
	e.oid, e.name, e.title = e.object.OID, e.object.SQL(), e.object.Title()
	if kind := e.object.Kind; kind != "r" && kind != "p" {
		f, err := r.notATable(ctx, e.object)
		e.find(f)
		return e, err
	}

	if foreign, err := r.ofOtherSession(ctx, e.oid); err != nil || foreign {
		e.find(refused("is a temporary table of another session", "name a table that is not temporary"))
		return e, err
	}
	if own := reserved(t, e.object); len(own) > 0 {
		e.find(own...)
		return e, nil
	}

	inZone, unknown, err := r.inDatabaseZone(ctx, t)
	if err != nil || unknown != nil {
		e.find(unknown...)
		return e, err
	}
	e.table = inZone
	columns, err := r.columnsOf(ctx, []uint32{e.oid}, t.columnNames())
	if err != nil {
		return e, err
	}
	e.columns = columns[e.oid]
	e.find(columnFindings(t, e.columns)...)
	if e.heaps, err = r.heapsOf(ctx, e.object); err != nil {
		return e, err
	}
	kept, err := r.keptApart(ctx, t, e.object)
	if err != nil {
		return e, err
	}
	e.find(kept...)
	reach, err := r.reachOf(ctx, e, thorough)
	if err != nil {
		return e, err
	}
	e.find(reach.Findings()...)
	if err := r.obstacles(ctx, a, e, reach); err != nil {
		return e, err
	}
	drops, err := r.dropFindings(ctx, a, e, thorough)
	if err != nil {
		return e, err
	}
	e.find(drops...)
	warnings, err := r.warnings(ctx, a, e)
	e.find(warnings...)
	return e, err
}

// reachOf says what a DELETE from the table reaches; unless thorough, only what all its partitions have
// in common.
func (r *reader) reachOf(ctx context.Context, e *examined, thorough bool) (Reach, error) {
	if thorough || len(e.heaps) == 1 {
		return r.reach(ctx, e.table, e.object, e.heaps)
	}
	return r.reachOfPartitions(ctx, e.table, e.object)
}

// obstacles finds what keeps the role from deleting rows of the heaps: privileges, row
// security, publications.
func (r *reader) obstacles(ctx context.Context, a account, e *examined, reach Reach) error {
	columns := e.readColumns(reach)
	rights, err := r.rightsOn(ctx, e.heaps, columns)
	if err != nil {
		return err
	}
	findings := missingRights(a.Role, e.object, rights, columns, e.anyColumn())
	for _, right := range rights {
		e.refused[right.OID] = !right.usage || len(right.missing(columns, "")) > 0
	}
	referrers, err := r.referrers(ctx, a, e, reach)
	if err != nil {
		return err
	}
	e.find(referrers...)

	hidden, err := r.policedOf(ctx, e.heaps)
	if err != nil {
		return err
	}
	// A table with children is among the ancestors too, whose policies are in the findings already.
	hidden = slices.DeleteFunc(hidden, func(p policed) bool {
		return slices.ContainsFunc(reach.Ancestors, func(o Object) bool { return o.OID == p.OID })
	})
	findings = append(findings, hiddenRows(a.Role, e.object, hidden)...)
	for _, p := range hidden {
		e.refused[p.OID] = true
	}

	published, err := r.publishedOf(ctx, a.Version, e.heaps)
	if err != nil {
		return err
	}
	findings = append(findings, unidentified(e.object, published)...)
	for _, p := range published {
		e.refused[p.OID] = true
	}

	triggers, err := r.triggerFindings(ctx, a, e, findings)
	if err != nil {
		return err
	}
	findings = append(findings, triggers...)

	e.findings = append(e.findings, findings...)
	free := slices.ContainsFunc(e.heaps, func(oid uint32) bool { return !e.refused[oid] })
	e.whole = e.whole || len(e.heaps) > 0 && !free
	return nil
}

// readColumns are the columns of the heaps that a run reads: those of the rules, those of foreign keys that
// it looks up, and what says where a row is and who has locked it.
func (e *examined) readColumns(reach Reach) []string {
	columns := []string{"ctid", "tableoid"}
	add := func(names ...string) {
		for _, name := range names {
			if !slices.Contains(columns, name) {
				columns = append(columns, name)
			}
		}
	}
	for _, name := range e.table.columnNames() {
		if _, exists := e.columns[name]; exists {
			add(name)
		}
	}
	for _, key := range reach.Keys {
		if key.cascadeSpared() {
			add("xmax")
			add(key.Referenced...)
		}
		if key.lookedUp() {
			add(key.Referenced...)
			if slices.Contains(e.heaps, key.From) {
				add(key.Columns...)
			}
		}
	}
	return columns
}

// anyColumn is a column of the rules that the role should be allowed to UPDATE, because to lock a row
// needs that on some column. It is the one that says that a row is done, if there is one.
func (e *examined) anyColumn() string {
	names := e.table.columnNames()
	return names[len(names)-1]
}
