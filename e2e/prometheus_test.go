package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// A query without data draws an empty panel, and an alert without its series never fires. Both
// look as if all were well.
func TestEveryQueryOfTheDashboardAndEverySeriesOfAnAlertHasDataOfABusyFleet(t *testing.T) {
	t.Parallel()
	program := pgtest.Installed(t, "Prometheus", "apt-get install prometheus", "/usr/bin/prometheus", "/usr/local/bin/prometheus")
	db := newDatabase(t)
	db.slow(20 * time.Millisecond)
	db.fill(20_000, 100)
	db.fillResets(50, 10)
	db.exec(`
		CREATE TABLE tenant_1_tokens (id int PRIMARY KEY, expires_at timestamptz);
		CREATE TABLE tenant_1_logins (token int PRIMARY KEY REFERENCES tenant_1_tokens);
		INSERT INTO tenant_1_tokens VALUES (1, '2020-01-01');
		INSERT INTO tenant_1_logins VALUES (1)`)
	f := newFleet(t, db, "REFRESH_TOKEN_CLEANUP_CRON=*/2 * * * * *", "SILTGATE_HTTP_ADDR=127.0.0.1:0",
		"SILTGATE_TABLES_0_NAME=refresh_tokens", "SILTGATE_TABLES_0_DONE_COLUMN=revoked",
		"SILTGATE_TABLES_1_NAME=password_resets", "SILTGATE_TABLES_1_DONE_COLUMN=used",
		"SILTGATE_TABLES_2_NAME=tenant_*_tokens")
	replicas := f.start(2)
	// A pattern's metrics are there once a run has gone through it, those of the run at work until that ends.
	db.exec(`INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', '{"tables": ["tenant_*_tokens"]}')`)
	p := startPrometheus(t, program, replicas)

	missing := slices.Concat(dashboardQueries(t), p.seriesOfRules())
	require.Greater(t, len(missing), 50)
	var said error
	deadline := time.Now().Add(patience)
	for len(missing) > 0 {
		require.True(t, time.Now().Before(deadline), "no data for:\n%s\n%v", strings.Join(missing, "\n"), said)
		missing = slices.DeleteFunc(missing, func(query string) bool {
			has, err := p.hasData(query)
			said = err
			return has
		})
		<-time.After(200 * time.Millisecond)
	}
	await(t, patience, "Prometheus to have every documented metric and no other", func() bool { return slices.Equal(documented(t), p.metrics()) })
	requireLinted(t, filepath.Join(filepath.Dir(program), "promtool"), replicas)
}

// requireLinted fails unless promtool has nothing to say about what a fleet at work shows, with every documented
// metric in it.
func requireLinted(t *testing.T, promtool string, replicas []*replica) {
	t.Helper()
	var pages []string
	await(t, patience, "the fleet to show every metric at once", func() bool {
		var names []string
		pages = nil
		for _, r := range replicas {
			page := scrape(t, r)
			for _, found := range regexp.MustCompile(`(?m)^# TYPE (siltgate_\S+) `).FindAllStringSubmatch(page, -1) {
				names = append(names, found[1])
			}
			pages = append(pages, page)
		}
		slices.Sort(names)
		return slices.Equal(documented(t), slices.Compact(names))
	})
	for _, page := range pages {
		check := exec.CommandContext(t.Context(), promtool, "check", "metrics")
		check.Stdin = strings.NewReader(page)
		output, err := check.CombinedOutput()
		require.NoError(t, err, string(output))
		require.Empty(t, string(output))
	}
}

func scrape(t *testing.T, r *replica) string {
	t.Helper()
	resp, err := http.Get("http://" + r.http + "/metrics")
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	page, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(page)
}

// dashboardQueries are those of all panels, as Grafana sends them.
func dashboardQueries(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../deploy/grafana/siltgate.json")
	require.NoError(t, err)
	var dashboard struct {
		Panels []struct {
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	require.NoError(t, json.Unmarshal(text, &dashboard))
	var queries []string
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			queries = append(queries, strings.NewReplacer("$job", "siltgate", "$__rate_interval", "30s").Replace(target.Expr))
		}
	}
	require.NotEmpty(t, queries)
	return queries
}

