package purge

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAGuardThatCannotReadOneAnswerGoesByTheOneBefore(t *testing.T) {
	t.Parallel()
	session := newDatabase(t).engine().Session
	now := time.Now()
	var answer int
	var failure error
	var g sight[int]
	look := func() error {
		now = now.Add(lagInterval)
		return g.look(session, now, func() (int, error) { return answer, failure })
	}
	answer = 7
	require.NoError(t, look())

	answer, failure = 0, errors.New("too slow")
	require.NoError(t, look())
	require.Equal(t, 7, g.seen)
	require.ErrorIs(t, look(), failure)
	require.Zero(t, g.seen)
	require.True(t, g.blind)

	answer, failure = 8, nil
	require.NoError(t, look())
	require.Zero(t, g.seen, "it is asked more rarely while it reads nothing")
	now = now.Add(blindInterval)
	require.NoError(t, look())
	require.Equal(t, 8, g.seen)

	failure = errBlind
	require.ErrorIs(t, look(), errBlind, "the role will not see more the next time")
}
