package jobs

import (
	"testing"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
