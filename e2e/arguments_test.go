package e2e

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFault28BadArgumentsEndARunAtOnceAndDeleteNothing(t *testing.T) {
	t.Parallel()
	megabyte := strings.Repeat("x", 1<<20)
	bad := []struct{ args, says string }{
		{`null`, "want a JSON object"},
		{`[]`, "want a JSON object"},
		{`[{"dry_run":true}]`, "want a JSON object"},
		{`1`, "want a JSON object"},
		{`true`, "want a JSON object"},
		{`"x"`, "want a JSON object"},
		{`"{}"`, "want a JSON object"},

		{`{"dry_rn":true}`, `unknown field "dry_rn"`},
		{`{"Dry_Run":true}`, `unknown field "Dry_Run"`},
		{`{"DRY_RUN":true}`, `unknown field "DRY_RUN"`},
		{`{"dryRun":true}`, `unknown field "dryRun"`},
		{`{"dry_run ":true}`, `unknown field "dry_run "`},
		{`{"":true}`, `unknown field ""`},
		{`{"dry_run":true,"table":"refresh_tokens"}`, `unknown field "table"`},
		{`{"` + megabyte + `":1}`, "want at most 65536"},
		{`{"` + strings.Repeat("x", 60000) + `":1}`, "unknown field"},

		{`{"dry_run":"true"}`, "dry_run: want true or false"},
		{`{"dry_run":1}`, "dry_run: want true or false"},
		{`{"dry_run":null}`, "dry_run: want true or false"},
		{`{"dry_run":[true]}`, "dry_run: want true or false"},
		{`{"full_speed":"yes"}`, "full_speed: want true or false"},
		{`{"full_speed":null}`, "full_speed: want true or false"},
		{`{"reason":42}`, "reason: want a string"},
		{`{"reason":null}`, "reason: want a string"},
		{`{"reason":` + strings.Repeat("[", 3000) + strings.Repeat("]", 3000) + `}`, "reason: want a string"},
		{`{"requested_by":{"name":"ops"}}`, "requested_by: want a string"},
		{`{"requested_by":null}`, "requested_by: want a string"},

		{`{"tick":"yesterday"}`, "tick: want an RFC 3339 timestamp"},
		{`{"tick":""}`, "tick: want an RFC 3339 timestamp"},
		{`{"tick":5}`, "tick: want an RFC 3339 timestamp"},
		{`{"tick":null}`, "tick: want an RFC 3339 timestamp"},
		{`{"tick":"2026-02-30T00:00:00Z"}`, "tick: want an RFC 3339 timestamp"},

		{`{"reason":"` + strings.Repeat("x", 1001) + `"}`, "reason: want at most 1000 characters, got 1001"},
		{`{"reason":"` + megabyte + `"}`, "want at most 65536"},

		{`{"tables":[]}`, "tables: want at least one name"},
		{`{"tables":null}`, "tables: want a list of names"},
		{`{"tables":"refresh_tokens"}`, "tables: want a list of names"},
		{`{"tables":{"0":"refresh_tokens"}}`, "tables: want a list of names"},
		{`{"tables":[1]}`, "tables: want a list of names"},
		{`{"tables":[null]}`, "tables: want a list of names"},
		{`{"tables":["refresh_tokens",null]}`, "tables: want a list of names"},
		{`{"tables":[""]}`, `"" is not configured`},
		{`{"tables":["users"]}`, `"users" is not configured`},
		{`{"tables":["Refresh_Tokens"]}`, `"Refresh_Tokens" is not configured`},
		{`{"tables":["refresh_tokens","users"]}`, `"users" is not configured`},
		{`{"tables":["other.refresh_tokens"]}`, `"other.refresh_tokens" is not configured`},
		{`{"tables":["\"refresh_tokens\""]}`, "is not configured"},
		{`{"tables":["a\";DROP TABLE refresh_tokens--"]}`, "is not configured"},
		{`{"tables":["refresh_tokens; DELETE FROM refresh_tokens"]}`, "is not configured"},
		{`{"tables":["pg_catalog.pg_class"]}`, "is not configured"},
	}

	const dead, live = 300, 50
	db := newDatabase(t)
	db.fill(dead, live)
	f := newFleet(t, db)
	replicas := f.start(2)
	ids := make([]int64, len(bad))
	for i, b := range bad {
		ids[i] = db.ask(b.args)
	}
	for i, b := range bad {
		run := db.awaitEnd(ids[i], patience)
		shown := b.args[:min(len(b.args), 60)]
		require.Equal(t, "cancelled", run.State, shown)
		require.Equal(t, "cancelled", string(run.Outcome), shown)
		require.Equal(t, 1, run.Attempt, shown)
		require.NotNil(t, run.Error, shown)
		require.Contains(t, *run.Error, b.says, shown)
		require.Contains(t, *run.Error, "arguments: ", shown)
		require.Less(t, len(*run.Error), 1000, shown)
		require.Zero(t, *run.Deleted, shown)
	}
	require.Zero(t, db.purged(), "bad arguments deleted rows")
	require.Len(t, append(replicas[0].logged("run refused"), replicas[1].logged("run refused")...), len(bad), "a line each")
	f.must("history", "--limit", "1000")
	var history []map[string]any
	require.NoError(t, json.Unmarshal([]byte(f.must("history", "--limit", "1000", "--json")), &history))
	require.Len(t, history, len(bad))

	run := db.awaitCompleted(db.ask(`{}`))
	require.EqualValues(t, dead, *run.Deleted, "the queue flows")
	require.EqualValues(t, live, db.number(`SELECT count(*) FROM refresh_tokens`))
}

