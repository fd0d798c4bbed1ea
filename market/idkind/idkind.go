// Package idkind names the kinds of things that have an id of their own: the part of an opaque id before its underscore.
package idkind

// The kinds.
const (
	Organisation     = "org"
	Delegation       = "delegation"
	Market           = "market"
	Lot              = "lot"
	Criterion        = "criterion"
	Provider         = "provider"
	Setting          = "setting"
	Search           = "search"
	Application      = "application"
	Registration     = "registration"
	Membership       = "membership"
	Evidence         = "evidence"
	Need             = "need"
	Clarification    = "clarification"
	Offer            = "offer"
	Preference       = "preference"
	PriceQuery       = "pricequery"
	TelephoneOffer   = "telephone"
	Award            = "award"
	Placement        = "placement"
	Agreement        = "agreement"
	FamilyInvitation = "invitation"
	FeedbackWords    = "words"
	Appointment      = "appointment"
	Event            = "event"
	Alert            = "alert"
)
