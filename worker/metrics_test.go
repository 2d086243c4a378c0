package worker

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// scrape is the text of a replica's metrics.
type scrape string

// scrape asks a replica that was started for its metrics.
func (f *fixture) scrape() scrape {
	f.t.Helper()
	addr := ""
	require.Eventually(f.t, func() bool {
		if found := regexp.MustCompile(`"http":"([^"]+)"`).FindStringSubmatch(f.log.String()); found != nil {
			addr = found[1]
		}
		return addr != ""
	}, pgtest.Patience, 10*time.Millisecond)
	return scrapeOf(f.t, addr)
}

func scrapeOf(t *testing.T, addr string) scrape {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/metrics", http.NoBody)
	require.NoError(t, err)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, string(body))
	return scrape(body)
}

// value is that of a metric with its labels, as it is written; false if it is not there.
func (s scrape) value(metric string) (float64, bool) {
	for line := range strings.Lines(string(s)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), metric+" "); ok {
			number, err := strconv.ParseFloat(value, 64)
			return number, err == nil
		}
	}
	return 0, false
}

func (s scrape) require(t *testing.T, metric string, want float64) {
	t.Helper()
	got, ok := s.value(metric)
	require.True(t, ok, "%s is missing in:\n%s", metric, s)
	require.InDelta(t, want, got, 0.001, metric)
}

func TestAScrapeTellsOfTheFleetAndOfTheReplica(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.HTTPAddr, f.replica.Version = "127.0.0.1:0", "1.2.3"
	daily, err := schedule.Parse("0 3 * * *", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = daily
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT n <= 60 FROM generate_series(1, 100) AS n`)
	f.start()
	f.await(f.insert(`{"dry_run":true}`), "completed")
	f.await(f.insert(`{}`), "completed")
	f.await(f.insert(`{"dry_rn":true}`), "cancelled")
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.replicas WHERE leader`) == 1
	}, pgtest.Patience, 10*time.Millisecond)

	s := f.scrape()
	s.require(t, `siltgate_fleet_read_success`, 1)
	s.require(t, `siltgate_replicas`, 1)
	s.require(t, `siltgate_configurations`, 1)
	s.require(t, `siltgate_fleet_has_leader`, 1)
	s.require(t, `siltgate_leading`, 1)
	s.require(t, `siltgate_paused`, 0)
	s.require(t, `siltgate_queue_runs{state="available"}`, 0)
	s.require(t, `siltgate_run_at_work`, 0)
	s.require(t, `siltgate_next_tick_timestamp_seconds`, float64(daily.Next(time.Now()).Unix()))
	s.require(t, `siltgate_rows_deleted_total{table="refresh_tokens"}`, 60)
	s.require(t, `siltgate_rows_found_total{table="refresh_tokens"}`, 120)
	s.require(t, `siltgate_runs_total{outcome="completed",trigger="manual"}`, 1)
	s.require(t, `siltgate_runs_total{outcome="dry_run",trigger="manual"}`, 1)
	s.require(t, `siltgate_runs_total{outcome="cancelled",trigger="manual"}`, 1)
	s.require(t, `siltgate_runs_total{outcome="completed",trigger="schedule"}`, 0)
	s.require(t, `siltgate_run_attempts_failed_total`, 0)
	s.require(t, `siltgate_overdue_seconds`, 0)
	s.require(t, `siltgate_schedule_period_seconds`, (24 * time.Hour).Seconds())
	installed, _ := s.value(`siltgate_installed_timestamp_seconds`)
	require.InDelta(t, time.Now().Unix(), installed, 60)
	s.require(t, `siltgate_table_left_rows{reason="locked",table="refresh_tokens"}`, 0)
	s.require(t, `siltgate_table_failed{table="refresh_tokens"}`, 0)
	s.require(t, `siltgate_table_held{table="refresh_tokens"}`, 0)
	s.require(t, `siltgate_runs_total{outcome="held",trigger="schedule"}`, 0)
	age, _ := s.value(`siltgate_table_watermark_age_seconds{table="refresh_tokens"}`)
	require.InDelta(t, 0, age, 60)
	batches, _ := s.value(`siltgate_batch_duration_seconds_count`)
	require.NotZero(t, batches)
	success, _ := s.value(`siltgate_last_success_timestamp_seconds`)
	require.InDelta(t, time.Now().Unix(), success, 60)
	require.Regexp(t, `siltgate_build_info\{go="go1[^"]+",river="[^"]+",version="1.2.3"\} 1`, string(s))
	checkWithPromtool(t, s)
}

