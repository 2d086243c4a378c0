package ui

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/jobs"
)

func TestARunShowsWhatItDeletedAndADryRunWhatItFound(t *testing.T) {
	t.Parallel()
	output := []byte(`{"tables":[{"estimate":100,"found":40,"deleted":30},{"estimate":5,"found":8,"deleted":8},{"deleted":-1}]}`)
	require.Equal(t, progress{Rows: 38, Of: 108}, progressOf(&jobs.Run{Output: output}))
	output = []byte(`{"tables":[{"found":40},{"found":8}]}`)
	require.Equal(t, progress{Rows: 48}, progressOf(&jobs.Run{DryRun: true, Output: output}))
	require.Equal(t, progress{}, progressOf(&jobs.Run{Output: []byte(`"x"`)}))
	require.Equal(t, progress{}, progressOf(nil))
}
