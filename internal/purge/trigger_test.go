package purge

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheTextOfATriggerSaysWhatItWorksOn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]body{
		`BEGIN INSERT INTO audit VALUES (OLD.id); RETURN OLD; END`: {[]deed{{"INSERT", "", "audit", nil}}, true},
		`BEGIN insert  into App . "Audit ""x""" (Id, "Who") VALUES (OLD.id); RETURN OLD; END`: {
			[]deed{{"INSERT", "app", `Audit "x"`, []string{"id", "Who"}}}, true,
		},
		"BEGIN -- INSERT INTO a\n/* UPDATE b\n */ PERFORM 'DELETE FROM c ''IF'''; RETURN OLD; END":   {nil, true},
		`BEGIN IF OLD.id > 1 THEN UPDATE ONLY users SET n = n - 1; END IF; RETURN OLD; END`:          {[]deed{{"UPDATE", "", "users", nil}}, false},
		`BEGIN DELETE FROM a; DELETE FROM a; RETURN OLD; EXCEPTION WHEN OTHERS THEN RETURN OLD; END`: {[]deed{{"DELETE", "", "a", nil}}, false},
		`BEGIN EXECUTE 'INSERT INTO a'; RETURN OLD; END`:                                             {nil, false},
	} {
		require.Equal(t, want, readBody(text), text)
	}
}

func TestFault45WhatATriggerMayNotDoIsFoundBeforeItIsFired(t *testing.T) {
	t.Parallel()
	const runs = `trigger "note" of public.refresh_tokens, which runs with the rights of role %[1]s, lacks `
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"INSERT": {`INSERT INTO audit (token) VALUES (OLD.id)`, []string{
			runs + `INSERT on public.audit: GRANT INSERT ON "public"."audit" TO %[1]s`,
			runs + `USAGE on sequence public.audit_id_seq: GRANT USAGE ON SEQUENCE "public"."audit_id_seq" TO %[1]s`,
		}},
		"UPDATE": {`UPDATE "Users" SET tokens = tokens - 1`, []string{runs + `UPDATE on public.Users: GRANT UPDATE ON "public"."Users" TO %[1]s`}},
		"DELETE": {`DELETE FROM public."Users"`, []string{runs + `DELETE on public.Users: GRANT DELETE ON "public"."Users" TO %[1]s`}},
		"a schema": {`INSERT INTO vault.log VALUES (OLD.id)`, []string{
			runs + `USAGE on schema "vault": GRANT USAGE ON SCHEMA "vault" TO %[1]s`,
			runs + `INSERT on vault.log: GRANT INSERT ON "vault"."log" TO %[1]s`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, createNoted(c.body, ""))
			db.as(grantTokens+`; GRANT SELECT ON "Users" TO %[1]s`).requireMended(t, tokens, 3, c.want...)
		})
	}
}

// createNoted has three dead tokens, and a trigger with tables of its own.
func createNoted(body, attributes string) string {
	return `INSERT INTO refresh_tokens (revoked) SELECT n < 4 FROM generate_series(1, 5) AS n;
		CREATE TABLE audit (id serial, token bigint);
		CREATE TABLE "Users" (tokens integer);
		CREATE SCHEMA vault;
		CREATE TABLE vault.log (id bigint);
		CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql ` + attributes + ` AS $$ BEGIN ` + body + `; RETURN OLD; END $$;
		CREATE TRIGGER note AFTER DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION note()`
}

func TestFault45WhatATriggerMayNeverDoIsWarnedOf(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, createNoted(`IF OLD.id > 100 THEN INSERT INTO vault.log VALUES (OLD.id); END IF`, "")).
		as(grantTokens + `; GRANT USAGE ON SCHEMA vault TO %[1]s`)
	found := db.inspect(tokens)[0]
	require.Empty(t, found.problems(Refused))
	require.Contains(t, found.problems(Warned), fmt.Sprintf(`trigger "note" of public.refresh_tokens, which runs with the rights of role %[1]s, `+
		`may come to a statement for which it lacks INSERT on vault.log: GRANT INSERT ON "vault"."log" TO %[1]s`, db.name()))
	p := db.mustPurge(tokens)
	require.EqualValues(t, 3, p.Deleted())
}

func TestFault45ATriggerThatRunsAsItsOwnerNeedsNoGrantOfOurs(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, createNoted(`INSERT INTO log VALUES (OLD.id)`, "SECURITY DEFINER SET search_path = vault, pg_temp")).as(grantTokens)
	require.Empty(t, db.inspect(tokens)[0].problems(Refused))
	p := db.mustPurge(tokens)
	require.EqualValues(t, 3, p.Deleted())
	require.EqualValues(t, 3, db.number(`SELECT count(*) FROM vault.log`))
}

func TestFault45TheTriggersOfManyPartitionsAreLookedUpOnce(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE audit (id bigint);
		CREATE TABLE refresh_tokens (id integer, expires_at timestamptz, revoked boolean) PARTITION BY LIST (id);
		CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES (OLD.id); RETURN OLD; END $$;
		CREATE TRIGGER note AFTER DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION note();
		DO $$ BEGIN FOR n IN 1..30 LOOP
			EXECUTE format('CREATE TABLE part_%s PARTITION OF refresh_tokens FOR VALUES IN (%s)', n, n);
		END LOOP; END $$`).as(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %[1]s`)
	lookups := 0
	all, err := Inspect(t.Context(), db.config(func(sql string) {
		if sql == touchedTables {
			lookups++
		}
	}), []Table{tokens})
	require.NoError(t, err)
	require.Equal(t, 1, lookups)
	require.NoError(t, all[0].Err())

	db.exec(`REVOKE ALL ON audit FROM ` + db.name())
	found := db.inspect(tokens)[0].problems(Refused)
	require.Len(t, found, 1)
	require.Contains(t, found[0], `GRANT INSERT ON "public"."audit" TO `+db.name())
}
