package engine_test

import (
	"strings"
	"testing"

	"github.com/lib/pq"

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

// TestSplitHosts: several servers in an address are those of the driver's own form.
func TestSplitHosts(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://one:5432/dps": "postgres://one:5432/dps",
		"postgres://u@one:5432,two:5433/dps": "postgres://u@/dps?host=one%2Ctwo&port=5432%2C5433" +
			"&target_session_attrs=read-write",
		"postgres://u@one,two:5433/dps?target_session_attrs=any": "postgres://u@/dps?host=one%2Ctwo&port=5432%2C5433&target_session_attrs=any",
		"postgres://u:p%40w@[::1]:5432,two:5433/dps?sslmode=allow": "postgres://u:p%40w@/dps?host=%3A%3A1%2Ctwo&port=5432%2C5433&sslmode=allow" +
			"&target_session_attrs=read-write",
	} {
		got := engine.SplitHosts(address)
		if got != want {
			t.Errorf("%s became %s", address, got)
		}
		if _, err := pq.NewConfig(engine.WithSettings(got)); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}
