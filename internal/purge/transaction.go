package purge

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// noteSettings remembers the settings that each batch restores, because triggers may change them: those
// that decide how our statements work, and how long they hold locks. It leaves out settings that the
// role may not change.
func (s *Session) noteSettings(ctx context.Context) error {
	pairs, err := readRows(ctx, s.catalog(), "read the session's settings", func(row pgx.CollectableRow) ([]string, error) {
		pair := make([]string, 2)
		err := row.Scan(&pair[0], &pair[1])
		return pair, err
	}, `
		-- The role comes first: it decides what may be set.
		SELECT 'role', pg_catalog.current_setting('role')
		UNION ALL
		SELECT s.name, pg_catalog.current_setting(s.name)
		FROM pg_catalog.pg_settings AS s
		WHERE (
				s.source OPERATOR(pg_catalog.=) 'session'
				OR s.name OPERATOR(pg_catalog.=) ANY(ARRAY[
					'search_path', 'row_security', 'session_replication_role', 'default_transaction_read_only',
					'client_encoding', 'DateStyle', 'synchronous_commit', 'plan_cache_mode', 'enable_tidscan', 'enable_indexscan'
				])
			)
			AND (
				s.context OPERATOR(pg_catalog.=) 'user'
				OR s.context OPERATOR(pg_catalog.=) 'superuser'
					AND pg_catalog.current_setting('is_superuser') OPERATOR(pg_catalog.=) 'on'
			)`)
	s.settings = slices.Concat(pairs...)
	return err
}

// restoreSettings takes names and values in turn, and sets those that have changed. It returns for how
// many seconds the transaction has worked.
const restoreSettings = `
	SELECT
		pg_catalog.count(pg_catalog.set_config(s.name, s.value, false)),
		pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) pg_catalog.transaction_timestamp())
	FROM (
		SELECT ($1::pg_catalog.text[])[n] AS name, ($1::pg_catalog.text[])[n OPERATOR(pg_catalog.+) 1] AS value
		FROM pg_catalog.generate_series(1, pg_catalog.cardinality($1::pg_catalog.text[]), 2) AS n
	) AS s
	WHERE pg_catalog.current_setting(s.name) OPERATOR(pg_catalog.<>) s.value`

// execute runs a statement that deletes, in a transaction and in one round trip, and returns how many
// rows it has deleted once that is committed. It does not interrupt the statement when ctx ends: a batch
// ends soon by itself. A session without a fence executes nothing.
//
// Constraints are immediate, so that no trigger runs at the commit, where statement_timeout does not
// bound it and others might wait for long. A trigger could defer them again, so they are made immediate
// after the statement too.
func (s *Session) execute(ctx context.Context, st *statement) (int64, error) {
	if s.fence.Table == "" {
		return 0, errNoFence
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), StatementPatience)
	defer cancel()
	batch := &pgx.Batch{}
	batch.Queue(`BEGIN ISOLATION LEVEL READ COMMITTED`)
	batch.Queue(`SET CONSTRAINTS ALL IMMEDIATE`)
	if st.first != nil {
		batch.Queue(st.first.String(), st.first.args...)
	}
	deletion := batch.Len()
	batch.Queue(st.String(), st.args...)
	batch.Queue(`SET CONSTRAINTS ALL IMMEDIATE`)
	restoring := batch.Len()
	batch.Queue(restoreSettings, s.settings)
	batch.Queue(`COMMIT`)

	began := time.Now()
	results := s.conn.SendBatch(ctx, batch)
	var n int64
	var worked float64
	var err error
	for i := 0; i < batch.Len() && err == nil; i++ {
		if i == restoring {
			err = results.QueryRow().Scan(nil, &worked)
			continue
		}
		tag, execErr := results.Exec()
		if err = execErr; i == deletion {
			n = tag.RowsAffected()
		}
	}
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		s.overhead.add(time.Since(began) - time.Duration(worked*float64(time.Second)))
		return n, nil
	}
	if !s.lost() {
		_, _ = s.conn.Exec(ctx, `ROLLBACK`) // if that fails the session is lost, and the next statement says so
	}
	return 0, s.explain(ctx, s.recognized(err))
}
