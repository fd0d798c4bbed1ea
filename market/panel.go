package market

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// PanelDecision is what an authority's panel decided about a placement, and in which parts it is paid for.
type PanelDecision struct {
	NeedID     uuid.UUID `db:"need_id"`
	DecidedOn  Date      `db:"decided_on"`
	Agreed     bool      `db:"agreed"`
	Reasons    string    `db:"reasons"`
	Education  Decimal   `db:"education"`
	SocialCare Decimal   `db:"social_care"`
	ICB        Decimal   `db:"icb"`
	RecordedAt time.Time `db:"recorded_at"`
}

// RecordPanelDecisionInput is a panel's decision to record.
type RecordPanelDecisionInput struct {
	IdempotencyKey string
	Need           ID
	DecidedOn      Date
	Agreed         bool
	Reasons        string
	Education      Decimal
	SocialCare     Decimal
	ICB            Decimal
}

var hundredPercent = decimal.NewFromInt(100)

// RecordPanelDecision checks a panel's decision. awarded says that an award of the need is approved: what it rests on stands; routed
// that one by another route waits, for which the need may have left its competition.
func RecordPanelDecision(n Need, in RecordPanelDecisionInput, awarded, routed bool, now time.Time) error {
	reasons := InputText{"reasons", in.Reasons, 4000}
	if err := checkTexts(reasons); err != nil {
		return err
	}
	if err := requireNotWithdrawn(n); err != nil && !routed {
		return err
	}
	switch {
	case awarded:
		return Refuse(WrongState, "An award that rests on this decision is approved.")
	case in.DecidedOn.After(now):
		return RefuseField(Invalid, "decidedOn", "The panel has not sat yet on %s.", in.DecidedOn)
	}
	if err := checkFundingSplit(in); err != nil {
		return err
	}
	return CheckAnonymous(reasons)
}

// checkFundingSplit wants the parts of funding to be a whole.
func checkFundingSplit(in RecordPanelDecisionInput) error {
	for field, part := range map[string]Decimal{"education": in.Education, "socialCare": in.SocialCare, "icb": in.ICB} {
		if part.IsNegative() || !part.Equal(part.Round(2)) {
			return RefuseField(Invalid, field, "A part is from 0.00 to 100.00 percent.")
		}
	}
	if !in.Education.Add(in.SocialCare.Decimal).Add(in.ICB.Decimal).Equal(hundredPercent) {
		return RefuseField(Invalid, "education", "The parts of education, social care and the ICB sum to 100.")
	}
	return nil
}

// RequirePanelAgreement wants the panel's word before an award is approved; nil is none. Where the law leaves no choice of the place, the panel
// says who pays, and cannot say no.
func RequirePanelAgreement(p *PanelDecision, route Route) error {
	switch {
	case p == nil:
		return Refuse(WrongState, "The panel's decision on the placement and its funding is not recorded yet.")
	case !p.Agreed && !route.requiredByLaw():
		return Refuse(WrongState, "The panel did not agree to a placement.")
	}
	return nil
}