func checkWithPromtool(t *testing.T, s scrape) {
	t.Helper()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		require.NotEqual(t, "true", os.Getenv("CI"), "promtool is not installed")
		t.Log("not checked: promtool is not installed")
		return
	}
	cmd := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	cmd.Stdin = strings.NewReader(string(s))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(t, cmd.Run(), said.String())
	require.Empty(t, said.String())
}

func TestARunAtWorkAndAPauseAreInAnyReplicasScrape(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.HTTPAddr = "127.0.0.1:0"
	f.exec(`
		UPDATE siltgate.turn SET job_id = 7;
		INSERT INTO siltgate.river_queue (name, created_at, paused_at, updated_at) VALUES ('default', now(), now(), now());
		INSERT INTO siltgate.river_job (kind, args, created_at) VALUES ('token_cleanup', '{}', now() - interval '1 hour')`)
	f.restore(`
		INSERT INTO siltgate.river_job (id, kind, args, state, max_attempts, attempt, attempted_at, metadata)
		VALUES (7, 'token_cleanup', '{}', 'running', 5, 1, now(), '{"output":{"outcome":"running","deleted":42,"pace":{
			"duty":0.01,"forecast":"2026-11-22T03:10:00Z","finish_by":"2026-11-22T04:00:00Z","waiting_for":"standby \"b\" is 14s behind"}}}')`)
	f.start()
	s := f.scrape()
	s.require(t, `siltgate_paused`, 1)
	s.require(t, `siltgate_queue_runs{state="running"}`, 1)
	s.require(t, `siltgate_run_at_work`, 1)
	s.require(t, `siltgate_run_deleted_rows`, 42)
	s.require(t, `siltgate_run_duty_cycle_ratio`, 0.01)
	s.require(t, `siltgate_run_forecast_timestamp_seconds`, float64(time.Date(2026, 11, 22, 3, 10, 0, 0, time.UTC).Unix()))
	s.require(t, `siltgate_run_finish_by_timestamp_seconds`, float64(time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC).Unix()))
	s.require(t, `siltgate_run_waiting{reason="standby"}`, 1)
	s.require(t, `siltgate_run_waiting{reason="slot"}`, 0)
	checkWithPromtool(t, s)
}

func TestAHundredScrapesAskTheDatabaseOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	config := f.pool.Config()
	looks := &batchCounter{containing: "count(DISTINCT digest)"}
	config.ConnConfig.Tracer = looks
	f.replica.Database, f.replica.HTTPAddr = config, "127.0.0.1:0"
	f.start()
	f.scrape()
	for range 99 {
		f.scrape()
	}
	require.EqualValues(t, 1, looks.n.Load())
}

func TestARoleThatMayNotReadTheViewsHasItsOwnMetricsAndIsReady(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, url := pgtest.Role(t, f.url, `
		GRANT USAGE ON SCHEMA siltgate TO %[1]s;
		GRANT ALL ON ALL TABLES IN SCHEMA siltgate TO %[1]s;
		REVOKE ALL ON siltgate.runs FROM %[1]s;
		GRANT ALL ON ALL SEQUENCES IN SCHEMA siltgate TO %[1]s;
		GRANT SELECT, UPDATE, DELETE ON refresh_tokens TO %[1]s`)
	f.replica.Database, f.replica.HTTPAddr = pgtest.Pool(t, url).Config(), "127.0.0.1:0"
	f.exec(`INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	f.start()
	f.await(f.insert(`{}`), "completed")
	s := f.scrape()
	s.require(t, `siltgate_fleet_read_success`, 0)
	s.require(t, `siltgate_rows_deleted_total{table="refresh_tokens"}`, 1)
	_, shown := s.value(`siltgate_replicas`)
	require.False(t, shown)
	require.Equal(t, 1, strings.Count(f.log.String(), "metrics of the fleet cannot be read"))
	require.Contains(t, f.log.String(), "permission denied for view runs")
}

// batchCounter counts the statements in batches that contain a text.
type batchCounter struct {
	containing string
	n          atomic.Int64
}

func (*batchCounter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (*batchCounter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (*batchCounter) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

func (c *batchCounter) TraceBatchQuery(_ context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	if strings.Contains(data.SQL, c.containing) {
		c.n.Add(1)
	}
}

func (*batchCounter) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
