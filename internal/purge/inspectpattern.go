package purge

import (
	"context"
	"fmt"
	"slices"
)

// tablesOf are the tables that a configured table means: itself or, if it is a pattern, those that it matches and no
// pattern before it, each with all its rules.
func (r *reader) tablesOf(ctx context.Context, pattern Table) ([]Table, error) {
	if !pattern.IsPattern() {
		return []Table{pattern}, nil
	}
	matches, err := r.matching(ctx, nil)
	var tables []Table
	for _, m := range firstBy(pattern, r.tables, matches) {
		tables = append(tables, ruledBy(r.tables, m.by, m.schema, m.name))
	}
	return tables, err
}

// inspectPattern examines the tables that a pattern matches, however many there are. It reports the first few findings
// with the names of their tables, and counts the others.
func (r *reader) inspectPattern(ctx context.Context, pattern Table) (Inspection, error) {
	i := Inspection{Table: pattern.String(), Title: pattern.String()}
	matches, err := r.matching(ctx, nil)
	if err != nil {
		return i, err
	}
	matches = firstBy(pattern, r.tables, matches)
	count := len(matches)
	i.Matched = &count
	if count == 0 {
		i.Findings = []Finding{warned("matches no table", "check SILTGATE_TABLES_<n>_NAME, unless its tables are still to come")}
		return i, nil
	}
	found := patternFindings{seen: map[Severity]int{}}
	for chunk := range slices.Chunk(matches, mostOIDs) {
		if err := r.inspectChunk(ctx, chunk, &found); err != nil {
			return i, err
		}
	}
	i.Findings = inOrder(found.all())
	return i, nil
}

// inspectChunk examines those tables that are not plain one by one.
func (r *reader) inspectChunk(ctx context.Context, chunk []match, found *patternFindings) error {
	tables, err := r.plain(ctx, chunk)
	if err != nil && !isHindered(err) {
		return err
	}
	a, err := r.account(ctx)
	if err != nil {
		return err
	}
	plain := map[uint32]bool{}
	all := &examined{}
	for _, p := range tables {
		plain[p.oid] = true
		all.heaps = append(all.heaps, p.oid)
	}
	warnings, err := r.strangers(ctx, a, all)
	if err != nil {
		return err
	}
	found.add("", warnings)
	for _, m := range chunk {
		if plain[m.oid] {
			continue
		}
		r.known = map[[2]uint32]referrers{}
		one, _, err := r.inspection(ctx, ruledBy(r.tables, m.by, m.schema, m.name))
		if err != nil {
			return fmt.Errorf("%s: %w", m.title(), err)
		}
		found.add(m.title(), one.Findings)
	}
	return nil
}

// patternFindings are those of a pattern's tables, a few by name and the others counted.
type patternFindings struct {
	named []Finding
	seen  map[Severity]int
}

// add takes over findings of a table, or of several that they name.
func (p *patternFindings) add(title string, findings []Finding) {
	for _, f := range findings {
		if p.seen[f.Severity]++; p.seen[f.Severity] > mostNamed {
			continue
		}
		if title != "" {
			f.Problem = title + ": " + f.Problem
		}
		p.named = append(p.named, f)
	}
}

func (p *patternFindings) all() []Finding {
	all := p.named
	for _, severity := range []Severity{Refused, Warned} {
		if more := p.seen[severity] - mostNamed; more > 0 {
			all = append(all, Finding{Severity: severity, Problem: fmt.Sprintf("and so on: %d more findings of its tables", more), Remedy: "mend those that are named, then look again"})
		}
	}
	return all
}
