package ui

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFormThatCannotBeReadStartsNoRun(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	url := "http://" + f.serve()
	const form = "application/x-www-form-urlencoded"
	for _, c := range []struct{ path, kind, body string }{
		{"/run", form, "what=dry&reason=" + strings.Repeat("x", mostBody)},
		{"/run", form, "what=dry%"},
		{"/run", form, "what=dryrun"},
		{"/run", form, "dry_run=true"},
		{"/run", form, ""},
		{"/run", "application/json", `{"what":"dry"}`},
		{"/run?what=run", "application/json", `{"table":"refresh_tokens"}`},
		{"/run?what=run", "multipart/form-data; boundary=x", "--x"},
		{"/pause", form, "reason=a&for=2h%"},
		{"/pause", "application/json", `{"for":"2h"}`},
	} {
		header := http.Header{"Authorization": {basic("ops", password)}, "Origin": {url}, "Content-Type": {c.kind}}
		resp := send(t, http.MethodPost, url+c.path, strings.NewReader(c.body), header)
		require.Equal(t, http.StatusBadRequest, resp.StatusCode, "%s %.40s: %s", c.path, c.body, resp.Body)
	}
	require.Equal(t, "0 0", f.text(`SELECT concat_ws(' ', (SELECT count(*) FROM siltgate.river_job), (SELECT count(*) FROM siltgate.pauses))`))

	header := http.Header{"Authorization": {basic("ops", password)}, "Origin": {url}, "Content-Type": {form + "; charset=UTF-8"}}
	resp := send(t, http.MethodPost, url+"/run", strings.NewReader("what=dry&table=refresh_tokens"), header)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode, resp.Body)
	require.Equal(t, "true {refresh_tokens}", f.text(`SELECT concat_ws(' ', dry_run::text, tables) FROM siltgate.runs`))
}
