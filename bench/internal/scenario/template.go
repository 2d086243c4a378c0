package scenario

import (
	"context"
	"time"

	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/tokens"
)

// working is the database that is measured, a copy of a template.
const working = "run"

// templates are the databases that were filled, of which only one with and one
// without indexes is there at a time.
type templates map[tokens.Shape]string

// template fills a database to be copied, unless it is there, and returns its
// name. Siltgate's schema is in it.
func (b *Bench) template(ctx context.Context, made templates, s tokens.Shape) (string, error) {
	if name, ok := made[s]; ok {
		return name, nil
	}
	name := "indexed"
	if !s.Indexed {
		name = "unindexed"
	}
	began := time.Now()
	if err := b.Server.Create(ctx, name); err != nil {
		return "", err
	}
	conn, err := b.Server.Connect(ctx, name, "bench")
	if err != nil {
		return "", err
	}
	err = tokens.Fill(ctx, conn, s)
	_ = conn.Close(ctx) // it is of no more use
	if err != nil {
		return "", err
	}
	if err := replica.Migrate(ctx, b.Program, b.Server.URL(name)); err != nil {
		return "", err
	}
	size, err := b.Server.Size(ctx, name)
	if err != nil {
		return "", err
	}
	b.Log.Info("template filled", "database", name, "rows", s.Rows, "dead", s.Dead, "heap", s.Heap,
		"megabytes", size>>20, "took", time.Since(began).Round(time.Millisecond))
	for other := range made {
		if other.Indexed == s.Indexed {
			delete(made, other)
		}
	}
	made[s] = name
	return name, nil
}
