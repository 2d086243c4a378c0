package purge

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Inspection is what Inspect found out about one configured table.
type Inspection struct {
	// Table is the name as configured, Title the table's with its schema. Title is empty
	// if there is none.
	Table, Title string

	// OID is the table's in the catalog; 0 if there is none, and for a pattern.
	OID uint32

	// Matched is how many tables the pattern matches. Nil: the table is named.
	Matched *int

	// ByPath is set if the name has no schema: the role's search_path led to Title.
	ByPath bool

	// Absent is set for an optional table that does not exist. It has no findings.
	Absent bool

	// Findings are all that is wrong with the table, what refuses it first.
	Findings []Finding
}

// Err is all that refuses the table in one line, in the words with which its runs fail;
// nil if it is purged.
func (i Inspection) Err() error { return refusals(i.Findings) }

// Warnings are the findings with which the table is purged all the same.
func (i Inspection) Warnings() []Finding {
	var warnings []Finding
	for _, f := range i.Findings {
		if f.Severity == Warned {
			warnings = append(warnings, f)
		}
	}
	return warnings
}

// Inspect looks at all tables over a connection of its own and finds all that is wrong
// with each: it does not exist, is no table, has other columns than configured; the role
// lacks privileges on it; row security may hide its rows; a DELETE would fail, or reach
// rows of others. It reads the catalog and nothing else. Its error says that it could not
// look; what it found about tables is valid beside it.
func Inspect(ctx context.Context, config *pgx.ConnConfig, tables []Table) (all []Inspection, err error) {
	first := map[uint32]string{}
	err = reading(ctx, config, tables, func(_ *Session, read *reader) error {
		for _, t := range tables {
			if t.IsPattern() {
				i, err := read.inspectPattern(ctx, t)
				if err != nil {
					return fmt.Errorf("inspect the tables of %s: %w", t, err)
				}
				all = append(all, i)
				continue
			}
			i, oid, err := read.inspection(ctx, t)
			if err != nil {
				return fmt.Errorf("inspect %s: %w", t, err)
			}
			if twin, ok := first[oid]; ok && oid != 0 {
				i.Findings = append([]Finding{sameTable(twin)}, i.Findings...)
			} else if i.Err() == nil {
				first[oid] = i.Table
			}
			all = append(all, i)
		}
		return nil
	})
	return all, err
}

// inspection examines one table.
func (r *reader) inspection(ctx context.Context, t Table) (Inspection, uint32, error) {
	i := Inspection{Table: t.String(), ByPath: t.Schema == ""}
	e, err := r.examine(ctx, t, true)
	i.Title, i.OID, i.Findings = e.title, e.oid, inOrder(e.findings)
	switch {
	case errors.Is(err, errAbsent) && len(i.Findings) > 0:
		return i, 0, nil
	case errors.Is(err, errAbsent) && t.Optional:
		i.Absent = true
		return i, 0, nil
	}
	return i, e.oid, err
}

// sameTable refuses a table that is configured twice.
func sameTable(twin string) Finding {
	return refused("is the same table as "+twin, "give both the same SILTGATE_TABLES_<n>_NAME, or leave one out")
}
