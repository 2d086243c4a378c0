package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/stretchr/testify/require"
)

// webPage is a process of `siltgate ui`.
type webPage struct {
	*process
	address string
}

const pagePassword = "correct horse"

// servePage serves the page as its own role.
func (f *fleet) servePage(as roles) webPage { f.t.Helper(); return f.servePageBy(as.url("ui")) }

// servePageBy serves it with a variable that says how to connect.
func (f *fleet) servePageBy(database string) webPage {
	f.t.Helper()
	p := webPage{process: f.launch([]string{
		database, "SILTGATE_UI_ADDR=127.0.0.1:0", "SILTGATE_UI_USER=ops", "SILTGATE_UI_PASSWORD=" + pagePassword,
	}, "ui")}
	await(f.t, patience, "the page to be served", func() bool {
		require.True(f.t, p.running(), p.output())
		if lines := p.logged("page is served"); len(lines) > 0 {
			p.address = fmt.Sprint(lines[0]["url"])
		}
		return p.address != ""
	})
	return p
}

// see waits until the overview has these texts.
func (p webPage) see(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		await(p.t, patience, "the page to show: "+text, func() bool {
			status, body := p.ask(http.MethodGet, "", nil)
			require.Equal(p.t, http.StatusOK, status, body)
			return strings.Contains(body, text)
		})
	}
}

// press presses a button of the overview; fields are names and values of its form.
func (p webPage) press(button string, fields ...string) {
	p.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	status, body := p.ask(http.MethodPost, button, form)
	require.Equal(p.t, http.StatusSeeOther, status, body)
}

func (p webPage) ask(method, path string, form url.Values) (status int, body string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.address+path, strings.NewReader(form.Encode()))
	require.NoError(p.t, err)
	req.SetBasicAuth("ops", pagePassword)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	require.NoError(p.t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	return resp.StatusCode, string(text)
}
