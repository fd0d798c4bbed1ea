package directory

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// DeclareSettingNeedsInput says which need types a setting meets.
type DeclareSettingNeedsInput struct {
	IdempotencyKey string
	Setting        market.ID
	Needs          []string
}

// DeclareSettingNeeds checks a declaration: the setting is open, and each need type is one that GIAS has, once.
func DeclareSettingNeeds(s market.Setting, in DeclareSettingNeedsInput, now time.Time) error {
	if s.IsClosedOn(market.LondonDate(now)) {
		return market.RefuseField(market.WrongState, "setting", "This setting closed on %s.", s.ClosedOn)
	}
	return market.CheckNeedTypes("needs", in.Needs)
}
