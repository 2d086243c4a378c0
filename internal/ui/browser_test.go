package ui

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	chromium "github.com/siltgate/siltgate/internal/testkit/browser"
)

// screenshots is where to put pictures of the pages; empty: nowhere.
var screenshots = flag.String("screenshots", "", "write screenshots into this directory")

// browser is a tab of a real browser.
type browser struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp keeps the tab in it.

	mu     sync.Mutex
	errors []string // of its console
}

const pollInterval = 50 * time.Millisecond

// newBrowser starts one, whose console is read.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	var reading sync.WaitGroup
	t.Cleanup(reading.Wait) // after the browser's end
	tab := chromium.Tab(t)
	b := &browser{t: t, ctx: tab}
	messages := chromedp.Console(tab) // which starts the browser
	reading.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleWarning || m.IsException() {
				b.note(m.String() + " " + m.URL)
			}
		}
	})
	return b
}

func (b *browser) note(message string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.errors = append(b.errors, message)
}

// do fails the test if the browser cannot do it. The page may be replaced after an element was found in it; then
// nothing was done, and the element is looked for anew.
func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	var err error
	for range 10 {
		if err = chromedp.Do(b.ctx, actions...); err == nil || !strings.Contains(err.Error(), "No node with given id found") {
			break
		}
	}
	require.NoError(b.t, err)
}

func (b *browser) open(url string) { b.t.Helper(); b.do(chromedp.Navigate(url)) }

func (b *browser) click(css string) { b.t.Helper(); b.do(chromedp.Click(chromedp.CSS(css))) }

func (b *browser) write(css, text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS(css), text))
}

func (b *browser) choose(css, value string) {
	b.t.Helper()
	b.do(chromedp.SetValue(chromedp.CSS(css), value))
}

// evaluate is what a script returns in the browser.
func evaluate[T any](b *browser, script string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	require.NoError(b.t, err, script)
	return value
}

// see waits until a part of the page has a text.
func (b *browser) see(css, text string) {
	b.t.Helper()
	script := `(document.querySelector(` + strconv.Quote(css) + `) || {innerText: ""}).innerText`
	var shown string
	defer func() {
		if b.t.Failed() {
			b.t.Logf("%s shows: %s", css, shown)
			b.picture("failed-" + b.t.Name())
			b.requireQuiet()
		}
	}()
	require.Eventually(b.t, func() bool {
		now, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](script))
		if err == nil {
			shown = now
		}
		return err == nil && strings.Contains(now, text)
	}, time.Minute, pollInterval, "%s does not show %q", css, text)
}

// requireQuiet fails the test if the browser's console has an error or a warning.
func (b *browser) requireQuiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.t, b.errors)
}

// requireNarrow fails the test if the page has to be scrolled sideways.
func (b *browser) requireNarrow() {
	b.t.Helper()
	require.LessOrEqual(b.t, evaluate[int](b, `document.documentElement.scrollWidth - window.innerWidth`), 0)
}

// size makes the window as large as that of a desk or of a phone, light or dark.
func (b *browser) size(width, height int64, phone bool, scheme string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: width, Height: height, DeviceScaleFactor: 1.25, Mobile: phone,
		})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

// picture takes a screenshot of the whole page, if they are wanted.
func (b *browser) picture(name string) { b.t.Helper(); b.shoot(name, chromedp.FullScreenshot(100)) }

// window takes a screenshot of what is seen without scrolling.
func (b *browser) window(name string) { b.t.Helper(); b.shoot(name, chromedp.CaptureScreenshot()) }

func (b *browser) shoot(name string, action chromedp.Action[[]byte]) {
	b.t.Helper()
	if *screenshots == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, action)
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(filepath.Join(*screenshots, name+".png"), png, 0o644))
}
