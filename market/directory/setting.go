package directory

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// LinkSettingInput says which provider runs a setting.
type LinkSettingInput struct {
	IdempotencyKey string
	Setting        market.ID
	Provider       market.ID
}

// UnlinkSettingInput is a link to take back.
type UnlinkSettingInput struct {
	IdempotencyKey string
	Setting        market.ID
	Reason         string
}

// HandOverSettingInput is a setting that another provider runs from now on.
type HandOverSettingInput struct {
	IdempotencyKey string
	Setting        market.ID
	Provider       market.ID
	Reason         string
}

// SettingLinkKind is a kind of change of who runs a setting.
type SettingLinkKind string

// Changes of who runs a setting.
const (
	SettingLinked     SettingLinkKind = "LINKED"
	SettingUnlinked   SettingLinkKind = "UNLINKED"
	SettingHandedOver SettingLinkKind = "HANDED_OVER"
)

// SettingLink is a change of who runs a setting.
type SettingLink struct {
	SettingID         uuid.UUID       `db:"setting_id"`
	Kind              SettingLinkKind `db:"kind"`
	EarlierProviderID *uuid.UUID      `db:"earlier_provider_id"`
	ProviderID        *uuid.UUID      `db:"new_provider_id"`
	Reason            *string         `db:"reason"`
	At                time.Time       `db:"at"`
}

// LinkSetting checks that a setting can be linked to a provider: it has none and is open.
func LinkSetting(s market.Setting, now time.Time) error {
	if s.ProviderID != nil {
		return market.Refuse(market.WrongState, "This setting is already linked to a provider.")
	}
	if s.IsClosedOn(market.LondonDate(now)) {
		return market.Refuse(market.WrongState, "This setting closed on %s.", s.ClosedOn)
	}
	return nil
}

// UnlinkSetting makes the step that takes a link back. The database refuses it while a child is placed there: not everybody
// who links settings sees placements.
func UnlinkSetting(s market.Setting, in UnlinkSettingInput) (SettingLink, error) {
	if s.ProviderID == nil {
		return SettingLink{}, market.Refuse(market.WrongState, "This setting is not linked to a provider.")
	}
	return SettingLink{SettingID: s.ID, Kind: SettingUnlinked, EarlierProviderID: s.ProviderID, Reason: &in.Reason},
		market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 2000})
}

// HandOverSetting makes the step that gives a setting to another provider. What goes with it, and what ends, the database
// knows (setting_changes_hands).
func HandOverSetting(s market.Setting, in HandOverSettingInput) (SettingLink, error) {
	switch {
	case s.ProviderID == nil:
		return SettingLink{}, market.Refuse(market.WrongState, "This setting is not linked to a provider: link it with linkSetting.")
	case *s.ProviderID == in.Provider.UUID:
		return SettingLink{}, market.RefuseField(market.Invalid, "provider", "This provider already runs the setting: choose another.")
	}
	return SettingLink{
			SettingID: s.ID, Kind: SettingHandedOver, EarlierProviderID: s.ProviderID, ProviderID: &in.Provider.UUID,
			Reason: &in.Reason,
		},
		market.CheckTexts(market.InputText{Field: "reason", Value: in.Reason, Limit: 2000})
}
