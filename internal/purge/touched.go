package purge

import (
	"context"
	"fmt"
	"strings"
)

// Touched counts rows of another table that a DELETE changes or deletes, because they
// refer to deleted rows by a foreign key. Dry runs only.
type Touched struct {
	Key    string `json:"key"`
	Table  string `json:"table"`
	Action Action `json:"action"`

	// Columns are those that the action changes, quoted.
	Columns string `json:"columns"`

	// Rows is how many rows refer to dead ones. Uncounted is set if the role may not read them.
	Rows      int64 `json:"rows"`
	Uncounted bool  `json:"uncounted,omitempty"`
}

// String says in a sentence what would become of the rows.
func (t Touched) String() string {
	rows := fmt.Sprintf("%d rows of %s", t.Rows, t.Table)
	if t.Rows == 1 {
		rows = "1 row of " + t.Table
	}
	if t.Uncounted {
		rows = fmt.Sprintf("rows of %s, which this role may not count,", t.Table)
	}
	if t.Action == Cascade {
		return fmt.Sprintf("foreign key %q deletes %s, dead or not (ON DELETE CASCADE)", t.Key, rows)
	}
	return fmt.Sprintf("foreign key %q changes %s, dead or not: it sets %s to %s (ON DELETE %s)",
		t.Key, rows, t.Columns, strings.TrimPrefix(string(t.Action), "SET "), t.Action)
}

// touches are the keys by which a DELETE from the heaps changes or deletes rows of other
// tables that refer to its own.
func (r Reach) touches() []Key {
	var keys []Key
	for _, k := range r.Keys {
		if len(k.Way) == 0 && !k.Self && !k.spared() {
			keys = append(keys, k.Key)
		}
	}
	return keys
}

// countTouched counts what a target's dead rows would take along or change.
func (r *slice) countTouched(ctx context.Context, h heap, t *TableProgress, in target) error {
	for _, k := range h.touches {
		touched := t.touchedBy(k)
		if touched.Uncounted {
			continue
		}
		var rows int64
		switch err := r.Session.query(ctx, h.countReferring(k, in), &rows); {
		case sqlState(err) == "42501": // insufficient_privilege
			touched.Uncounted = true
		case err != nil:
			return fmt.Errorf("count rows of %s that refer to dead ones: %w", k.FromTitle(), err)
		}
		touched.Rows += rows
	}
	return nil
}

// touchedBy is the progress's count for a key.
func (t *TableProgress) touchedBy(k Key) *Touched {
	for i := range t.Touched {
		if t.Touched[i].Key == k.Name && t.Touched[i].Table == k.FromTitle() {
			return &t.Touched[i]
		}
	}
	t.Touched = append(t.Touched, Touched{Key: k.Name, Table: k.FromTitle(), Action: k.Action, Columns: quoteAll(k.Changed)})
	return &t.Touched[len(t.Touched)-1]
}

// countReferring counts the rows that refer by a key to the target's dead rows.
func (h heap) countReferring(k Key, in target) *statement {
	s := &statement{}
	only := "ONLY "
	if k.FromPartitioned {
		only = ""
	}
	on := make([]string, len(k.Columns))
	for i := range k.Columns {
		on[i] = fmt.Sprintf("t.%s %s r.%s", quote(k.Referenced[i]), k.Operators[i], quote(k.Columns[i]))
	}
	fmt.Fprintf(s, "SELECT pg_catalog.count(*)\nFROM ONLY %s AS t\nJOIN %s%s AS r ON %s\nWHERE %s\n  AND %s",
		h.name, only, k.FromSQL(), strings.Join(on, " AND "), in.where(s), h.deletable(s, in))
	return s
}
