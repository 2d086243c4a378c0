package child

import (
	"io"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAChildIsStoppedAndKilledIfThatTakesTooLong(t *testing.T) {
	t.Parallel()
	start := func(script string) *Process {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", script)
		p, ready, err := StartPiped(cmd, nil)
		require.NoError(t, err)
		defer func() { require.NoError(t, ready.Close()) }()
		_, err = ready.Read(make([]byte, 1))
		require.NoError(t, err)
		return p
	}
	polite := start(`trap 'exit 0' TERM; echo r; while :; do sleep 0.05; done`)
	require.False(t, polite.Ended())
	group, err := syscall.Getpgid(polite.Pid())
	require.NoError(t, err)
	require.Equal(t, polite.Pid(), group)
	require.NoError(t, polite.Stop(20*time.Second))
	require.True(t, polite.Ended())
	require.NoError(t, polite.Err())
	require.NoError(t, polite.Signal(syscall.SIGTERM), "it has ended")

	deaf := start(`trap '' TERM; echo r; while :; do sleep 0.05; done`)
	require.ErrorContains(t, deaf.Stop(100*time.Millisecond), "was killed")
	require.Error(t, deaf.Err())
}

func TestWhatAChildPrintedIsReadAfterItsEndToo(t *testing.T) {
	t.Parallel()
	p, printed, err := StartPiped(exec.CommandContext(t.Context(), "/bin/sh", "-c", "echo last words"), nil)
	require.NoError(t, err)
	require.NoError(t, p.Err())
	words, err := io.ReadAll(printed)
	require.NoError(t, err)
	require.Equal(t, "last words\n", string(words))
	require.NoError(t, printed.Close())
}
