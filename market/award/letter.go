package award

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// LetterResult is the result that a bidder is told.
type LetterResult string

// Results of a bidder.
const (
	LetterAwarded     LetterResult = "AWARDED"
	LetterNotAwarded  LetterResult = "NOT_AWARDED"
	LetterNotSuitable LetterResult = "NOT_SUITABLE"

	LetterNothingAwarded LetterResult = "NO_AWARD"
)

// Letter is what one bidder is told about an award, or that there was no award.
type Letter struct {
	AwardID    uuid.UUID       `db:"award_id"`
	OfferID    uuid.UUID       `db:"offer_id"`
	ProviderID uuid.UUID       `db:"provider_id"`
	Result     LetterResult    `db:"result"`
	Rank       *int            `db:"rank"`
	Total      *market.Decimal `db:"total"`
	Body       string          `db:"body"`
	SentAt     time.Time       `db:"sent_at"`
}

// EvaluationOutcome is the outcome of a need's evaluation. Each bidder is told its own part.
type EvaluationOutcome struct {
	Need          market.Need
	Criteria      []market.Criterion
	Bidders       []market.AssessedOffer                     // every opened offer
	Rankings      map[uuid.UUID]market.Ranking               // by offer; an unsuitable offer has no ranking
	Points        map[uuid.UUID]map[uuid.UUID]market.Decimal // agreed, by offer and criterion
	Reasons       map[uuid.UUID]map[uuid.UUID]string         // by offer and criterion
	RefusedPrices map[uuid.UUID]string                       // why a price was not accounted for, by offer
	Barred        map[uuid.UUID]Bar                          // why an offer cannot be awarded any more, by offer
	Ended         map[uuid.UUID]market.AwardStatus           // what became of an earlier award of this need, by offer
	Winner        string                                     // name of the provider that the place was awarded to
	WinnerReasons bool                                       // the regime asks that every bidder is told why the winner has its scores
	Fee           *market.Rule                               // what the award costs the winner; nil if nothing
}

// Bar is what happened after the opening of an offer, so that it cannot be awarded.
type Bar string

// What can happen after the opening. Whose offers are opened is decided once, at the first opening.
const (
	BarMembership Bar = "MEMBERSHIP"
	BarSetting    Bar = "SETTING"
)

// barSentences tell a bidder whose offer could otherwise have been awarded.
var barSentences = map[Bar]string{
	BarMembership: " Your offer could not be awarded, because you were not an active member of the lot when the award was approved.",
	BarSetting:    " Your offer could not be awarded, because its setting had closed when the award was approved.",
}

// barSentence says why an offer was passed over: one that stands before the winner's, or that has no rank although it
// passed every check.
func (e EvaluationOutcome) barSentence(b market.AssessedOffer, winner uuid.UUID) string {
	own, ranked := e.Rankings[b.OfferID]
	if ranked && own.Rank < e.Rankings[winner].Rank || !ranked && b.Passed {
		return barSentences[e.Barred[b.OfferID]]
	}
	return ""
}

// endedSentences tell a bidder what became of the place that was awarded to it before.
var endedSentences = map[market.AwardStatus]string{
	market.AwardDeclined:  "You declined the award of this place.",
	market.AwardLapsed:    "This place was awarded to you, and the award lapsed because you did not accept it in time.",
	market.AwardCancelled: "This place was awarded to you, and the placement was cancelled before the child started.",
}

// EndedAwards are the states of the latest award of each offer that was awarded before, where its bidder knows of it.
func EndedAwards(awards []market.Award) map[uuid.UUID]market.AwardStatus {
	ended := map[uuid.UUID]market.AwardStatus{}
	for _, a := range awards {
		if _, told := endedSentences[a.Status()]; told && a.OfferID != uuid.Nil {
			ended[a.OfferID] = a.Status()
		}
	}
	return ended
}

