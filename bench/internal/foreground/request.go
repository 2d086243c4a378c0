package foreground

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/siltgate/siltgate/bench/internal/server"
	"github.com/siltgate/siltgate/bench/internal/tokens"
)

// Kind is what a request asks of the service.
type Kind int

const (
	// Lookup finds a token by its hash.
	Lookup Kind = iota
	// Rotate revokes a token and gives a new one for it, in one transaction.
	Rotate
	// LogOut revokes all tokens of a user.
	LogOut
)

// request is one that the service gets.
type request struct {
	due   time.Time
	kind  Kind
	token int64 // that is presented; of a log-out, one of the user's
	fresh int64 // the number of the token that a rotation gives
}

// do serves a request and notes what it changed.
func (r request) do(ctx context.Context, conn *pgx.Conn, s tokens.Shape, c *tokens.Changes) error {
	switch r.kind {
	case Lookup:
		_, err := r.find(ctx, conn, "")
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // the client is sent to log in
		}
		return err
	case Rotate:
		return r.rotate(ctx, conn, c)
	case LogOut:
		return r.logOut(ctx, conn, s, c)
	default:
		return fmt.Errorf("serve a request of kind %d", r.kind)
	}
}

// token is what the service reads of one.
type token struct {
	id, userID pgtype.UUID
	expiresAt  time.Time
	revoked    bool
}

// querier is a connection or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func (r request) find(ctx context.Context, db querier, lock string) (token, error) {
	var t token
	err := db.QueryRow(ctx, `
		SELECT id, user_id, expires_at, revoked
		FROM refresh_tokens
		WHERE token_hash = $1 `+lock+server.Foreground,
		tokens.Hash(r.token)).Scan(&t.id, &t.userID, &t.expiresAt, &t.revoked)
	return t, err
}

func (r request) rotate(ctx context.Context, conn *pgx.Conn, c *tokens.Changes) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()

	t, err := r.find(ctx, tx, "FOR UPDATE")
	switch {
	case errors.Is(err, pgx.ErrNoRows), err == nil && (t.revoked || t.expiresAt.Before(time.Now())):
		return tx.Commit(ctx) // refused
	case err != nil:
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE refresh_tokens SET revoked = true WHERE id = $1 `+server.Foreground, t.id); err != nil {
		return err
	}
	fresh := tokens.ID(r.fresh)
	_, err = tx.Exec(ctx, `
		INSERT INTO refresh_tokens (id, user_id, token_hash, expires_at)
		VALUES ($1, $2, $3, now() + interval '30 days') `+server.Foreground,
		fresh, t.userID, tokens.Hash(r.fresh))
	if err != nil {
		return err
	}
	c.Revoked = append(c.Revoked, t.id) // before the commit, whose answer may be lost
	c.Ended++
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	c.Inserted = append(c.Inserted, fresh)
	return nil
}

func (r request) logOut(ctx context.Context, conn *pgx.Conn, s tokens.Shape, c *tokens.Changes) error {
	rows, err := conn.Query(ctx, `
		UPDATE refresh_tokens
		SET revoked = true
		WHERE user_id = $1 AND NOT revoked
		RETURNING id, expires_at >= now() `+server.Foreground, tokens.UserID(s.User(r.token)))
	if err != nil {
		return err
	}
	var id pgtype.UUID
	var live bool
	_, err = pgx.ForEachRow(rows, []any{&id, &live}, func() error {
		c.Revoked = append(c.Revoked, id)
		if live {
			c.Ended++
		}
		return nil
	})
	return err
}
