package doctor

import (
	"testing"
)

func TestATableThatDoesNotExistFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`DROP TABLE refresh_tokens, password_resets`)
	r := f.doctor.Examine(t.Context())
	f.is(r, "refresh_tokens", Fail, "does not exist")
	f.is(r, "password_resets", OK, "passed over")
}
