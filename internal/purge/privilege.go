package purge

import (
	"fmt"
	"slices"
	"strings"
)

// rights says which of a run's operations the current role may do with a relation.
type rights struct {
	Object

	usage    bool // of its schema
	delete   bool
	update   bool // of any column, which FOR UPDATE SKIP LOCKED wants
	readable bool // all columns that the run reads

	// disinherited is the owner, if the role is a member of it without its rights.
	disinherited string
}

// grant is a privilege that is missing, in words and as GRANT writes it.
type grant struct{ words, sql string }

// missing lists the privileges that a run needs and the role lacks.
func (r rights) missing(columns []string, update string) []grant {
	var all []grant
	if !r.readable {
		all = append(all, grant{"SELECT of " + strings.Join(columns, ", "), "SELECT (" + quoteAll(columns) + ")"})
	}
	if r.Kind == "p" {
		return all // its rows are its partitions'
	}
	if !r.delete {
		all = append(all, grant{"DELETE", "DELETE"})
	}
	if !r.update {
		all = append(all, grant{"UPDATE of one column (to pass over locked rows)", "UPDATE (" + quoteAll([]string{update}) + ")"})
	}
	return all
}

// missingRights are the privileges that a role lacks on a table and what is below it, as
// findings with the right statement for each object. columns are those that a run reads,
// update is one of them that a user could be allowed to UPDATE.
func missingRights(role string, table Object, all []rights, columns []string, update string) []Finding {
	var findings []Finding
	grantee := quote(role)

	var schemas []string
	for _, r := range all {
		if !r.usage && !slices.Contains(schemas, r.Schema) {
			schemas = append(schemas, r.Schema)
		}
	}
	for _, schema := range schemas {
		findings = append(findings, refused(fmt.Sprintf("role %s may not use schema %s", grantee, quote(schema)), "", "GRANT USAGE ON SCHEMA "+quote(schema)+" TO "+grantee))
	}

	// One statement for all that lack the same.
	type lack struct {
		words, sql []string
		on         []Object
	}
	var lacks []lack
	var disinherited string
	for _, r := range all {
		var l lack
		for _, g := range r.missing(columns, update) {
			l.words, l.sql = append(l.words, g.words), append(l.sql, g.sql)
		}
		if len(l.sql) == 0 {
			continue
		}
		disinherited = r.disinherited
		i := slices.IndexFunc(lacks, func(other lack) bool { return slices.Equal(other.sql, l.sql) })
		if i < 0 {
			i, lacks = len(lacks), append(lacks, l)
		}
		lacks[i].on = append(lacks[i].on, r.Object)
	}
	for _, l := range lacks {
		problem := fmt.Sprintf("role %s lacks %s on %s", grantee, strings.Join(l.words, " and "), namesOf(table, l.on))
		if disinherited != "" {
			problem += fmt.Sprintf(" (it is a member of %s, which owns it, but does not inherit from it)", quote(disinherited))
		}
		findings = append(findings, refused(problem, "", onEach(table, l.on, "GRANT "+strings.Join(l.sql, ", ")+" ON ", " TO "+grantee)))
	}
	return findings
}

// namesOf names some of a table's relations for a sentence.
func namesOf(table Object, some []Object) string {
	if len(some) == 1 && some[0].OID == table.OID {
		return "it"
	}
	names := make([]string, 0, mostNamed)
	for _, o := range some[:min(len(some), mostNamed)] {
		names = append(names, o.Title())
	}
	all := strings.Join(names, ", ")
	if more := len(some) - mostNamed; more > 0 {
		all += fmt.Sprintf(" and %d more of it", more)
	}
	return all
}

// onEach is a statement for some of a table's relations: for a few of them by name, for
// many in a loop over all partitions of the table.
func onEach(table Object, some []Object, before, after string) string {
	if len(some) > mostNamed && table.Kind == "p" {
		body := fmt.Sprintf(`DECLARE part regclass; BEGIN FOR part IN SELECT relid FROM pg_partition_tree(%s) WHERE isleaf `+
			`LOOP EXECUTE %s || part::text || %s; END LOOP; END`,
			quoteText(table.SQL()), quoteText(before), quoteText(after))
		tag := "$siltgate$"
		for strings.Contains(body, tag) {
			tag = tag[:len(tag)-1] + "_$"
		}
		return "DO " + tag + " " + body + " " + tag
	}
	names := make([]string, len(some))
	for i, o := range some {
		names[i] = o.SQL()
	}
	return before + strings.Join(names, ", ") + after
}

// quoteText quotes a text for SQL, whatever standard_conforming_strings says.
func quoteText(text string) string {
	quoted := "'" + strings.ReplaceAll(strings.ReplaceAll(text, "'", "''"), `\`, `\\`) + "'"
	if strings.Contains(text, `\`) {
		return "E" + quoted
	}
	return quoted
}
