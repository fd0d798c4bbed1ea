package directory

import "github.com/southeasttogether/dps/market"

// LinkSettingInput says whose a setting is.
type LinkSettingInput struct {
	IdempotencyKey string
	Setting        market.ID
	Provider       market.ID
}

// LinkSetting says whether somebody may still say whose a setting is. Once said it stays: offers, awards and placements
// hang on it.
func LinkSetting(s market.Setting) error {
	if s.ProviderID != nil {
		return market.Refuse(market.WrongState, "This setting is already linked to a provider.")
	}
	if s.ClosedOn != nil {
		return market.Refuse(market.WrongState, "This setting is closed.")
	}
	return nil
}
