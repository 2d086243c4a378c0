package docs

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tables of this script are refused, each for a reason of docs/operations.md.
const refused = `
CREATE ROLE siltgate LOGIN PASSWORD 'change-me';
GRANT CREATE ON DATABASE auth TO siltgate;
GRANT SELECT, UPDATE ON refresh_tokens TO siltgate;
CREATE TABLE tenant_tokens (id int, expires_at timestamptz);
GRANT SELECT, UPDATE, DELETE ON tenant_tokens TO siltgate;
ALTER TABLE tenant_tokens ENABLE ROW LEVEL SECURITY;
CREATE TABLE app_tokens ("expiresAt" timestamp);
CREATE TABLE device_tokens (id int PRIMARY KEY, expires_at timestamptz);
CREATE TABLE devices (token_id int REFERENCES device_tokens);
CREATE TABLE sessions (id int PRIMARY KEY, expires_at timestamptz);
CREATE TABLE logins (session_id int REFERENCES sessions ON DELETE CASCADE);
CREATE INDEX ON logins (session_id);
GRANT SELECT, UPDATE, DELETE ON app_tokens, device_tokens, sessions TO siltgate;
GRANT SELECT ON devices, logins TO siltgate;
`

const refusedSettings = `
export DATABASE_URL='postgres://siltgate:change-me@localhost:5432/auth'
export SILTGATE_TABLES_0_NAME=refresh_tokens
export SILTGATE_TABLES_1_NAME=tenant_tokens
export SILTGATE_TABLES_2_NAME=password_resets SILTGATE_TABLES_2_EXPIRES_COLUMN=valid_until
export SILTGATE_TABLES_3_NAME=app_tokens SILTGATE_TABLES_3_EXPIRES_COLUMN=expiresAt
export SILTGATE_TABLES_4_NAME=device_tokens
export SILTGATE_TABLES_5_NAME=sessions
`

func TestTheRefusalsOfTheDocsAreThoseThatAReplicaLogs(t *testing.T) {
	t.Parallel()
	s := begin(t)
	require.NoError(t, execute(t.Context(), s.url, refused))
	printed, status := s.shell(t, refusedSettings+"siltgate migrate")
	require.Zero(t, status, printed)
	printed, status = s.shell(t, "siltgate run\nuntil grep -q 'ON DELETE CASCADE' siltgate.log; do sleep 0.2; done\n")
	require.Zero(t, status, printed)
	logged := strings.NewReplacer(`\"`, `"`, "tenant_tokens", "refresh_tokens").Replace(read(t, s.dir+"/siltgate.log"))
	for line := range strings.Lines(heldBlock(t, "operations.md")) {
		require.Contains(t, logged, strings.TrimSpace(line))
	}
}

// heldBlock is the text of the page's block that this test holds.
func heldBlock(t *testing.T, page string) string {
	t.Helper()
	for _, b := range blocks(page, read(t, page)) {
		if b.held == t.Name() {
			return b.text
		}
	}
	require.Fail(t, "no block is held by this test", page)
	return ""
}
