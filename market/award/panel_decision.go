package award

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/southeasttogether/dps/market"
)

// PanelDecision is what an authority's panel decided about a placement, and how its cost is shared.
type PanelDecision struct {
	NeedID     uuid.UUID      `db:"need_id"`
	DecidedOn  market.Date    `db:"decided_on"`
	Agreed     bool           `db:"agreed"`
	Reasons    string         `db:"reasons"`
	Education  market.Decimal `db:"education"`
	SocialCare market.Decimal `db:"social_care"`
	ICB        market.Decimal `db:"icb"`
	RecordedAt time.Time      `db:"recorded_at"`
}

// RecordPanelDecisionInput is a panel's decision to record.
type RecordPanelDecisionInput struct {
	IdempotencyKey string
	Need           market.ID
	DecidedOn      market.Date
	Agreed         bool
	Reasons        string
	Education      market.Decimal
	SocialCare     market.Decimal
	ICB            market.Decimal
}

var hundredPercent = decimal.NewFromInt(100)

// RecordPanelDecision checks a panel's decision. awarded says that an award of the need is approved: its decision
// cannot change any more. routed says that a place by another route waits, for which the need may have left its
// competition.
func RecordPanelDecision(n market.Need, in RecordPanelDecisionInput, awarded, routed bool, now time.Time) error {
	if err := market.RequireNotWithdrawn(n); err != nil && !routed {
		return err
	}
	if awarded {
		return market.Refuse(market.WrongState, "This panel decision cannot be changed, because an award based on it has been approved.")
	}
	reasons := market.InputText{Field: "reasons", Value: in.Reasons, Limit: 4000}
	return market.All(
		market.RefuseIf(in.DecidedOn.After(market.LondonDate(now)), "decidedOn",
			"The date of the decision (%s) must be today or in the past.", in.DecidedOn),
		market.CheckTexts(reasons),
		market.CheckAnonymous(reasons),
		checkFundingSplit(in))
}

// checkFundingSplit checks that the shares of funding add up to the whole.
func checkFundingSplit(in RecordPanelDecisionInput) error {
	var refused error
	for _, share := range []struct {
		field string
		part  market.Decimal
	}{{"education", in.Education}, {"socialCare", in.SocialCare}, {"icb", in.ICB}} {
		refused = market.All(refused, market.RefuseIf(share.part.IsNegative() || !share.part.Equal(share.part.Round(2)), share.field,
			"Each share must be between 0.00 and 100.00 percent."))
	}
	if refused != nil {
		return refused
	}
	return market.RefuseIf(!in.Education.Add(in.SocialCare.Decimal).Add(in.ICB.Decimal).Equal(hundredPercent), "education",
		"The shares of education, social care and the ICB must add up to 100.")
}

// RequirePanelAgreement checks that the panel has agreed before an award is approved; nil means that there is no
// decision. If the law leaves no choice of the place, the panel decides who pays, and cannot refuse.
func RequirePanelAgreement(p *PanelDecision, route market.Route) error {
	switch {
	case p == nil:
		return market.Refuse(market.WrongState, "Record the panel's decision on the placement and its funding first.")
	case !p.Agreed && !requiredByLaw(route):
		return market.Refuse(market.WrongState, "The panel did not agree to a placement, so this cannot be approved.")
	}
	return nil
}
