package market

import (
	"testing"

	"github.com/google/uuid"
)

// TestLinkSetting: an open setting that is nobody's, and no other.
func TestLinkSetting(t *testing.T) {
	day := NewDate(2026, 1, 31)
	for name, c := range map[string]struct {
		setting Setting
		want    string
	}{
		"nobody's":           {Setting{}, ""},
		"somebody's":         {Setting{ProviderID: new(uuid.New())}, "WRONG_STATE"},
		"closed":             {Setting{ClosedOn: &day}, "WRONG_STATE"},
		"somebody's, closed": {Setting{ProviderID: new(uuid.New()), ClosedOn: &day}, "WRONG_STATE"},
	} {
		if got := refusalCode(t, LinkSetting(c.setting)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
