package purge

import "fmt"

// A foreign key with ON DELETE CASCADE deletes the rows that refer to a deleted one. If they are rows of another
// configured table, its own rules decide about them, so the row that they refer to is spared until they have gone.
//
// NOT EXISTS in the DELETE does not suffice for that. A row that refers may be committed after the DELETE has taken its
// snapshot: NOT EXISTS does not see it, and the cascade, which looks later, deletes it. So a batch first locks its rows by
// a statement of its own. From then on nobody can insert a row that refers to them, or make one refer to them: the check
// of the foreign key wants a lock on the row that is referred to, and waits. The DELETE takes its snapshot after that,
// and sees every row that was committed before. It deletes only rows that the transaction has locked.

// lockRows locks the target's dead rows that no row refers to, limit at most; 0 = all. Only FOR UPDATE keeps out the
// check of a foreign key, which takes FOR KEY SHARE.
func (h heap) lockRows(in target, limit int64, forUpdate string) *statement {
	s := &statement{}
	fmt.Fprintf(s, "SELECT FROM ONLY %s AS t\nWHERE %s\n  AND %s\n  AND %s\n", h.name, in.where(s), h.deletable(s, in), h.requireFingerprint(s))
	if limit > 0 {
		fmt.Fprintf(s, "LIMIT %s\n", s.arg(limit))
	}
	s.WriteString(forUpdate)
	return s
}

// deleteLocked deletes those of the target's dead rows that a statement before it, in the same transaction, has locked,
// and that no row refers to by now.
func (h heap) deleteLocked(in target, lock *statement) *statement {
	s := &statement{first: lock}
	fmt.Fprintf(s, "DELETE FROM ONLY %s AS t\nWHERE %s\n  AND t.xmax OPERATOR(pg_catalog.=) pg_catalog.pg_current_xact_id()::pg_catalog.xid\n  AND %s\n  AND %s",
		h.name, in.where(s), h.deletable(s, in), h.requireFingerprint(s))
	return s
}
