package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/purge"
)

// tableState is what a run has to say of a table, for siltgate.table_states.
type tableState struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Relation    uint32 `json:"relation"`
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Deleted     int64  `json:"deleted"`
	Locked      int64  `json:"locked"`
	Referenced  int64  `json:"referenced"`
	Undeletable int64  `json:"undeletable"`
	Refusal     string `json:"refusal"`
	Error       string `json:"error"`
	WorkMS      int64  `json:"work_ms"`
	Held        string `json:"held"`

	// For a pattern: how many tables it matches, the worst of them, and the dead rows that are left in it.
	Matched   *int64 `json:"matched,omitempty"`
	Worst     string `json:"worst,omitempty"`
	WorstLeft *int64 `json:"worst_left,omitempty"`
}

// statesAtOnce is how many tables one statement writes: a pattern may mean thousands.
const statesAtOnce = 1000

// configuredTables are the tables of this replica, for its heartbeat.
func (r Replica) configuredTables() []byte {
	type entry struct {
		Name        string `json:"name"`
		Fingerprint string `json:"fingerprint"`
	}
	entries := make([]entry, len(r.Tables))
	for i, t := range r.Tables {
		entries[i] = entry{t.String(), t.FingerprintAmong(r.Tables)}
	}
	return encode(entries)
}

// saveTables writes the states of the tables that the run has gone through or failed on. It leaves
// out those in known, which an earlier slice wrote. A dry run writes nothing, since it proves
// nothing.
func (r *run) saveTables(ctx context.Context, known map[string]bool) {
	if r.request.args.DryRun {
		return
	}
	var states []tableState
	for i := range r.progress.Tables {
		if t := &r.progress.Tables[i]; (t.Proven() || t.Error != "" || t.Held != "") && !known[t.Name] {
			state := tableState{
				Name: t.Name, Title: t.Title, Relation: t.Relation, Fingerprint: t.Fingerprint, Rule: t.Rule,
				Deleted: t.Deleted, Locked: t.Locked, Referenced: t.Referenced, Undeletable: t.Undeletable,
				Refusal: t.Refusal, Error: t.Error, Held: t.Held, WorkMS: t.Work.Worked.Milliseconds(),
			}
			if m := t.Matched; m != nil {
				state.Matched = &m.Tables
				if m.Worst != nil {
					left := m.Worst.Left()
					state.Worst, state.WorstLeft = m.Worst.Table, &left
				}
			}
			states = append(states, state)
		}
	}
	for chunk := range slices.Chunk(states, statesAtOnce) {
		if err := r.saveStates(ctx, chunk); err != nil {
			r.log().Warn("siltgate.tables not written: it shows this run's tables after the next run", "error", err)
			return
		}
	}
}

