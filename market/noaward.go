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
	NoOffers        NoAwardReason = "NO_OFFERS"
	NoneSuitable    NoAwardReason = "NONE_SUITABLE"
	NoneLeft        NoAwardReason = "NONE_LEFT"
	NotAffordable   NoAwardReason = "NOT_AFFORDABLE"
	NeedChanged     NoAwardReason = "NEED_CHANGED"
	SchoolNamed     NoAwardReason = "SCHOOL_NAMED"
	PlacedOtherwise NoAwardReason = "PLACED_OTHERWISE"
	ProcedureFault  NoAwardReason = "PROCEDURE_FAULT"
)

var noAwardWords = map[NoAwardReason]string{
	NoOffers: "no offer came", NoneSuitable: "no offer was found suitable", NoneLeft: "no offer is left",
	NotAffordable: "every suitable offer costs more than can be paid", NeedChanged: "what the child needs has changed",
	SchoolNamed:     "the school that the family asked for is named in the plan",
	PlacedOtherwise: "a place was found on another route", ProcedureFault: "something went wrong in the procedure",
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
func EndWithoutAward(n Need, e Evaluation, awards []Award, in EndWithoutAwardInput) error {
	if n.OpenedAt == nil {
		return Refuse(TooEarly, "The offers of this need are not open yet.")
	}
	for _, a := range awards {
		if a.live() {
			return Refuse(WrongState, "This need has a live award.")
		}
	}
	switch {
	case in.Reason == NoOffers && len(e.Bidders) > 0:
		return RefuseField(Invalid, "reason", "There are offers.")
	case in.Reason == NoneSuitable && (len(e.Bidders) == 0 || len(e.Rankings) > 0 || !assessed(e.Bidders)):
		return RefuseField(Invalid, "reason", "Either there is no offer, or one is suitable or not fully assessed.")
	case (in.Reason == NoneLeft || in.Reason == NotAffordable) && n.RankedAt == nil:
		return RefuseField(Invalid, "reason", "The offers are not ranked: nobody knows yet which are suitable.")
	}
	if err := checkTexts(text{"words", in.Words, 4000}); err != nil {
		return err
	}
	return CheckAnonymous(text{"words", in.Words, 4000})
}

// assessed says that each offer was fully checked and none passed.
func assessed(all []Assessed) bool {
	for _, a := range all {
		if a.Checks != len(SuitabilityCodes) || a.Passed {
			return false
		}
	}
	return true
}

// NoAwardLetters tells every bidder that nothing was awarded and why, with the own scores or what its offer did not pass.
func NoAwardLetters(e Evaluation, in EndWithoutAwardInput, now time.Time) []Letter {
	letters := make([]Letter, 0, len(e.Bidders))
	for _, bidder := range e.Bidders {
		l := Letter{OfferID: bidder.OfferID, ProviderID: bidder.ProviderID, Result: NothingAwarded, SentAt: now}
		l.Body = fmt.Sprintf("Need %s ended without an award, because %s: %s", e.Need.Reference, noAwardWords[in.Reason], in.Words)
		why, fell := e.Refused[bidder.OfferID]
		switch own, ranked := e.Rankings[bidder.OfferID]; {
		case ranked:
			l.Rank, l.Total = &own.Rank, &own.Total
			l.Body += fmt.Sprintf(" Your offer had %s of 100. %s", own.Total.Text(), e.scores(own.OfferID))
		case fell && bidder.Passed && e.Need.RankedAt != nil:
			l.Body += " " + e.scores(bidder.OfferID)
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
