package ui

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/internal/testkit/transcript"
	"github.com/siltgate/siltgate/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	schema   = "siltgate"
	password = "correct horse"
)

// fixture is a migrated database with a page to serve.
type fixture struct {
	t    *testing.T
	pool *pgxpool.Pool
	page *Page
	log  *transcript.Transcript
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	pool := pgtest.Pool(t, pgtest.Database(t))
	_, err := migrations.Migrator{Config: pool.Config(), Schema: schema}.Up(t.Context())
	require.NoError(t, err)
	log := &transcript.Transcript{}
	return &fixture{t: t, pool: pool, log: log, page: &Page{
		Database: pool.Config(),
		Schema:   schema,
		Addr:     "127.0.0.1:0",
		User:     "ops",
		Password: password,
		Tables:   []string{"refresh_tokens", "password_resets"},
		Version:  "1.0.0",
		Log:      slog.New(slog.NewJSONHandler(log, nil)),
	}}
}

// serve serves the page until the test ends, and returns its address.
func (f *fixture) serve() (addr string) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.page.Run(ctx) }()
	f.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			f.t.Error(err)
		}
		if f.t.Failed() {
			f.t.Log(f.log.String())
		}
	})
	served := regexp.MustCompile(`"url":"http://([^/]+)/"`)
	require.Eventually(f.t, func() bool {
		found := served.FindStringSubmatch(f.log.String())
		if found != nil {
			addr = found[1]
		}
		return found != nil
	}, pgtest.Patience, 10*time.Millisecond)
	return addr
}

// enter opens the page in a browser, with the password.
func (f *fixture) enter(b *browser, addr string) {
	f.t.Helper()
	page := url.URL{Scheme: "http", Host: addr, Path: "/"}
	login := page
	login.User = url.UserPassword(f.page.User, f.page.Password)
	b.open(login.String())
	b.open(page.String()) // the browser knows the password now
}

// restore executes a statement as a restore does: a row is stored as it says.
func (f *fixture) restore(sql string, args ...any) {
	f.t.Helper()
	require.NoError(f.t, pgx.BeginFunc(f.t.Context(), f.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(f.t.Context(), `SET LOCAL session_replication_role TO replica`); err != nil {
			return err
		}
		_, err := tx.Exec(f.t.Context(), sql, args...)
		return err
	}))
}

func (f *fixture) text(sql string, args ...any) (s string) {
	f.t.Helper()
	require.NoError(f.t, f.pool.QueryRow(f.t.Context(), sql, args...).Scan(&s))
	return s
}

// answer is what the page says to a request.
type answer struct {
	StatusCode int
	Header     http.Header
	Body       string
}

// ask is a request as a program makes it.
func ask(t *testing.T, method, url string, header http.Header) answer {
	t.Helper()
	return send(t, method, url, http.NoBody, header)
}

// send is a request with a body.
func send(t *testing.T, method, url string, body io.Reader, header http.Header) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	require.NoError(t, err)
	maps.Copy(req.Header, header)
	if host := header.Get("Host"); host != "" {
		req.Host = host
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	said, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp.StatusCode, resp.Header, string(said)}
}
