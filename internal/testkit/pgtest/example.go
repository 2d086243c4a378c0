package pgtest

import (
	"context"
	"strconv"
)

// ExampleDatabase is Database for an example, which is given no testing.TB. Call drop at
// its end. A database that cannot be had is a panic.
func ExampleDatabase(ctx context.Context) (url string, drop func()) {
	name := "example_" + strconv.FormatInt(shared.databases.Add(1), 10)
	if err := shared.server.CreateDatabase(ctx, name, ""); err != nil {
		panic(err)
	}
	return shared.server.URL(name), func() {
		if err := shared.server.DropDatabase(ctx, name); err != nil {
			panic(err)
		}
	}
}
