// Package browser gives tests a real browser: Chromium, as a system installs it.
package browser

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// timeout is how long a test may use one.
const timeout = 4 * time.Minute

// Tab is a tab of a new browser with an empty profile; the browser starts with the first action and is gone
// by the test's end. Where none is installed the test is skipped, but not in CI.
func Tab(t testing.TB) context.Context {
	t.Helper()
	path := program(t)
	ctx, cancelTime := context.WithTimeout(context.WithoutCancel(t.Context()), timeout)
	allocator, cancelAllocator := chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath(path),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	tab, cancelTab := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(tab) // waits for the browser's end
		cancelTab()
		cancelAllocator()
		cancelTime()
	})
	return tab
}

func program(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	return pgtest.Installed(t, "Chromium", "apt-get install chromium", "/usr/bin/chromium", "/usr/bin/google-chrome")
}
