package market

import "github.com/southeasttogether/dps/market/idkind"

// Node is an object that can be fetched again by its id.
type Node interface{ IsNode() }

func (o Organisation) GlobalID() ID { return ID{idkind.Organisation, o.ID} }

func (m Market) GlobalID() ID { return ID{idkind.Market, m.ID} }

func (l Lot) GlobalID() ID { return ID{idkind.Lot, l.ID} }

func (c Criterion) GlobalID() ID { return ID{idkind.Criterion, c.ID} }

func (p Provider) GlobalID() ID { return ID{idkind.Provider, p.ID} }

func (s Setting) GlobalID() ID { return ID{idkind.Setting, s.ID} }

func (m Membership) GlobalID() ID { return ID{idkind.Membership, m.ID} }

func (n Need) GlobalID() ID { return ID{idkind.Need, n.ID} }

func (c Clarification) GlobalID() ID { return ID{idkind.Clarification, c.ID} }

func (o Offer) GlobalID() ID { return ID{idkind.Offer, o.ID} }

func (p Preference) GlobalID() ID { return ID{idkind.Preference, p.ID} }

func (a Award) GlobalID() ID { return ID{idkind.Award, a.ID} }

func (p Placement) GlobalID() ID { return ID{idkind.Placement, p.ID} }

func (a Agreement) GlobalID() ID { return ID{idkind.Agreement, a.ID} }

func (i FamilyInvitation) GlobalID() ID { return ID{idkind.FamilyInvitation, i.ID} }

func (w FeedbackWords) GlobalID() ID { return ID{idkind.FeedbackWords, w.ID} }

func (a Appointment) GlobalID() ID { return ID{idkind.Appointment, a.ID} }

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
