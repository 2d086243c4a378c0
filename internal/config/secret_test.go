package config_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
)

const secretURL = "postgres://app:secret@db:5433/auth"

func writeSecret(t *testing.T, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestASecretFileIsUnderstood(t *testing.T) {
	t.Parallel()
	for _, content := range []string{
		secretURL, secretURL + "\n", secretURL + "\r\n", "\ufeff" + secretURL, "\n\n  " + secretURL + "  \n\n", `"` + secretURL + `"` + "\n",
		"'" + secretURL + "'", "DATABASE_URL=" + secretURL + "\n", `export DATABASE_URL="` + secretURL + `"` + "\r\n",
		"\ufeffSILTGATE_DATABASE_URL = '" + secretURL + "'", "POSTGRES_DSN: " + secretURL, "# of the vault\n" + secretURL,
		"host=db port=5433 user=app password=secret dbname=auth", "host=db\nport=5433\nuser=app\npassword=secret\ndbname=auth\n",
		secretURL + "\u200b", secretURL + "\u00a0\n",
	} {
		c, err := config.Load([]string{"DATABASE_URL_FILE=" + writeSecret(t, content)})
		require.NoError(t, err, "%q", content)
		require.Equal(t, "host=db port=5433 user=app database=auth sslmode=prefer", c.Database.String(), "%q", content)
		require.Equal(t, "secret", c.Database.ConnConfig().Password, "%q", content)
	}
}

func TestASecretFileThatIsNoneIsRefusedInWords(t *testing.T) {
	t.Parallel()
	wide := make([]byte, 0, 200)
	for _, unit := range utf16.Encode([]rune("\ufeff" + secretURL)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	const form = "postgres://user:password@host:5432/database"
	for content, want := range map[string]string{
		"":                                  "want a file that holds " + form,
		"\ufeff\r\n \n":                     "want a file that holds " + form,
		"# nothing\n":                       "want a file that holds " + form,
		secretURL + "\n" + secretURL + "\n": "want a file with one line: " + form,
		"DATABASE_URL=" + secretURL + "\nPGSSLMODE=require": "want a file with one line: " + form,
		string(wide):                "want a file in UTF-8: it is in UTF-16",
		string(wide[2:]):            "want a text file in UTF-8",
		"\x80\x81secret":            "want a text file in UTF-8",
		strings.Repeat("x", 70<<10): "want a file that holds " + form + " and nothing else: it has more than 64 KiB",
	} {
		path := writeSecret(t, content)
		require.Equal(t, "DATABASE_URL_FILE="+path+": "+want, refusal(t, "DATABASE_URL_FILE="+path), "%q", content)
	}
	require.Equal(t, "DATABASE_URL_FILE: want "+form, refusal(t, "DATABASE_URL_FILE="+writeSecret(t, "secret")))
	require.Contains(t, refusal(t, "DATABASE_URL_FILE=/dev/zero"), "it has more than 64 KiB")
}

func TestASecretMayComeThroughAPipeOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	require.Contains(t, refusal(t, "DATABASE_URL_FILE="+path), "want a file that holds", "nobody writes, and nobody waits")

	// As a shell's <(...) names it.
	reading, writing, err := os.Pipe()
	require.NoError(t, err)
	defer func() { _ = reading.Close() }()
	_, err = writing.WriteString(secretURL)
	require.NoError(t, err)
	require.NoError(t, writing.Close())
	c, err := config.Load([]string{fmt.Sprintf("DATABASE_URL_FILE=/dev/fd/%d", reading.Fd())})
	require.NoError(t, err)
	require.Equal(t, "host=db port=5433 user=app database=auth sslmode=prefer", c.Database.String())
	require.NoError(t, c.Database.Refresh(t.Context(), c.Database.ConnConfig()))
}

func TestFault80AFileThatChangesIsReadAtEachConnect(t *testing.T) {
	t.Parallel()
	path := writeSecret(t, secretURL)
	c, err := config.Load([]string{"DATABASE_URL_FILE=" + path})
	require.NoError(t, err)
	pool := c.Database.PoolConfig()

	require.NoError(t, os.WriteFile(path, []byte("postgres://app:rotated@other:5434/auth?sslmode=disable\n"), 0o600))
	require.NoError(t, pool.BeforeConnect(t.Context(), pool.ConnConfig))
	require.Equal(t, "rotated", pool.ConnConfig.Password)
	require.Equal(t, "other", pool.ConnConfig.Host)
	require.Nil(t, pool.ConnConfig.TLSConfig)
	require.Empty(t, pool.ConnConfig.Fallbacks)

	// It is just being written, and empty for a moment.
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	refreshed := make(chan error, 1)
	go func() { refreshed <- pool.BeforeConnect(t.Context(), pool.ConnConfig) }()
	time.AfterFunc(100*time.Millisecond, func() { _ = os.WriteFile(path, []byte(secretURL), 0o600) })
	require.NoError(t, <-refreshed)
	require.Equal(t, "secret", pool.ConnConfig.Password)

	require.NoError(t, os.Remove(path))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	require.EqualError(t, pool.BeforeConnect(ctx, pool.ConnConfig),
		"DATABASE_URL_FILE="+path+": want a file that can be read: no such file or directory")
	require.Equal(t, "secret", pool.ConnConfig.Password, "what was read last stays")
}

func TestAPasswordFileThatChangesIsReadAtEachConnect(t *testing.T) {
	t.Parallel()
	path := writeSecret(t, "db:5432:auth:app:old\n")
	c := load(t, "SILTGATE_DATABASE_URL=postgres://app@db/auth", "PGPASSFILE="+path)
	conn := c.Database.ConnConfig()
	require.Equal(t, "old", conn.Password)
	require.NoError(t, os.WriteFile(path, []byte("db:5432:auth:app:new\n"), 0o600))
	require.NoError(t, c.Database.Refresh(t.Context(), conn))
	require.Equal(t, "new", conn.Password)
}

func TestABlankVariableOfLibpqInTheProcessIsNotRead(t *testing.T) {
	for _, name := range []string{"PGPORT", "PGSSLMODE", "PGCONNECT_TIMEOUT", "PGTARGETSESSIONATTRS", "PGTZ", "PGOPTIONS", "PGSSLCERTMODE", "PGHOST", "PGDATABASE"} {
		t.Setenv(name, " \r")
	}
	c, err := config.Load(append(os.Environ(), "DATABASE_URL=postgres://app@db/auth"))
	require.NoError(t, err)
	require.Equal(t, "host=db port=5432 user=app database=auth sslmode=prefer", c.Database.String())
	require.Equal(t, map[string]string{"application_name": "siltgate"}, c.Database.ConnConfig().RuntimeParams)
}

func TestLibpqsVariablesOfTheProcessAreReadAsTheyWereMeant(t *testing.T) {
	for name, value := range map[string]string{
		"PGHOST":     `"db"`,          // docker run --env-file keeps quotes
		"PGPORT":     "5433\r",        // a file from Windows
		"PGPASSWORD": "s/ecret\n",     // echo secret | base64, in a Kubernetes Secret
		"PGSSLMODE":  "\ufeffdisable", // a byte order mark
		"PGUSER":     " app ",
		"PGDATABASE": "'auth'",
	} {
		t.Setenv(name, value)
	}
	c, err := config.Load(os.Environ())
	require.NoError(t, err)
	require.Equal(t, "host=db port=5433 user=app database=auth sslmode=disable", c.Database.String())
	require.Equal(t, "s/ecret", c.Database.ConnConfig().Password)
}
