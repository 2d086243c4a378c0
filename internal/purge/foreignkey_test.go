package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

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