// AwardLetters tells every bidder about an award: the result, its scores with reasons, and the relative advantage of
// the award (PCR 2015 reg 55(2); Procurement Act 2023 s 50: an assessment summary to each bidder). A letter contains
// nothing of any offer except the bidder's own and the winner's scores. A bidder whose own award of the place has ended
// was told its scores with that award: it is told that the place has gone to somebody else, and is not compared again.
func AwardLetters(a market.Award, e EvaluationOutcome, now time.Time) []Letter {
	letters := make([]Letter, 0, len(e.Bidders))
	for _, bidder := range e.Bidders {
		l := Letter{AwardID: a.ID, OfferID: bidder.OfferID, ProviderID: bidder.ProviderID, SentAt: now}
		if told, ok := endedSentences[e.Ended[bidder.OfferID]]; ok && bidder.OfferID != a.OfferID {
			l.Result = LetterNotAwarded
			l.Body = fmt.Sprintf("Need %s: the place has now been awarded to %s. %s", e.Need.Reference, e.Winner, told) +
				standstillSentence(a)
			letters = append(letters, l)
			continue
		}
		own, ranked := e.Rankings[bidder.OfferID]
		why, fell := e.RefusedPrices[bidder.OfferID]
		switch {
		case !ranked && bidder.Passed:
			l.Result, l.Body = LetterNotAwarded, e.passedOverBody(bidder)+e.winnersScoresSentence(a.OfferID)
		case !ranked:
			l.Result, l.Body = LetterNotSuitable, e.unsuitableBody(bidder)
		case bidder.OfferID == a.OfferID:
			l.Result, l.Body = LetterAwarded, e.awardedBody(own)
		default:
			l.Result, l.Body = LetterNotAwarded, e.notAwardedBody(own, e.Rankings[a.OfferID])+e.winnersScoresSentence(a.OfferID)
		}
		if ranked {
			l.Rank, l.Total = &own.Rank, &own.Total
		}
		if fell {
			l.Body += " Your offer could not be awarded, because its price was not accounted for: " + asSentence(why)
		}
		l.Body += e.barSentence(bidder, a.OfferID) + standstillSentence(a)
		letters = append(letters, l)
	}
	return letters
}

// ErrNameInLetters is for letters that would repeat a name of the child.
var ErrNameInLetters = market.Refuse(market.IdentifiesChild,
	"A score, a check or a decision about a price has a name of the child, and the "+
		"letters to bidders repeat it: a commissioner has to take it out with redactNeed first.")

// TextsOfLetters are the words of the authority's people that letters repeat. Names of providers are not among them: a child can have the
// name of one.
func (e EvaluationOutcome) TextsOfLetters() []market.InputText {
	var all []market.InputText
	add := func(words string) { all = append(all, market.InputText{Field: "letters", Value: words}) }
	for _, ofOffer := range e.Reasons {
		for _, words := range ofOffer {
			add(words)
		}
	}
	for _, bidder := range e.Bidders {
		for _, words := range bidder.Reasons {
			add(words)
		}
	}
	for _, words := range e.RefusedPrices {
		add(words)
	}
	return all
}

// standstillSentence says until when no contract is made, if a standstill was chosen (PCR 2015 reg 86(2)(d)).
func standstillSentence(a market.Award) string {
	if a.StandstillEnds == nil {
		return ""
	}
	return fmt.Sprintf(" Standstill: the contract will not be entered into before the end of %s.",
		a.StandstillEnds.In(market.London).Format("2 January 2006"))
}

func (e EvaluationOutcome) awardedBody(own market.Ranking) string {
	return fmt.Sprintf("Need %s: your offer was awarded, with a total of %s out of 100. %s%s", e.Need.Reference, own.Total.Text(),
		e.scoresSentence(own.OfferID), e.feeSentence())
}

// feeSentence tells the winner what the award costs. Nobody else pays (Procurement Act 2023 s 38 (check)).
func (e EvaluationOutcome) feeSentence() string {
	if e.Fee == nil || e.Fee.Value == 0 {
		return ""
	}
	return fmt.Sprintf(" The fee for this award is %d.%02d %% of its price (%s).", e.Fee.Value/100, e.Fee.Value%100, e.Fee.Source)
}

func (e EvaluationOutcome) unsuitableBody(b market.AssessedOffer) string {
	return fmt.Sprintf(
		"Need %s: the place was awarded to %s. Your offer was not compared, because it did not pass every suitability check: %s",
		e.Need.Reference, e.Winner, joinSentences(b.Reasons))
}

// passedOverBody tells a bidder its scores when its offer passed every check and was left out of the ranking.
func (e EvaluationOutcome) passedOverBody(b market.AssessedOffer) string {
	return fmt.Sprintf("Need %s: the place was awarded to %s. Your offer was not ranked. %s", e.Need.Reference, e.Winner,
		e.scoresSentence(b.OfferID))
}

