//go:build race

package hostile_test

// slower is how much more the race detector lets everything cost.
const slower = 20
