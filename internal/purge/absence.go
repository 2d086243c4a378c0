package purge

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// errAbsent says that a table does not exist, or cannot be found.
var errAbsent = errors.New("does not exist")

// absence says why a table is not found. It returns no finding of an optional table that does not exist.
// A table in a schema of the path which the role may not use is not absent.
func (c catalog) absence(ctx context.Context, a account, t Table) ([]Finding, error) {
	found, err := c.namesakes(ctx, a, t)
	if err != nil {
		return nil, err
	}
	var elsewhere []string
	for _, n := range found {
		if n.Name == t.Name && n.InPath && !n.Usage {
			schema, grantee := pgx.Identifier{n.Schema}.Sanitize(), pgx.Identifier{a.Role}.Sanitize()
			return []Finding{{
				Severity: Refused,
				Problem:  fmt.Sprintf("is in schema %s, which role %s may not use", schema, grantee),
				SQL:      []string{fmt.Sprintf("GRANT USAGE ON SCHEMA %s TO %s", schema, grantee)},
			}}, nil
		}
		elsewhere = append(elsewhere, n.Schema+"."+n.Name)
	}
	switch {
	case t.Optional:
		return nil, nil
	case len(elsewhere) == 0:
		return []Finding{{
			Severity: Refused, Problem: errAbsent.Error(),
			Remedy: "create it, or name another one in SILTGATE_TABLES_<n>_NAME; siltgate doctor --suggest looks for tables of tokens",
		}}, nil
	}
	return []Finding{{
		Severity: Refused, Problem: fmt.Sprintf("%s, but %s does", errAbsent, strings.Join(elsewhere, " or ")),
		Remedy: "name it so in SILTGATE_TABLES_<n>_NAME, if that is meant",
	}}, nil
}

// notATable refuses a relation that is no table, and names the tables behind a view.
func (c catalog) notATable(ctx context.Context, o Object) (Finding, error) {
	f := Finding{Severity: Refused, Problem: "is " + relationKind(o.Kind), Remedy: "want a table"}
	shown, err := c.shownBy(ctx, o)
	if err != nil {
		return f, err
	}
	if len(shown) > 0 {
		f.Remedy += ", and it shows " + strings.Join(shown, ", ")
	}
	return f, nil
}
