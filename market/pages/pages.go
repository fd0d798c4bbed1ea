// Package pages has the names that the schema gives to the pages of its lists and to their edges. gqlgen finds the types by these
// names; Go code writes market.Connection[market.Need].
package pages

import (
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/admission"
	"github.com/southeasttogether/dps/market/award"
	"github.com/southeasttogether/dps/market/directory"
	"github.com/southeasttogether/dps/market/record"
)

// Pages of lists and their edges, for the generated code.
type (
	OrganisationConnection  = market.Connection[market.Organisation]
	OrganisationEdge        = market.Edge[market.Organisation]
	MarketConnection        = market.Connection[market.Market]
	MarketEdge              = market.Edge[market.Market]
	LotConnection           = market.Connection[market.Lot]
	LotEdge                 = market.Edge[market.Lot]
	DistrictConnection      = market.Connection[market.District]
	DistrictEdge            = market.Edge[market.District]
	ProviderConnection      = market.Connection[market.Provider]
	ProviderEdge            = market.Edge[market.Provider]
	SettingConnection       = market.Connection[market.Setting]
	SettingEdge             = market.Edge[market.Setting]
	RegistrationConnection  = market.Connection[directory.Registration]
	RegistrationEdge        = market.Edge[directory.Registration]
	ApplicationConnection   = market.Connection[admission.Application]
	ApplicationEdge         = market.Edge[admission.Application]
	MembershipConnection    = market.Connection[market.Membership]
	MembershipEdge          = market.Edge[market.Membership]
	NeedConnection          = market.Connection[market.Need]
	NeedEdge                = market.Edge[market.Need]
	OfferConnection         = market.Connection[market.Offer]
	OfferEdge               = market.Edge[market.Offer]
	PlacementConnection     = market.Connection[market.Placement]
	PlacementEdge           = market.Edge[market.Placement]
	FeedbackWordsConnection = market.Connection[market.FeedbackWords]
	FeedbackWordsEdge       = market.Edge[market.FeedbackWords]
	PlaceConnection         = market.Connection[market.Place]
	PlaceEdge               = market.Edge[market.Place]
	SavedSearchConnection   = market.Connection[market.SavedSearch]
	SavedSearchEdge         = market.Edge[market.SavedSearch]
	AlertConnection         = market.Connection[record.Alert]
	AlertEdge               = market.Edge[record.Alert]
	AwardNoticeConnection   = market.Connection[award.AwardNotice]
	AwardNoticeEdge         = market.Edge[award.AwardNotice]
	EventConnection         = market.Connection[record.Event]
	EventEdge               = market.Edge[record.Event]
)
