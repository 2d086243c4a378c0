package purge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

var (
	// ErrFenced says that a session has lost its right to delete: its fence has another epoch.
	ErrFenced = errors.New("another run has taken the turn")

	// ErrFenceLocked says that the fence could not be compared, because some session has locked its
	// row.
	ErrFenceLocked = errors.New("the row that says whose turn it is, is locked by another session")

	// errNoFence says that a session would delete without a fence.
	errNoFence = errors.New("the session has not claimed the right to delete")
)

// Claim takes the right to delete, on a session that was just opened and that will use it.
// It returns ErrBusy while another session has it.
type Claim func(ctx context.Context, conn *pgx.Conn) (Fence, error)

// Fence is a row of the caller's that each batch locks and compares, in its own statement
// and before it deletes. So whoever changes the row waits for the batch in hand, and no
// batch deletes anything after that. No session deletes by the zero value.
type Fence struct {
	// Table has that one row, and in it a column epoch of type bigint. It is quoted for SQL.
	Table string

	// Epoch is what the row says while the session may delete.
	Epoch int64
}

// fence is a session's fence, with a mark that is in no error but its own.
type fence struct {
	Fence

	mark string
}

func newFence(f Fence) fence { return fence{f, "epoch, but not of " + rand.Text() + ": "} }

// compare is a condition for a DELETE: that its session may still delete. If it may not, the DELETE must
// not look as if there were no dead rows. So the condition then casts the mark to boolean, which is an
// error.
func (f fence) compare(s *statement) string {
	const epoch = "SELECT turn.epoch FROM %s AS turn FOR SHARE"
	return fmt.Sprintf("\n  AND CASE WHEN ("+epoch+") OPERATOR(pg_catalog.=) %s::pg_catalog.int8 THEN true\n"+
		"    ELSE pg_catalog.concat(%s::pg_catalog.text, ("+epoch+"))::pg_catalog.bool END",
		f.Table, s.arg(f.Epoch), s.arg(f.mark), f.Table)
}

// explain returns ErrFenced or ErrFenceLocked for an error that comes from the fence, and any other
// error as it is.
func (s *Session) explain(ctx context.Context, err error) error {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	switch {
	case ok && pgErr.Code == "22P02" && strings.Contains(pgErr.Message, s.fence.mark):
		return ErrFenced
	case isLockConflict(err) && s.fenceLocked(ctx):
		return ErrFenceLocked
	}
	return err
}

// fenceLocked reports whether a statement waited for the fence's row.
func (s *Session) fenceLocked(ctx context.Context) bool {
	_, err := s.conn.Exec(ctx, "SELECT FROM "+s.fence.Table+" AS turn FOR SHARE NOWAIT")
	return isLockConflict(err)
}
