// Package tokens is the table that is measured: refresh_tokens as an auth
// service has it, filled so that every row is known by its number. So live rows
// can be asked for without reading the table, and checked afterwards.
package tokens

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/jackc/pgx/v5/pgtype"
)

// Heap is the order of rows on disk.
type Heap string

const (
	// Clustered is insertion order: rows that die together lie together.
	Clustered Heap = "clustered"
	// Scattered is what a year of updates leaves: dead rows lie anywhere.
	Scattered Heap = "scattered"
)

// Shape describes a filled table. Its rows are numbered from 1: first the
// expired ones, then the revoked ones, then the live ones.
type Shape struct {
	Rows    int64
	Dead    int64
	Heap    Heap
	Indexed bool // on expiry and on revoked rows, besides the application's own
}

// Expired is how many of the dead rows expired; the others are revoked.
func (s Shape) Expired() int64 { return s.Dead * 3 / 4 }

// Users is how many users the tokens belong to.
func (s Shape) Users() int64 { return max(s.Rows/10, 1) }

// User is the number of the user whom a token belongs to.
func (s Shape) User(token int64) int64 { return token % s.Users() }

// ID is the primary key of token number n.
func ID(n int64) pgtype.UUID { return uuid("id", n) }

// UserID is the key of user number n.
func UserID(n int64) pgtype.UUID { return uuid("user", n) }

// Hash is what the application looks token number n up by: 64 hex digits.
func Hash(n int64) string {
	sum := digest("token", n)
	return hex.EncodeToString(sum[:])
}

func uuid(kind string, n int64) pgtype.UUID {
	sum := digest(kind, n)
	return pgtype.UUID{Bytes: [16]byte(sum[:16]), Valid: true}
}

func digest(kind string, n int64) [sha256.Size]byte {
	return sha256.Sum256([]byte(kind + strconv.FormatInt(n, 10)))
}

// The same in SQL, of a column n.
const (
	sqlID     = `encode(substr(sha256(convert_to('id' || n, 'UTF8')), 1, 16), 'hex')::uuid`
	sqlUserID = `encode(substr(sha256(convert_to('user' || n % $1::bigint, 'UTF8')), 1, 16), 'hex')::uuid`
	sqlHash   = `encode(sha256(convert_to('token' || n, 'UTF8')), 'hex')`
)
