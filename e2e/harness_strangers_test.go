package e2e

import (
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// What others do to a fleet without harming a process, the network or the server. It excuses no
// tick, so it is no fault.
const (
	strangersRows kind = "random rows and notifications of strangers"
	paused        kind = "pause of the runs"
	askedByHand   kind = "run by hand"
)

// ofTheSchedule are the runs that the leader inserted. Strangers' rows may name a tick as well.
const ofTheSchedule = `id IN (SELECT job_id FROM siltgate.ticks)`

// strangers inserts rows that say all kinds of things of themselves, and notifies River of
// things that did not happen, as a role that may only connect.
func (c *chaos) strangers() {
	c.t.Helper()
	c.others[strangersRows]++
	states := []string{
		`'available', NULL`, `'running', NULL`, `'scheduled', NULL`, `'pending', NULL`, `'retryable', NULL`,
		`'completed', now()`, `'cancelled', 'infinity'`, `'discarded', '-infinity'`,
	}
	claims := []string{
		`attempt, attempted_by) VALUES (%s, 32767, '{NULL}')`,
		`attempt, attempted_at) VALUES (%s, -1, 'infinity')`,
		`scheduled_at) VALUES (%s, 'infinity')`,
		`created_at, errors) VALUES (%s, '-infinity', '{NULL}')`,
		`tags, unique_key, unique_states) VALUES (%s, '{NULL}', '\x00', B'11111111')`,
		`metadata) VALUES (%s, '{"output":{"outcome":"running","cutoff":"2999-01-01T00:00:00Z","slices":-1}}')`,
		`metadata) VALUES (%s, '{"cancel_attempted_at":"x","snoozes":1e300}')`,
	}
	args := []string{
		`'{}'`, `'null'`, `'{"tick":"2999-01-01T00:00:00Z"}'`, `'{"dry_run":true}'`, `'{"tables":["x"]}'`,
		`jsonb_build_object('tick', date_trunc('second', now() + interval '1 s'))`,
		`jsonb_build_object('reason', repeat('x', 100000))`,
	}
	for range 10 {
		row := fmt.Sprintf(claims[c.random.IntN(len(claims))], fmt.Sprintf("'token_cleanup', %s, %s",
			args[c.random.IntN(len(args))], states[c.random.IntN(len(states))]))
		c.db.exec(`INSERT INTO siltgate.river_job (kind, args, state, finalized_at, ` + row)
	}
	c.notify(500)
}

// notify sends so many notifications.
func (c *chaos) notify(many int) {
	c.t.Helper()
	const role = "stranger"
	c.db.exec(`DO $$ BEGIN CREATE ROLE ` + role + ` LOGIN PASSWORD 'secret'; EXCEPTION WHEN duplicate_object THEN END $$`)
	target, err := url.Parse(c.db.url)
	require.NoError(c.t, err)
	target.User = url.UserPassword(role, "secret")
	conn, err := pgx.Connect(c.db.ctx(), target.String())
	require.NoError(c.t, err)
	defer func() { _ = conn.Close(c.db.ctx()) }()
	topics := []string{"river_insert", "river_control", "river_leadership"}
	payloads := []string{
		`{"queue":"default"}`, `{"action":"pause","queue":"*"}`, `{"action":"request_resign"}`, `{"action":"resigned","leader_id":"x"}`,
		fmt.Sprintf(`{"action":"cancel","queue":"default","job_id":%d}`, c.db.number(`SELECT coalesce(max(id), 1) FROM siltgate.river_job`)),
		`[`, `null`, ``,
	}
	for range many {
		_, err := conn.Exec(c.db.ctx(), `SELECT pg_notify('siltgate.' || $1::text, $2::text)`,
			topics[c.random.IntN(len(topics))], payloads[c.random.IntN(len(payloads))])
		require.NoError(c.t, err)
	}
}

// pause pauses all runs for a while.
func (c *chaos) pause() {
	c.t.Helper()
	c.others[paused]++
	c.db.exec(`SELECT siltgate.pause_token_cleanup('soak', interval '1 min')`)
	c.pass(c.between(time.Second, 6*time.Second))
	c.db.exec(`SELECT siltgate.resume_token_cleanup()`)
}

// ask asks for a run by hand.
func (c *chaos) ask() {
	c.t.Helper()
	c.others[askedByHand]++
	c.asked = append(c.asked, c.db.ask(`{}`))
}
