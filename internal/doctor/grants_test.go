package doctor

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A name may have a line end, and a token a type of its own.
func TestAKeyByATokenIsCommentedOutWhateverItsTypeAndName(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`
		CREATE DOMAIN opaque AS text;
		CREATE DOMAIN hashed AS opaque;
		CREATE TABLE victims ();
		ALTER TABLE refresh_tokens ALTER token_hash TYPE hashed, ADD UNIQUE (token_hash);
		CREATE TABLE logins ("token_hash" hashed REFERENCES refresh_tokens (token_hash));
		CREATE INDEX ON logins (token_hash)`)
	f.exec("ALTER TABLE logins RENAME token_hash TO \"token\rDROP TABLE victims; --\"")
	sql, err := f.doctor.Grants(t.Context(), Roles{Worker: "w"})
	require.NoError(t, err)
	require.Contains(t, sql, "seems to be the token itself")
	require.NotRegexp(t, `(?m)^GRANT SELECT \([^)]*token`, sql)
	require.NotRegexp(t, `\rDROP`, sql)
	require.Contains(t, sql, "\r-- DROP")
}
