package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// unkeyed is a table without a primary key, and with three dead rows.
const unkeyed = `
	CREATE TABLE refresh_tokens (id bigint NOT NULL, tenant text NOT NULL DEFAULT 'a', expires_at timestamptz, revoked boolean);
	INSERT INTO refresh_tokens SELECT n, 'a', NULL, n < 4 FROM generate_series(1, 5) AS n`

// version is the server's major version.
func (db *database) version() int64 {
	return db.number(`SELECT current_setting('server_version_num')::bigint / 10000`)
}

func TestFault46APublishedTableWithoutReplicaIdentityIsRefusedWithTheStatement(t *testing.T) {
	t.Parallel()
	const refused = `every DELETE from it fails: publication "p" publishes it, and there is no replica identity: ALTER TABLE "public"."refresh_tokens" REPLICA IDENTITY `
	for name, c := range map[string]struct {
		ddl, want string
		from      int64
	}{
		"by name":              {`CREATE PUBLICATION p FOR TABLE refresh_tokens`, "FULL", 14},
		"by all":               {`CREATE PUBLICATION p FOR ALL TABLES`, "FULL", 14},
		"by schema":            {`CREATE PUBLICATION p FOR TABLES IN SCHEMA public`, "FULL", 15},
		"a unique index":       {`CREATE UNIQUE INDEX uq ON refresh_tokens (id); CREATE PUBLICATION p FOR TABLE refresh_tokens`, `USING INDEX "uq"`, 14},
		"a nullable index":     {`CREATE UNIQUE INDEX uq ON refresh_tokens (id, expires_at); CREATE PUBLICATION p FOR TABLE refresh_tokens`, "FULL", 14},
		"a partial index":      {`CREATE UNIQUE INDEX uq ON refresh_tokens (id) WHERE revoked; CREATE PUBLICATION p FOR TABLE refresh_tokens`, "FULL", 14},
		"a key that is not it": {`ALTER TABLE refresh_tokens ADD PRIMARY KEY (id), REPLICA IDENTITY NOTHING; CREATE PUBLICATION p FOR TABLE refresh_tokens`, "DEFAULT", 14},
		"a deferrable key":     {`ALTER TABLE refresh_tokens ADD PRIMARY KEY (id) DEFERRABLE; CREATE PUBLICATION p FOR TABLE refresh_tokens`, "FULL", 14},
		"deletes alone":        {`CREATE PUBLICATION p FOR TABLE refresh_tokens WITH (publish = 'delete')`, "FULL", 14},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, unkeyed)
			if db.version() < c.from {
				t.Skipf("Postgres %d has no such publications", db.version())
			}
			db.exec(c.ddl)
			db.as(grantTokens).requireMended(t, tokens, 3, refused+c.want)
		})
	}
}

func TestFault46WhatLetsDeletesThroughIsNoObstacle(t *testing.T) {
	t.Parallel()
	for name, ddl := range map[string]string{
		"a primary key":       `ALTER TABLE refresh_tokens ADD PRIMARY KEY (id); CREATE PUBLICATION p FOR TABLE refresh_tokens`,
		"an index":            `CREATE UNIQUE INDEX uq ON refresh_tokens (id); ALTER TABLE refresh_tokens REPLICA IDENTITY USING INDEX uq; CREATE PUBLICATION p FOR ALL TABLES`,
		"all of the row":      `ALTER TABLE refresh_tokens REPLICA IDENTITY FULL; CREATE PUBLICATION p FOR TABLE refresh_tokens`,
		"no publication":      `ALTER TABLE refresh_tokens REPLICA IDENTITY NOTHING`,
		"inserts alone":       `CREATE PUBLICATION p FOR TABLE refresh_tokens WITH (publish = 'insert, update, truncate')`,
		"of another one":      `CREATE TABLE other (); CREATE PUBLICATION p FOR TABLE other`,
		"an unlogged table":   `ALTER TABLE refresh_tokens SET UNLOGGED; CREATE PUBLICATION p FOR ALL TABLES`,
		"an empty one":        `CREATE PUBLICATION p`,
		"inserts of all":      `CREATE PUBLICATION p FOR ALL TABLES WITH (publish = 'insert')`,
		"a two-column key":    `ALTER TABLE refresh_tokens ADD PRIMARY KEY (tenant, id); CREATE PUBLICATION p FOR ALL TABLES`,
		"a key with includes": `ALTER TABLE refresh_tokens ADD PRIMARY KEY (id) INCLUDE (tenant); CREATE PUBLICATION p FOR ALL TABLES`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, unkeyed, ddl).as(grantTokens)
			require.Empty(t, db.inspect(tokens)[0].problems(Refused))
			p := db.mustPurge(tokens)
			require.EqualValues(t, 3, p.Deleted())
		})
	}
}

