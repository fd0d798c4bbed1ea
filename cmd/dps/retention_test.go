package main

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/db/dbtest"
)

// TestRetentionIsSetAtTheTerminal: within its bounds and with a reason; every refusal says what to do.
func TestRetentionIsSetAtTheTerminal(t *testing.T) {
	d := dbtest.NewFixture(t, 1, 2)
	set := func(arguments ...string) programResult {
		return runDPS(t, append([]string{"retention", "set", "--admin-database-url", d.AdminURL, "--by", "synthetic.operator"}, arguments...)...)
	}
	printed := func(words ...string) {
		t.Helper()
		said := runDPS(t, "retention", "--admin-database-url", d.AdminURL).requireSuccess(t).out
		for _, want := range words {
			if !strings.Contains(said, want) {
				t.Errorf("%q is not in:\n%s", want, said)
			}
		}
	}
	printed("DOCUMENT", "2557", "Limitation Act 1980")
	set("--kind", "retry", "--days", "30", "--reason", "Synthetic: our systems try again within a week").requireSuccess(t)
	printed("our systems try again")
	set("--kind", "RETRY", "--days", "3", "--reason", "Synthetic").requireRefused(t, "between 7 and 36500 days")
	set("--kind", "RETRY", "--reason", "Synthetic").requireRefused(t, "between 7 and 36500 days")
	set("--kind", "RETRY", "--days", "30").requireRefused(t, "--reason is missing")
	set("--kind", "LETTERS", "--days", "30", "--reason", "Synthetic").requireRefused(t, "kind")
	runDPS(t, "retention", "nonsense").requireRefused(t, "there is no command")
}
