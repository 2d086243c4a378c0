package tools

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// release is what .goreleaser.yaml says, as far as the tests ask.
type release struct {
	Archives []struct {
		Files []any `yaml:"files"`
	} `yaml:"archives"`
	Checksum map[string]string `yaml:"checksum"`
	Signs    []struct {
		Artifacts string   `yaml:"artifacts"`
		Signature string   `yaml:"signature"`
		Args      []string `yaml:"args"`
	} `yaml:"signs"`
	Others map[string]any `yaml:",inline"`
}

// image is the name of the image that is signed.
func (r release) image() string {
	image := r.Others["dockers_v2"].([]any)[0].(map[string]any)
	return image["images"].([]any)[0].(string) + ":" + image["tags"].([]any)[0].(string)
}

func readRelease(t *testing.T) release {
	t.Helper()
	text, err := os.ReadFile(root + "/.goreleaser.yaml")
	require.NoError(t, err)
	var r release
	require.NoError(t, yaml.Unmarshal(text, &r))
	require.Len(t, r.Archives, 1)
	require.Len(t, r.Signs, 1)
	require.Len(t, r.Others["dockers_v2"], 1)
	return r
}

func TestASnapshotHasTheFilesOfARelease(t *testing.T) {
	makefile, err := os.ReadFile(root + "/Makefile")
	require.NoError(t, err)
	_, snapshot, _ := strings.Cut(string(makefile), "\nsnapshot:")
	snapshot, _, _ = strings.Cut(snapshot, "\n.PHONY")
	for _, file := range readRelease(t).Archives[0].Files {
		path, ok := file.(string)
		if !ok { // it is put elsewhere in the archive
			path = strings.TrimSuffix(file.(map[string]any)["src"].(string), "/*")
		}
		require.Contains(t, snapshot, path)
	}
}
