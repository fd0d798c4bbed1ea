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
	kindSearch           = "search"
	KindApplication      = "application"
	KindRegistration     = "registration"
	KindMembership       = "membership"
	KindEvidence         = "evidence"
	KindNeed             = "need"
	kindClarification    = "clarification"
	KindOffer            = "offer"
	kindPreference       = "preference"
	KindPriceQuery       = "pricequery"
	KindTelephoneOffer   = "telephone"
	KindAward            = "award"
	KindPlacement        = "placement"
	kindAgreement        = "agreement"
	KindFamilyInvitation = "invitation"
	KindFeedbackWords    = "words"
	kindAppointment      = "appointment"
	kindEvent            = "event"
	kindAlert            = "alert"
)

func (o Organisation) GlobalID() ID { return ID{KindOrganisation, o.ID} }

func (m Market) GlobalID() ID { return ID{KindMarket, m.ID} }

func (l Lot) GlobalID() ID { return ID{KindLot, l.ID} }

func (c Criterion) GlobalID() ID { return ID{KindCriterion, c.ID} }

func (p Provider) GlobalID() ID { return ID{KindProvider, p.ID} }

func (s Setting) GlobalID() ID { return ID{KindSetting, s.ID} }

func (m Membership) GlobalID() ID { return ID{KindMembership, m.ID} }

func (n Need) GlobalID() ID { return ID{KindNeed, n.ID} }

func (c Clarification) GlobalID() ID { return ID{kindClarification, c.ID} }

func (o Offer) GlobalID() ID { return ID{KindOffer, o.ID} }

func (p Preference) GlobalID() ID { return ID{kindPreference, p.ID} }

func (a Award) GlobalID() ID { return ID{KindAward, a.ID} }

func (p Placement) GlobalID() ID { return ID{KindPlacement, p.ID} }

func (a Agreement) GlobalID() ID { return ID{kindAgreement, a.ID} }

func (i FamilyInvitation) GlobalID() ID { return ID{KindFamilyInvitation, i.ID} }

func (w FeedbackWords) GlobalID() ID { return ID{KindFeedbackWords, w.ID} }

func (a Appointment) GlobalID() ID { return ID{kindAppointment, a.ID} }

func (e Event) GlobalID() ID { return ID{kindEvent, e.ID} }

func (Organisation) IsNode() {}

func (Market) IsNode() {}

func (Lot) IsNode() {}

func (Provider) IsNode() {}

func (Setting) IsNode() {}

func (Membership) IsNode() {}

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
