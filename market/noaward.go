package market

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
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

var noAwardPhrases = map[NoAwardReason]string{
	NoAwardNoOffers: "no offer came", NoAwardNoneSuitable: "no offer was found suitable", NoAwardNoneLeft: "no offer is left",
	NoAwardNotAffordable: "every suitable offer costs more than can be paid", NoAwardNeedChanged: "what the child needs has changed",
	NoAwardSchoolNamed:     "the school that the family asked for is named in the plan",
	NoAwardPlacedOtherwise: "a place was found on another route", NoAwardProcedureFault: "something went wrong in the procedure",
}

// NoAward is that a need ended without an award.
type NoAward struct {
	NeedID uuid.UUID     `db:"need_id"`
	Reason NoAwardReason `db:"reason"`
	Words  string        `db:"words"`
	At     time.Time     `db:"at"`
}

// EndWithoutAwardInput is a need to end without an award.
type EndWithoutAwardInput struct {
	IdempotencyKey string
	Need           ID
	Reason         NoAwardReason
	Words          string
}

// EndWithoutAward checks that a need may end so: opened, without a live award, and for a reason that its offers bear out. Not to
// award is a decision of which candidates and tenderers are told the grounds (PCR 2015 reg 55(1); Procurement Act 2023 s 55
// (check): a termination notice where a procedure ends without an award).
func EndWithoutAward(n Need, e EvaluationOutcome, awards []Award, in EndWithoutAwardInput) error {
	if n.OpenedAt == nil {
		return Refuse(TooEarly, "The offers of this need are not open yet.")
	}
	for _, a := range awards {
		if a.isLive() {
			return Refuse(WrongState, "This need has a live award.")
		}
	}
	switch {
	case in.Reason == NoAwardNoOffers && len(e.Bidders) > 0:
		return RefuseField(Invalid, "reason", "There are offers.")
	case in.Reason == NoAwardNoneSuitable && (len(e.Bidders) == 0 || len(e.Rankings) > 0 || !everyOfferFailed(e.Bidders)):
		return RefuseField(Invalid, "reason", "Either there is no offer, or one is suitable or not fully assessed.")
	case (in.Reason == NoAwardNoneLeft || in.Reason == NoAwardNotAffordable) && n.RankedAt == nil:
		return RefuseField(Invalid, "reason", "The offers are not ranked: nobody knows yet which are suitable.")
	}
	if err := checkTexts(InputText{"words", in.Words, 4000}); err != nil {
		return err
	}
	return CheckAnonymous(InputText{"words", in.Words, 4000})
}

// everyOfferFailed says that each offer was fully checked and none passed.
func everyOfferFailed(all []AssessedOffer) bool {
	for _, a := range all {
		if a.Checks != len(SuitabilityCodes) || a.Passed {
			return false
		}
	}
	return true
}

// NoAwardLetters tells every bidder that nothing was awarded and why, with the own scores or what its offer did not pass.
func NoAwardLetters(e EvaluationOutcome, in EndWithoutAwardInput, now time.Time) []Letter {
	letters := make([]Letter, 0, len(e.Bidders))
	for _, bidder := range e.Bidders {
		l := Letter{OfferID: bidder.OfferID, ProviderID: bidder.ProviderID, Result: LetterNothingAwarded, SentAt: now}
		l.Body = fmt.Sprintf("Need %s ended without an award, because %s: %s", e.Need.Reference, noAwardPhrases[in.Reason], in.Words)
		why, fell := e.RefusedPrices[bidder.OfferID]
		switch own, ranked := e.Rankings[bidder.OfferID]; {
		case ranked:
			l.Rank, l.Total = &own.Rank, &own.Total
			l.Body += fmt.Sprintf(" Your offer had %s of 100. %s", own.Total.Text(), e.scoresSentence(own.OfferID))
		case fell && bidder.Passed && e.Need.RankedAt != nil:
			l.Body += " " + e.scoresSentence(bidder.OfferID)
		case len(bidder.Reasons) > 0:
			l.Body += " Your offer did not pass every check of suitability: " + strings.Join(bidder.Reasons, " ")
		}
		if fell {
			l.Body += " Your price was not accounted for: " + why
		}
		letters = append(letters, l)
	}
	return letters
}
