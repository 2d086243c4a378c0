package cli

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheManualPageHasEveryCommandAndVariable(t *testing.T) {
	t.Parallel()
	out := siltgate(t.Context(), nil, "man")
	require.Zero(t, out.code, out.stderr)
	for _, cmd := range (&program{}).root().Commands() {
		if cmd.Hidden {
			continue
		}
		require.Contains(t, out.stdout, "\n.SS siltgate "+cmd.Name(), cmd.Name())
	}
	require.Contains(t, out.stdout, "\n  REFRESH_TOKEN_CLEANUP_CRON ")
	require.Contains(t, out.stdout, `\-\-dry\-run`)
	require.NotContains(t, siltgate(t.Context(), nil, "--help").stdout, "manual page", "it is for releases")

	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Log("not rendered: groff is not installed")
		return
	}
	cmd := exec.CommandContext(t.Context(), groff, "-man", "-Tascii", "-ww")
	cmd.Stdin = strings.NewReader(out.stdout)
	var said bytes.Buffer
	cmd.Stderr = &said
	rendered, err := cmd.Output()
	require.NoError(t, err)
	require.Empty(t, said.String())
	require.Contains(t, string(rendered), "REFRESH_TOKEN_CLEANUP_CRON")
}

func TestALineOfTextIsNoCommandOfRoff(t *testing.T) {
	t.Parallel()
	require.Equal(t, `\&.SH a \e\-b`+"\n"+`\&'c`, roff(`.SH a \-b`+"\n"+`'c`))
}