func (e EvaluationOutcome) notAwardedBody(own, winner market.Ranking) string {
	return fmt.Sprintf(
		"Need %s: the place was awarded to %s. Your offer came %s with a total of %s out of 100; theirs had %s. Quality: yours "+
			"%s, theirs %s. Price: yours %s, theirs %s. %s%s",
		e.Need.Reference, e.Winner, ordinalText(own.Rank), own.Total.Text(), winner.Total.Text(),
		own.Quality.Text(), winner.Quality.Text(), own.Price.Text(), winner.Price.Text(), tieBreakSentence(own, winner),
		e.scoresSentence(own.OfferID))
}

// tieBreakSentence says which rule put an offer behind the winner when their totals are the same.
func tieBreakSentence(own, winner market.Ranking) string {
	if own.TieBreak == nil || !own.Total.Equal(winner.Total.Decimal) {
		return ""
	}
	return fmt.Sprintf("The totals are equal. In the order published beforehand, %s decided. ", market.TieBreakPhrases[*own.TieBreak])
}

// scoresSentence are an offer's own points on each criterion of quality, with the evaluators' reasons.
func (e EvaluationOutcome) scoresSentence(offer uuid.UUID) string {
	lines := []string{"Your scores:"}
	for _, c := range e.Criteria {
		if c.Kind == market.CriterionQuality {
			lines = append(lines, fmt.Sprintf(
				"%s %s out of %d: %s", c.Name, e.Points[offer][c.ID].StringFixed(market.ScoreDecimals), c.TopScore,
				asSentence(e.Reasons[offer][c.ID])))
		}
	}
	return strings.Join(lines, " ")
}

// asSentence ends what somebody wrote as a sentence, because another one follows it.
func asSentence(words string) string {
	if words == "" || strings.ContainsAny(words[len(words)-1:], ".!?") {
		return words
	}
	return words + "."
}

func joinSentences(all []string) string {
	ended := make([]string, len(all))
	for i, words := range all {
		ended[i] = asSentence(words)
	}
	return strings.Join(ended, " ")
}

// winnersScoresSentence are the awarded offer's points on each criterion of quality. The reasons for them are told where the
// regime asks for it: an assessment summary explains the scores of the most advantageous tender too (Procurement
// Regulations 2024, reg 31).
func (e EvaluationOutcome) winnersScoresSentence(offer uuid.UUID) string {
	lines := []string{" Scores of the awarded offer:"}
	for _, c := range e.Criteria {
		if c.Kind != market.CriterionQuality {
			continue
		}
		line := fmt.Sprintf("%s %s out of %d", c.Name, e.Points[offer][c.ID].StringFixed(market.ScoreDecimals), c.TopScore)
		if e.WinnerReasons {
			line += ": " + asSentence(e.Reasons[offer][c.ID])
		} else {
			line += "."
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, " ")
}

func ordinalText(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, suffix)
}

// NoAwardLetters tells every bidder that nothing was awarded and why, with its scores or the checks that its offer did
// not pass.
func NoAwardLetters(e EvaluationOutcome, in EndWithoutAwardInput, now time.Time) []Letter {
	letters := make([]Letter, 0, len(e.Bidders))
	for _, bidder := range e.Bidders {
		l := Letter{OfferID: bidder.OfferID, ProviderID: bidder.ProviderID, Result: LetterNothingAwarded, SentAt: now}
		l.Body = fmt.Sprintf("Need %s ended without an award, because %s: %s", e.Need.Reference, noAwardPhrases[in.Reason], asSentence(in.Words))
		why, fell := e.RefusedPrices[bidder.OfferID]
		switch own, ranked := e.Rankings[bidder.OfferID]; {
		case endedSentences[e.Ended[bidder.OfferID]] != "":
			l.Body += " " + endedSentences[e.Ended[bidder.OfferID]]
		case ranked:
			l.Rank, l.Total = &own.Rank, &own.Total
			l.Body += fmt.Sprintf(" Your offer had a total of %s out of 100. %s", own.Total.Text(), e.scoresSentence(own.OfferID))
		case fell && bidder.Passed && e.Need.RankedAt != nil:
			l.Body += " " + e.scoresSentence(bidder.OfferID)
		case len(bidder.Reasons) > 0:
			l.Body += " Your offer did not pass every suitability check: " + joinSentences(bidder.Reasons)
		}
		if fell {
			l.Body += " Your price was not accounted for: " + asSentence(why)
		}
		letters = append(letters, l)
	}
	return letters
}
