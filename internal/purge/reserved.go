package purge

import "strings"

// reserved refuses tables from which nobody may delete rows: the server's catalog, from which a
// superuser may delete, and Siltgate's own tables, which say which ticks ran.
func reserved(t Table, o Object) []Finding {
	switch {
	case strings.HasPrefix(o.Schema, "pg_temp_"): // of another session, which is refused, or of this one
	case o.Schema == "information_schema", strings.HasPrefix(o.Schema, "pg_"):
		return []Finding{refused("belongs to Postgres itself, which needs its rows", "it is never purged")}
	case t.Except != "" && o.Schema == t.Except:
		return []Finding{refused("is Siltgate's own, which needs its rows", "ended runs go after SILTGATE_HISTORY")}
	}
	return nil
}
