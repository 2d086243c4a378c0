package purge

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

const createTurn = `CREATE TABLE turn (epoch bigint); INSERT INTO turn VALUES (7)`

// fenced is an engine whose session may delete while the table turn says 7. Before each of
// its statements that begin so, do is told of it.
func (db *database) fenced(begins string, do func(sql string), tables ...Table) testEngine {
	db.t.Helper()
	config, err := pgx.ParseConfig(db.url)
	require.NoError(db.t, err)
	config.Tracer = pgtest.Watch(func(sql string) {
		if strings.HasPrefix(sql, begins) {
			do(sql)
		}
	})
	s, err := Open(db.t.Context(), config, func(context.Context, *pgx.Conn) (Fence, error) {
		return Fence{Table: `"public"."turn"`, Epoch: 7}, nil
	})
	require.NoError(db.t, err)
	db.t.Cleanup(func() { s.Close(context.Background()) })
	if tables == nil {
		tables = []Table{tokens}
	}
	return db.engineOn(s, tables...)
}

func TestFault64NoBatchDeletesOnceTheTurnIsAnothers(t *testing.T) {
	t.Parallel()
	for plan, index := range map[string]string{"sweep": ``, "index": indexTokens} {
		for name, change := range map[string]string{
			"taken":                 `UPDATE turn SET epoch = 8`,
			"without a row":         `DELETE FROM turn`,
			"of a row without data": `UPDATE turn SET epoch = NULL`,
		} {
			t.Run(plan+", "+name, func(t *testing.T) {
				t.Parallel()
				db := newDatabase(t, createTokens, createTurn, `INSERT INTO refresh_tokens (revoked) SELECT n % 20 = 0 FROM generate_series(1, 100000) AS n`, index, `ANALYZE refresh_tokens`)
				batches, left := 0, int64(0)
				e := db.fenced("DELETE", func(string) {
					if batches++; batches == 3 {
						db.exec(change)
						left = db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked`)
					}
				})
				e.Pace.BatchTarget = time.Millisecond
				p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
				require.ErrorIs(t, err, ErrFenced)
				require.False(t, p.Done)
				require.Empty(t, p.Tables[0].Error, "the table did not fail")
				require.Positive(t, left)
				require.Equal(t, left, db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked`))
				require.Equal(t, int64(5000)-left, p.Deleted())
				require.Equal(t, 3, batches, "nothing else is tried")
			})
		}
	}
}

func TestFault64WhoTakesTheTurnWaitsForTheBatchInHand(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, createTurn, `INSERT INTO refresh_tokens (revoked) VALUES (true)`, `
		CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			PERFORM pg_sleep(0.3);
			RETURN OLD;
		END; $$;
		CREATE TRIGGER dawdle BEFORE DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION dawdle()`)
	e := db.fenced("DELETE", func(string) {})
	ended := make(chan error, 1)
	go func() {
		_, err := e.Run(context.WithoutCancel(t.Context()), Request{Tables: e.tables}, Progress{})
		ended <- err
	}()
	require.Eventually(t, func() bool {
		return db.number(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`) == 1
	}, 10*time.Second, time.Millisecond)
	db.exec(`UPDATE turn SET epoch = 8`)
	require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens`), "the batch was committed before the turn was taken")
	require.NoError(t, <-ended)
}

func TestFault64ASessionThatHasNotClaimedTheTurnDeletesNothing(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	_, err := Open(t.Context(), db.config(nil), func(context.Context, *pgx.Conn) (Fence, error) { return Fence{}, nil })
	require.ErrorIs(t, err, errNoFence)

	s, err := connect(t.Context(), db.config(nil))
	require.NoError(t, err)
	t.Cleanup(func() { s.Close(context.Background()) })
	e := db.engineOn(s, tokens)
	_, err = e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.ErrorContains(t, err, errNoFence.Error())
	require.ErrorIs(t, (&slice{Engine: e.Engine}).checkTurn(t.Context()), errNoFence, "nor does it drop partitions")
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens`))
}

func TestFault65ALockedTurnIsToldFromALockedTable(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, createTurn, `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100)`)
	tx := db.begin()
	_, err := tx.Exec(t.Context(), `SELECT FROM turn FOR UPDATE`)
	require.NoError(t, err)
	e := db.fenced("DELETE", func(string) {})
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.ErrorIs(t, err, ErrFenceLocked)
	require.Empty(t, p.Tables[0].Error)
	require.EqualValues(t, 100, db.number(`SELECT count(*) FROM refresh_tokens`))

	require.NoError(t, tx.Rollback(t.Context()))
	p, err = e.Run(t.Context(), Request{Tables: e.tables}, p)
	require.NoError(t, err)
	require.EqualValues(t, 100, p.Deleted())
}

// A trigger may raise what looks like the fence's error.
func TestFault64ATriggersErrorIsNotTakenForTheFences(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, createTurn, `INSERT INTO refresh_tokens (revoked) VALUES (true)`, `
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			RAISE EXCEPTION 'invalid input syntax for type boolean: "epoch, but not of ABC: 8"' USING ERRCODE = '22P02';
		END; $$;
		CREATE TRIGGER refuse BEFORE DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION refuse()`)
	e := db.fenced("DELETE", func(string) {})
	_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NotErrorIs(t, err, ErrFenced)
}

func TestNoPartitionIsDroppedOnceTheTurnIsAnothers(t *testing.T) {
	t.Parallel()
	db := months(t, 3, "timestamptz")
	db.exec(createTurn)
	e := db.fenced("LOCK TABLE", func(string) { db.exec(`UPDATE turn SET epoch = 8`) }, dropped)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.ErrorIs(t, err, ErrFenced)
	require.False(t, p.Done)
	require.Len(t, db.tables(), 4)
}
