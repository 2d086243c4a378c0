package purge

import (
	"context"
	"fmt"
)

// leads finds a lead for each reason for which a row may be dead, with an index that has the lead's
// column first and all rows to which the lead leads. It returns nil if one reason has no such lead.
func (s *Session) leads(ctx context.Context, h heap) ([]lead, error) {
	var leads []lead
	for _, r := range reasons(h.conditions) {
		found := false
		for _, l := range r {
			indexed, err := s.hasIndex(ctx, h, l)
			if err != nil {
				return nil, err
			}
			if found = indexed; found {
				leads = append(leads, l)
				break
			}
		}
		if !found {
			return nil, nil
		}
	}
	return leads, nil
}

// hasIndex reports whether an index of the heap serves a lead.
func (s *Session) hasIndex(ctx context.Context, h heap, l lead) (bool, error) {
	var found bool
	err := s.reads.QueryRow(ctx, `
			SELECT EXISTS (
				SELECT
				FROM pg_catalog.pg_index AS i
				JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
				JOIN pg_catalog.pg_am AS m ON m.oid OPERATOR(pg_catalog.=) c.relam
				LEFT JOIN pg_catalog.pg_attribute AS a
					ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid AND a.attnum OPERATOR(pg_catalog.=) i.indkey[0]
				CROSS JOIN LATERAL (
					SELECT pg_catalog.pg_get_expr(i.indpred, i.indrelid) OPERATOR(pg_catalog.=) ANY($3::pg_catalog.text[]) AS implied
				) AS predicate
				WHERE i.indrelid OPERATOR(pg_catalog.=) $1
					AND i.indisvalid
					AND m.amname OPERATOR(pg_catalog.=) 'btree'
					AND (
						a.attname OPERATOR(pg_catalog.=) $2::pg_catalog.name AND coalesce(predicate.implied, true)
						OR $4::pg_catalog.bool AND predicate.implied
					))`,
		h.oid, l.name, l.impliedPredicates(), l.isFlag()).Scan(&found)
	if err != nil {
		return false, fmt.Errorf("read its indexes: %w", err)
	}
	return found, nil
}
