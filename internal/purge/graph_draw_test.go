package purge

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// drawGraph makes a graph.
func drawGraph(t *rapid.T) *model {
	g := &model{}
	add := func(r *modelRelation) *modelRelation {
		g.relations = append(g.relations, r)
		if r.parent != nil {
			r.parent.children = append(r.parent.children, r)
		}
		return r
	}
	var plain []*modelRelation
	for i := range rapid.IntRange(1, 4).Draw(t, "tables") {
		name := fmt.Sprintf("t%d", i)
		all := []int{0, 1, 2}
		switch rapid.SampledFrom([]string{"plain", "partitioned", "twice", "child"}).Draw(t, "kind") {
		case "partitioned":
			root := add(&modelRelation{name: name, kind: "p", parts: all})
			for _, part := range all {
				add(&modelRelation{name: fmt.Sprint(name, "_", part), kind: "r", parent: root, parts: []int{part}})
			}
		case "twice":
			root := add(&modelRelation{name: name, kind: "p", parts: all})
			add(&modelRelation{name: name + "_0", kind: "r", parent: root, parts: []int{0}})
			middle := add(&modelRelation{name: name + "_m", kind: "p", parent: root, parts: []int{1, 2}})
			add(&modelRelation{name: name + "_1", kind: "r", parent: middle, parts: []int{1}})
			add(&modelRelation{name: name + "_2", kind: "r", parent: middle, parts: []int{2}})
		case "child":
			if len(plain) > 0 {
				plain = append(plain, add(&modelRelation{name: name, kind: "r", parts: all, parent: rapid.SampledFrom(plain).Draw(t, "parent")}))
				continue
			}
			fallthrough
		default:
			plain = append(plain, add(&modelRelation{name: name, kind: "r", parts: all}))
		}
	}
	relation := rapid.SampledFrom(g.relations)
	for i := range rapid.IntRange(0, 5).Draw(t, "keys") {
		from, to := relation.Draw(t, "from"), relation.Draw(t, "to")
		if from.kind == "p" && from != to && from.above(to) {
			continue // Postgres cannot declare it
		}
		g.keys = append(g.keys, &modelKey{
			name: fmt.Sprintf("k%d", i), from: from, to: to,
			action:     rapid.SampledFrom([]Action{NoAction, Restrict, Cascade, Cascade, SetNull, SetDefault}).Draw(t, "action"),
			deferrable: rapid.Bool().Draw(t, "deferrable"),
		})
	}
	for _, r := range rapid.SliceOfNDistinct(relation, 1, 3, func(r *modelRelation) string { return r.name }).Draw(t, "configured") {
		g.configured = append(g.configured, modelTable{relation: r, cascade: rapid.Bool().Draw(t, "cascade")})
	}
	for i := range rapid.IntRange(0, 24).Draw(t, "rows") {
		r := relation.Draw(t, "of")
		heap := rapid.SampledFrom(r.heaps(true)).Draw(t, "heap")
		row := &modelRow{
			id: i + 1, heap: heap, part: rapid.SampledFrom(heap.parts).Draw(t, "part"),
			dead: rapid.IntRange(0, 3).Draw(t, "dead") > 0, references: map[*modelKey]*modelRow{},
		}
		for _, k := range g.keys {
			to := slices.DeleteFunc(slices.Clone(g.rows), func(to *modelRow) bool { return !slices.Contains(k.to.heaps(true), to.heap) })
			if slices.Contains(k.from.heaps(true), heap) && len(to) > 0 && rapid.IntRange(0, 2).Draw(t, "refers") > 0 {
				row.references[k] = rapid.SampledFrom(to).Draw(t, "referred")
			}
		}
		g.rows = append(g.rows, row)
	}
	return g
}

// sql makes the graph in a database.
func (g *model) sql() string {
	var s strings.Builder
	var columns string
	for _, k := range g.keys {
		columns += fmt.Sprintf(", %[1]s_id int, %[1]s_part int", k.name)
	}
	list := func(parts []int) string { return strings.Trim(strings.ReplaceAll(fmt.Sprint(parts), " ", ","), "[]") }
	for _, r := range g.relations {
		by := ""
		if r.kind == "p" {
			by = " PARTITION BY LIST (part)"
		}
		switch {
		case r.parent != nil && r.parent.kind == "p":
			fmt.Fprintf(&s, "CREATE TABLE %s PARTITION OF %s FOR VALUES IN (%s)%s;\n", r.name, r.parent.name, list(r.parts), by)
		case r.parent != nil:
			fmt.Fprintf(&s, "CREATE TABLE %s (PRIMARY KEY (id, part)) INHERITS (%s);\n", r.name, r.parent.name)
		default:
			fmt.Fprintf(&s, "CREATE TABLE %s (id int, part int, dead boolean%s, PRIMARY KEY (id, part))%s;\n", r.name, columns, by)
		}
	}
	for _, k := range g.keys {
		deferrable := ""
		if k.deferrable {
			deferrable = " DEFERRABLE INITIALLY DEFERRED"
		}
		fmt.Fprintf(&s, "ALTER TABLE %[1]s ADD CONSTRAINT %[2]s FOREIGN KEY (%[2]s_id, %[2]s_part) REFERENCES %[3]s (id, part) ON DELETE %[4]s%[5]s;\n"+
			"CREATE INDEX ON %[1]s (%[2]s_id, %[2]s_part);\n", k.from.name, k.name, k.to.name, k.action, deferrable)
	}
	for _, row := range g.rows {
		names, values := "id, part, dead", fmt.Sprintf("%d, %d, %t", row.id, row.part, row.dead)
		for k, to := range row.references {
			names += fmt.Sprintf(", %[1]s_id, %[1]s_part", k.name)
			values += fmt.Sprintf(", %d, %d", to.id, to.part)
		}
		fmt.Fprintf(&s, "INSERT INTO %s (%s) VALUES (%s);\n", row.heap.name, names, values)
	}
	return s.String()
}
