// Package turn gives tests the right to delete in a database in which nothing else does.
package turn

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/purge"
)

// Alone claims the right to delete. Nothing can take it away: what the batches compare is a constant.
func Alone(context.Context, *pgx.Conn) (purge.Fence, error) {
	return purge.Fence{Table: "(SELECT 1::pg_catalog.int8 AS epoch)", Epoch: 1}, nil
}
