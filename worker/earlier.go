package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/purge"
)

// earlierRuns reads what earlier runs recorded of this one's tables: how long their statements took,
// and where a run was capped. If that cannot be read, the run works without it.
func (r *run) earlierRuns(ctx context.Context) map[string]purge.Earlier {
	ctx, cancel := context.WithTimeout(ctx, recordInterval)
	defer cancel()
	names := make([]string, len(r.request.tables))
	for i, t := range r.request.tables {
		names[i] = t.String()
	}
	all := map[string]purge.Earlier{}
	var name string
	var ms int64
	var stopped []byte
	rows, _ := r.replica.pool.Query(ctx, `
		SELECT name, coalesce(work_ms, 0), coalesce(stopped, '{}')
		FROM `+r.replica.table("table_states")+`
		WHERE name = ANY ($1)`, names)
	_, err := pgx.ForEachRow(rows, []any{&name, &ms, &stopped}, func() error {
		e := purge.Earlier{Took: time.Duration(ms) * time.Millisecond}
		if json.Unmarshal(stopped, &e.Stopped) != nil {
			e.Stopped = purge.Stop{}
		}
		all[name] = e
		return nil
	})
	if err != nil {
		r.log().Warn("records of earlier runs not read: the forecast is rough", "error", err)
	}
	return all
}

// saveStops writes where the run was capped, for the next one to go on there.
func (r *run) saveStops(ctx context.Context) {
	if !r.progress.Capped || r.request.args.DryRun {
		return
	}
	type stop struct {
		Name    string     `json:"name"`
		Title   string     `json:"title"`
		Stopped purge.Stop `json:"stopped"`
	}
	var stops []stop
	for i := range r.progress.Tables {
		t := &r.progress.Tables[i]
		if at := t.Stopped(); at != (purge.Stop{}) {
			stops = append(stops, stop{t.Name, t.Title, at})
		}
	}
	if len(stops) == 0 {
		return
	}
	encoded, err := json.Marshal(stops)
	if err != nil {
		panic(fmt.Sprintf("stops are not JSON: %v", err))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordInterval)
	defer cancel()
	_, err = r.replica.pool.Exec(ctx, `
		INSERT INTO `+r.replica.table("table_states")+` AS state (name, title, stopped)
		SELECT name, title, stopped
		FROM pg_catalog.jsonb_to_recordset($1) AS given (name text, title text, stopped jsonb)
		ON CONFLICT (name) DO UPDATE SET stopped = excluded.stopped`, encoded)
	if err != nil {
		r.log().Warn("where the run was capped is not recorded: the next one begins each table anew", "error", err)
	}
}
