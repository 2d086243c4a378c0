package e2e

import (
	"fmt"
	"syscall"
	"time"

	"github.com/stretchr/testify/require"
)

// createTokens are the application's tables. The rows are wide, so that a batch has few.
const createTokens = `
	CREATE TABLE refresh_tokens (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		user_id bigint NOT NULL DEFAULT 0,
		token_hash text NOT NULL UNIQUE DEFAULT gen_random_uuid(),
		expires_at timestamptz NOT NULL,
		revoked boolean NOT NULL DEFAULT false,
		device text NOT NULL DEFAULT repeat('x', 900)
	);
	CREATE INDEX ON refresh_tokens (user_id);
	CREATE INDEX ON refresh_tokens (expires_at);
	CREATE INDEX ON refresh_tokens (id) WHERE revoked;

	CREATE TABLE password_resets (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		user_id bigint NOT NULL DEFAULT 0,
		token_hash text NOT NULL UNIQUE DEFAULT gen_random_uuid(),
		expires_at timestamptz NOT NULL,
		used boolean NOT NULL DEFAULT false
	);
	CREATE INDEX ON password_resets (expires_at);
	CREATE INDEX ON password_resets (id) WHERE used;`

// fill adds refresh tokens, dead ones (expired or revoked) among live ones.
func (db *database) fill(dead, live int) {
	db.t.Helper()
	db.exec(`
		INSERT INTO refresh_tokens (expires_at, revoked)
		SELECT
			now() + CASE WHEN i <= $1 AND i % 2 = 0 THEN -1 ELSE 1 END * interval '1 hour',
			i <= $1 AND i % 2 = 1
		FROM generate_series(1, $1 + $2::integer) AS i
		ORDER BY random()`, dead, live)
	db.exec(`ANALYZE refresh_tokens`)
}

// fillResets adds password resets.
func (db *database) fillResets(dead, live int) {
	db.t.Helper()
	db.exec(`
		INSERT INTO password_resets (expires_at, used)
		SELECT
			now() + CASE WHEN i <= $1 AND i % 2 = 0 THEN -1 ELSE 1 END * interval '1 hour',
			i <= $1 AND i % 2 = 1
		FROM generate_series(1, $1 + $2::integer) AS i
		ORDER BY random()`, dead, live)
}

// slow makes every statement that deletes tokens take that long, so that a run lasts. A
// replica gives a statement 800 ms at most, and less than deadlock_timeout.
func (db *database) slow(each time.Duration) {
	db.t.Helper()
	db.exec(`
		DO $$ BEGIN
			EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = %L', current_database(), '20s');
		END $$`)
	db.dawdle(each)
	db.exec(`
		CREATE OR REPLACE TRIGGER dawdle AFTER DELETE ON refresh_tokens
			FOR EACH STATEMENT EXECUTE FUNCTION dawdle()`)
}

// dawdle is slow for one that is so already: it changes how much, from the next statement on.
func (db *database) dawdle(each time.Duration) {
	db.t.Helper()
	db.exec(fmt.Sprintf(`
		CREATE OR REPLACE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			PERFORM pg_sleep(%f);
			RETURN NULL;
		END;
		$$`, each.Seconds()))
}

// quick ends slow.
func (db *database) quick() {
	db.t.Helper()
	db.exec(`DROP TRIGGER dawdle ON refresh_tokens`)
}

// sleepers counts the statements that slow is holding up.
func (db *database) sleepers() int64 {
	db.t.Helper()
	return db.number(`
		SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND wait_event = 'PgSleep'`)
}

// freezeBatch waits for a batch that slow is holding up, and holds it up until the test's end:
// its backend is stopped, and so is the server's time limit for it.
func (db *database) freezeBatch() {
	db.t.Helper()
	var backend int
	await(db.t, patience, "a batch in hand", func() bool {
		return db.pool.QueryRow(db.ctx(), `
			SELECT pid FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event = 'PgSleep'`).Scan(&backend) == nil
	})
	require.NoError(db.t, syscall.Kill(backend, syscall.SIGSTOP))
	db.t.Cleanup(func() { require.NoError(db.t, syscall.Kill(backend, syscall.SIGCONT)) })
}

// smallBatches makes a run on slow tables as long as its rows are many: about 56 of them,
// eight blocks, go in each statement.
func smallBatches() []string {
	return []string{"SILTGATE_BATCH_TARGET=1ms", "SILTGATE_DUTY_CYCLE=1"}
}

// tokensLeft counts the tokens that are dead, and those that are not.
func (db *database) tokensLeft() (dead, live int64) {
	db.t.Helper()
	const isDead = `(expires_at < now() OR revoked)`
	return db.number(`SELECT count(*) FROM refresh_tokens WHERE ` + isDead),
		db.number(`SELECT count(*) FROM refresh_tokens WHERE NOT ` + isDead)
}
