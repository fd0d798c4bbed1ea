package tendering

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// CreateNeedInput is a need to draft.
type CreateNeedInput struct {
	IdempotencyKey string
	Authority      *market.ID
	Lot            market.ID
	AgeLow         int
	AgeHigh        int
	Gender         *market.Gender
	PrimaryNeed    string
	OtherNeeds     []string
	LegalBasis     market.LegalBasis
	HomeOutcode    string
	TravelMiles    int
	StartFrom      market.Date
	StartTo        market.Date
	Profile        string
	Outcomes       string
	CeilingWeekly  *market.Decimal
}

// PublishNeedInput publishes a need until a deadline.
type PublishNeedInput struct {
	IdempotencyKey string
	Need           market.ID
	Deadline       time.Time
	QuestionsUntil *time.Time
	UniqueReason   *string

	Recipients       []market.ID
	RecipientsReason *string
}

// DraftNeed makes a draft that refines the lot and does not name the child.
func DraftNeed(in CreateNeedInput, lot market.Lot) (market.Need, error) {
	if err := checkNeed(in, lot); err != nil {
		return market.Need{}, err
	}
	return market.Need{
		ID: uuid.New(), LotID: lot.ID, Reference: newReference(), AgeLow: in.AgeLow, AgeHigh: in.AgeHigh, Gender: in.Gender,
		PrimaryNeed: in.PrimaryNeed, OtherNeeds: in.OtherNeeds, LegalBasis: in.LegalBasis, HomeOutcode: in.HomeOutcode,
		TravelMiles: in.TravelMiles, StartFrom: in.StartFrom, StartTo: in.StartTo, Profile: in.Profile, Outcomes: in.Outcomes,
	}, nil
}

func checkNeed(in CreateNeedInput, lot market.Lot) error {
	profile, outcomes := market.InputText{Field: "profile", Value: in.Profile, Limit: 4000}, market.InputText{
		Field: "outcomes",
		Value: in.Outcomes, Limit: 4000,
	}
	return market.All(
		market.RefuseIf(in.AgeLow > in.AgeHigh || in.AgeLow < lot.AgeLow || in.AgeHigh > lot.AgeHigh, "ageHigh",
			"The age band must be within the lot's, %d to %d, with the lower age first.", lot.AgeLow, lot.AgeHigh),
		checkNeedTypes(in, lot),
		market.RefuseIf(!market.OutcodePattern.MatchString(in.HomeOutcode), "homeOutcode",
			"Enter only the first part of the postcode, in capital letters, for example BN11."),
		market.RefuseIf(in.TravelMiles < 0 || in.TravelMiles > 500, "travelMiles", "Distance must be between 0 and 500 miles."),
		market.RefuseIf(in.StartTo.Before(in.StartFrom), "startTo", "The latest start must be the same as or after the earliest start."),
		checkCeiling("ceilingWeekly", in.CeilingWeekly),
		market.CheckTexts(profile, outcomes),
		market.CheckAnonymous(profile, outcomes),
	)
}

func checkNeedTypes(in CreateNeedInput, lot market.Lot) error {
	if err := market.CheckNeedTypes("primaryNeed", append([]string{in.PrimaryNeed}, in.OtherNeeds...)); err != nil {
		return err
	}
	return market.RefuseIf(!slices.Contains(lot.Needs, in.PrimaryNeed), "primaryNeed", "The primary need must be one of the lot's need types.")
}

// TextsPublished are the texts of a draft that are read once it is published.
func TextsPublished(n market.Need) []market.InputText {
	return []market.InputText{{Field: "profile", Value: n.Profile, Limit: 4000}, {Field: "outcomes", Value: n.Outcomes, Limit: 4000}}
}

// checkCeiling checks a price ceiling, if there is one.
func checkCeiling(field string, weekly *market.Decimal) error {
	return market.RefuseIf(weekly != nil && (!weekly.IsPositive() || weekly.GreaterThan(market.MostWeeklyPounds.Decimal)), field,
		"The ceiling must be more than 0 and at most %s pounds a week.", market.MostWeeklyPounds.Text())
}

// newReference is a reference that can be said aloud. It is random, so that it reveals no order. It has no vowels,
// which would make words, and no digits, which could read as a postcode.
func newReference() string {
	const letters = "BCDFGHJKLMNPQRSTVWXZ"
	raw := uuid.New()
	name := []byte("N-")
	for _, b := range raw[9:16] { // skips the bits for the version and variant of the UUID
		name = append(name, letters[int(b)%len(letters)])
	}
	return string(name)
}

// PublishNeed checks the publishing of a draft: not before the regime's first call, with at least its tender period
// (PCR 2015 reg 34(14): ten days; Procurement Act 2023: as stated), and within the market's life. A profile that no
// other need of the authority shares needs a reason, because it may lead to a child. The child who is hardest to place
// can still be published.
func PublishNeed(n market.Need, in PublishNeedInput, m market.Market, alike int, now time.Time) error {
	first, tender := m.Rule(market.RuleFirstCallDays), m.Rule(market.RuleTenderDays)
	firstCall, earliest := market.AddDays(m.NoticeAt, first.Value), market.AddDays(now, tender.Value)
	switch {
	case n.WithdrawnAt != nil:
		return market.RequireNotWithdrawn(n)
	case n.PublishedAt != nil:
		return market.Refuse(market.WrongState, "This need has already been published.")
	case now.Before(firstCall):
		return market.Refuse(market.TooEarly, "The first need of this market can be published from %s (%s).",
			firstCall.In(market.London).Format("2 January 2006"), first.Source)
	case in.Deadline.Before(earliest):
		return market.RefuseField(market.TooEarly, "deadline",
			"The deadline must be at least %d days after publishing: not before %s (%s).",
			tender.Value,
			earliest.In(market.London).Format("2 January 2006 15:04"), tender.Source)
	}
	if err := checkLatestDeadline(n, in.Deadline, m); err != nil {
		return err
	}
	switch {
	case alike == 0 && (in.UniqueReason == nil || strings.TrimSpace(*in.UniqueReason) == ""):
		return market.RefuseField(market.UniqueProfile, "uniqueReason",
			"None of your other needs is like this one, so the profile could identify the child: make it less specific, or say "+
				"why you must publish it.")
	}
	if err := checkQuestionsUntil(in, now); err != nil {
		return err
	}
	if err := checkRecipients(in, m.Regime, alike); err != nil {
		return err
	}
	return checkPublished(n, in)
}

// checkPublished looks again for identifiers in everything that a published need stores in plain text.
func checkPublished(n market.Need, in PublishNeedInput) error {
	texts := TextsPublished(n)
	if in.UniqueReason != nil {
		texts = append(texts, market.InputText{Field: "uniqueReason", Value: *in.UniqueReason, Limit: 4000})
	}
	if err := market.CheckLengths(texts...); err != nil {
		return err
	}
	return market.CheckAnonymous(texts...)
}
