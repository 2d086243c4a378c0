package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFault86AValueThatNoRowCanHaveIsRefusedBeforeRowsDieThatItMeansToKeep(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TYPE state AS ENUM ('active', 'revoked');
		CREATE DOMAIN flag AS boolean;
		CREATE TABLE tokens (
			id bigint, kept flag, state state, level integer, share numeric(3,2), ratio float8, family uuid, word text,
			revoked boolean DEFAULT true
		);
		INSERT INTO tokens VALUES (1, true, 'active', 1, 1, 0.5, 'AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA', 'x')`)
	of := func(keep string, values ...string) Table {
		return Table{Name: "tokens", Rules: []Rule{{Done: "revoked", Keep: keep, KeepValues: values}}}
	}
	for _, c := range []struct{ column, value, want string }{
		{"kept", "TRUE", `column "kept" is of type boolean, which never has the value "TRUE" of KEEP_VALUES: want true or false`},
		{"kept", "1", `column "kept" is of type boolean, which never has the value "1" of KEEP_VALUES: want true or false`},
		{"state", "Active", `column "state" is of type public.state, which never has the value "Active" of KEEP_VALUES: want active, revoked`},
		{"level", "01", `column "level" is of type integer, which never has the value "01" of KEEP_VALUES: want a whole number, written as 42`},
		{"level", "1.0", `column "level" is of type integer, which never has the value "1.0" of KEEP_VALUES: want a whole number, written as 42`},
		{"share", "1.00", `column "share" is of type numeric, which never has the value "1.00" of KEEP_VALUES: want a number without zeros at its end, written as 42 or 0.5`},
		{"family", "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA", `column "family" is of type uuid, which never has the value "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA" of KEEP_VALUES: want a UUID in lower case`},
	} {
		require.EqualError(t, db.inspect(of(c.column, c.value))[0].Err(), c.want)
		_, err := db.purge(of(c.column, c.value))
		require.ErrorContains(t, err, c.want)
		require.EqualValues(t, 1, db.number(`SELECT count(*) FROM tokens`), "%s=%s", c.column, c.value)
	}
	for column, value := range map[string]string{
		"kept": "true", "state": "active", "level": "1", "share": "1", "ratio": "0.5",
		"family": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "word": "x",
	} {
		require.NoError(t, db.inspect(of(column, value))[0].Err(), column)
		p := db.mustPurge(of(column, value))
		require.Zero(t, p.Deleted(), column)
	}

	for _, rule := range []Rule{
		{Done: "kept", DoneValues: []string{"t"}},
		{Done: "revoked", Only: "state", OnlyValues: []string{"null", "revokd"}},
	} {
		require.ErrorContains(t, db.inspect(Table{Name: "tokens", Rules: []Rule{rule}})[0].Err(), "which never has the value")
	}
}

func TestOfCitextAValueKeepsRowsInWhateverCase(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `CREATE EXTENSION citext; CREATE TABLE tokens (expires_at timestamptz, kind citext)`)
	db.exec(`INSERT INTO tokens SELECT now() - interval '1 day', kind FROM unnest('{Admin,admin,ADMIN,user,NULL}'::citext[]) AS kind`)
	p := db.mustPurge(Table{Name: "tokens", Rules: []Rule{{Expires: []string{"expires_at"}, Keep: "kind", KeepValues: []string{"admin", "root"}}}})
	require.EqualValues(t, 2, p.Deleted())
	require.ElementsMatch(t, []string{"Admin", "admin", "ADMIN"}, db.strings(`SELECT kind::text FROM tokens`))
	db.exec(`INSERT INTO tokens VALUES (NULL, 'Revoked'), (NULL, 'revoked')`)
	p = db.mustPurge(Table{Name: "tokens", Rules: []Rule{{Done: "kind", DoneValues: []string{"revoked"}}}})
	require.EqualValues(t, 1, p.Deleted(), "what is to die is compared exactly")
}
