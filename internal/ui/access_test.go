package ui

import (
	"encoding/base64"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// mutations are one of each kind, ours and River UI's.
func mutations() map[string]string {
	return map[string]string{
		"/pause": "POST", "/resume": "POST", "/cancel?id=1": "POST", "/run?what=dry": "POST",
		"/river/api/jobs/cancel": "POST", "/river/api/jobs/delete": "POST", "/river/api/jobs/retry": "POST",
		"/river/api/queues/default/pause": "PUT", "/river/api/queues/default/resume": "PUT", "/river/api/queues/default": "PATCH",
	}
}

func TestNothingIsShownWithoutThePassword(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.page.Addr = "0.0.0.0:0"
	url := "http://" + f.serve()
	for _, path := range []string{"/", "/static/style.css", "/river/", "/river/jobs", "/river/api/jobs", "/river/api/health-checks/complete", "//", "/river"} {
		for _, header := range []http.Header{{}, {"Authorization": {basic("ops", "wrong")}}, {"Authorization": {basic("admin", password)}}, {"Authorization": {"Bearer x"}}} {
			resp := ask(t, http.MethodGet, url+path, header)
			require.Contains(t, []int{http.StatusUnauthorized, http.StatusTooManyRequests}, resp.StatusCode, path)
		}
	}
}

func TestNothingChangesButByTheSameOrigin(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	addr := f.serve()
	for path, method := range mutations() {
		for _, header := range []http.Header{
			{}, // a form of another site, in an old browser
			{"Sec-Fetch-Site": {"cross-site"}},
			{"Sec-Fetch-Site": {"same-site"}},
			{"Sec-Fetch-Site": {"none"}},
			{"Origin": {"http://evil.example"}},
			{"Origin": {"null"}},
			{"Origin": {"http://" + addr + ".evil.example"}},
			{"Origin": {"http://" + addr}, "Sec-Fetch-Site": {"cross-site"}},
		} {
			header.Set("Authorization", basic("ops", password))
			resp := ask(t, method, "http://"+addr+path, header)
			require.Equal(t, http.StatusForbidden, resp.StatusCode, "%s %s %v", method, path, header)
		}
	}
	require.Equal(t, "0 0", f.text(`SELECT concat_ws(' ', (SELECT count(*) FROM siltgate.river_job), (SELECT count(*) FROM siltgate.pauses))`))

	for _, header := range []http.Header{{"Sec-Fetch-Site": {"same-origin"}}, {"Origin": {"http://" + addr}}} {
		header.Set("Authorization", basic("ops", password))
		resp := ask(t, http.MethodPost, "http://"+addr+"/pause?reason=x", header)
		require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	}
	require.Equal(t, "true", f.text(`SELECT paused::text FROM siltgate.status`))
}

func TestWithoutAPasswordNothingChanges(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.page.Password = ""
	addr := f.serve()
	for path, method := range mutations() {
		for _, header := range []http.Header{{"Sec-Fetch-Site": {"same-origin"}}, {"Origin": {"http://" + addr}, "Authorization": {basic("ops", "")}}} {
			resp := ask(t, method, "http://"+addr+path, header)
			require.Equal(t, http.StatusForbidden, resp.StatusCode, path)
		}
	}
	require.Equal(t, "0 0", f.text(`SELECT concat_ws(' ', (SELECT count(*) FROM siltgate.river_job), (SELECT count(*) FROM siltgate.pauses))`))
}

func TestANameThatIsMadeToLeadHereShowsNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.page.Password = ""
	addr := f.serve()
	for _, host := range []string{"evil.example", "evil.example:8081", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.7", "0.0.0.0"} {
		for _, path := range []string{"/", "/river/api/jobs"} {
			resp := ask(t, http.MethodGet, "http://"+addr+path, http.Header{"Host": {host}})
			require.Equal(t, http.StatusMisdirectedRequest, resp.StatusCode, host)
		}
	}
	for _, host := range []string{"localhost:8081", "LOCALHOST", "127.0.0.1", "127.8.8.8:1", "[::1]:8081", "[::1]"} {
		require.Equal(t, http.StatusOK, ask(t, http.MethodGet, "http://"+addr+"/", http.Header{"Host": {host}}).StatusCode, host)
	}
}

func TestAPasswordCannotBeGuessedForLong(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	url := "http://" + f.serve() + "/static/icon.svg"
	right := http.Header{"Authorization": {basic("ops", password)}}
	for range mostFailures - 1 {
		require.Equal(t, http.StatusUnauthorized, ask(t, http.MethodGet, url, http.Header{"Authorization": {basic("ops", "wrong")}}).StatusCode)
	}
	require.Equal(t, http.StatusOK, ask(t, http.MethodGet, url, right).StatusCode, "who knows it may have mistyped it")
	for range mostFailures {
		require.Equal(t, http.StatusUnauthorized, ask(t, http.MethodGet, url, http.Header{"Authorization": {basic("ops", "wrong")}}).StatusCode)
	}
	resp := ask(t, http.MethodGet, url, right)
	require.Equal(t, http.StatusTooManyRequests, resp.StatusCode, "not even the right one is looked at")
	require.NotEmpty(t, resp.Header.Get("Retry-After"))
	require.Contains(t, f.log.String(), "too many wrong passwords")
}

func TestWrongPasswordsAreForgottenAfterAMinute(t *testing.T) {
	t.Parallel()
	now := time.Now()
	f := newWrongPasswords(func() time.Time { return now })
	one, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for range mostFailures {
		require.Zero(t, f.wait(one))
		f.add(one)
	}
	require.Positive(t, f.wait(one))
	require.Zero(t, f.wait(other))
	now = now.Add(failureWindow)
	require.Zero(t, f.wait(one))

	for i := range mostAllFailures {
		f.add(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}))
	}
	require.Positive(t, f.wait(other), "of many clients together")
	require.Equal(t, clientOf("[2001:db8::1]:1"), clientOf("[2001:db8::ffff]:2"))
	require.NotEqual(t, clientOf("[2001:db8::1]:1"), clientOf("[2001:db8:0:1::1]:1"))
	require.Equal(t, clientOf("[::ffff:192.0.2.1]:1"), one)
}

func TestThePageMayLoadNothingOfOthersAndStandsInNoOthersFrame(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	resp := ask(t, http.MethodGet, "http://"+f.serve()+"/", http.Header{"Authorization": {basic("ops", password)}})
	policy := resp.Header.Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.Contains(t, policy, "frame-ancestors 'none'")
	require.NotContains(t, policy, "unsafe")
	require.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
	for _, inline := range []string{"<style", "style=", "onclick", "<script>", "javascript:"} {
		require.NotContains(t, resp.Body, inline)
	}
}

func TestADatabaseWithoutOurSchemaIsSaid(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	addr := f.serve()
	get := func() (int, string) {
		f.page.forget()
		resp := ask(t, http.MethodGet, "http://"+addr+"/", http.Header{"Authorization": {basic("ops", password)}})
		return resp.StatusCode, resp.Body
	}
	status, _ := get()
	require.Equal(t, http.StatusOK, status)
	_, err := f.pool.Exec(t.Context(), `DROP SCHEMA siltgate CASCADE`)
	require.NoError(t, err)
	status, body := get()
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, body, "run `siltgate migrate`")
}
