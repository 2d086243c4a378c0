package purge

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFault22RowsThatOthersReferToStayAndAreCounted(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"RESTRICT", "NO ACTION"} {
		for _, plan := range []string{planSweep, planIndex} {
			t.Run(action+" "+plan, func(t *testing.T) {
				t.Parallel()
				db := newDatabase(t, createTokens, `
					INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 3000);
					CREATE TABLE audit (token_id bigint REFERENCES refresh_tokens ON DELETE `+action+`);
					CREATE INDEX ON audit (token_id);
					INSERT INTO audit SELECT n FROM generate_series(1, 3000, 300) AS n`)
				if plan == planIndex {
					db.exec(indexTokens)
				}
				p := db.mustPurge(tokens)
				require.EqualValues(t, 2990, p.Deleted())
				require.EqualValues(t, 10, p.Tables[0].Referenced)
				require.Zero(t, p.Tables[0].Locked)
				require.Zero(t, p.Tables[0].Undeletable)
			})
		}
	}
}

func TestFault22CascadesAndReferencesWithoutAnIndexAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ ddl, want string }{
		"no index": {
			`CREATE TABLE audit (token_id bigint CONSTRAINT fk REFERENCES refresh_tokens)`,
			`foreign key "fk" has no index, so each deleted row would read all of public.audit: ` +
				`CREATE INDEX CONCURRENTLY ON "public"."audit" ("token_id")`,
		},
		"cascade": {
			`CREATE TABLE audit (token_id bigint CONSTRAINT fk REFERENCES refresh_tokens ON DELETE CASCADE); CREATE INDEX ON audit (token_id)`,
			`foreign key "fk" deletes rows of public.audit with it, dead or not (ON DELETE CASCADE)`,
		},
		"cascade through another table": {
			`CREATE TABLE codes (id bigint PRIMARY KEY, token_id bigint CONSTRAINT zk REFERENCES refresh_tokens ON DELETE CASCADE);
			 CREATE INDEX ON codes (token_id);
			 CREATE TABLE audit (code_id bigint CONSTRAINT fk REFERENCES codes ON DELETE CASCADE); CREATE INDEX ON audit (code_id)`,
			`foreign key "fk", reached through "zk" of public.codes, deletes rows of public.audit with it, dead or not (ON DELETE CASCADE)`,
		},
		"cascade into itself": {
			`ALTER TABLE refresh_tokens ADD parent bigint CONSTRAINT fk REFERENCES refresh_tokens ON DELETE CASCADE; CREATE INDEX ON refresh_tokens (parent)`,
			`foreign key "fk" deletes live rows of the table itself with dead ones (ON DELETE CASCADE)`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) VALUES (true)`, c.ddl)
			_, err := db.purge(tokens)
			require.ErrorContains(t, err, c.want)
			require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens`))
		})
	}
}

func TestACascadeIsAllowedByNameOnly(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		INSERT INTO refresh_tokens (revoked) VALUES (true);
		CREATE TABLE codes (token_id bigint REFERENCES refresh_tokens ON DELETE CASCADE, used boolean);
		CREATE INDEX ON codes (token_id);
		INSERT INTO codes VALUES (1, false)`)
	allowed := tokens
	allowed.AllowCascade = true
	// That codes is configured too is no leave to delete a live row of it.
	for _, table := range []Table{tokens, allowed} {
		p := db.mustPurge(table, Table{Name: "codes", Rules: []Rule{{Done: "used"}}})
		require.EqualValues(t, 1, p.Tables[1].Referenced)
		require.EqualValues(t, 1, db.number(`SELECT count(*) FROM codes`))
	}

	_, err := db.purge(tokens)
	require.ErrorContains(t, err, "deletes rows of public.codes with it, dead or not (ON DELETE CASCADE)")
	db.mustPurge(allowed)
	require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens`))
	require.Zero(t, db.number(`SELECT count(*) FROM codes`))
}

