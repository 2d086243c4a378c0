package worker

import (
	"log/slog"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestTheLogSaysTheRulesOfARunInWordsAtDebug(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.Log = slog.New(slog.NewJSONHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	f.start()
	f.await(f.insert(`{}`), "completed")
	line := regexp.MustCompile(`"msg":"rules of the run".*"rules":\{"public.refresh_tokens":"expires_at (<|\\u003c) [^"]*Z or revoked"\}`)
	require.Eventually(t, func() bool { return line.MatchString(f.log.String()) }, pgtest.Patience, time.Millisecond)
}
