package migrations

import (
	"fmt"
	"hash/fnv"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// known lists the migrations that this program has, in their order.
func known() ([]Step, error) {
	names, err := fs.Glob(files, "sql/*.sql")
	if err != nil {
		return nil, err
	}
	all := []Step{{Version: first, Name: riverName}}
	for _, name := range names {
		step, err := parseName(path.Base(name))
		if err != nil {
			return nil, err
		}
		all = append(all, step)
	}
	return all, nil
}

// steps are goose's results in our words.
func steps(results []*goose.MigrationResult) []Step {
	var all []Step
	for _, result := range results {
		step := Step{Version: result.Source.Version, Name: riverName}
		if named, err := parseName(path.Base(result.Source.Path)); err == nil {
			step = named
		}
		all = append(all, step)
	}
	return all
}

// parseName reads a file's name: 00011_enqueue.sql.
func parseName(file string) (Step, error) {
	number, name, ok := strings.Cut(strings.TrimSuffix(file, ".sql"), "_")
	version, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil {
		return Step{}, fmt.Errorf("migration %q: want a name such as 00011_enqueue.sql", file)
	}
	return Step{Version: version, Name: name}, nil
}

// lockID keeps migrations of two schemas, and of other users of goose, apart.
func lockID(schema string) int64 {
	hash := fnv.New64a()
	hash.Write([]byte("siltgate migrate " + schema))
	return int64(hash.Sum64() >> 1)
}
