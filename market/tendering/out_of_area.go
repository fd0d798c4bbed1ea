package tendering

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// ApproveOutOfAreaInput is an approval of a place outside the authority's area.
type ApproveOutOfAreaInput struct {
	IdempotencyKey string
	Need           market.ID
	Setting        *market.ID
	Distance       market.AreaDistance
	ApprovedBy     market.AreaApprover
	Grounds        string
	Emergency      bool
	AreaToldOn     *market.Date
}

// AreaFacts decide whether a child's place in a setting is outside the authority's area. A nil code is one that is not known,
// and nil for neighbouring means that it is not known which areas adjoin the authority's.
type AreaFacts struct {
	LegalBasis       market.LegalBasis    `db:"legal_basis"`
	LotKind          market.LotKind       `db:"lot_kind"`
	SettingKind      market.SettingKind   `db:"setting_kind"`
	OwnCode          *string              `db:"own_code"`
	AreaCode         *string              `db:"area_code"`
	Neighbouring     *bool                `db:"neighbouring"`
	ApprovedDistance *market.AreaDistance `db:"approved_distance"` // of the approval that covers the setting; nil if there is none
}

// isOfChildInCare says whether a place is one for which a child in care lives away from home: in a children's home, or
// in a school with residential care. A place in the authority's own area is not outside it.
func (f AreaFacts) isOfChildInCare() bool {
	return f.LegalBasis != market.LegalBasisEhcPlan &&
		(f.SettingKind == market.SettingHome || f.LotKind == market.LotInmssResidential)
}

func (f AreaFacts) isInOwnArea() bool {
	return f.OwnCode != nil && f.AreaCode != nil && *f.OwnCode == *f.AreaCode
}

// RequireAreaApproval refuses a place of a child in care outside the authority's area that is not approved: by the nominated
// officer, and beyond neighbouring areas by the director (Care Planning, Placement and Case Review (England) Regulations
// 2010, reg 11 (check)). A setting whose area is not known is treated as outside it.
func RequireAreaApproval(f AreaFacts) error {
	distant := f.Neighbouring != nil && !*f.Neighbouring
	switch {
	case !f.isOfChildInCare() || f.isInOwnArea():
		return nil
	case f.ApprovedDistance == nil:
		return market.Refuse(market.TooEarly,
			"The authority has to approve this setting first, with approveOutOfArea, because it is not known to be in the authority's area "+
				"(Care Planning Regulations 2010, reg 11).")
	case distant && *f.ApprovedDistance != market.AreaDistant:
		return market.Refuse(market.TooEarly,
			"The director has to approve this setting first, with approveOutOfArea, because it is beyond the neighbouring areas (Care "+
				"Planning Regulations 2010, reg 11).")
	}
	return nil
}

// CheckApprovedArea checks an approval against what is known of the chosen setting.
func CheckApprovedArea(f AreaFacts, in ApproveOutOfAreaInput) error {
	switch {
	case !f.isOfChildInCare():
		return market.RefuseField(market.WrongState, "setting",
			"Only a place in a children's home, or with residential care, needs this approval.")
	case f.isInOwnArea():
		return market.RefuseField(market.WrongState, "setting", "This setting is in your own area and needs no approval.")
	case f.Neighbouring != nil && !*f.Neighbouring && in.Distance != market.AreaDistant:
		return market.RefuseField(market.Invalid, "distance", "This setting is beyond the neighbouring areas: the director has to approve it.")
	case f.Neighbouring != nil && *f.Neighbouring && in.Distance != market.AreaNeighbouring:
		return market.RefuseField(market.Invalid, "distance", "This setting is in a neighbouring area.")
	}
	return nil
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
	case in.AreaToldOn != nil && in.AreaToldOn.After(market.LondonDate(now)):
		return market.RefuseField(market.Invalid, "areaToldOn",
			"The date that the other area's authority was told must be today or in the past.")
	}
	return market.CheckAnonymous(grounds)
}
