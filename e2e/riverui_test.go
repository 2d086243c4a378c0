package e2e

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/browser"
)

// The role is the one that `siltgate grants --ui` prints.
func TestFault96TheQueueThatIsPausedInRiverUIStopsTheFleetUntilItIsResumedThere(t *testing.T) {
	t.Parallel()
	const dead = 14_000
	db := newDatabase(t)
	db.fill(dead, 500)
	db.slow(50 * time.Millisecond)
	f, as := newFleetOfRoles(t, db, smallBatches()...)
	f.start(2)
	id := db.ask(`{}`)
	db.awaitCounted(id)
	page := f.servePage(as)

	tab := browser.Tab(t)
	login := parsed(t, page.address)
	login.User = url.UserPassword("ops", pagePassword)
	open := func(path string) {
		require.NoError(t, chromedp.Do(tab, chromedp.Navigate(strings.TrimSuffix(page.address, "/")+path)))
	}
	click := func(button string) {
		require.NoError(t, chromedp.Do(tab, chromedp.Click(`//button[normalize-space(.)="`+button+`"]`)), button)
	}
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(login.String())))
	open("/river/queues/default")

	began := time.Now()
	click("Pause")
	await(t, patience, "the queue to be paused", func() bool {
		return db.number(`SELECT count(*) FROM siltgate.status WHERE paused`) == 1
	})
	gone := db.still(began)
	require.Less(t, gone, int64(dead))
	page.see("Paused by " + as.prefix + "ui")
	require.Contains(t, f.must("history"), "runs are paused by "+as.prefix+"ui")
	require.Equal(t, []string{as.prefix + "ui"}, db.texts(`SELECT paused_by FROM siltgate.status`))

	click("Resume")
	await(t, obeyWithin+patience, "the run to go on", func() bool { return db.purged() > gone })
	page.see("Run " + db.texts(`SELECT max(id)::text FROM siltgate.runs`)[0] + " is at work")
	db.dawdle(0)
	done := db.awaitCompleted(id)
	require.Equal(t, 1, done.Attempt, "a pause spends no attempt")
	require.EqualValues(t, dead, db.purged())
}
