package migrations

import (
	"io"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
)

// template is the files of a migration with the schema's quoted name in place of {schema}.
type template struct {
	fs.FS
	schema string
}

// Open implements fs.FS.
func (t template) Open(name string) (fs.File, error) {
	file, err := t.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	sql := strings.ReplaceAll(string(text), "{schema}", pgx.Identifier{t.schema}.Sanitize())
	return rendered{File: file, sql: strings.NewReader(sql)}, nil
}

// rendered is a file that reads as the SQL made of it.
type rendered struct {
	fs.File
	sql io.Reader
}

// Read implements fs.File.
func (r rendered) Read(p []byte) (int, error) { return r.sql.Read(p) }
