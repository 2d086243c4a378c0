package purge

import "fmt"

// published is a relation from which a DELETE fails, because a publication cannot publish it.
type published struct {
	Object

	publications []string

	// identified relations have a replica identity. uncovered names the publications whose row filter
	// or column list does not fit it.
	identified bool
	uncovered  []string

	// ungenerated are the publications that lack a generated column of the replica identity: a virtual
	// one is never published.
	ungenerated []string
	virtual     bool

	primary bool   // it has a primary key that could be the identity
	unique  string // a unique index that could be, without schema
}

// unidentified are the findings of such relations.
func unidentified(table Object, all []published) []Finding {
	var findings []Finding
	for _, p := range all {
		name := namesOf(table, []Object{p.Object})
		other := fmt.Sprintf("ALTER TABLE %s REPLICA IDENTITY %s", p.SQL(), p.identity())
		switch {
		case len(p.uncovered) > 0:
			findings = append(findings, refused(fmt.Sprintf("every DELETE from %s fails: the row filter of publication %s has a column that is not in the table's replica identity, "+
				"or its column list lacks one that is", name, quoteAll(p.uncovered)), "change the publication's filter or list, or the replica identity"))
		case len(p.ungenerated) > 0:
			f := refused(fmt.Sprintf("every DELETE from %s fails: its replica identity has a generated column, which publication %s leaves out", name, quoteAll(p.ungenerated)), "")
			switch {
			case p.identity() != "FULL":
				f.SQL = []string{other}
			case p.virtual:
				f.Remedy = "make a unique index of other columns its replica identity"
			default:
				for _, publication := range p.ungenerated {
					f.SQL = append(f.SQL, fmt.Sprintf("ALTER PUBLICATION %s SET (publish_generated_columns = stored)", quoteAll([]string{publication})))
				}
			}
			findings = append(findings, f)
		default:
			findings = append(findings, refused(fmt.Sprintf("every DELETE from %s fails: publication %s publishes it, and there is no replica identity", name, quoteAll(p.publications)), "", other))
		}
	}
	return findings
}

// identity is the replica identity that the relation could have, as ALTER TABLE writes it.
func (p published) identity() string {
	switch {
	case p.primary:
		return "DEFAULT"
	case p.unique != "":
		return "USING INDEX " + quote(p.unique)
	default:
		return "FULL"
	}
}
