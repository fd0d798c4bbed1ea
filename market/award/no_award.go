package award

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// NoAwardReason is why nothing was awarded.
type NoAwardReason string

// Why nothing was awarded, and as bidders are told it.
const (
	NoAwardNoOffers        NoAwardReason = "NO_OFFERS"
	NoAwardNoneSuitable    NoAwardReason = "NONE_SUITABLE"
	NoAwardNoneLeft        NoAwardReason = "NONE_LEFT"
	NoAwardNotAffordable   NoAwardReason = "NOT_AFFORDABLE"
	NoAwardNeedChanged     NoAwardReason = "NEED_CHANGED"
	NoAwardSchoolNamed     NoAwardReason = "SCHOOL_NAMED"
	NoAwardPlacedOtherwise NoAwardReason = "PLACED_OTHERWISE"
	NoAwardProcedureFault  NoAwardReason = "PROCEDURE_FAULT"
)

// NoAward records that a need ended without an award.
type NoAward struct {
	NeedID uuid.UUID     `db:"need_id"`
	Reason NoAwardReason `db:"reason"`
	Words  string        `db:"words"`
	At     time.Time     `db:"at"`
}

var noAwardPhrases = map[NoAwardReason]string{
	NoAwardNoOffers: "no offer came", NoAwardNoneSuitable: "no offer was found suitable",
	NoAwardNoneLeft:        "no offer is left",
	NoAwardNotAffordable:   "every suitable offer costs more than can be paid",
	NoAwardNeedChanged:     "what the child needs has changed",
	NoAwardSchoolNamed:     "the school that the family asked for is named in the plan",
	NoAwardPlacedOtherwise: "a place was found on another route", NoAwardProcedureFault: "something went wrong in the procedure",
}

// EndWithoutAwardInput is a need to end without an award.
type EndWithoutAwardInput struct {
	IdempotencyKey string
	Need           market.ID
	Reason         NoAwardReason
	Words          string

	DeclareNoInterest bool `json:",omitempty"`
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
			return market.Refuse(market.WrongState, "This need has a live award, so it cannot end without one. "+market.ForAnotherPlace)
		}
	}
	switch {
	case in.Reason == NoAwardNoOffers && len(e.Bidders) > 0:
		return market.RefuseField(market.Invalid, "reason", "You cannot give this reason, because there are offers for this need.")
	case in.Reason == NoAwardNoneSuitable && (len(e.Bidders) == 0 || len(e.Rankings) > 0 || !everyOfferFailed(e.Bidders)):
		return market.RefuseField(market.Invalid, "reason",
			"You can only give this reason if there are offers and every one of them failed its suitability checks.")
	case (in.Reason == NoAwardNoneLeft || in.Reason == NoAwardNotAffordable) && n.RankedAt == nil:
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