func TestFault46APartitionIsPublishedByItsAncestors(t *testing.T) {
	t.Parallel()
	for _, root := range []string{"", " WITH (publish_via_partition_root)"} {
		db := newDatabase(t, `
			CREATE TABLE refresh_tokens (id integer, expires_at timestamptz, revoked boolean) PARTITION BY LIST (id);
			CREATE TABLE one PARTITION OF refresh_tokens FOR VALUES IN (1);
			CREATE TABLE two PARTITION OF refresh_tokens FOR VALUES IN (2);
			ALTER TABLE two REPLICA IDENTITY FULL;
			INSERT INTO refresh_tokens VALUES (1, NULL, true), (2, NULL, true);
			CREATE PUBLICATION p FOR TABLE refresh_tokens`+root)
		worker := db.as(`GRANT SELECT, UPDATE, DELETE ON refresh_tokens, one, two TO %[1]s`)
		p, err := worker.purge(tokens)
		require.ErrorContains(t, err, "no replica identity")
		require.EqualValues(t, 1, p.Deleted(), "the other partition was purged")
		worker.requireMended(t, tokens, 1, `every DELETE from public.one fails: publication "p" publishes it, and there is no replica identity: `+
			`ALTER TABLE "public"."one" REPLICA IDENTITY FULL`)
	}
}

func TestFault46AFilterOrAColumnListBesideTheIdentityIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ddl     string
		refused bool
	}{
		"a filter by another column": {`ALTER TABLE refresh_tokens ADD PRIMARY KEY (id); CREATE PUBLICATION p FOR TABLE refresh_tokens WHERE (tenant = 'a')`, true},
		"a filter by the key":        {`ALTER TABLE refresh_tokens ADD PRIMARY KEY (id); CREATE PUBLICATION p FOR TABLE refresh_tokens WHERE (id > 2)`, false},
		"a list without the key":     {`ALTER TABLE refresh_tokens ADD PRIMARY KEY (id); CREATE PUBLICATION p FOR TABLE refresh_tokens (tenant)`, true},
		"a list with the key":        {`ALTER TABLE refresh_tokens ADD PRIMARY KEY (id); CREATE PUBLICATION p FOR TABLE refresh_tokens (tenant, id)`, false},
		"a list of a full identity":  {`ALTER TABLE refresh_tokens REPLICA IDENTITY FULL; CREATE PUBLICATION p FOR TABLE refresh_tokens (tenant, id)`, true},
		"a filter of a full one":     {`ALTER TABLE refresh_tokens REPLICA IDENTITY FULL; CREATE PUBLICATION p FOR TABLE refresh_tokens WHERE (tenant = 'a')`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, unkeyed)
			if db.version() < 15 {
				t.Skipf("Postgres %d has neither", db.version())
			}
			db.exec(c.ddl)
			worker := db.as(grantTokens)
			found := worker.inspect(tokens)[0].problems(Refused)
			_, err := db.pool.Exec(t.Context(), `DELETE FROM refresh_tokens WHERE id = 0`)
			if !c.refused {
				require.Empty(t, found)
				require.NoError(t, err)
				p := worker.mustPurge(tokens)
				require.EqualValues(t, 3, p.Deleted())
				return
			}
			require.Error(t, err, "Postgres refuses it, too")
			require.Equal(t, []string{`every DELETE from it fails: the row filter of publication "p" has a column that is not in the table's replica identity, ` +
				`or its column list lacks one that is: change the publication's filter or list, or the replica identity`}, found)
		})
	}
}
