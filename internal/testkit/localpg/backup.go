package localpg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// backUp copies the cluster of a running primary with Postgres's own backup functions, because
// small distributions of Postgres have no pg_basebackup. From the start of the backup on, the
// primary keeps its write-ahead log for the slot.
func (s *Server) backUp(ctx context.Context, primary *Server, slot string) error {
	conn, err := pgx.Connect(ctx, primary.URL("postgres"))
	if err != nil {
		return err
	}
	// A backup ends with its session, so one that fails half-way leaves nothing behind.
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()

	var renamed bool
	if err := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::integer >= 150000`).Scan(&renamed); err != nil {
		return err
	}
	start, stop := `SELECT pg_backup_start($1, true)`, `SELECT labelfile, coalesce(spcmapfile, '') FROM pg_backup_stop(false)`
	if !renamed {
		start, stop = `SELECT pg_start_backup($1, true, false)`, `SELECT labelfile, coalesce(spcmapfile, '') FROM pg_stop_backup(false, false)`
	}

	if _, err := conn.Exec(ctx, `SELECT pg_create_physical_replication_slot($1, true)`, slot); err != nil {
		return fmt.Errorf("create slot %s: %w", slot, err)
	}
	if _, err := conn.Exec(ctx, start, slot); err != nil {
		return fmt.Errorf("start the backup: %w", err)
	}
	// What changes while it is copied is repaired from the log when the copy starts.
	if err := s.copyCluster(ctx, primary.data()); err != nil {
		return fmt.Errorf("copy %s: %w", primary.data(), err)
	}
	var label, tablespaces string
	if err := conn.QueryRow(ctx, stop).Scan(&label, &tablespaces); err != nil {
		return fmt.Errorf("stop the backup: %w", err)
	}
	if tablespaces != "" {
		return errors.New("it has tablespaces, whose files the copy would share")
	}
	return s.write("backup_label", label)
}

// copyCluster copies the files of a cluster, but for those that a server makes anew.
func (s *Server) copyCluster(ctx context.Context, from string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return vanished(err)
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case madeAnew(name):
			return nil
		case entry.IsDir():
			return s.makeDir(name)
		case entry.Type().IsRegular():
			return vanished(s.copyFile(path, name))
		default:
			return nil // a link to a tablespace
		}
	})
}

// vanished forgives that a file was removed before it was read: the log tells the copy too.
func vanished(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// madeAnew tells of files that belong to the running server: its process, its log, which the
// copy streams, and its slots. Their directories are wanted all the same.
func madeAnew(name string) bool {
	directory, _, inside := strings.Cut(name, string(filepath.Separator))
	if inside {
		return slices.Contains([]string{
			"pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans", "pg_wal",
		}, directory)
	}
	return slices.Contains([]string{"postmaster.pid", "postmaster.opts", "backup_label", "standby.signal"}, name)
}

func (s *Server) makeDir(name string) error {
	dir := filepath.Join(s.data(), name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	return give(dir, s.account)
}

func (s *Server) copyFile(from, name string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	path := filepath.Join(s.data(), name)
	target, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	if err := errors.Join(err, target.Close()); err != nil {
		return err
	}
	return give(path, s.account)
}
