package localpg

import (
	"archive/zip"
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADownloadIsExtractedOnceAndRunsNothing(t *testing.T) {
	temporary := temporary(t)
	var requests atomic.Int64
	archive := jar(t)
	repository := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".jar") {
			http.NotFound(w, r)
			return
		}
		requests.Add(1)
		_, _ = w.Write(archive)
	}))
	defer repository.Close()
	cache := t.TempDir()

	bin, err := fetch(t.Context(), cache, repository.URL)
	require.NoError(t, err)
	for _, name := range []string{"postgres", "initdb"} {
		require.FileExists(t, filepath.Join(bin, name))
		require.NoFileExists(t, filepath.Join(bin, name+".ran"))
	}
	again, err := fetch(t.Context(), cache, repository.URL)
	require.NoError(t, err)
	require.Equal(t, bin, again)
	require.EqualValues(t, 1, requests.Load())

	extracted, err := filepath.Glob(filepath.Join(cache, "extract-*"))
	require.NoError(t, err)
	require.Empty(t, extracted)
	requireEmpty(t, temporary)
}

func TestADownloadThatFailsNamesTheVersion(t *testing.T) {
	temporary := temporary(t)
	repository := httptest.NewServer(http.NotFoundHandler())
	defer repository.Close()
	_, err := fetch(t.Context(), t.TempDir(), repository.URL)
	require.ErrorContains(t, err, "download Postgres 17.")
	requireEmpty(t, temporary)
}

func TestADownloadIsGivenUpWithItsContext(t *testing.T) {
	temporary := temporary(t)
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	repository := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		cancel()
		<-release
	}))
	defer repository.Close()
	defer close(release)
	_, err := fetch(ctx, t.TempDir(), repository.URL)
	require.ErrorIs(t, err, context.Canceled)
	eventually(t, func() bool { return isEmpty(t, temporary) }, "the library's log is gone, though its download still waits")
}

// jar is what the repository serves: an archive around testdata/postgres.txz, whose bin
// has scripts in the place of programs; each leaves a file NAME.ran when it is run.
func jar(t *testing.T) []byte {
	t.Helper()
	content, err := os.ReadFile("testdata/postgres.txz")
	require.NoError(t, err)
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	file, err := w.Create("postgres.txz")
	require.NoError(t, err)
	_, err = file.Write(content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return archive.Bytes()
}
