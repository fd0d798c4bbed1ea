//go:build race

package hostile_test

// slower is how much more everything costs with the race detector.
const slower = 20
