package purge

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyTheFilesOfTheCatalogReadPostgressCatalog(t *testing.T) {
	t.Parallel()
	reads := regexp.MustCompile(`(FROM|JOIN) pg_catalog\.pg_([a-z_]+) `)
	about := func(relation string) bool { // what the server does and how it is set is not the catalog
		return !strings.HasPrefix(relation, "stat_") && relation != "settings" && relation != "db_role_setting" && relation != "database" &&
			relation != "replication_slots"
	}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	read := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(filepath.Clean(file))
		require.NoError(t, err)
		for _, found := range reads.FindAllStringSubmatch(string(source), -1) {
			if !about(found[2]) {
				continue
			}
			read++
			// detach.go compares the catalog in the statement that detaches a partition.
			require.True(t, strings.HasPrefix(file, "catalog") || file == "detach.go", "%s reads pg_%s", file, found[2])
		}
	}
	require.Greater(t, read, 100)
}
