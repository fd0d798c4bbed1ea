package market

import (
	"time"

	"github.com/google/uuid"
)

// AreaDistance is how far away a place outside the authority's area is.
type AreaDistance string

// AreaApprover is who approves it.
type AreaApprover string

// How far, and who.
const (
	AreaNeighbouring     AreaDistance = "NEIGHBOURING"
	AreaDistant          AreaDistance = "DISTANT"
	ApprovedByNominatedOfficer AreaApprover = "NOMINATED_OFFICER"
	ApprovedByDirector         AreaApprover = "DIRECTOR"
)

// AreaApproval is the approval of a place outside the authority's area.
type AreaApproval struct {
	NeedID     uuid.UUID    `db:"need_id"`
	Distance   AreaDistance `db:"distance"`
	ApprovedBy AreaApprover `db:"approved_by"`
	Grounds    string       `db:"grounds"`
	Emergency  bool         `db:"emergency"`
	AreaToldOn *Date        `db:"area_told_on"`
	ApprovedAt time.Time    `db:"approved_at"`
}

// ApproveOutOfAreaInput is an approval of a place outside the authority's area.
type ApproveOutOfAreaInput struct {
	IdempotencyKey string
	Need           ID
	Distance       AreaDistance
	ApprovedBy     AreaApprover
	Grounds        string
	Emergency      bool
	AreaToldOn     *Date
}

// areaToldWorkingDays after an emergency the area's authority is told: Care Planning, Placement and Case Review (England)
// Regulations 2010 (SI 2010/959), reg 13 (check).
const areaToldWorkingDays = 5

// ToldBy is until when the area's authority is to be told after an emergency; nil where it was told before.
func (a AreaApproval) ToldBy() *time.Time {
	if !a.Emergency || a.AreaToldOn != nil {
		return nil
	}
	return new(AddWorkingDays(a.ApprovedAt, areaToldWorkingDays))
}

// AreaToldBy is the day of that.
func (a AreaApproval) AreaToldBy() *Date {
	by := a.ToldBy()
	if by == nil {
		return nil
	}
	return new(NewDate(by.Year(), by.Month(), by.Day()))
}

// ApproveOutOfArea checks an approval of a place outside the area of a child in care: by the nominated officer, beyond
// neighbours by the director (SI 2010/959 reg 11) (check); the area's authority told before, but in an emergency.
func ApproveOutOfArea(n Need, in ApproveOutOfAreaInput, now time.Time) error {
	grounds := InputText{"grounds", in.Grounds, 4000}
	if err := checkTexts(grounds); err != nil {
		return err
	}
	if err := requireNotWithdrawn(n); err != nil {
		return err
	}
	switch {
	case n.LegalBasis == "EHC_PLAN":
		return Refuse(WrongState, "Only a child in care needs this approval.")
	case in.Distance == AreaDistant && in.ApprovedBy != ApprovedByDirector:
		return RefuseField(Invalid, "approvedBy", "Beyond neighbouring authorities the director approves.")
	case !in.Emergency && in.AreaToldOn == nil:
		return RefuseField(Invalid, "areaToldOn", "The authority of the area is told before the child is placed, but in an emergency.")
	case in.AreaToldOn != nil && in.AreaToldOn.After(now):
		return RefuseField(Invalid, "areaToldOn", "Record when it was told, once it was.")
	}
	return CheckAnonymous(grounds)
}
