package worker

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/purge"
)

// acceptedRules are the rules by which the run may delete without a trial: of tables by their OID, whatever they were
// called in the configuration, and of patterns by their name.
func (r *run) acceptedRules(ctx context.Context) (tables map[uint32]purge.Accepted, patterns map[string]purge.Accepted, err error) {
	rows, err := r.replica.pool.Query(ctx, `
		SELECT name, coalesce(relation, 0), coalesce(completed_by, 0), coalesce(fingerprint, accepted), coalesce(accepted, fingerprint)
		FROM `+r.replica.table("table_states")+`
		WHERE coalesce(fingerprint, accepted) IS NOT NULL
		ORDER BY completed_at NULLS FIRST`)
	if err != nil {
		return nil, nil, fmt.Errorf("read by which rules runs have completed: %w", err)
	}
	tables, patterns = map[uint32]purge.Accepted{}, map[string]purge.Accepted{}
	var name, completed, accepted string
	var relation uint32
	var by int64
	_, err = pgx.ForEachRow(rows, []any{&name, &relation, &by, &completed, &accepted}, func() error {
		rules := purge.Accepted{Fingerprints: []string{completed, accepted}, Run: by}
		if relation == 0 {
			patterns[name] = rules
		} else {
			tables[relation] = rules // of two names for one table, the later one counts
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read by which rules runs have completed: %w", err)
	}
	return tables, patterns, nil
}

// acceptRules records the changed rules by which this run was allowed to delete although it did not
// finish their tables, as when it was capped. The next run does not hold those tables again. A pattern of which
// one table always fails is never finished: its first rule is recorded here.
func (r *run) acceptRules(ctx context.Context) {
	type rule struct {
		Name        string `json:"name"`
		Pattern     bool   `json:"pattern"`
		First       bool   `json:"first"`
		Relation    uint32 `json:"relation"`
		Fingerprint string `json:"fingerprint"`
	}
	var rules []rule
	for i := range r.progress.Tables {
		t := &r.progress.Tables[i]
		if r.request.args.DryRun || t.Proven() || t.Fingerprint == "" {
			continue
		}
		pattern, allowed := t.Matched != nil, t.Cleared == t.Fingerprint || t.Confirmed == t.Fingerprint
		if allowed || pattern && t.Held == "" {
			rules = append(rules, rule{t.Name, pattern, !allowed, t.Relation, t.Fingerprint})
		}
	}
	if rules == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	_, err := r.replica.pool.Exec(ctx, `
		UPDATE `+r.replica.table("table_states")+` AS state
		SET accepted = given.fingerprint, held_at = NULL, held_by = NULL, held_fingerprint = NULL, held = NULL
		FROM pg_catalog.jsonb_to_recordset($1) AS given (name text, pattern boolean, first boolean, relation oid, fingerprint text)
		WHERE CASE
			WHEN NOT given.pattern THEN state.relation = given.relation
			ELSE state.name = given.name AND (NOT given.first OR coalesce(state.fingerprint, state.accepted) IS NULL)
		END`, encode(rules))
	if err != nil {
		r.log().Warn("accepted rules not recorded: the next run may hold their tables again", "error", err)
	}
}
