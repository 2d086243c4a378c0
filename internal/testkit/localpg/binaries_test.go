package localpg

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFindPrefersTheGivenDirectoryAndRefusesABadOne(t *testing.T) {
	t.Parallel()
	bin := fakeBinaries(t, "postgres (PostgreSQL) 17.5")
	found, err := Find(t.Context(), bin, "")
	require.NoError(t, err)
	require.Equal(t, bin, found)

	_, err = Find(t.Context(), filepath.Join(t.TempDir(), "absent"), bin)
	require.ErrorContains(t, err, "no such file or directory")
	require.ErrorContains(t, err, "apt-get install postgresql")
	require.ErrorContains(t, err, "POSTGRES_BIN_DIR")
}

func TestFindFollowsLinksToWhereAllBinariesAre(t *testing.T) {
	t.Parallel()
	bin := fakeBinaries(t, "postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)")
	links := t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(bin, "postgres"), filepath.Join(links, "postgres")))
	found, err := Find(t.Context(), "", "relative:"+t.TempDir()+":"+links)
	require.NoError(t, err)
	require.Equal(t, bin, found)
}

func TestAVersionThatIsTooOldIsRefused(t *testing.T) {
	t.Parallel()
	old := fakeBinaries(t, "postgres (PostgreSQL) 13.21")
	_, err := Find(t.Context(), old, "")
	require.ErrorContains(t, err, "is Postgres 13: want 14 or newer")

	_, err = find(t.Context(), []string{old})
	require.ErrorIs(t, err, ErrNotFound)
	require.ErrorContains(t, err, "is Postgres 13: want 14 or newer")

	beta := fakeBinaries(t, "postgres (PostgreSQL) 19beta1")
	found, err := find(t.Context(), []string{old, beta})
	require.NoError(t, err)
	require.Equal(t, beta, found, "the search goes on")
}

func TestBinariesThatSayNoVersionAreRefused(t *testing.T) {
	t.Parallel()
	_, err := Find(t.Context(), fakeBinaries(t, "hello"), "")
	require.ErrorContains(t, err, `it said "hello\n"`)
}

func TestADirectoryWithoutInitdbIsNotEnough(t *testing.T) {
	t.Parallel()
	bin := fakeBinaries(t, "postgres (PostgreSQL) 17.5")
	require.NoError(t, os.Remove(filepath.Join(bin, "initdb")))
	_, err := find(t.Context(), []string{bin})
	require.ErrorIs(t, err, ErrNotFound)
}

func TestAMachineWithoutPostgresIsToldSo(t *testing.T) {
	t.Parallel()
	_, err := find(t.Context(), []string{"", t.TempDir(), "/nonexistent"})
	require.ErrorIs(t, err, ErrNotFound)
	require.EqualError(t, err, "no Postgres 14 or newer found")
}

func TestTheNewestMajorVersionComesFirst(t *testing.T) {
	t.Parallel()
	require.Equal(t,
		[]string{"/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/9.6/bin"},
		newestFirst([]string{"/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/9.6/bin"}))
	require.Equal(t,
		[]string{"/opt/homebrew/opt/postgresql@17/bin", "/opt/homebrew/opt/postgresql@9/bin"},
		newestFirst([]string{"/opt/homebrew/opt/postgresql@9/bin", "/opt/homebrew/opt/postgresql@17/bin"}))
}

// fakeBinaries are scripts in a directory that every user may read.
func fakeBinaries(t *testing.T, version string) string {
	t.Helper()
	bin := t.TempDir()
	openToAll(t, bin)
	script := "#!/bin/sh\necho '" + version + "'\n"
	// A process that another test starts meanwhile would hold the files open, and they are busy then.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	for _, name := range []string{"postgres", "initdb"} {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755))
	}
	resolved, err := filepath.EvalSymlinks(bin)
	require.NoError(t, err)
	return resolved
}
