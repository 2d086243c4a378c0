package e2e

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// present is what an application does with a refresh token that it is shown, as tutorials write
// it: a good one is exchanged for the next of its family. One that was exchanged before is a
// copy in the wrong hands, and all of its family is revoked.
const present = `
	CREATE TABLE rotated_tokens (
		token text PRIMARY KEY,
		family int NOT NULL,
		expires_at timestamptz NOT NULL DEFAULT now() + interval '30 days',
		revoked boolean NOT NULL DEFAULT false
	);
	CREATE FUNCTION present(shown text, next text) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		found rotated_tokens;
	BEGIN
		SELECT * INTO found FROM rotated_tokens WHERE token = shown FOR UPDATE;
		IF found IS NULL THEN
			RETURN 'unknown';
		ELSIF found.revoked THEN
			UPDATE rotated_tokens SET revoked = true WHERE family = found.family;
			RETURN 'stolen';
		ELSIF found.expires_at < now() THEN
			RETURN 'expired';
		END IF;
		UPDATE rotated_tokens SET revoked = true WHERE token = shown;
		INSERT INTO rotated_tokens (token, family) VALUES (next, found.family);
		RETURN 'exchanged';
	END;
	$$`

// A thief shows a token that its owner has exchanged since. What gives him away is the revoked
// row, so that it has to stay for as long as he could use it.
func TestStoryAStolenTokenIsFoundOutAfterAPurgeThatKeepsItsFamily(t *testing.T) {
	t.Parallel()
	for keepDone, want := range map[string]struct {
		answer string
		active int64
	}{
		"until-expired": {answer: "stolen", active: 0},
		"":              {answer: "unknown", active: 1}, // the row is gone: nobody learns that it was stolen
	} {
		t.Run("KEEP_DONE="+keepDone, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t)
			db.exec(present)
			shown := func(token, next string) string {
				return db.texts(fmt.Sprintf(`SELECT present('%s', '%s')`, token, next))[0]
			}
			vars := []string{
				"SILTGATE_TABLES_0_NAME=rotated_tokens", "SILTGATE_TABLES_0_EXPIRES_COLUMN=expires_at", "SILTGATE_TABLES_0_DONE_COLUMN=revoked",
			}
			if keepDone != "" {
				vars = append(vars, "SILTGATE_TABLES_0_KEEP_DONE="+keepDone)
			}
			f := newFleet(t, db, vars...)
			f.start(1)
			db.exec(`INSERT INTO rotated_tokens (token, family) VALUES ('a1', 1), ('b1', 2)`)
			require.Equal(t, "exchanged", shown("a1", "a2"))
			require.Equal(t, "exchanged", shown("a2", "a3"))
			db.awaitCompleted(db.ask(`{}`))

			require.Equal(t, want.answer, shown("a1", "x"), "the thief's copy of the first one")
			require.Equal(t, want.active, db.number(`SELECT count(*) FROM rotated_tokens WHERE family = 1 AND NOT revoked`))
			require.Equal(t, "exchanged", shown("b1", "b2"), "other families are none of it")

			// Once no token of the family could be used, no row of it is needed.
			db.exec(`UPDATE rotated_tokens SET expires_at = now() - interval '1 s' WHERE family = 1`)
			db.awaitCompleted(db.ask(`{}`))
			require.Zero(t, db.number(`SELECT count(*) FROM rotated_tokens WHERE family = 1`))
			require.EqualValues(t, 1, db.number(`SELECT count(*) FROM rotated_tokens WHERE family = 2 AND NOT revoked`))
		})
	}
}
