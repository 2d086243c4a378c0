package ui

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestAPersonSeesAtAGlanceThatAllIsWell(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.fleet()
	f.tables()
	b := newBrowser(t)
	b.size(1100, 800, false, "light")
	addr := f.serve()
	f.enter(b, addr)
	b.see("#verdict", "All is well. The last run ended")
	b.see("#verdict", "The next is due in 5 h.")
	b.see("#facts", "replicas")
	b.see("#tables", "public.refresh_tokens")
	b.see("#tables", "expires_at < 2026-11-25T20:00:00Z or revoked")
	b.see("#tables", "4 in use")
	b.see("#runs", "before the migration")
	b.see("#replicas", "leads")
	f.seeDays(b)
	b.picture("page-well")
	b.requireQuiet()
}

// seeDays holds the picture of the days against what the runs deleted: a bar a day, the best one as high as the line
// that has its number.
func (f *fixture) seeDays(b *browser) {
	f.t.Helper()
	b.see("#days h2", "Rows deleted a day")
	type drawn struct {
		Title                    string
		Left, Right, Top, Bottom float64
		Today                    bool
	}
	bars := evaluate[[]drawn](b, `[...document.querySelectorAll("#days .bar")].map(bar => {
		const at = bar.getBoundingClientRect()
		return {Title: bar.querySelector("title").textContent, Left: at.left, Right: at.right, Top: at.top, Bottom: at.bottom, Today: bar.classList.contains("today")}
	})`)
	require.Len(f.t, bars, 30)
	least := evaluate[float64](b, `document.querySelector("#days .grid").getBoundingClientRect().top`)
	axis := evaluate[float64](b, `document.querySelector("#days .axis").getBoundingClientRect().top`)
	highest := axis
	for i, bar := range bars {
		require.Equal(f.t, i == 29, bar.Today)
		require.InDelta(f.t, axis, bar.Bottom, 1.5, "it stands on the axis")
		require.True(f.t, i == 0 || bar.Left > bars[i-1].Right, "bars do not touch")
		rows := f.text(`
			SELECT replace(to_char(coalesce(sum(deleted), 0), 'FM999,999,999'), ',', U&'\202F')
			FROM siltgate.runs
			WHERE (finished_at AT TIME ZONE 'UTC')::date = (now() AT TIME ZONE 'UTC')::date - $1::int`, 29-i)
		require.Equal(f.t, f.text(`SELECT to_char((now() AT TIME ZONE 'UTC')::date - $1::int, 'Dy FMDD Mon')`, 29-i)+": "+rows+" rows", bar.Title)
		if rows == "0" {
			require.InDelta(f.t, axis, bar.Top, 1.5)
		}
		highest = min(highest, bar.Top)
	}
	require.InDelta(f.t, least, highest, 1.5)
	sum := f.text(`SELECT replace(to_char(sum(deleted), 'FM999,999,999'), ',', U&'\202F') FROM siltgate.runs`)
	require.Contains(f.t, evaluate[string](b, `document.querySelector("#days svg").getAttribute("aria-label")`), sum+" in all")
	require.Contains(f.t, evaluate[string](b, `document.querySelector("#days svg").textContent`), "today")
}

func TestAPersonSeesTheRunAtWorkAndWhyItWaits(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.fleet()
	f.tables()
	id := f.atWork(`{"waiting_for":"standby \"b\" is 14s behind"}`)
	f.waiting()
	b := newBrowser(t)
	b.size(1100, 800, false, "dark")
	f.enter(b, f.serve())
	b.see("#verdict", "Run "+id+` waits: standby "b" is 14s behind.`)
	b.see("#work", "incident 42: revoke all sessions")
	b.see("#work", `It waits: standby "b" is 14s behind`)
	b.see("#work", "612\u202f000 rows deleted of about 950\u202f000, 3\u202f400 a second.")
	b.see("#waiting", "Run 1001, of the tick at 2026-11-25 03:00:00\n\nwaits for run 1000, asked for by hand")
	b.picture("page-at-work-dark")
	b.size(390, 844, true, "light")
	b.requireNarrow()
	b.window("page-phone")
	b.requireQuiet()
}

