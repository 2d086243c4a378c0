package config_test

import (
	"strings"
	"testing"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

const databaseURL = "DATABASE_URL=postgres://app@db.example.com/auth"

func TestMain(m *testing.M) { pgtest.Main(m) }

// load expects an environment that is right.
func load(t *testing.T, environ ...string) config.Config {
	t.Helper()
	c, err := config.Load(append([]string{databaseURL}, environ...))
	require.NoError(t, err)
	return c
}

// refusal expects problems, and returns them as the user sees them.
func refusal(t *testing.T, environ ...string) string {
	t.Helper()
	c, err := config.Load(environ)
	var problems config.Problems
	require.ErrorAs(t, err, &problems)
	require.Zero(t, c)
	require.Len(t, strings.Split(err.Error(), "\n"), len(problems), "one line for each problem")
	return err.Error()
}
