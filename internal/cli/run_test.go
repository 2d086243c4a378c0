package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
)

func TestTheFirstLineOfTheLogSaysWhenRunsAreDue(t *testing.T) {
	t.Parallel()
	for environ, want := range map[string]string{
		"":                                     `schedule="0 3 * * * in UTC" set_by=default next=20`,
		"REFRESH_TOKEN_CLEANUP_CRON='@hourly'": `schedule="@hourly in UTC" set_by=REFRESH_TOKEN_CLEANUP_CRON next=20`,
		"REFRESH_TOKEN_CLEANUP_CRON=off":       `schedule=off set_by=REFRESH_TOKEN_CLEANUP_CRON`,
		"NODE_ENV=\"test\"\r":                  `schedule=off set_by=NODE_ENV`,
	} {
		c, err := config.Load([]string{"DATABASE_URL=postgres://app:canary@db/auth", "SILTGATE_LOG_FORMAT=text", environ})
		require.NoError(t, err)
		var log bytes.Buffer
		logStart(newLog(&log, c, nil), c)
		line, rest, _ := strings.Cut(log.String(), "\n")
		require.Contains(t, line, want)
		require.Less(t, len(line), 160, "two rows of a terminal")
		require.Empty(t, rest)
		require.NotContains(t, line, "canary")
	}
}
