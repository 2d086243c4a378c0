package worker

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/outage"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/migrations"
)

func TestReadinessSaysWhyNot(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	h := &health{id: r.ID, log: r.Log, replica: &r}
	s, err := h.listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	defer s.close(t.Context())
	get := func(path string) (int, readiness) {
		t.Helper()
		h.mu.Lock()
		h.asked = time.Time{} // ask the database anew
		h.mu.Unlock()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.addr()+path, http.NoBody)
		require.NoError(t, err)
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := client.Do(req)
		require.NoError(t, err)
		defer func() { require.NoError(t, resp.Body.Close()) }()
		var body readiness
		require.NoError(t, json.NewDecoder(resp.Body).Decode(&body))
		return resp.StatusCode, body
	}

	status, body := get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, []string{"River is not started"}, body.Reasons)

	h.started.Store(true)
	status, body = get("/readyz")
	require.Equal(t, http.StatusOK, status)
	require.True(t, body.Ready)
	require.Empty(t, body.Paused)

	f.exec(`SELECT siltgate.pause_token_cleanup('incident 42', '1 hour', 'ops')`)
	status, body = get("/readyz")
	require.Equal(t, http.StatusOK, status)
	require.True(t, body.Ready)
	require.Regexp(t, `^paused by ops until 20.*Z: incident 42$`, body.Paused)
	f.exec(`SELECT siltgate.resume_token_cleanup()`)
	_, body = get("/readyz")
	require.Empty(t, body.Paused)

	_, err = migrations.Migrator{Config: f.pool.Config(), Schema: schema}.Down(t.Context())
	require.NoError(t, err)
	status, body = get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, strings.Join(body.Reasons, ";"), "run `siltgate migrate`")

	f.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only TO on', current_database()); END $$`)
	r.pool.Reset()
	_, body = get("/readyz")
	require.Contains(t, body.Reasons, outage.ErrReadOnly.Error())

	status, _ = get("/healthz")
	require.Equal(t, http.StatusOK, status)
}

func TestAReplicaRefusesASchemaThatIsBehindAndWarnsOfOneAhead(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO siltgate.siltgate_migration (version_id, is_applied) VALUES (99, true)`)
	stop := f.start()
	require.Eventually(t, func() bool {
		return strings.Contains(f.log.String(), "schema is ahead") && strings.Contains(f.log.String(), "replica started")
	}, pgtest.Patience, 10*time.Millisecond)
	require.NoError(t, stop())

	f.exec(`DELETE FROM siltgate.siltgate_migration WHERE version_id > 11`)
	err := f.replica.Run(t.Context())
	require.EqualError(t, err, fmt.Sprintf("schema \"siltgate\" is at version 11, this program needs %d: run `siltgate migrate`", migrations.Latest))

	f.exec(`UPDATE siltgate.siltgate_migration SET version_id = 6 WHERE version_id > 0`)
	err = f.replica.Run(t.Context())
	require.ErrorContains(t, err, "from before its first release")
}