// documented are the metrics that docs/metrics.md lists.
func documented(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("../docs/metrics.md")
	require.NoError(t, err)
	table, _, found := strings.Cut(string(page), "### States of a waiting run")
	require.True(t, found)
	var names []string
	for _, match := range regexp.MustCompile("`(siltgate_[a-z_]+)[`{]").FindAllStringSubmatch(table, -1) {
		names = append(names, match[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// prometheus is a server that scrapes a fleet and knows the project's rules.
type prometheus struct {
	t   *testing.T
	url string
}

func startPrometheus(t *testing.T, program string, replicas []*replica) prometheus {
	t.Helper()
	dir := t.TempDir()
	rules, err := filepath.Abs("../deploy/prometheus/alerts.yaml")
	require.NoError(t, err)
	sample := configOfTheDocs(t)
	for from, to := range map[string]string{"[alerts.yaml]": "[" + rules + "]", "replica-1:8080": replicas[0].http, "replica-2:8080": replicas[1].http} {
		require.Contains(t, sample, from)
		sample = strings.ReplaceAll(sample, from, to)
	}
	config := filepath.Join(dir, "prometheus.yaml")
	require.NoError(t, os.WriteFile(config, []byte("global: {scrape_interval: 1s, evaluation_interval: 1s}\n"+sample), 0o600))
	process := launch(t, dir, "prometheus", []string{"HOME=" + dir}, program,
		"--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:0")
	listening := regexp.MustCompile(`msg="Listening on" address=(\S+)`)
	p := prometheus{t: t}
	await(t, patience, "Prometheus to listen", func() bool {
		require.True(t, process.running(), process.output())
		if found := listening.FindStringSubmatch(process.output()); found != nil {
			p.url = "http://" + found[1]
		}
		return p.url != ""
	})
	await(t, patience, "Prometheus to be ready", func() bool {
		resp, err := http.Get(p.url + "/-/ready")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return p
}

// configOfTheDocs is how docs/metrics.md has a fleet of two replicas scraped.
func configOfTheDocs(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../docs/metrics.md")
	require.NoError(t, err)
	_, sample, found := strings.Cut(string(page), "```yaml\n")
	require.True(t, found)
	sample, _, _ = strings.Cut(sample, "```")
	return sample
}

// get asks Prometheus, and reads the data of its answer.
func (p prometheus) get(path string, data any) error {
	resp, err := http.Get(p.url + "/api/v1/" + path)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	answer := struct {
		Status string `json:"status"`
		Error  string `json:"error"`
		Data   any    `json:"data"`
	}{Data: data}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return err
	}
	if answer.Status != "success" {
		return fmt.Errorf("%s: %s", path, answer.Error)
	}
	return nil
}

// hasData reports whether a query returns something, and a number.
func (p prometheus) hasData(query string) (bool, error) {
	type sample struct {
		Value [2]any `json:"value"` // the time and the number
	}
	var data struct {
		Result []sample `json:"result"`
	}
	if err := p.get("query?query="+url.QueryEscape(query), &data); err != nil {
		return false, err
	}
	return slices.ContainsFunc(data.Result, func(s sample) bool { return s.Value[1] != "NaN" }), nil
}

// seriesOfRules are all series that the rules which Prometheus has loaded look at or record.
func (p prometheus) seriesOfRules() []string {
	p.t.Helper()
	var data struct {
		Groups []struct {
			Rules []struct {
				Query string `json:"query"`
			} `json:"rules"`
		} `json:"groups"`
	}
	require.NoError(p.t, p.get("rules", &data))
	var series []string
	for _, group := range data.Groups {
		for _, rule := range group.Rules {
			found := regexp.MustCompile(`siltgate[a-z_:]+(\{[^}]*\})?`).FindAllString(rule.Query, -1)
			require.NotEmpty(p.t, found, rule.Query)
			series = append(series, found...)
		}
	}
	require.NotEmpty(p.t, series)
	slices.Sort(series)
	return slices.Compact(series)
}

// metrics are the names of all that replicas show, without those that Go's client adds.
func (p prometheus) metrics() []string {
	p.t.Helper()
	var names []string
	require.NoError(p.t, p.get("label/__name__/values", &names))
	var ours []string
	for _, name := range names {
		name = regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if strings.HasPrefix(name, "siltgate_") {
			ours = append(ours, name)
		}
	}
	return slices.Compact(ours)
}
