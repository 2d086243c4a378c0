package tools

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// A tag may be moved to another commit, a commit's name cannot. The comment is for people, and dependabot renews both.
func TestEveryActionOfAWorkflowIsNamedByItsCommit(t *testing.T) {
	uses := regexp.MustCompile(`(?m)^.*\buses:.*$`)
	pinned := regexp.MustCompile(`\buses: [\w./-]+@[0-9a-f]{40} # v[0-9.]+$`)
	workflows, err := filepath.Glob(root + "/.github/workflows/*.yml")
	require.NoError(t, err)
	require.NotEmpty(t, workflows)
	for _, path := range workflows {
		workflow, err := os.ReadFile(path)
		require.NoError(t, err)
		lines := uses.FindAllString(string(workflow), -1)
		require.NotEmpty(t, lines, path)
		for _, line := range lines {
			require.Regexp(t, pinned, line, path)
		}
	}
}
