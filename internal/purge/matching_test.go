package purge

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// slowCatalog is a catalog whose first statements that look for tables of patterns take too long.
type slowCatalog struct {
	querier

	slow, asked int
}

func (c *slowCatalog) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if strings.Contains(sql, "pg_table_is_visible") {
		c.asked++
		if c.slow--; c.slow >= 0 {
			sql, args = `SELECT pg_catalog.pg_sleep(60)`, nil
		}
	}
	return c.querier.Query(ctx, sql, args...)
}

// However many tables a database has, the statements that look for those of a pattern must not reach the
// session's time-out: at 10 000 tables one statement for all of them did.
func TestFault106TablesOfAPatternAreFoundHoweverManyThereAre(t *testing.T) {
	t.Parallel()
	const tables = 120
	db := newDatabase(t, fmt.Sprintf(`DO $$ BEGIN FOR i IN 1..%d LOOP
		EXECUTE format('CREATE TABLE tenant_%%s_tokens (expires_at timestamptz, revoked boolean)', i);
	END LOOP; END $$;
	CREATE TABLE tenant_child_tokens () INHERITS (tenant_7_tokens);
	CREATE TABLE other (); CREATE TABLE tenant_other_tokens () INHERITS (other)`, tables))
	pattern := Table{Name: "tenant_*_tokens", Rules: tokens.Rules}
	for name, c := range map[string]struct{ slow, page int }{
		"in one statement":             {0, mostRelations},
		"a page at a time":             {0, 7},
		"the statement takes too long": {1, mostRelations},
		"and again with less":          {2, mostRelations},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slow := &slowCatalog{querier: db.session().conn, slow: c.slow}
			read, err := newReader(t.Context(), newCatalog(slow), []Table{pattern})
			require.NoError(t, err)
			m := read.newMatcher()
			m.page.size = c.page
			require.NoError(t, m.readPages(t.Context()))
			found := map[string]bool{}
			for _, one := range read.withoutChildren(m.all, m.parents) {
				require.False(t, found[one.name], "%s was found twice", one.name)
				found[one.name] = true
			}
			require.Len(t, found, tables+1)
			require.True(t, found["tenant_other_tokens"])
			require.False(t, found["tenant_child_tokens"], "it goes with its parent")
			require.Less(t, slow.asked, 1000)
		})
	}
}
