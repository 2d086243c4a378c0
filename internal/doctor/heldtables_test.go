package doctor

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATableThatIsHeldIsSaidWithWhatConfirmsItsRule(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.is(f.doctor.Examine(t.Context()), "changed rules", OK, "no table is held")
	f.exec(`
		INSERT INTO siltgate.table_states (name, title, held_at, held_by, held_fingerprint, held)
		VALUES ('refresh_tokens', 'public.refresh_tokens', now(), 1, 'x', 'its rule has changed, and would delete 60 of 100 rows'),
			('it''s', 'public.it''s', now(), 1, 'x', 'its rule is wrong')`, `
		INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', '{}')`, `
		UPDATE siltgate.river_job SET state = 'completed', finalized_at = now(), metadata = '{"output":{"outcome":"held"}}'`)
	r := f.doctor.Examine(t.Context())
	f.is(r, "last run", Fail, "held a table")
	held := f.is(r, "changed rules", Fail, "public.refresh_tokens is held: its rule has changed, and would delete 60 of 100 rows")
	require.NotEmpty(t, held.Unless)
	f.exec(held.SQL...)
	confirmed := func() (tables string) {
		require.NoError(t, f.pool.QueryRow(t.Context(), `SELECT string_agg(args ->> 'tables', ' ' ORDER BY id) FROM siltgate.river_job WHERE args @> '{"confirm":true}'`).Scan(&tables))
		return tables
	}
	require.Equal(t, `["refresh_tokens"]`, confirmed(), "each rule is confirmed by itself")
	f.exec(f.is(r, "changed rules", Fail, "public.it's is held").SQL...)
	require.Equal(t, `["refresh_tokens"] ["it's"]`, confirmed())
	f.exec(`DELETE FROM siltgate.table_states WHERE name = 'it''s'`)

	// The rule was changed back.
	f.exec(`INSERT INTO siltgate.heartbeats (replica, version, digest, tables)
		VALUES ('a', '1', 'digest', '[{"name":"refresh_tokens","fingerprint":"y"}]')`)
	f.is(f.doctor.Examine(t.Context()), "changed rules", OK, "no table is held")
}