// saveStates writes the states of some tables. A watermark only rises, unless the rules or the table
// are others. A batch's commit may not be durable yet; but what is written here comes after it in
// the server's log, so it cannot be kept without the batch.
func (r *run) saveStates(ctx context.Context, states []tableState) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	batch := &pgx.Batch{}
	batch.Queue(doNotAwaitFlush) // the record of the slice's end comes after it
	batch.Queue(`
		INSERT INTO `+r.replica.table("table_states")+` AS state (
			name, title, relation, fingerprint, rule, watermark, completed_at, completed_by,
			deleted, locked, referenced, undeletable, refusal, failed_at, failed_by, error, work_ms,
			held_at, held_by, held_fingerprint, held, matched, worst, worst_left)
		SELECT
			name,
			title,
			CASE WHEN proven THEN relation END,
			CASE WHEN proven THEN fingerprint END,
			nullif(rule, ''),
			CASE WHEN proven THEN $2::pg_catalog.timestamptz END,
			CASE WHEN proven THEN pg_catalog.now() END,
			CASE WHEN proven THEN $3::pg_catalog.int8 END,
			deleted,
			locked,
			referenced,
			undeletable,
			nullif(refusal, ''),
			CASE WHEN error <> '' THEN pg_catalog.now() END,
			CASE WHEN error <> '' THEN $3::pg_catalog.int8 END,
			nullif(error, ''),
			CASE WHEN proven THEN work_ms END,
			CASE WHEN held <> '' THEN pg_catalog.now() END,
			CASE WHEN held <> '' THEN $3::pg_catalog.int8 END,
			CASE WHEN held <> '' THEN fingerprint END,
			nullif(held, ''),
			matched,
			worst,
			worst_left
		FROM pg_catalog.jsonb_to_recordset($1) AS given (
			name text, title text, relation oid, fingerprint text, rule text, deleted bigint, locked bigint,
			referenced bigint, undeletable bigint, refusal text, error text, work_ms bigint, held text,
			matched bigint, worst text, worst_left bigint)
		CROSS JOIN LATERAL (SELECT error = '' AND held = '' AS proven) AS verdict
		ON CONFLICT (name) DO UPDATE
		SET
			title = CASE WHEN excluded.error IS NULL THEN excluded.title ELSE state.title END,
			relation = coalesce(excluded.relation, state.relation),
			fingerprint = coalesce(excluded.fingerprint, state.fingerprint),
			accepted = CASE WHEN excluded.completed_at IS NULL THEN state.accepted END,
			rule = coalesce(excluded.rule, state.rule),
			watermark = CASE
				WHEN excluded.completed_at IS NULL THEN state.watermark
				WHEN excluded.relation = state.relation AND excluded.fingerprint = state.fingerprint
				THEN greatest(excluded.watermark, state.watermark)
				ELSE excluded.watermark
			END,
			completed_at = coalesce(excluded.completed_at, state.completed_at),
			completed_by = coalesce(excluded.completed_by, state.completed_by),
			deleted = CASE WHEN excluded.completed_at IS NULL THEN state.deleted ELSE excluded.deleted END,
			locked = CASE WHEN excluded.completed_at IS NULL THEN state.locked ELSE excluded.locked END,
			referenced = CASE WHEN excluded.completed_at IS NULL THEN state.referenced ELSE excluded.referenced END,
			undeletable = CASE WHEN excluded.completed_at IS NULL THEN state.undeletable ELSE excluded.undeletable END,
			refusal = CASE WHEN excluded.completed_at IS NULL THEN state.refusal ELSE excluded.refusal END,
			failed_at = excluded.failed_at,
			failed_by = excluded.failed_by,
			error = excluded.error,
			work_ms = coalesce(excluded.work_ms, state.work_ms),
			stopped = CASE WHEN excluded.error IS NULL THEN NULL ELSE state.stopped END,
			held_at = CASE WHEN excluded.error IS NULL THEN excluded.held_at ELSE state.held_at END,
			held_by = CASE WHEN excluded.error IS NULL THEN excluded.held_by ELSE state.held_by END,
			held_fingerprint = CASE WHEN excluded.error IS NULL THEN excluded.held_fingerprint ELSE state.held_fingerprint END,
			held = CASE WHEN excluded.error IS NULL THEN excluded.held ELSE state.held END,
			matched = excluded.matched,
			worst = excluded.worst,
			worst_left = excluded.worst_left`,
		encode(states), r.progress.Cutoff, r.job.ID)
	if err := r.replica.pool.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("write the states of tables: %w", err)
	}
	return nil
}

// earlierRuns reads what earlier runs recorded of this one's tables: how long their statements took,
// and where a run was capped. If that cannot be read, the run works without it.
func (r *run) earlierRuns(ctx context.Context) map[string]purge.Earlier {
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	all := map[string]purge.Earlier{}
	var name string
	var ms int64
	var stopped []byte
	rows, _ := r.replica.pool.Query(ctx, `
		SELECT name, coalesce(work_ms, 0), coalesce(stopped, '{}')
		FROM `+r.replica.table("table_states")+`
		WHERE name = ANY ($1)`, namesOf(r.request.tables))
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
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	_, err := r.replica.pool.Exec(ctx, `
		INSERT INTO `+r.replica.table("table_states")+` AS state (name, title, stopped)
		SELECT name, title, stopped
		FROM pg_catalog.jsonb_to_recordset($1) AS given (name text, title text, stopped jsonb)
		ON CONFLICT (name) DO UPDATE SET stopped = excluded.stopped`, encode(stops))
	if err != nil {
		r.log().Warn("where the run was capped is not recorded: the next one begins each table anew", "error", err)
	}
}

// finished are the tables that the run has gone through so far.
func (r *run) finished() map[string]bool {
	names := map[string]bool{}
	for i := range r.progress.Tables {
		if t := &r.progress.Tables[i]; t.Proven() || t.Held != "" {
			names[t.Name] = true
		}
	}
	return names
}

// forgetTables deletes the states of tables that are not configured any more, once no run has
// written them for as long as the history is kept.
func (r Replica) forgetTables(ctx context.Context) {
	_, err := r.pool.Exec(ctx, `
		DELETE FROM `+r.table("table_states")+`
		WHERE name <> ALL ($1)
			AND coalesce(greatest(completed_at, failed_at, held_at), '-infinity') < pg_catalog.now() - $2::pg_catalog.interval`, namesOf(r.Tables), r.History)
	if err != nil {
		r.Log.Warn("states of tables that are no longer configured not deleted: that is tried again at the next tick", "error", err)
	}
}
