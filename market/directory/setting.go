package directory

import "github.com/southeasttogether/dps/market"

// LinkSettingInput says which provider runs a setting.
type LinkSettingInput struct {
	IdempotencyKey string
	Setting        market.ID
	Provider       market.ID
}

// LinkSetting checks that a setting can still be linked to a provider. A link cannot change, because offers, awards and
// placements depend on it.
func LinkSetting(s market.Setting) error {
	if s.ProviderID != nil {
		return market.Refuse(market.WrongState, "This setting is already linked to a provider.")
	}
	if s.ClosedOn != nil {
		return market.Refuse(market.WrongState, "This setting is closed.")
	}
	return nil
}
