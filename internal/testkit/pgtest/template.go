package pgtest

import (
	"context"
	"sync"
	"testing"
)

// Template is a database that is filled once for a test binary, when a test first needs a copy of it.
type Template struct {
	// Name is the database's.
	Name string

	// Fill fills it, given its superuser's URL. No connection may be left.
	Fill func(ctx context.Context, url string) error

	once sync.Once
	err  error
}

// Database is the function Database for a copy of the template.
func (m *Template) Database(t testing.TB) string {
	t.Helper()
	server := Server(t)
	m.once.Do(func() {
		ctx := context.WithoutCancel(t.Context()) // it is not this test's alone
		if m.err = server.CreateDatabase(ctx, m.Name, ""); m.err == nil {
			m.err = m.Fill(ctx, server.URL(m.Name))
		}
	})
	if m.err != nil {
		t.Fatal(m.err)
	}
	return database(t, m.Name)
}