// However little an attempt that failed had time to record.
func TestAPersonSeesThatARunFails(t *testing.T) {
	t.Parallel()
	for name, metadata := range map[string]string{
		"nothing recorded": `{}`,
		"begun":            `{"output":{"outcome":"running","cutoff":"2026-11-25T03:00:00Z","deleted":4000}}`,
		"failed":           `{"output":{"outcome":"failed","cutoff":"2026-11-25T03:00:00Z","deleted":0}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.fleet()
			f.tables()
			f.cancelled()
			f.failing(metadata)
			b := newBrowser(t)
			b.size(1100, 800, false, "light")
			f.enter(b, f.serve())
			b.see("#verdict", `Run 1002 fails: public.sessions: role "siltgate" lacks DELETE on it`)
			b.see("#waiting", "waits for its next attempt at 2026-11-25 03:10:00\n\npublic.sessions: role \"siltgate\" lacks DELETE on it")
			b.see("#runs", "cancelled\nby siltgate_ui")
			require.Empty(t, evaluate[string](b, `document.querySelector("#work").innerText.trim()`))
			if name == "failed" {
				b.window("page-failing")
				b.size(1100, 800, false, "dark")
				b.window("page-failing-dark")
				b.size(390, 844, true, "dark")
				b.requireNarrow()
				b.window("page-failing-phone")
			}
			b.requireQuiet()
		})
	}
}

func TestAPersonSeesWhenTheRunAtWorkWillEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.fleet()
	f.tables()
	f.atWork(`{"waiting_for":"resting"}`)
	b := newBrowser(t)
	b.size(1100, 800, false, "light")
	f.enter(b, f.serve())
	b.see("#work", "It will probably end in 5 min, at ")
	b.see("#work", "It deletes for 12 % of its time. It is to end by ")
	b.see("#verdict", "Run 1000 is late: it will not be done in time.")
	b.see("#work", "It is late: at its greatest pace it will not be done in time.")
	require.NotContains(t, evaluate[string](b, `document.querySelector("#work").innerText`), "waits")
	b.requireQuiet()
}

func TestAPersonSeesWhichTableNeedsSomebodyAndConfirmsAHeldOne(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.page.Tables = append(f.page.Tables, "sessions")
	f.fleet()
	f.tables()
	f.troubled()
	b := newBrowser(t)
	b.size(1100, 800, false, "light")
	f.enter(b, f.serve())
	b.see("#verdict", "public.sessions is held: its rule has changed")
	b.see("#tables", "its rule is not the one by which a run last completed")
	b.see("#tables", "confirm it: siltgate enqueue --confirm. If not, change it back")
	b.see("#tables", "3 days ago late")
	b.see("#tables", "240 tables\nlook first at tenant_42.refresh_tokens")
	b.see("#tables", "7 cannot go")
	b.see("#tables", "93\u202f000 rows deleted")
	b.size(1100, 1160, false, "light")
	b.window("page-troubled")
	b.size(390, 844, true, "dark")
	b.requireNarrow()
	b.size(1100, 800, false, "light")

	b.click(`#tables button[value=confirm]`) // without the checkbox
	require.Equal(t, "0", f.text(`SELECT count(*)::text FROM siltgate.runs WHERE state = 'available'`))
	b.click(`#tables input[name=confirm]`)
	b.click(`#tables button[value=confirm]`)
	b.see(".notice[role=status]", "was asked for.")
	require.Equal(t, `true {sessions}`,
		f.text(`SELECT concat_ws(' ', args ->> 'confirm', tables) FROM siltgate.runs JOIN siltgate.river_job AS job USING (id) WHERE job.state = 'available'`))
	b.requireQuiet()
}

func TestThePageRefreshesByItself(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := newBrowser(t)
	f.enter(b, f.serve())
	b.see("#verdict", "No replica is running")
	f.fleet()
	f.tables()
	b.see("#verdict", "All is well.")
	b.requireQuiet()
}

func TestButtonsDoWhatTheySay(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.fleet()
	f.tables()
	id := f.atWork(`{}`)
	b := newBrowser(t)
	f.enter(b, f.serve())
	b.see("#work", "Run "+id)

	b.write(`#pausing input[name=reason]`, "incident 42")
	b.choose(`#pausing select[name=for]`, "2h")
	b.click(`#pausing button`)
	b.see(".notice[role=status]", "Runs are paused.")
	b.see("#verdict", "Paused by ops (web page) until")
	b.see("#verdict", "incident 42")
	require.Equal(t, "t ops (web page) incident 42", f.text(`SELECT concat_ws(' ', paused, paused_by, pause_reason) FROM siltgate.status`))

	b.click(`#pausing button`)
	b.see(".notice[role=status]", "Runs go on.")
	require.Equal(t, "false", f.text(`SELECT paused::text FROM siltgate.status`))

	b.click(`#work button`)
	b.see(".notice[role=status]", "Run "+id+" is cancelled")
	require.Equal(t, "1", f.text(`SELECT count(*)::text FROM siltgate.river_job WHERE id = $1 AND metadata ? 'cancel_attempted_at'`, id))

	b.choose(`#actions select[name=table]`, "password_resets")
	b.write(`#actions input[name=reason]`, "how many?")
	b.click(`#actions button[value=dry]`)
	b.see(".notice[role=status]", "it counts and deletes nothing")
	require.Equal(t, "how many? ops (web page) t {password_resets}",
		f.text(`SELECT concat_ws(' ', reason, requested_by, dry_run, tables) FROM siltgate.runs WHERE state = 'available'`))

	b.click(`#actions button[value=run]`)
	b.see(".notice[role=status]", "was asked for.")
	require.Equal(t, "1", f.text(`SELECT count(*)::text FROM siltgate.runs WHERE state = 'available' AND NOT dry_run AND tables IS NULL`))
	b.requireQuiet()
}

func TestWithoutAPasswordThePageHasNoButtons(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.fleet()
	f.tables()
	f.atWork(`{}`)
	f.page.Password = ""
	b := newBrowser(t)
	addr := f.serve()
	b.open("http://" + addr + "/")
	b.see("#work", "Run 1000")
	require.Zero(t, evaluate[int](b, `document.querySelectorAll("button, form").length`))
	b.see("footer", "This page only shows")
	b.requireQuiet()
}

func TestRiverUIShowsRunsAndCancelsThem(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.fleet()
	f.tables()
	f.restore(`INSERT INTO siltgate.river_job (id, kind, args, state, max_attempts, scheduled_at) VALUES (2000, 'token_cleanup', '{}', 'available', 5, now())`)
	b := newBrowser(t)
	b.size(1100, 800, false, "light")
	addr := f.serve()
	f.enter(b, addr)
	b.see("#verdict", "All is well")
	b.click(`nav a`)
	b.see("body", "Jobs")
	b.open("http://" + addr + "/river/jobs?state=completed")
	b.see("body", "token_cleanup")
	b.window("river-ui")
	b.open("http://" + addr + "/river/jobs/2000")
	b.see("body", "2000")
	b.do(chromedp.Click(`//button[contains(., "Cancel")]`))
	require.Eventually(t, func() bool {
		return f.text(`SELECT state::text FROM siltgate.river_job WHERE id = 2000`) == "cancelled"
	}, pgtest.Patience, pollInterval)
	b.requireQuiet()
}

func TestTextsOfOthersSteerNoBrowser(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	hostile := `<script>document.title="owned"</script><img src=x onerror="document.title='owned'">"'` + "\u202e\u0007 javascript:" + strings.Repeat("x", 400)
	f.restore(`
		INSERT INTO siltgate.river_job (kind, args, state, max_attempts, attempt, attempted_at, attempted_by, finalized_at, errors, metadata)
		VALUES ('token_cleanup', jsonb_build_object('requested_by', $1::text, 'reason', $1::text), 'discarded', 5, 5, now(), ARRAY[$1::text], now(),
			ARRAY[jsonb_build_object('error', $1::text)],
			jsonb_build_object('output', jsonb_build_object('outcome', 'failed', 'tables', jsonb_build_array(jsonb_build_object('table', $1::text)))))`, strings.ReplaceAll(hostile, "\x00", ""))
	f.restore(`INSERT INTO siltgate.heartbeats (replica, version, digest) VALUES ($1, $1, $1)`, hostile)
	b := newBrowser(t)
	f.enter(b, f.serve())
	b.see("#runs", "<script>document.title")
	require.Equal(t, "Siltgate", evaluate[string](b, `document.title`))
	require.NotContains(t, evaluate[string](b, `document.body.innerText`), "\u202e")
	b.requireQuiet()
}
