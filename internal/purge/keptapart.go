package purge

import (
	"context"
	"fmt"
	"slices"
)

// keptApart refuses a table if the settings keep rows of one of its partitions, children or parents that its own rules
// do not keep. Rows of both lie in one heap, and whichever of them is purged deletes what the other keeps.
func (r *reader) keptApart(ctx context.Context, t Table, object Object) ([]Finding, error) {
	others := slices.DeleteFunc(slices.Clone(r.tables), func(other Table) bool { return !other.keepsMoreThan(t) })
	if len(others) == 0 {
		return nil, nil
	}
	family, err := r.ancestors(ctx, object.OID)
	if err != nil {
		return nil, err
	}
	below, err := r.descendants(ctx, object.OID)
	if err != nil {
		return nil, err
	}
	for _, m := range below {
		family = append(family, m.oid)
	}
	relatives, err := r.objects(ctx, family)
	if err != nil {
		return nil, err
	}
	for _, relative := range relatives {
		exact, named := r.exact[relative.OID]
		i := slices.IndexFunc(others, func(other Table) bool {
			return named && other.String() == exact.String() || !named && other.Matches(relative.Title())
		})
		if i >= 0 {
			return []Finding{refused(fmt.Sprintf("has rows in common with %s, of which SILTGATE_TABLES_<n>_KEEP_COLUMN of %s keeps some that would be deleted here",
				relative.Title(), others[i]), "give both the same KEEP_COLUMN with the same values, or name only one of them")}, nil
		}
	}
	return nil, nil
}

// keepsMoreThan reports whether the rules of a table may keep rows that those of the other do not keep.
func (t Table) keepsMoreThan(other Table) bool {
	keeps := func(r Rule) string {
		return spellRule(Rule{Keep: r.Keep, KeepValues: r.KeepValues, ExpiresZone: r.ExpiresZone, ExpiresUnit: r.ExpiresUnit})
	}
	return slices.ContainsFunc(t.Rules, func(r Rule) bool {
		return r.Keep != "" && !slices.ContainsFunc(other.Rules, func(o Rule) bool { return keeps(o) == keeps(r) })
	})
}
