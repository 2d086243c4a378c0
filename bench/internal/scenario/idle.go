package scenario

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/server"
)

// beginning is how long a started replica is left alone before it is watched: it
// becomes the leader meanwhile.
const beginning = 20 * time.Second

// scrapeInterval is how often Prometheus asks by default. Statements that fill /metrics are counted apart: who does not
// scrape does not pay for them.
const scrapeInterval = 15 * time.Second

// Idle is what a replica without work costs: not scraped, and then scraped.
type Idle struct {
	Quiet   Watched `json:"quiet"`
	Scraped Watched `json:"scraped"`
}

// Watched is what a replica cost for some time.
type Watched struct {
	Seconds     float64            `json:"seconds"`
	PerSecond   float64            `json:"statements_per_second"`
	Connections int                `json:"most_connections"`
	PeakMB      float64            `json:"peak_mb"`
	CPU         float64            `json:"cpu_share"` // of one processor
	How         string             `json:"counted_by"`
	Statements  []server.Statement `json:"statements"`
}

// idle counts the statements of a replica that has nothing to do. It is the only
// one, and so the leader: the others do less.
func (b *Bench) idle(ctx context.Context) (report.Section, error) {
	var idle Idle
	addr, err := freeAddress(ctx)
	if err != nil {
		return report.Section{}, err
	}
	err = b.withReplica(ctx, templates{}, b.shape(0, true), func(conn *pgx.Conn, program *replica.Replica) error {
		_ = conn.Close(ctx) // only the replica is to be counted
		if err := wait(ctx, beginning); err != nil {
			return err
		}
		if err := b.watchIdle(ctx, program, "", &idle.Quiet); err != nil {
			return err
		}
		return b.watchIdle(ctx, program, "http://"+addr+"/metrics", &idle.Scraped)
	}, "SILTGATE_HTTP_ADDR="+addr)
	quiet, scraped := idle.Quiet, idle.Scraped
	table := report.Table{
		Title:   fmt.Sprintf("An idle replica, the leader, for %.0f s, and as long scraped every %s", quiet.Seconds, scrapeInterval),
		Columns: []string{"", "statements/s", "of scrapes", "most connections", "peak MB", "CPU share"},
		Notes:   []string{"Statements counted by " + quiet.How + ". Those of scrapes are what is more than without."},
	}
	for i, w := range []Watched{quiet, scraped} {
		table.Add([]string{"not scraped", "scraped"}[i], fmt.Sprintf("%.2f", w.PerSecond), fmt.Sprintf("%.2f", max(w.PerSecond-quiet.PerSecond, 0)),
			fmt.Sprint(w.Connections), report.Millis(w.PeakMB), fmt.Sprintf("%.4f", w.CPU))
	}
	statements := report.Table{Title: "Its statements", Columns: []string{"statement", "per minute", "scraped"}}
	seen := map[string]bool{}
	for _, s := range slices.Concat(scraped.Statements, quiet.Statements) {
		if !seen[s.Query] {
			seen[s.Query] = true
			statements.Add(abridge(s.Query), fmt.Sprintf("%.1f", quiet.perMinute(s.Query)), fmt.Sprintf("%.1f", scraped.perMinute(s.Query)))
		}
	}
	return report.Section{Tables: []report.Table{table, statements}, Data: idle}, err
}

// perMinute is how often a minute a statement was executed.
func (w Watched) perMinute(query string) float64 {
	var calls int64
	for _, s := range w.Statements {
		if s.Query == query {
			calls += s.Calls
		}
	}
	return float64(calls) * 60 / max(w.Seconds, 1)
}

// watchIdle counts for a while, and if there is an address to scrape, scrapes it as often as Prometheus does.
func (b *Bench) watchIdle(ctx context.Context, program *replica.Replica, scraped string, into *Watched) error {
	read, how, err := b.Server.CountStatements(ctx, working)
	if err != nil {
		return err
	}
	began, cpu := time.Now(), program.CPU()
	next := began
	for time.Since(began) < b.Idle {
		if scraped != "" && !time.Now().Before(next) {
			next = next.Add(scrapeInterval)
			if err := scrape(ctx, scraped); err != nil {
				return err
			}
		}
		n, err := b.Server.Connections(ctx, working)
		if err != nil {
			return err
		}
		into.Connections = max(into.Connections, n)
		if err := wait(ctx, time.Second); err != nil {
			return err
		}
	}
	if into.Statements, err = read(ctx); err != nil {
		return err
	}
	into.How, into.Seconds = how, time.Since(began).Seconds()
	into.CPU = (program.CPU() - cpu).Seconds() / into.Seconds
	into.PeakMB = megabytes(program.PeakMemory())
	var calls int64
	for _, s := range into.Statements {
		calls += s.Calls
	}
	into.PerSecond = float64(calls) / into.Seconds
	return nil
}

// scrape reads all metrics.
func scrape(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return fmt.Errorf("scrape: %w", err)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("scrape: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return fmt.Errorf("scrape: %w", err)
	case !bytes.Contains(body, []byte("siltgate_replicas")):
		return fmt.Errorf("scrape: %s: it does not say what the schema says", answer.Status)
	}
	return nil
}

// freeAddress is one of this machine on which nobody listens.
func freeAddress(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}

// abridge makes a statement fit into a table.
func abridge(query string) string {
	const most = 90
	runes := []rune(query)
	for i, r := range runes {
		if r == '|' {
			runes[i] = '¦'
		}
	}
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}
