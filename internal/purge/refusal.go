package purge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Findings judges what a DELETE reaches: what refuses the table, and then what else its owner should
// know. It reads nothing from the database.
func (r Reach) Findings() []Finding {
	found := slices.Concat(r.keyFindings(), r.familyFindings())
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.Severity.rank(), b.Severity.rank()) })
	return found
}

// rank puts what is worse first.
func (s Severity) rank() int { return slices.Index([]Severity{Refused, Warned}, s) }

// Refused is what refuses the table, as one error; nil if it may be purged.
func (r Reach) Refused() error { return refusals(r.Findings()) }

// lockShare divides the locks that the server has room for: one statement may take that part. The
// application needs the rest, because without room its statements fail.
const lockShare = 4

// keyFindings judges the foreign keys.
func (r Reach) keyFindings() []Finding {
	var found []Finding
	refuse := func(problem, remedy string, mend ...string) { found = append(found, refused(problem, remedy, mend...)) }
	for _, k := range r.Keys {
		name := fmt.Sprintf("foreign key %q%s", k.Name, k.way())
		deletes := k.Action == Cascade && !k.cascadeSpared()
		switch {
		// Of a configured table only dead rows may be deleted, and a cascade deletes live ones too.
		case deletes && k.Self:
			refuse(name+" deletes live rows of the table itself with dead ones (ON DELETE CASCADE)", "", k.WithoutAction())
		case deletes && k.Configured != "":
			refuse(fmt.Sprintf("%s deletes rows of %s with it, dead or not (ON DELETE CASCADE), and %s is configured: "+
				"this is refused whatever ALLOW_CASCADE says", name, k.FromTitle(), k.Configured), "", k.WithoutAction())
		case deletes && !r.Table.AllowCascade:
			refuse(fmt.Sprintf("%s deletes rows of %s with it, dead or not (ON DELETE CASCADE)", name, k.FromTitle()),
				"allow it with SILTGATE_TABLES_<n>_ALLOW_CASCADE=true, or keep rows that are referred to", k.WithoutAction())
		case !k.Restricts() && !k.cascadeSpared() && len(k.RuleColumns) > 0:
			refuse(fmt.Sprintf("%s (ON DELETE %s) changes %s of %s, by which the rule of %s says which rows are dead: they could die of it",
				name, k.Action, quoteAll(k.RuleColumns), k.FromTitle(), k.Configured), "", k.WithoutAction())
		case len(k.RewriteRules) > 0:
			refuse(fmt.Sprintf("%s (ON DELETE %s) changes rows of %s, whose rule %q does something else with them",
				name, k.Action, k.FromTitle(), k.RewriteRules[0]), "make the rule a trigger")
		}
		if k.Action == SetNull || k.Action == SetDefault {
			found = append(found, warned(fmt.Sprintf("%s changes rows of %s that refer to a deleted row, dead or not, and sets %s to %s (ON DELETE %s)",
				name, k.FromTitle(), quoteAll(k.Changed), strings.TrimPrefix(string(k.Action), "SET "), k.Action),
				"a dry run counts them; where they must not change, make the key ON DELETE NO ACTION"))
		}
		if k.Locks > k.LockSpace/lockShare {
			refuse(fmt.Sprintf("%s would lock all partitions of %s for each look-up, with their indexes %d of the %d relations that "+
				"the server has room to lock", name, k.FromTitle(), k.Locks, k.LockSpace),
				fmt.Sprintf("raise max_locks_per_transaction, or give %s fewer partitions", k.FromTitle()))
		}
		if !k.Indexed {
			problem, on := fmt.Sprintf("%s has no index, so each deleted row would read all of %s", name, k.FromTitle()), k.FromSQL()+" ("+quoteAll(k.Columns)+")"
			if k.FromPartitioned { // without CONCURRENTLY, the statement alone would lock out all that write
				refuse(problem, "create one in each of its partitions with CREATE INDEX CONCURRENTLY, then CREATE INDEX ON "+on+", which takes those over")
			} else {
				refuse(problem, "", "CREATE INDEX CONCURRENTLY ON "+on)
			}
		}
	}
	return found
}

// way says through which other keys a key is reached.
func (k ReachedKey) way() string {
	if len(k.Way) == 0 {
		return ""
	}
	names := make([]string, len(k.Way))
	for i, key := range k.Way {
		names[i] = fmt.Sprintf("%q of %s", key.Name, key.FromTitle())
	}
	return ", reached through " + strings.Join(names, " and ") + ","
}

// familyFindings judges the heaps and what they are part of.
func (r Reach) familyFindings() []Finding {
	var found []Finding
	refuse := func(problem, remedy string, mend ...string) { found = append(found, refused(problem, remedy, mend...)) }
	for _, o := range slices.Concat(r.Ancestors, r.Heaps) {
		if len(o.DeleteRules) > 0 {
			refuse(fmt.Sprintf("%s has a rule ON DELETE, which works on other rows than those that are deleted", o.Title()), "make it a trigger")
		}
	}
	for _, o := range r.Heaps {
		switch {
		case o.Kind != "r":
			refuse(fmt.Sprintf("%s is %s, and no table whose rows can be deleted by their places", o.Title(), relationKind(o.Kind)), "detach it, or leave the table out")
		case o.Distributed:
			refuse(o.Title()+" is distributed by Citus: its rows are on other servers", "purge it there, or leave it out")
		case o.AccessMethod != "heap":
			refuse(fmt.Sprintf("%s is stored by the access method %q, and not as a heap: its rows cannot be deleted by their places",
				o.Title(), o.AccessMethod), "store it as a heap, or leave it out")
		}
	}
	for _, o := range r.Ancestors {
		if o.RowSecurity {
			refuse(o.Title()+" has row-level security for this role, and its policies do not hold in its partitions and children, where rows are deleted",
				"let the role work on all rows", o.PolicyMend)
		}
		if len(o.StatementTriggers) > 0 {
			refuse(fmt.Sprintf("trigger %q of %s runs once for each DELETE on it, and would not run, because rows are deleted from its "+
				"partitions and children", o.StatementTriggers[0], o.Title()), "make it FOR EACH ROW")
		}
	}
	return found
}
