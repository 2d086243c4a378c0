package purge

import (
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
