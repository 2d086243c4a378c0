package purge

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADryRunCountsTheRowsOfOtherTablesThatWouldChangeOrGo(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		INSERT INTO refresh_tokens (revoked) SELECT n <= 10 FROM generate_series(1, 20) AS n;
		CREATE TABLE devices (first_token bigint CONSTRAINT first REFERENCES refresh_tokens ON DELETE SET NULL,
			last_token bigint DEFAULT 20 CONSTRAINT last REFERENCES refresh_tokens ON DELETE SET DEFAULT);
		CREATE INDEX ON devices (first_token); CREATE INDEX ON devices (last_token);
		INSERT INTO devices SELECT n, n FROM generate_series(8, 20) AS n;
		CREATE TABLE logins (token_id bigint CONSTRAINT gone REFERENCES refresh_tokens ON DELETE CASCADE, at date) PARTITION BY LIST (at);
		CREATE TABLE all_logins PARTITION OF logins DEFAULT; CREATE INDEX ON logins (token_id);
		INSERT INTO logins SELECT 1, now() FROM generate_series(1, 5)`)
	allowed := tokens
	allowed.AllowCascade = true
	e := db.engine(allowed)
	p, err := e.Run(t.Context(), Request{Tables: e.tables, DryRun: true}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 10, p.Tables[0].Counted)
	var said []string
	for _, touched := range p.Tables[0].Touched {
		said = append(said, touched.String())
	}
	require.Equal(t, []string{
		`foreign key "first" changes 3 rows of public.devices, dead or not: it sets "first_token" to NULL (ON DELETE SET NULL)`,
		`foreign key "gone" deletes 5 rows of public.logins, dead or not (ON DELETE CASCADE)`,
		`foreign key "last" changes 3 rows of public.devices, dead or not: it sets "last_token" to DEFAULT (ON DELETE SET DEFAULT)`,
	}, said)
	require.EqualValues(t, 20, db.number(`SELECT count(*) FROM refresh_tokens`))

	p, err = e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.Empty(t, p.Tables[0].Touched)
	require.EqualValues(t, 3, db.number(`SELECT count(*) FROM devices WHERE first_token IS NULL AND last_token = 20`))
	require.Zero(t, db.number(`SELECT count(*) FROM logins`))
}

// From Postgres 15 on, a key may list which of its columns SET NULL and SET DEFAULT set.
func TestOfAKeyThatListsWhatItSetsOnlyTheseColumnsChange(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	if db.version() < 15 {
		t.Skip("Postgres 15 and newer have the list of columns")
	}
	db.exec(`
		CREATE TABLE refresh_tokens (tenant timestamptz, id bigint, expires_at timestamptz, revoked boolean, PRIMARY KEY (tenant, id));
		INSERT INTO refresh_tokens VALUES ('infinity', 1, 'infinity', true), ('infinity', 2, 'infinity', false);
		CREATE TABLE devices (tenant timestamptz, token_id bigint, CONSTRAINT fk FOREIGN KEY (tenant, token_id)
			REFERENCES refresh_tokens ON DELETE SET NULL (token_id));
		CREATE INDEX ON devices (tenant, token_id);
		INSERT INTO devices VALUES ('infinity', 1), ('infinity', 2)`)
	// A rule that judges by a column of the key that stays as it is.
	devices := Table{Name: "devices", Rules: []Rule{{Expires: []string{"tenant"}}}}

	found := db.inspect(tokens, devices)
	require.Empty(t, found[0].problems(Refused))
	require.Equal(t, []string{`foreign key "fk" changes rows of public.devices that refer to a deleted row, dead or not, ` +
		`and sets "token_id" to NULL (ON DELETE SET NULL): a dry run counts them; where they must not change, make the key ON DELETE NO ACTION`},
		found[0].problems(Warned))

	e := db.engine(tokens, devices)
	p, err := e.Run(t.Context(), Request{Tables: e.tables, DryRun: true}, Progress{})
	require.NoError(t, err)
	i := slices.IndexFunc(p.Tables, func(t TableProgress) bool { return t.Name == tokens.Name })
	require.Len(t, p.Tables[i].Touched, 1)
	require.Equal(t, `"token_id"`, p.Tables[i].Touched[0].Columns)

	_, err = e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 2, db.number(`SELECT count(*) FROM devices WHERE tenant = 'infinity'`))
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM devices WHERE token_id IS NULL`))
}
