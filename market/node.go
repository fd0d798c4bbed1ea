package market

// Node is an object that can be fetched again by its id.
type Node interface{ IsNode() }

// The kinds of id.
const (
	KindOrganisation     = "org"
	KindDelegation       = "delegation"
	KindMarket           = "market"
	KindLot              = "lot"
	KindCriterion        = "criterion"
	KindProvider         = "provider"
	KindSetting          = "setting"
	KindSearch           = "search"
	KindApplication      = "application"
	KindMembership       = "membership"
	KindEvidence         = "evidence"
	KindNeed             = "need"
	KindClarification    = "clarification"
	KindOffer            = "offer"
	KindPreference       = "preference"
	KindPriceQuery       = "pricequery"
	KindTelephoneOffer   = "telephone"
	KindAward            = "award"
	KindPlacement        = "placement"
	KindAgreement        = "agreement"
	KindFamilyInvitation = "invitation"
	KindFeedbackWords    = "words"
	KindAppointment      = "appointment"
	KindEvent            = "event"
	KindAlert            = "alert"
)

func (o Organisation) GlobalID() ID { return ID{KindOrganisation, o.ID} }

func (d Delegation) GlobalID() ID { return ID{KindDelegation, d.ID} }

func (m Market) GlobalID() ID { return ID{KindMarket, m.ID} }

func (l Lot) GlobalID() ID { return ID{KindLot, l.ID} }

func (c Criterion) GlobalID() ID { return ID{KindCriterion, c.ID} }

func (p Provider) GlobalID() ID { return ID{KindProvider, p.ID} }

func (s Setting) GlobalID() ID { return ID{KindSetting, s.ID} }

func (a Application) GlobalID() ID { return ID{KindApplication, a.ID} }

func (m Membership) GlobalID() ID { return ID{KindMembership, m.ID} }

func (e Evidence) GlobalID() ID { return ID{KindEvidence, e.ID} }

func (n Need) GlobalID() ID { return ID{KindNeed, n.ID} }

func (c Clarification) GlobalID() ID { return ID{KindClarification, c.ID} }

func (o Offer) GlobalID() ID { return ID{KindOffer, o.ID} }

func (q PriceQuery) GlobalID() ID { return ID{KindPriceQuery, q.ID} }

func (o TelephoneOffer) GlobalID() ID { return ID{KindTelephoneOffer, o.ID} }

func (p Preference) GlobalID() ID { return ID{KindPreference, p.ID} }

func (a Award) GlobalID() ID { return ID{KindAward, a.ID} }

func (p Placement) GlobalID() ID { return ID{KindPlacement, p.ID} }

func (a Agreement) GlobalID() ID { return ID{KindAgreement, a.ID} }

func (i FamilyInvitation) GlobalID() ID { return ID{KindFamilyInvitation, i.ID} }

func (w FeedbackWords) GlobalID() ID { return ID{KindFeedbackWords, w.ID} }

func (a Appointment) GlobalID() ID { return ID{KindAppointment, a.ID} }

func (e Event) GlobalID() ID { return ID{KindEvent, e.ID} }

func (Organisation) IsNode() {}

func (Market) IsNode() {}

func (Lot) IsNode() {}

func (Provider) IsNode() {}

func (Setting) IsNode() {}

func (Application) IsNode() {}

func (Membership) IsNode() {}

func (Evidence) IsNode() {}

func (Need) IsNode() {}

func (Offer) IsNode() {}

func (Award) IsNode() {}

func (Placement) IsNode() {}

func (FeedbackWords) IsNode() {}

// The entities of the federated graph.
func (Organisation) IsEntity() {}

func (Lot) IsEntity() {}

func (Provider) IsEntity() {}

func (Setting) IsEntity() {}

func (Need) IsEntity() {}

func (Offer) IsEntity() {}

func (Placement) IsEntity() {}
