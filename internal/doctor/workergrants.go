package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/session"
	"github.com/siltgate/siltgate/migrations"
)

// grantWorker grants what a replica needs: in the schema, and on each table.
func (e *examination) grantWorker(ctx context.Context, g *grants, role string) error {
	g.section("%s: what a replica needs in the schema.", role)
	g.use(role)
	for _, right := range migrations.ReplicaRights() {
		g.add("GRANT %s ON %s %s.%s TO %s", strings.Join(right.Privileges, ", "), right.Kind, g.schema, quote(right.Object), quote(role))
	}
	g.comment("What /metrics shows of the fleet is read from these.")
	g.views(role, readableViews()...)
	var standbys int
	if err := e.conn.QueryRow(ctx, `SELECT count(*) FROM pg_stat_replication`).Scan(&standbys); err != nil {
		return fmt.Errorf("look for standbys: %w", err)
	}
	g.comment("With it a run sees how far standbys are behind, and waits for them. It also shows the texts of other sessions' statements.")
	if standbys > 0 {
		g.add("GRANT pg_read_all_stats TO %s", quote(role))
	} else {
		g.withheld("GRANT pg_read_all_stats TO %s", quote(role))
	}

	c := e.Config.Database.ConnConfig()
	if err := e.Config.Database.Refresh(ctx, c); err != nil {
		return err
	}
	session.Pin(c)
	needs, err := purge.Needs(ctx, c, e.Config.Tables, role)
	if err != nil {
		return err
	}
	for _, n := range needs {
		if n.Object.OID == 0 {
			g.section("%s does not exist: print this again when it does.", n.Table)
			continue
		}
		if err := e.grantTable(ctx, g, role, n); err != nil {
			return err
		}
	}
	return nil
}

// grantTable grants what a run needs of one table.
func (e *examination) grantTable(ctx context.Context, g *grants, role string, n purge.Need) error {
	g.section("%s: the columns that decide, DELETE, and UPDATE of one column to pass over rows in use.", n.Object.Title())
	if n.Object.Kind == "p" {
		g.comment("Rows are deleted from partitions directly. Print this again for partitions that are made later.")
	}
	for _, owner := range n.Owners {
		g.comment("DROP_PARTITIONS: only the owner may drop partitions. With this the worker may do all that role %s may.", owner)
		g.add("GRANT %s TO %s", quote(owner), quote(role))
	}
	types, err := e.columnTypes(ctx, n)
	if err != nil {
		return err
	}
	own := types[n.Object.OID]
	for _, schema := range schemasOf(n) {
		g.add("GRANT USAGE ON SCHEMA %s TO %s", quote(schema), quote(role))
	}

	columns := append(n.SystemColumns(), n.Columns...)
	update := n.Columns[len(n.Columns)-1]
	for _, name := range n.Columns {
		if isSecret(name, own[name]) {
			g.comment("Column %q, which the rule reads, seems to hold a token: a generated column that says no more than needed would keep it from the worker.", name)
		} else {
			update = name
		}
	}
	columns, others := g.keys(role, n, types, columns)
	for _, heap := range targets(n) {
		if heap.Kind == "p" {
			g.add("GRANT SELECT (%s) ON %s TO %s", quoteAll(columns), heap.SQL(), quote(role))
			continue
		}
		g.add("GRANT SELECT (%s), UPDATE (%s), DELETE ON %s TO %s", quoteAll(columns), quote(update), heap.SQL(), quote(role))
	}
	for _, statement := range slices.Concat(others, n.Triggers) {
		g.add("%s", statement)
	}
	for _, o := range n.Policed {
		g.unless(fmt.Sprintf("SELECT FROM pg_catalog.pg_policy WHERE polrelid = %s::regclass AND polname = %s", quoteText(o.SQL()), quoteText(role)),
			fmt.Sprintf("CREATE POLICY %s ON %s TO %s USING (true)", quote(role), o.SQL(), quote(role)))
	}
	return nil
}

// keys adds to the columns those of foreign keys that a run looks up, and returns besides them
// the statements for the tables that refer. A key by the token itself is not granted.
func (g *grants) keys(role string, n purge.Need, types map[uint32]typesByColumn, columns []string) (own, others []string) {
	for _, key := range n.Keys {
		needed := slices.Clone(key.Referenced)
		var from string
		if key.From == n.Object.OID || slices.ContainsFunc(n.Heaps, func(o purge.Object) bool { return o.OID == key.From }) {
			needed = append(needed, key.Columns...)
		} else {
			all := key.Columns
			if key.Own {
				all = append([]string{"ctid", "tableoid"}, all...)
			}
			from = fmt.Sprintf("GRANT SELECT (%s) ON %s TO %s", quoteAll(all), key.FromSQL(), quote(role))
		}
		// The columns that refer hold what those hold that are referred to. If their name ends in id, it says no more.
		referring := slices.DeleteFunc(slices.Clone(key.Columns), endsInID)
		if types[n.Object.OID].secretAmong(key.Referenced) || types[key.From].secretAmong(referring) {
			g.withhold(role, n, key, needed, from)
			continue
		}
		for _, name := range needed {
			if !slices.Contains(columns, name) {
				columns = append(columns, name)
			}
		}
		if from != "" {
			others = append(others, from)
		}
	}
	return columns, others
}

// withhold says what a key by the token itself would need, and what is without it.
func (g *grants) withhold(role string, n purge.Need, key purge.NeededKey, needed []string, from string) {
	without := "rows that it keeps are found by trying, one by one, at each run"
	if key.Own || key.Cascades {
		without = "the table is not purged without it"
	}
	g.comment("Foreign key %q is by a column that seems to be the token itself, so it is not granted: %s.", key.Name, without)
	for _, heap := range targets(n) {
		g.withheld("GRANT SELECT (%s) ON %s TO %s", quoteAll(needed), heap.SQL(), quote(role))
	}
	if from != "" {
		g.withheld("%s", from)
	}
}

// targets are the table and its heaps, each once.
func targets(n purge.Need) []purge.Object {
	all := []purge.Object{n.Object}
	for _, heap := range n.Heaps {
		if heap.OID != n.Object.OID {
			all = append(all, heap)
		}
	}
	return all
}

// schemasOf are those of the relations that a run reads, each once.
func schemasOf(n purge.Need) []string {
	var all []string
	add := func(schema string) {
		if !slices.Contains(all, schema) {
			all = append(all, schema)
		}
	}
	for _, o := range targets(n) {
		add(o.Schema)
	}
	for _, key := range n.Keys {
		add(key.FromSchema)
	}
	return all
}
