package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// From Postgres 18 on a DELETE fails if the replica identity has a generated column that a publication leaves out.
func TestFault46AGeneratedColumnOfTheIdentityThatIsNotPublishedIsRefused(t *testing.T) {
	t.Parallel()
	const (
		stored  = `ALTER TABLE refresh_tokens ADD COLUMN short text NOT NULL GENERATED ALWAYS AS (upper(tenant)) STORED; `
		virtual = `ALTER TABLE refresh_tokens ADD COLUMN short text GENERATED ALWAYS AS (upper(tenant)) VIRTUAL; `
		full    = `ALTER TABLE refresh_tokens REPLICA IDENTITY FULL; `
		refused = `every DELETE from it fails: its replica identity has a generated column, which publication "p" leaves out`
		another = `: make a unique index of other columns its replica identity`
		widen   = `: ALTER PUBLICATION "p" SET (publish_generated_columns = stored)`
	)
	for name, c := range map[string]struct{ ddl, want string }{
		"all of the row":         {stored + full + `CREATE PUBLICATION p FOR TABLE refresh_tokens`, refused + widen},
		"by all":                 {stored + full + `CREATE PUBLICATION p FOR ALL TABLES`, refused + widen},
		"by schema":              {stored + full + `CREATE PUBLICATION p FOR TABLES IN SCHEMA public`, refused + widen},
		"where there is a key":   {stored + full + `ALTER TABLE refresh_tokens ADD PRIMARY KEY (id); CREATE PUBLICATION p FOR TABLE refresh_tokens`, refused + `: ALTER TABLE "public"."refresh_tokens" REPLICA IDENTITY DEFAULT`},
		"in the key":             {stored + `ALTER TABLE refresh_tokens ADD PRIMARY KEY (id, short); CREATE PUBLICATION p FOR TABLE refresh_tokens`, refused + widen},
		"a virtual one":          {virtual + full + `CREATE PUBLICATION p FOR TABLE refresh_tokens WITH (publish_generated_columns = stored)`, refused + another},
		"a virtual one, a key":   {virtual + full + `ALTER TABLE refresh_tokens ADD PRIMARY KEY (id); CREATE PUBLICATION p FOR TABLE refresh_tokens`, refused + `: ALTER TABLE "public"."refresh_tokens" REPLICA IDENTITY DEFAULT`},
		"published":              {stored + full + `CREATE PUBLICATION p FOR TABLE refresh_tokens WITH (publish_generated_columns = stored)`, ""},
		"beside the key":         {stored + `ALTER TABLE refresh_tokens ADD PRIMARY KEY (id); CREATE PUBLICATION p FOR TABLE refresh_tokens`, ""},
		"in the list":            {stored + `ALTER TABLE refresh_tokens ADD PRIMARY KEY (id, short); CREATE PUBLICATION p FOR TABLE refresh_tokens (id, short)`, ""},
		"of inserts alone":       {stored + full + `CREATE PUBLICATION p FOR TABLE refresh_tokens WITH (publish = 'insert')`, ""},
		"a virtual beside a key": {virtual + `ALTER TABLE refresh_tokens ADD PRIMARY KEY (id); CREATE PUBLICATION p FOR TABLE refresh_tokens`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, unkeyed)
			if db.version() < 18 {
				t.Skipf("Postgres %d publishes no generated columns, and its DELETEs go through", db.version())
			}
			db.exec(c.ddl)
			worker := db.as(grantTokens)
			_, err := db.pool.Exec(t.Context(), `DELETE FROM refresh_tokens WHERE id = 0`)
			switch c.want {
			case "":
				require.NoError(t, err)
				require.Empty(t, worker.inspect(tokens)[0].problems(Refused))
				p := worker.mustPurge(tokens)
				require.EqualValues(t, 3, p.Deleted())
			case refused + another:
				require.Error(t, err, "Postgres refuses it, too")
				require.Equal(t, []string{c.want}, worker.inspect(tokens)[0].problems(Refused))
			default:
				require.Error(t, err, "Postgres refuses it, too")
				worker.requireMended(t, tokens, 3, c.want)
			}
		})
	}
}
