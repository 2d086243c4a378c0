package e2e

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// seedVariable makes the tests draw what they drew then.
const seedVariable = "SILTGATE_E2E_SEED"

// seed is all that the tests draw from. It is read once, in TestMain.
var seed uint64

func readSeed() error {
	text := os.Getenv(seedVariable)
	if text == "" {
		seed = rand.Uint64()
		return nil
	}
	var err error
	if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
		return fmt.Errorf("%s: %w", seedVariable, err)
	}
	return nil
}

// randomness is what one part of a test draws from: the same for the same seed, test and part,
// whichever tests run beside it.
func randomness(t testing.TB, part string) *rand.Rand {
	t.Helper()
	name := fnv.New64a()
	_, _ = fmt.Fprintf(name, "%s\x00%s", t.Name(), part)
	return rand.New(rand.NewPCG(seed, name.Sum64()))
}
