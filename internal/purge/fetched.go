package purge

import (
	"bytes"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// fetched are rows that have come from the server, all of them. A statement that fails after it has sent some rows may
// be executed again, and no row is there twice.
type fetched struct {
	pgx.Rows // has been read to its end

	fields []pgconn.FieldDescription
	values [][][]byte // of each row, as the server sent them
	at     int        // the current row's place, from 1
}

// fetch reads all rows, or none if it returns an error.
func fetch(rows pgx.Rows, err error) (pgx.Rows, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	f := &fetched{Rows: rows, fields: slices.Clone(rows.FieldDescriptions())}
	for rows.Next() {
		row := slices.Clone(rows.RawValues())
		for i := range row {
			row[i] = bytes.Clone(row[i]) // nil stays nil: that is NULL
		}
		f.values = append(f.values, row)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return f, nil
}

// FieldDescriptions implements pgx.Rows.
func (f *fetched) FieldDescriptions() []pgconn.FieldDescription { return f.fields }

// RawValues implements pgx.Rows.
func (f *fetched) RawValues() [][]byte { return f.values[f.at-1] }

// Next implements pgx.Rows.
func (f *fetched) Next() bool {
	f.at++
	return f.at <= len(f.values)
}

// Scan implements pgx.Rows.
func (f *fetched) Scan(into ...any) error {
	return pgx.ScanRow(f.Conn().TypeMap(), f.fields, f.RawValues(), into...)
}
