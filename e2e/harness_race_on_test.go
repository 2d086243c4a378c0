//go:build race

package e2e

// raceDetector is whether these tests, and so the binary that they build, run under it.
const raceDetector = true
