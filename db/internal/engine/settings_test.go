package engine_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/db/internal/engine"
)

// TestLimitsOfAnAddressHold, and where it has none, the program's own.
func TestLimitsOfAnAddressHold(t *testing.T) {
	for _, c := range []struct{ address, want string }{
		{"postgres://host/dps", "lock_timeout=5000"},
		{"postgres://host/dps?lock_timeout=70", "lock_timeout=70"},
		{"postgres://host/dps?sslmode=disable&statement_timeout=80", "statement_timeout=80"},
		{"postgres://host/dps?deadlock_timeout=90", "&lock_timeout=5000"}, // the name of one ends as that of another
		{"host=there statement_timeout = 60", " lock_timeout=5000"},
	} {
		got := engine.WithSettings(c.address)
		name, _, _ := strings.Cut(strings.Trim(c.want, " &"), "=")
		if !strings.Contains(got, c.want) || strings.Count(strings.ReplaceAll(got, "dead"+name, ""), name) != 1 {
			t.Errorf("%s became %s", c.address, got)
		}
	}
	if got := engine.WithSettings("host=there statement_timeout = 60"); strings.Contains(got, "10000") {
		t.Errorf("two limits: %s", got)
	}
}
