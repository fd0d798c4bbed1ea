package award

import "github.com/southeasttogether/dps/market"

var noAwardPhrases = map[market.NoAwardReason]string{
	market.NoAwardNoOffers: "no offer came", market.NoAwardNoneSuitable: "no offer was found suitable",
	market.NoAwardNoneLeft:        "no offer is left",
	market.NoAwardNotAffordable:   "every suitable offer costs more than can be paid",
	market.NoAwardNeedChanged:     "what the child needs has changed",
	market.NoAwardSchoolNamed:     "the school that the family asked for is named in the plan",
	market.NoAwardPlacedOtherwise: "a place was found on another route", market.NoAwardProcedureFault: "something went wrong in the procedure",
}

// EndWithoutAwardInput is a need to end without an award.
type EndWithoutAwardInput struct {
	IdempotencyKey string
	Need           market.ID
	Reason         market.NoAwardReason
	Words          string
}

// EndWithoutAward checks that a need can end without an award: its offers are open, it has no live award, and its
// offers bear out the reason. Candidates and tenderers are told the grounds (PCR 2015 reg 55(1); Procurement Act 2023 s
// 55 (check): a termination notice where a procedure ends without an award).
func EndWithoutAward(n market.Need, e EvaluationOutcome, awards []market.Award, in EndWithoutAwardInput) error {
	if n.OpenedAt == nil {
		return market.Refuse(market.TooEarly, "The offers of this need are not open yet.")
	}
	for _, a := range awards {
		if market.IsLive(a) {
			return market.Refuse(market.WrongState, "This need has a live award, so it cannot end without one.")
		}
	}
	switch {
	case in.Reason == market.NoAwardNoOffers && len(e.Bidders) > 0:
		return market.RefuseField(market.Invalid, "reason", "You cannot give this reason, because there are offers for this need.")
	case in.Reason == market.NoAwardNoneSuitable && (len(e.Bidders) == 0 || len(e.Rankings) > 0 || !everyOfferFailed(e.Bidders)):
		return market.RefuseField(market.Invalid, "reason",
			"You can only give this reason if there are offers and every one of them failed its suitability checks.")
	case (in.Reason == market.NoAwardNoneLeft || in.Reason == market.NoAwardNotAffordable) && n.RankedAt == nil:
		return market.RefuseField(market.Invalid, "reason", "You cannot give this reason before the offers are ranked.")
	}
	if err := market.CheckTexts(market.InputText{Field: "words", Value: in.Words, Limit: 4000}); err != nil {
		return err
	}
	return market.CheckAnonymous(market.InputText{Field: "words", Value: in.Words, Limit: 4000})
}

// everyOfferFailed says that every offer was fully checked and none passed.
func everyOfferFailed(all []market.AssessedOffer) bool {
	for _, a := range all {
		if a.Checks != len(market.SuitabilityCodes) || a.Passed {
			return false
		}
	}
	return true
}
