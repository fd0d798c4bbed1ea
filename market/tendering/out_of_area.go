package tendering

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// ApproveOutOfAreaInput is an approval of a place outside the authority's area.
type ApproveOutOfAreaInput struct {
	IdempotencyKey string
	Need           market.ID
	Distance       market.AreaDistance
	ApprovedBy     market.AreaApprover
	Grounds        string
	Emergency      bool
	AreaToldOn     *market.Date
}

// ApproveOutOfArea checks an approval of a place outside the area of a child in care. The nominated officer approves
// it, or the director beyond neighbouring authorities (SI 2010/959 reg 11) (check). The area's authority must be told
// before, except in an emergency.
func ApproveOutOfArea(n market.Need, in ApproveOutOfAreaInput, now time.Time) error {
	grounds := market.InputText{Field: "grounds", Value: in.Grounds, Limit: 4000}
	if err := market.CheckTexts(grounds); err != nil {
		return err
	}
	if err := market.RequireNotWithdrawn(n); err != nil {
		return err
	}
	switch {
	case n.LegalBasis == "EHC_PLAN":
		return market.Refuse(market.WrongState, "Only a placement of a child in care needs this approval.")
	case in.Distance == market.AreaDistant && in.ApprovedBy != market.ApprovedByDirector:
		return market.RefuseField(market.Invalid, "approvedBy",
			"A placement beyond neighbouring authorities must be approved by the director.")
	case !in.Emergency && in.AreaToldOn == nil:
		return market.RefuseField(market.Invalid, "areaToldOn",
			"Enter when the other area's authority was told: it must be told before the child is placed, except in an emergency.")
	case in.AreaToldOn != nil && in.AreaToldOn.After(market.LondonDate(now).Time):
		return market.RefuseField(market.Invalid, "areaToldOn",
			"The date that the other area's authority was told must be today or in the past.")
	}
	return market.CheckAnonymous(grounds)
}
