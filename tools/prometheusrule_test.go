package tools

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the rules of the Prometheus Operator anew")

func TestThePrometheusOperatorGetsTheSameAlerts(t *testing.T) {
	rules, err := os.ReadFile(root + "/deploy/prometheus/alerts.yaml")
	require.NoError(t, err)
	_, groups, found := strings.Cut(string(rules), "\ngroups:\n")
	require.True(t, found)
	want := `# Written by: cd tools && go test . -update
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: siltgate
  labels:
    app.kubernetes.io/name: siltgate
spec:
  groups:
` + regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(groups, "  $1")
	file := manifests + "/components/prometheusrule/prometheusrule.yaml"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "cd tools && go test . -update")
}
