package doctor

import (
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// finding is an ailment of a table, as an inspection finds it.
type finding struct {
	breaking string // SQL as that of statement
	settings string // the ends of variables, with the table's number: 0_NAME=tokens
	check    string // empty: public.refresh_tokens
	status   Status // empty: Fail
	words    string
	asRole   bool
	mended   string // as that of an ailment

	// Where no SQL is printed, words say what to do, and this does it.
	remedy   string // of the check's
	mending  string // SQL
	settled  string // the settings from now on; empty: as before
	onServer *localpg.Options
	since    int // the first version of Postgres that has it; 0: all
}

const (
	tenants    = `DO $$ BEGIN FOR i IN 1..12 LOOP EXECUTE format('CREATE SCHEMA tenant_%%1$s; CREATE TABLE tenant_%%1$s.sessions (id int)', i); END LOOP; END $$`
	tenantsEnd = `DO $$ BEGIN FOR i IN 1..12 LOOP EXECUTE format('ALTER TABLE tenant_%1$s.sessions ADD expires_at timestamptz', i); END LOOP; END $$`
	parted     = `CREATE TABLE parts (id int, expires_at timestamptz) PARTITION BY RANGE (expires_at); CREATE TABLE p PARTITION OF parts FOR VALUES FROM ('2001-01-01') TO ('2002-01-01'); `
	work       = `GRANT SELECT, UPDATE, DELETE ON refresh_tokens TO %[1]s; `
	cascading  = `CREATE SCHEMA vault; CREATE TABLE vault.logins (expires_at timestamptz, token bigint REFERENCES refresh_tokens ON DELETE CASCADE);
		CREATE INDEX ON vault.logins (token); GRANT SELECT (ctid, tableoid, expires_at), UPDATE, DELETE ON vault.logins TO %[1]s; ` + work
	twoTables = "0_NAME=refresh_tokens 1_NAME=vault.logins"
	triggered = `CREATE TABLE log (at timestamptz); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN %s INSERT INTO public.log VALUES (now()); %s RETURN OLD; END';
		CREATE TRIGGER note BEFORE DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION note(); ` + work
	narrow = `CREATE TABLE logins (token bigint REFERENCES refresh_tokens, part int) PARTITION BY LIST (part); CREATE INDEX ON logins (token);
		DO $$ BEGIN FOR i IN 1..30 LOOP EXECUTE format('CREATE TABLE logins_%%1$s PARTITION OF logins FOR VALUES IN (%%1$s)', i); END LOOP; END $$`
	narrowEnd = `DO $$ BEGIN FOR i IN 1..30 LOOP EXECUTE format('DROP TABLE logins_%1$s', i); END LOOP; END $$`
)

// trigger is triggered, with the body's INSERT between two texts.
func trigger(before, after string) string {
	return strings.Replace(strings.Replace(triggered, "%s", before, 1), "%s", after, 1)
}

// findings has what an inspection of a table can complain of.
func findings() map[string]finding {
	return map[string]finding{
		// Which table it is.
		"another case":           {settings: "0_NAME=Refresh_Tokens", check: "Refresh_Tokens", words: "does not exist, but public.refresh_tokens does", remedy: "name it so", settled: "0_NAME=public.refresh_tokens", mended: "public.refresh_tokens"},
		"a view":                 {breaking: `CREATE VIEW v AS TABLE refresh_tokens`, settings: "0_NAME=v", check: "public.v", words: "is a view", remedy: "it shows public.refresh_tokens", settled: "0_NAME=refresh_tokens", mended: "public.refresh_tokens"},
		"one table twice":        {breaking: `CREATE SCHEMA vault; CREATE TABLE vault.tokens (expires_at timestamptz); ALTER DATABASE %[2]s SET search_path = vault`, settings: "0_NAME=tokens 1_NAME=vault.tokens", check: "vault.tokens", words: "is the same table as tokens", remedy: "leave one out", settled: "0_NAME=vault.tokens"},
		"a pattern of none":      {settings: "0_NAME=tenant_*.sessions", check: "tenant_*.sessions", status: Warn, words: "matches no table", remedy: "check SILTGATE_TABLES_<n>_NAME", mending: `CREATE SCHEMA tenant_1; CREATE TABLE tenant_1.sessions (expires_at timestamptz)`},
		"many of a pattern":      {breaking: tenants, settings: "0_NAME=tenant_*.sessions", check: "tenant_*.sessions", words: "and so on: 2 more", remedy: "mend those that are named", mending: tenantsEnd},
		"a table of Postgres":    {settings: "0_NAME=pg_catalog.pg_authid 0_EXPIRES_COLUMN=rolvaliduntil", check: "pg_catalog.pg_authid", words: "belongs to Postgres itself", remedy: "never purged", settled: "0_NAME=refresh_tokens", mended: "public.refresh_tokens"},
		"a table of ours":        {settings: "0_NAME=siltgate.river_job 0_EXPIRES_COLUMN=finalized_at", check: "siltgate.river_job", words: "is Siltgate's own", remedy: "SILTGATE_HISTORY", settled: "0_NAME=refresh_tokens", mended: "public.refresh_tokens"},
		"a schema of the path":   {breaking: `CREATE SCHEMA vault; CREATE TABLE vault.tokens (expires_at timestamptz); GRANT SELECT, UPDATE, DELETE ON vault.tokens TO %[1]s; ALTER ROLE %[1]s IN DATABASE %[2]s SET search_path = vault, public`, settings: "0_NAME=tokens", check: "tokens", words: "is in schema \"vault\"", asRole: true, mended: "vault.tokens"},
		"a schema without USAGE": {breaking: `CREATE SCHEMA vault; CREATE TABLE vault.tokens (expires_at timestamptz); GRANT SELECT, UPDATE, DELETE ON vault.tokens TO %[1]s`, settings: "0_NAME=vault.tokens", check: "vault.tokens", words: "may not use schema \"vault\"", asRole: true},

		// Its columns.
		"no such column":          {settings: "0_NAME=refresh_tokens 0_EXPIRES_COLUMN=gone", words: `column "gone" does not exist`, remedy: "name one of the table's in EXPIRES_COLUMN", settled: "0_NAME=refresh_tokens"},
		"a boolean that expires":  {settings: "0_NAME=refresh_tokens 0_EXPIRES_COLUMN=revoked", words: `column "revoked" is a boolean`, remedy: "wants a timestamp", settled: "0_NAME=refresh_tokens"},
		"a text that expires":     {settings: "0_NAME=refresh_tokens 0_EXPIRES_COLUMN=token_hash", words: "is of type text", remedy: "want a timestamp, a date, or a number with EXPIRES_UNIT", settled: "0_NAME=refresh_tokens"},
		"a lifetime of text":      {settings: "0_NAME=refresh_tokens 0_LIFETIME_COLUMN=token_hash", words: "is of type text", remedy: "LIFETIME_COLUMN wants an interval", settled: "0_NAME=refresh_tokens"},
		"no unit":                 {settings: "0_NAME=refresh_tokens 0_EXPIRES_COLUMN=id", words: "is of type bigint", remedy: "say in EXPIRES_UNIT whether it counts s or ms", settled: "0_NAME=refresh_tokens 0_EXPIRES_COLUMN=id 0_EXPIRES_UNIT=s"},
		"no zone":                 {breaking: `CREATE TABLE tokens (expires_at timestamp)`, settings: "0_NAME=tokens", check: "public.tokens", words: "is a timestamp without zone", remedy: "say in TIMESTAMP_ZONE", settled: "0_NAME=tokens 0_TIMESTAMP_ZONE=UTC"},
		"a zone of the role's":    {breaking: `CREATE TABLE tokens (expires_at timestamp); GRANT SELECT, UPDATE, DELETE ON tokens TO %[1]s; ALTER ROLE %[1]s SET timezone = 'Asia/Tokyo'`, settings: "0_NAME=tokens 0_TIMESTAMP_ZONE=database", check: "public.tokens", words: "which cannot be told because role", asRole: true},
		"done since nobody knows": {settings: "0_NAME=refresh_tokens 0_DONE_COLUMN=revoked 0_KEEP_DONE=1h", words: "does not say since when a row is done", remedy: "KEEP_DONE=until-expired", settled: "0_NAME=refresh_tokens 0_DONE_COLUMN=revoked 0_KEEP_DONE=until-expired"},
		"done since twice":        {breaking: `ALTER TABLE refresh_tokens ADD used_at timestamptz`, settings: "0_NAME=refresh_tokens 0_DONE_COLUMN=used_at 0_DONE_SINCE_COLUMN=expires_at", words: `column "used_at" says itself since when a row is done`, remedy: "leave DONE_SINCE_COLUMN empty", settled: "0_NAME=refresh_tokens 0_DONE_COLUMN=used_at"},
		"values of no text":       {settings: "0_NAME=refresh_tokens 0_ONLY_COLUMN=expires_at 0_ONLY_VALUES=soon", words: "is of type timestamp with time zone", remedy: "its values cannot be compared as text", settled: "0_NAME=refresh_tokens 0_ONLY_COLUMN=token_hash 0_ONLY_VALUES=soon"},
		"a value that is none":    {settings: "0_NAME=refresh_tokens 0_DONE_COLUMN=revoked 0_DONE_VALUES=yes", words: `which never has the value "yes" of DONE_VALUES`, remedy: "want true or false", settled: "0_NAME=refresh_tokens 0_DONE_COLUMN=revoked 0_DONE_VALUES=true"},

		// Foreign keys.
		"a cascade into itself":         {breaking: `ALTER TABLE refresh_tokens ADD parent bigint REFERENCES refresh_tokens ON DELETE CASCADE; CREATE INDEX ON refresh_tokens (parent)`, words: "deletes live rows of the table itself with dead ones"},
		"a cascade on a way":            {breaking: `CREATE TABLE logins (id int PRIMARY KEY, token bigint REFERENCES refresh_tokens ON DELETE CASCADE); CREATE INDEX ON logins (token); ALTER TABLE password_resets ADD login int REFERENCES logins ON DELETE CASCADE; CREATE INDEX ON password_resets (login)`, settings: "0_NAME=refresh_tokens 0_ALLOW_CASCADE=true 1_NAME=password_resets", words: "this is refused whatever ALLOW_CASCADE says"},
		"a key that changes a rule":     {breaking: `ALTER TABLE password_resets ADD token bigint REFERENCES refresh_tokens ON DELETE SET NULL; CREATE INDEX ON password_resets (token)`, settings: "0_NAME=refresh_tokens 1_NAME=password_resets 1_DONE_COLUMN=token 1_DONE_UNIT=s", words: "they could die of it"},
		"a key that changes others":     {breaking: `CREATE TABLE logins (token bigint CONSTRAINT fk REFERENCES refresh_tokens ON DELETE SET NULL); CREATE INDEX ON logins (token)`, status: Warn, words: "changes rows of public.logins that refer to a deleted row", remedy: "make the key ON DELETE NO ACTION", mending: `ALTER TABLE logins DROP CONSTRAINT fk, ADD CONSTRAINT fk FOREIGN KEY (token) REFERENCES refresh_tokens`},
		"a key into a rewrite rule":     {breaking: `CREATE TABLE logins (token bigint REFERENCES refresh_tokens ON DELETE CASCADE); CREATE INDEX ON logins (token); CREATE RULE r AS ON DELETE TO logins DO INSTEAD NOTHING`, settings: "0_NAME=refresh_tokens 0_ALLOW_CASCADE=true", words: "does something else with them", remedy: "make the rule a trigger", mending: `DROP RULE r ON logins`},
		"a key into many partitions":    {breaking: narrow, words: "would lock all partitions of public.logins", remedy: "fewer partitions", mending: narrowEnd, onServer: &localpg.Options{Settings: map[string]string{"max_locks_per_transaction": "10", "max_connections": "20"}}},
		"a key of partitions":           {breaking: `CREATE TABLE logins (token bigint REFERENCES refresh_tokens, part int) PARTITION BY LIST (part); CREATE TABLE logins_1 PARTITION OF logins DEFAULT`, words: "has no index, so each deleted row would read all of public.logins", remedy: "create one in each of its partitions with CREATE INDEX CONCURRENTLY", mending: `CREATE INDEX ON logins (token)`},
		"a key of a hidden schema":      {breaking: cascading + `GRANT SELECT ON vault.logins TO %[1]s`, settings: twoTables, words: "may not use schema \"vault\", where foreign key", asRole: true},
		"a key that may not be read":    {breaking: cascading + `GRANT USAGE ON SCHEMA vault TO %[1]s`, settings: twoTables, words: "lacks SELECT of token on vault.logins, to see which rows", asRole: true},
		"a key of rows that are hidden": {breaking: cascading + `GRANT USAGE ON SCHEMA vault TO %[1]s; GRANT SELECT ON vault.logins TO %[1]s; ALTER TABLE vault.logins ENABLE ROW LEVEL SECURITY`, settings: twoTables, words: "would delete them (ON DELETE CASCADE)", asRole: true},
		"a key that is tried":           {breaking: `CREATE TABLE logins (token bigint REFERENCES refresh_tokens); CREATE INDEX ON logins (token); ` + work, settings: "0_NAME=public.refresh_tokens", status: Warn, words: "they are tried, one by one, at every run", asRole: true},

		// What alters a DELETE, or forbids it.
		"a rewrite rule":              {breaking: `CREATE RULE r AS ON DELETE TO refresh_tokens DO ALSO NOTHING`, words: "has a rule ON DELETE", remedy: "make it a trigger", mending: `DROP RULE r ON refresh_tokens`},
		"a foreign partition":         {breaking: parted + `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE f PARTITION OF parts DEFAULT SERVER s`, settings: "0_NAME=parts", check: "public.parts", words: "is a foreign table, and no table whose rows can be deleted", remedy: "detach it", mending: `ALTER TABLE parts DETACH PARTITION f`},
		"another access method":       {breaking: `CREATE ACCESS METHOD piles TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE tokens (expires_at timestamptz) USING piles`, settings: "0_NAME=tokens", check: "public.tokens", words: `is stored by the access method "piles"`, remedy: "store it as a heap", mending: `DROP TABLE tokens; CREATE TABLE tokens (expires_at timestamptz)`},
		"policies of a parent":        {breaking: parted + `ALTER TABLE parts ENABLE ROW LEVEL SECURITY; GRANT SELECT, UPDATE, DELETE ON parts, p TO %[1]s`, settings: "0_NAME=parts", check: "public.parts", words: "its policies do not hold in its partitions", asRole: true},
		"a trigger of a parent":       {breaking: parted + `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'; CREATE TRIGGER note AFTER DELETE ON parts EXECUTE FUNCTION note()`, settings: "0_NAME=parts", check: "public.parts", words: "runs once for each DELETE on it, and would not run", remedy: "make it FOR EACH ROW", mending: `DROP TRIGGER note ON parts; CREATE TRIGGER note AFTER DELETE ON parts FOR EACH ROW EXECUTE FUNCTION note()`},
		"a restrictive policy":        {breaking: `ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON refresh_tokens USING (true); CREATE POLICY r ON refresh_tokens AS RESTRICTIVE USING (expires_at > now()); ` + work, words: "row security with a restrictive policy", asRole: true},
		"a trigger without rights":    {breaking: trigger("", ""), settings: "0_NAME=public.refresh_tokens", words: "lacks INSERT on public.log", asRole: true},
		"a trigger that may lack one": {breaking: trigger("IF OLD.id > 1 THEN", "END IF;"), settings: "0_NAME=public.refresh_tokens", status: Warn, words: "may come to a statement for which it lacks INSERT", asRole: true},
		"a path of the triggers":      {breaking: trigger("", "") + `GRANT CREATE ON SCHEMA public TO PUBLIC; GRANT INSERT ON log TO %[1]s`, settings: "0_NAME=public.refresh_tokens", status: Warn, words: "its triggers find their tables and functions", asRole: true},

		// Partitions to drop.
		"partitions of others":      {breaking: parted + `GRANT SELECT, UPDATE, DELETE ON parts, p TO %[1]s`, settings: "0_NAME=public.parts 0_DROP_PARTITIONS=true", check: "public.parts", words: "may not drop partitions", asRole: true},
		"no partitions to drop":     {settings: "0_NAME=refresh_tokens 0_DROP_PARTITIONS=true", status: Warn, words: "no partition is dropped", remedy: "turn SILTGATE_TABLES_<n>_DROP_PARTITIONS off", settled: "0_NAME=refresh_tokens"},
		"a partition left behind":   {breaking: parted + `CREATE TABLE old (LIKE parts); DO $$ BEGIN EXECUTE format('COMMENT ON TABLE old IS %%L', format('siltgate: (%%s of %%s)', 'old'::regclass::oid, 'parts'::regclass::oid)); END $$`, settings: "0_NAME=parts", check: "public.parts", status: Warn, words: "a run has begun to drop partition public.old", remedy: "drop it, or attach it again", mending: `DROP TABLE old`},
		"a filter of other columns": {breaking: `CREATE PUBLICATION p FOR TABLE refresh_tokens WHERE (revoked)`, words: "has a column that is not in the table's replica identity", remedy: "the replica identity", mending: `ALTER TABLE refresh_tokens REPLICA IDENTITY FULL`, since: 15},
	}
}

// ailmentsOfFindings are made by a statement and settings, and mended by SQL that is printed, or by words.
func ailmentsOfFindings() map[string]ailment {
	all := map[string]ailment{
		"a table of somebody else":       {check: "public.refresh_tokens", status: Warn, words: "owns neither its schema nor the database", breaks: giveAway},
		"a temporary table of a session": {mended: "public.refresh_tokens", status: Fail, words: "is a temporary table of another session", breaks: nameTemporary, follows: func(f *fixture, found Check) examine { return f.look(f.as(f.url)) }},
	}
	for name, c := range findings() {
		a := ailment{check: c.check, status: c.status, words: c.words, mended: c.mended, breaks: c.breaks}
		if a.check == "" {
			a.check = "public.refresh_tokens"
		}
		if a.status == "" {
			a.status = Fail
		}
		if c.remedy != "" {
			a.follows = c.follows
		}
		all[name] = a
	}
	return all
}

func (c finding) breaks(f *fixture) examine {
	f.t.Helper()
	if c.onServer != nil {
		f.serve(*c.onServer)
	}
	var version int
	require.NoError(f.t, f.pool.QueryRow(f.t.Context(), `SELECT current_setting('server_version_num')::int / 10000`).Scan(&version))
	if version < c.since {
		f.t.Skipf("Postgres %d has no such thing", version)
	}
	url := f.breakBy(c.breaking)
	if !c.asRole {
		url = f.url
	}
	return f.look(f.as(url, variables(c.settings)...))
}

func (c finding) follows(f *fixture, found Check) examine {
	f.t.Helper()
	require.Contains(f.t, found.Remedy, c.remedy)
	f.exec(c.mending)
	settings := c.settings
	if c.settled != "" {
		settings = c.settled
	}
	return f.look(f.as(f.url, variables(settings)...))
}

// variables are those of tables by their ends.
func variables(settings string) []string {
	var all []string
	for s := range strings.FieldsSeq(settings) {
		all = append(all, "SILTGATE_TABLES_"+s)
	}
	return all
}

// giveAway makes a role the owner of a table, and has another one look.
func giveAway(f *fixture) examine {
	f.t.Helper()
	owner, _ := pgtest.Role(f.t, f.url, "")
	return f.look(f.as(f.breakBy(`ALTER TABLE refresh_tokens OWNER TO `+pgx.Identifier{owner}.Sanitize()+`; `+work), variables("0_NAME=public.refresh_tokens")...))
}

// nameTemporary configures a table of another session.
func nameTemporary(f *fixture) examine {
	f.t.Helper()
	conn, err := f.pool.Acquire(f.t.Context())
	require.NoError(f.t, err)
	f.t.Cleanup(conn.Release)
	var schema string
	_, err = conn.Exec(f.t.Context(), `CREATE TEMPORARY TABLE mine (expires_at timestamptz)`)
	require.NoError(f.t, err)
	require.NoError(f.t, conn.QueryRow(f.t.Context(), `SELECT pg_my_temp_schema()::regnamespace::text`).Scan(&schema))
	return f.look(f.as(f.url, variables("0_NAME="+schema+".mine")...))
}
