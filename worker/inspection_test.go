package worker

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// awaitLine waits until the log has a line with the message, and returns all of these.
func (f *fixture) awaitLine(message string) []map[string]any {
	f.t.Helper()
	var found []map[string]any
	require.Eventually(f.t, func() bool {
		found = nil
		for line := range strings.Lines(f.log.String()) {
			var fields map[string]any
			if json.Unmarshal([]byte(line), &fields) == nil && fields["msg"] == message {
				found = append(found, fields)
			}
		}
		return len(found) > 0
	}, pgtest.Patience, 10*time.Millisecond, "not logged: %s", message)
	return found
}

// asStranger makes the replica work as a role that owns nothing and may use everything.
func (f *fixture) asStranger() (role string) {
	f.t.Helper()
	role, url := pgtest.Role(f.t, f.url, `
		GRANT ALL ON ALL TABLES IN SCHEMA public, siltgate TO %[1]s;
		GRANT ALL ON ALL SEQUENCES IN SCHEMA siltgate TO %[1]s;
		GRANT ALL ON ALL FUNCTIONS IN SCHEMA siltgate TO %[1]s;
		GRANT USAGE ON SCHEMA siltgate TO %[1]s`)
	var err error
	f.replica.Database, err = pgxpool.ParseConfig(url)
	require.NoError(f.t, err)
	return role
}

func TestFault47AReplicaThatStartsSaysAllThatIsWrongWithItsTablesAndIsReady(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`
		CREATE SCHEMA vault;
		CREATE TABLE vault.tokens (id bigint, revoked boolean);
		INSERT INTO vault.tokens VALUES (1, true);
		CREATE PUBLICATION p FOR TABLE vault.tokens;
		INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	name := f.asStranger()
	f.replica.Tables = append(f.replica.Tables, purge.Table{Schema: "vault", Name: "tokens", Rules: []purge.Rule{{Done: "revoked"}}})
	f.replica.HTTPAddr = freeAddress(t)
	f.start()

	lines := f.awaitLine("table cannot be purged")
	require.Len(t, lines, 1)
	require.Equal(t, "ERROR", lines[0]["level"])
	require.Equal(t, "vault.tokens", lines[0]["table"])
	role := `"` + name + `"`
	want := `role ` + role + ` may not use schema "vault": GRANT USAGE ON SCHEMA "vault" TO ` + role + `; ` +
		`role ` + role + ` lacks SELECT of ctid, tableoid, revoked and DELETE and UPDATE of one column (to pass over locked rows) on it: ` +
		`GRANT SELECT ("ctid", "tableoid", "revoked"), DELETE, UPDATE ("revoked") ON "vault"."tokens" TO ` + role + `; ` +
		`every DELETE from it fails: publication "p" publishes it, and there is no replica identity: ALTER TABLE "vault"."tokens" REPLICA IDENTITY FULL`
	require.Equal(t, want, lines[0]["error"])
	found := f.awaitLine("tables found by search_path")
	require.Equal(t, map[string]any{"refresh_tokens": "public.refresh_tokens"}, found[0]["tables"])

	require.Eventually(t, func() bool {
		answer, err := http.Get("http://" + f.replica.HTTPAddr + "/readyz")
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}, pgtest.Patience, 10*time.Millisecond, "it is not ready")

	for args, deleted := range map[string]int64{`{"dry_run":true}`: 0, `{}`: 1} {
		result := f.await(f.insert(args), "retryable")
		require.Equal(t, "purge vault.tokens: "+want, result.Error, "a run fails with the same words")
		require.Equal(t, deleted, result.Deleted)
	}
}

// freeAddress is one that nobody listened on a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func TestFault48AReplicaThatStartsWarnsOfTablesThatStrangersOwn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stranger, _ := pgtest.Role(t, f.pool.Config().ConnString(), `ALTER TABLE refresh_tokens OWNER TO %[1]s`)
	f.asStranger()
	f.start()
	lines := f.awaitLine("table is purged, but should be looked at")
	require.Len(t, lines, 1)
	require.Equal(t, "WARN", lines[0]["level"])
	require.Contains(t, lines[0]["warning"], `public.refresh_tokens belongs to role "`+stranger+`"`)
	f.await(f.insert(`{}`), "completed")
}
