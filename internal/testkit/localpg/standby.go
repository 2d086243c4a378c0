package localpg

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Standby creates a hot standby of s, a copy that streams from it, and returns when it
// accepts connections. It is a server like any other, with the superuser and the settings of
// s, over which opts has its own; the binaries are those of s. It outlives ctx, and s.
func (s *Server) Standby(ctx context.Context, opts Options) (*Server, error) {
	standby := &Server{bin: s.bin, port: opts.Port, password: s.password}
	copied := func(ctx context.Context, settings map[string]string) error {
		if err := standby.follow(ctx, s); err != nil {
			return err
		}
		return standby.configure(settings)
	}
	if err := standby.create(ctx, opts, copied); err != nil {
		return nil, errors.Join(fmt.Errorf("create a standby: %w", err), standby.Stop(ctx))
	}
	return standby, nil
}

// follow copies the primary's cluster, and leaves word to stream from there on.
func (s *Server) follow(ctx context.Context, primary *Server) error {
	passfile, err := s.secret("passfile", "*:*:*:"+superuser+":"+s.password)
	if err != nil {
		return fmt.Errorf("write the password of the primary: %w", err)
	}
	slot := strings.ReplaceAll(filepath.Base(s.dir), "-", "_")
	if err := s.backUp(ctx, primary, slot); err != nil {
		return fmt.Errorf("back up the primary: %w", err)
	}
	err = s.configure(map[string]string{
		"primary_conninfo":  fmt.Sprintf("host=127.0.0.1 port=%d user=%s passfile='%s'", primary.port, superuser, passfile),
		"primary_slot_name": slot,
	})
	if err != nil {
		return err
	}
	return s.write("standby.signal", "")
}

// Promote ends a standby's recovery: from then on it takes writes.
func (s *Server) Promote(ctx context.Context) error {
	if err := s.exec(ctx, "SELECT pg_promote(true, 60)"); err != nil {
		return fmt.Errorf("promote the standby: %w", err)
	}
	return nil
}

// PauseReplay makes a standby fall behind: it receives, and applies nothing.
func (s *Server) PauseReplay(ctx context.Context) error {
	if err := s.exec(ctx, "SELECT pg_wal_replay_pause()"); err != nil {
		return fmt.Errorf("pause the standby's replay: %w", err)
	}
	return nil
}

// ResumeReplay lets it catch up.
func (s *Server) ResumeReplay(ctx context.Context) error {
	if err := s.exec(ctx, "SELECT pg_wal_replay_resume()"); err != nil {
		return fmt.Errorf("resume the standby's replay: %w", err)
	}
	return nil
}