func TestFault22ATableThatRefersToItselfGoesInTheOrderItsRowsAllow(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"NO ACTION", "RESTRICT", "SET NULL"} {
		for name, reference := range map[string]string{
			// Chains of ten: each row names the next one, or the one before.
			"replaced by": `CASE WHEN n % 10 <> 0 THEN n + 1 END`,
			"parent":      `CASE WHEN n % 10 <> 1 THEN n - 1 END`,
			"itself":      `n`,
		} {
			t.Run(fmt.Sprint(name, " ", action), func(t *testing.T) {
				t.Parallel()
				db := newDatabase(t, `
					CREATE TABLE refresh_tokens (id bigint PRIMARY KEY, other bigint, expires_at timestamptz, revoked boolean);
					INSERT INTO refresh_tokens
					SELECT n, `+reference+`, 'infinity', n <= 2000 AND n % 20 <> 5
					FROM generate_series(1, 3000) AS n ORDER BY hashint8(n);
					ALTER TABLE refresh_tokens ADD FOREIGN KEY (other) REFERENCES refresh_tokens ON DELETE `+action+`;
					CREATE INDEX ON refresh_tokens (other);
					CREATE INDEX ON refresh_tokens (expires_at);
					CREATE INDEX ON refresh_tokens (revoked)`)
				live := db.number(`SELECT count(*) FROM refresh_tokens WHERE NOT revoked`)
				// What a live row leads to, however far, has to stay, unless its
				// reference is set to NULL.
				needed := db.number(`
					WITH RECURSIVE kept AS (
						SELECT id, other FROM refresh_tokens WHERE NOT revoked
						UNION
						SELECT r.id, r.other FROM refresh_tokens AS r JOIN kept ON r.id = kept.other
					) SELECT count(*) FROM kept`)
				if action == "SET NULL" {
					needed = live
				}
				e := db.engine(tokens)
				dry, err := e.Run(t.Context(), Request{Tables: e.tables, DryRun: true}, Progress{})
				require.NoError(t, err)
				e.Session.Close(t.Context())
				p := db.mustPurge(tokens)
				require.Equal(t, p.Deleted(), dry.Tables[0].Counted, "what the dry run promised")
				require.Equal(t, p.Tables[0].Referenced, dry.Tables[0].Referenced)
				require.Equal(t, live, db.number(`SELECT count(*) FROM refresh_tokens WHERE NOT revoked`))
				require.Equal(t, needed, db.number(`SELECT count(*) FROM refresh_tokens`))
				require.Equal(t, needed-live, p.Tables[0].Referenced, "dead rows that live ones lead to")
			})
		}
	}
}

func TestAKeyIsDeclaredAnewAsItIsButForItsAction(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE refresh_tokens (id int, part int, expires_at timestamptz, revoked boolean, PRIMARY KEY (id, part));
		CREATE TABLE "log ins" (id int, "a)" int, CONSTRAINT a FOREIGN KEY (id, "a)") REFERENCES refresh_tokens
			MATCH FULL ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
		CREATE TABLE logins (id int, part int);
		ALTER TABLE logins ADD CONSTRAINT b FOREIGN KEY (id, part) REFERENCES refresh_tokens ON DELETE SET NULL NOT VALID`)
	keys, err := db.engine().Session.catalog().keysTo(t.Context(), []uint32{uint32(db.number(`SELECT 'refresh_tokens'::regclass::oid::bigint`))})
	require.NoError(t, err)
	require.Len(t, keys, 2)
	for i, want := range []string{
		`ALTER TABLE "public"."log ins" DROP CONSTRAINT "a", ADD CONSTRAINT "a" FOREIGN KEY ("id", "a)") ` +
			`REFERENCES "public"."refresh_tokens" ("id", "part") MATCH FULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED`,
		`ALTER TABLE "public"."logins" DROP CONSTRAINT "b", ADD CONSTRAINT "b" FOREIGN KEY ("id", "part") ` +
			`REFERENCES "public"."refresh_tokens" ("id", "part") NOT VALID`,
	} {
		require.Equal(t, want, keys[i].WithoutAction())
		db.exec(keys[i].WithoutAction())
	}
	require.EqualValues(t, 2, db.number(`SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'a'`))
}
