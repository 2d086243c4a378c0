package purge

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
			schema, grantee := quote(n.Schema), quote(a.Role)
			return []Finding{refused(fmt.Sprintf("is in schema %s, which role %s may not use", schema, grantee), "", "GRANT USAGE ON SCHEMA "+schema+" TO "+grantee)}, nil
		}
		elsewhere = append(elsewhere, n.Schema+"."+n.Name)
	}
	switch {
	case t.Optional:
		return nil, nil
	case len(elsewhere) == 0:
		return []Finding{refused(errAbsent.Error(),
			"create it, or name another one in SILTGATE_TABLES_<n>_NAME; siltgate doctor --suggest looks for tables of tokens")}, nil
	}
	return []Finding{refused(fmt.Sprintf("%s, but %s does", errAbsent, strings.Join(elsewhere, " or ")),
		"name it so in SILTGATE_TABLES_<n>_NAME, if that is meant")}, nil
}

// notATable refuses a relation that is no table, and names the tables behind a view.
func (c catalog) notATable(ctx context.Context, o Object) (Finding, error) {
	f := refused("is "+relationKind(o.Kind), "want a table")
	shown, err := c.shownBy(ctx, o)
	if len(shown) > 0 {
		f.Remedy += ", and it shows " + strings.Join(shown, ", ")
	}
	return f, err
}
