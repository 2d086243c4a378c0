package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestThePageNeedsAPasswordWhereOthersReachIt(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{":8081", "0.0.0.0:8081", "[::]:8081", "10.0.0.7:8081", "page.example.com:80"} {
		require.Equal(t, "SILTGATE_UI_ADDR="+addr+": want a SILTGATE_UI_PASSWORD too, or 127.0.0.1: other machines reach this address",
			refusal(t, databaseURL, "SILTGATE_UI_ADDR="+addr))
		require.Equal(t, "secret", string(load(t, "SILTGATE_UI_ADDR="+addr, "SILTGATE_UI_PASSWORD=secret").Page.Password))
	}
	for _, addr := range []string{"127.0.0.1:8081", "127.8.8.8:1", "[::1]:8081", "localhost:8081", "[::ffff:127.0.0.1]:80"} {
		require.Empty(t, string(load(t, "SILTGATE_UI_ADDR="+addr).Page.Password))
	}
	c := load(t)
	require.Equal(t, "127.0.0.1:8081", c.Page.Addr)
	require.Equal(t, "siltgate", c.Page.User)
}

func TestThePagesPasswordComesFromAFileAndIsNeverPrinted(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(file, []byte("correct horse\r\n"), 0o600))
	c := load(t, "SILTGATE_UI_PASSWORD_FILE="+file)
	require.Equal(t, "correct horse", string(c.Page.Password))
	encoded, err := json.Marshal(c.Page.Password)
	require.NoError(t, err)
	for _, printed := range []string{fmt.Sprint(c.Page), fmt.Sprintf("%+v %#v %q %x", c.Page, c.Page, c.Page.Password, c.Page.Password), string(encoded), c.LogValue().String()} {
		require.NotContains(t, printed, "correct")
		require.NotContains(t, printed, "636f7272")
	}

	require.Equal(t, "SILTGATE_UI_PASSWORD: want one of it and SILTGATE_UI_PASSWORD_FILE",
		refusal(t, databaseURL, "SILTGATE_UI_PASSWORD=x", "SILTGATE_UI_PASSWORD_FILE="+file))
	require.NoError(t, os.WriteFile(file, []byte("two\nlines"), 0o600))
	require.Regexp(t, `^SILTGATE_UI_PASSWORD_FILE=.+: want a file with one line: the password$`,
		refusal(t, databaseURL, "SILTGATE_UI_ADDR=:1", "SILTGATE_UI_PASSWORD_FILE="+file))
	require.Contains(t, refusal(t, databaseURL, "SILTGATE_UI_PASSWORD_FILE=/nowhere"), "want a file that can be read")
	require.Contains(t, refusal(t, databaseURL, "SILTGATE_UI_USER=a:b"), "SILTGATE_UI_USER=a:b: want a name without a colon")
}