func TestOddButGoodArgumentsRun(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	f := newFleet(t, db)
	f.start(1)
	for _, args := range []string{
		`{"reason":"` + strings.Repeat("x", 1000) + `"}`,
		`{"reason":"'; DROP TABLE refresh_tokens; --"}`,
		`{"reason":"","requested_by":"Zoë \ud83e\udea3\n\u001b[31m"}`,
		`{"tables":["refresh_tokens"]}`,
		`{"tables":["public.refresh_tokens","refresh_tokens"]}`,
		`{"dry_run":false,"full_speed":true}`,
	} {
		db.fill(5, 1)
		run := db.awaitCompleted(db.ask(args))
		require.EqualValues(t, 5, *run.Deleted)
	}
	require.NotContains(t, f.must("history"), "\x1b", "history prints a hostile name as it came")
}

func TestFault28AnUnknownKindIsEndedAndTheQueueFlows(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.fill(5, 1)
	f := newFleet(t, db)
	f.start(1)

	const insert = `INSERT INTO siltgate.river_job (kind, args) VALUES ($1, '{}') RETURNING id`
	for _, kind := range []string{"token_cleanupp", "Token_Cleanup", "send_mail"} {
		id := db.number(insert, kind)
		await(t, patience, "kind "+kind+" to end", func() bool {
			return db.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND state = 'cancelled' AND attempt = 1`, id) == 1
		})
		require.Contains(t, strings.Join(db.texts(`SELECT unnest(errors) ->> 'error' FROM siltgate.river_job WHERE id = $1`, id), ""), kind)
	}
	require.Zero(t, db.purged())
	require.EqualValues(t, 5, *db.awaitCompleted(db.ask(`{}`)).Deleted)
}

// A role that may insert a job may insert its metadata too, where a run keeps where it stands.
func TestPromise1AForgedRecordDeletesNoLiveRow(t *testing.T) {
	t.Parallel()
	const dead, live = 20, 30
	forged := []string{
		`{"output":{"outcome":"running","deleted":0,"progress":{"cutoff":"2999-01-01T00:00:00Z","tables":[{"name":"refresh_tokens","title":"public.refresh_tokens"}]}}}`,
		`{"output":{"outcome":"running","progress":{"cutoff":"2999-01-01T00:00:00Z","tables":[{"name":"refresh_tokens","position":{"heap":1,"plan":"sweep","row":-5,"end":99999}}]}}}`,
		`{"output":{"outcome":"failed","progress":{"cutoff":"infinity","tables":null}}}`,
		`{"output":{"outcome":"running","progress":{"tables":[{"name":"pg_class"},{"name":"refresh_tokens\";DROP TABLE x"}]}}}`,
		`{"output":{"outcome":"running","progress":{"cutoff":"2026-01-01T00:00:00Z","tables":[{"name":"refresh_tokens","deleted":-5}]}}}`,
		`{"output":"junk"}`,
		`{"output":{"progress":[]}}`,
	}
	db := newDatabase(t)
	db.fill(dead, live)
	f := newFleet(t, db, "SILTGATE_MAX_ATTEMPTS=1")
	f.start(1)
	for _, metadata := range forged {
		// An insert is not believed; who may update a job may write it all the same.
		id := db.number(`
			INSERT INTO siltgate.river_job (kind, args, metadata, scheduled_at)
			VALUES ('token_cleanup', '{}', $1, now() + interval '1 h') RETURNING id`, metadata)
		require.EqualValues(t, 1, db.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND metadata = '{}'`, id))
		db.exec(`UPDATE siltgate.river_job SET metadata = '` + metadata + `', state = 'available', scheduled_at = now() WHERE id = ` + strconv.FormatInt(id, 10))
		db.awaitEnd(id, patience)
	}
	db.awaitCompleted(db.ask(`{}`))
	require.EqualValues(t, dead, db.purged())
	require.EqualValues(t, live, db.number(`SELECT count(*) FROM refresh_tokens`))
}
