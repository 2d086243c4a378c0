package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A trigger that marks a row as deleted, and keeps it, moves the row to another place of the heap. A run must
// come to its end all the same, and say what it could not delete.
func TestFault23RowsThatATriggerOnlyMarksAreCountedAsKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		plan, keep    string
		deleted, kept int64
	}{
		"all of them, by a sweep": {planSweep, "true", 0, 300},
		"all of them, by a list":  {planIndex, "true", 0, 300},
		"some, by a sweep":        {planSweep, "OLD.id % 3 = 0", 200, 100},
		"some, by a list":         {planIndex, "OLD.id % 3 = 0", 200, 100},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `
				ALTER TABLE refresh_tokens ADD deleted_at timestamptz;
				INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 300);
				INSERT INTO refresh_tokens (revoked) SELECT false FROM generate_series(1, 60000);
				CREATE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
					IF `+c.keep+` THEN
						UPDATE refresh_tokens SET deleted_at = now() WHERE id = OLD.id;
						RETURN NULL;
					END IF;
					RETURN OLD;
				END $$;
				CREATE TRIGGER mark BEFORE DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION mark()`)
			if c.plan == planIndex {
				db.exec(indexTokens)
				db.exec(`ANALYZE refresh_tokens`)
			}
			p := db.mustPurge(tokens)
			require.Equal(t, c.plan, p.Tables[0].Plan)
			require.Equal(t, c.deleted, p.Deleted())
			require.GreaterOrEqual(t, p.Tables[0].Undeletable, c.kept)
			require.LessOrEqual(t, p.Tables[0].Undeletable, c.kept+100, "a row that is moved to a block to come counts there too")
			require.Equal(t, c.kept, db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked`))
		})
	}
}
