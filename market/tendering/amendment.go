// Package tendering has the rules of needs, invitations, questions, interests, appointments and offers.
package tendering

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// AmendNeedInput is a need as it will be.
type AmendNeedInput struct {
	IdempotencyKey string
	Need           market.ID
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
	Deadline       *time.Time
	QuestionsUntil *time.Time
	UniqueReason   *string
	Reason         *string
	VoidOffers     *bool // false: a material change is refused; nil and true: it makes offers void
}

// WithdrawNeedInput says which need to withdraw, and why.
type WithdrawNeedInput struct {
	IdempotencyKey string
	Need           market.ID
	Reason         string
}

// CopyNeedInput says which need to copy.
type CopyNeedInput struct {
	IdempotencyKey string
	Need           market.ID
}

// LinkNeedsInput is the two needs to link.
type LinkNeedsInput struct {
	IdempotencyKey string
	Need           market.ID
	Sibling        market.ID
}

// UnlinkNeedsInput is the two needs to unlink, and why.
type UnlinkNeedsInput struct {
	IdempotencyKey string
	Need           market.ID
	Sibling        market.ID
	Reason         *string
}

// DiscardNeedInput says which draft to discard.
type DiscardNeedInput struct {
	IdempotencyKey string
	Need           market.ID
}

// SetCeilingInput is a price ceiling to set; nil clears it.
type SetCeilingInput struct {
	IdempotencyKey string
	Need           market.ID
	Weekly         *market.Decimal
}

// ApplyAmendment is the need with the input applied, and the names of the fields that differ.
func ApplyAmendment(n market.Need, in AmendNeedInput) (market.Need, []string) {
	is := n
	is.AgeLow, is.AgeHigh, is.Gender, is.PrimaryNeed, is.OtherNeeds = in.AgeLow, in.AgeHigh, in.Gender, in.PrimaryNeed, in.OtherNeeds
	is.LegalBasis, is.HomeOutcode, is.TravelMiles, is.StartFrom, is.StartTo = in.LegalBasis, in.HomeOutcode, in.TravelMiles, in.StartFrom,
		in.StartTo
	is.Profile, is.Outcomes = in.Profile, in.Outcomes
	var fields []string
	for _, f := range []struct {
		name  string
		other bool
	}{
		{"ageLow", n.AgeLow != is.AgeLow},
		{"ageHigh", n.AgeHigh != is.AgeHigh},
		{"gender", !sameGender(n.Gender, is.Gender)},
		{"primaryNeed", n.PrimaryNeed != is.PrimaryNeed},
		{"otherNeeds", !slices.Equal(n.OtherNeeds, is.OtherNeeds)},
		{"legalBasis", n.LegalBasis != is.LegalBasis},
		{"homeOutcode", n.HomeOutcode != is.HomeOutcode},
		{"travelMiles", n.TravelMiles != is.TravelMiles},
		{"startFrom", n.StartFrom.String() != is.StartFrom.String()},
		{"startTo", n.StartTo.String() != is.StartTo.String()},
		{"profile", n.Profile != is.Profile},
		{"outcomes", n.Outcomes != is.Outcomes},
	} {
		if f.other {
			fields = append(fields, f.name)
		}
	}
	return is, fields
}

func sameGender(one, other *market.Gender) bool {
	return one == nil && other == nil || one != nil && other != nil && *one == *other
}

// AmendNeed checks a change of a need. A draft is checked as when it was drafted. A published need that changes materially is
// checked as when it was published, because it is published again. Otherwise offers stay, and times move later alone.
func AmendNeed(n market.Need, in AmendNeedInput, lot market.Lot, m market.Market, alike int, now time.Time) error {
	if err := market.RequireNotWithdrawn(n); err != nil {
		return err
	}
	if n.Joint {
		return market.Refuse(market.WrongState,
			"This need is part of a joint call and cannot be changed on its own: withdraw it, copy it and publish the copy.")
	}
	if n.UrgentReason != nil {
		return market.Refuse(market.WrongState, "This need is urgent and cannot be changed: withdraw it and broadcast it again.")
	}
	is, _ := ApplyAmendment(n, in)
	if err := checkNeed(in.asCreateNeed(), lot); err != nil || n.PublishedAt == nil {
		return err
	}
	effect := EffectOfAmendment(n, in)
	if err := checkAmendment(n, in, effect, now); err != nil {
		return err
	}
	if !effect.Material {
		return checkAdjustment(n, in, m.ForNeed(n), now)
	}
	is.PublishedAt, is.Deadline = nil, nil
	return PublishNeed(is, in.asPublishNeed(), m.ForNeed(n), alike, now)
}

func checkAmendment(n market.Need, in AmendNeedInput, effect AmendmentEffect, now time.Time) error {
	reason := ""
	if in.Reason != nil {
		reason = *in.Reason
	}
	switch {
	case n.HasClosed(now):
		return market.Refuse(market.DeadlinePassed, "The deadline has passed: withdraw the need and copy it.")
	case len(effect.Fields) == 0:
		return market.Refuse(market.WrongState, "You have not changed anything that providers rely on.")
	case effect.Material && in.VoidOffers != nil && !*in.VoidOffers:
		return market.RefuseField(market.MaterialChange, effect.Fields[0],
			"This change is material (%s): it would make every offer void and start the tender period again. Send voidOffers: true to go on.",
			strings.Join(effect.Fields, ", "))
	case effect.Material && in.Deadline == nil:
		return market.RefuseField(market.Invalid, "deadline", "Enter a new deadline: a published need that changes materially must have one.")
	}
	why := market.InputText{Field: "reason", Value: reason, Limit: 2000}
	if err := market.CheckTexts(why); err != nil {
		return err
	}
	return market.CheckAnonymous(why)
}

func (in AmendNeedInput) asCreateNeed() CreateNeedInput {
	return CreateNeedInput{
		AgeLow: in.AgeLow, AgeHigh: in.AgeHigh, Gender: in.Gender, PrimaryNeed: in.PrimaryNeed, OtherNeeds: in.OtherNeeds,
		LegalBasis:  in.LegalBasis,
		HomeOutcode: in.HomeOutcode, TravelMiles: in.TravelMiles, StartFrom: in.StartFrom, StartTo: in.StartTo, Profile: in.Profile,
		Outcomes:      in.Outcomes,
		CeilingWeekly: in.CeilingWeekly,
	}
}

func (in AmendNeedInput) asPublishNeed() PublishNeedInput {
	return PublishNeedInput{Deadline: *in.Deadline, QuestionsUntil: in.QuestionsUntil, UniqueReason: in.UniqueReason}
}

// NewQuestionsUntil is the time until which providers can ask about a need that is published again now.
func (in AmendNeedInput) NewQuestionsUntil(now time.Time) time.Time {
	return QuestionsUntil(in.asPublishNeed(), now)
}

// WithdrawNeed checks a withdrawal. Once offers are open every bidder is told how the need ends, and why (PCR 2015 reg 55(1);
// Procurement Act 2023 s 55 (check)): endWithoutAward writes those letters, so that no withdrawal goes round it. The database
// checks that no award is live, because not everybody who can withdraw a need can see awards.
func WithdrawNeed(n market.Need, in WithdrawNeedInput) error {
	reason := market.InputText{Field: "reason", Value: in.Reason, Limit: 2000}
	if err := market.CheckTexts(reason); err != nil {
		return err
	}
	if err := market.RequireNotWithdrawn(n); err != nil {
		return err
	}
	if n.OpenedAt != nil {
		return market.Refuse(market.WrongState,
			"The offers of this need are open: end it with endWithoutAward instead, so that every bidder is told why.")
	}
	return market.CheckAnonymous(reason)
}

// CopyNeed is a new draft of the same need, with its own reference.
func CopyNeed(n market.Need) market.Need {
	return market.Need{
		ID: uuid.New(), AuthorityID: n.AuthorityID, LotID: n.LotID, Reference: newReference(), AgeLow: n.AgeLow, AgeHigh: n.AgeHigh,
		Gender:      n.Gender,
		PrimaryNeed: n.PrimaryNeed, OtherNeeds: n.OtherNeeds, LegalBasis: n.LegalBasis, HomeOutcode: n.HomeOutcode, TravelMiles: n.TravelMiles,
		StartFrom: n.StartFrom, StartTo: n.StartTo, Profile: n.Profile, Outcomes: n.Outcomes,
	}
}

// LinkNeeds checks a link between two drafts. A published need cannot be linked, because providers rely on what is
// published.
func LinkNeeds(n, sibling market.Need) error {
	switch {
	case n.ID == sibling.ID || n.AuthorityID != sibling.AuthorityID:
		return market.RefuseField(market.Invalid, "sibling", "Choose another need of the same authority.")
	case n.Status() != market.NeedDraft:
		return errNotLinkable("need", n)
	case sibling.Status() != market.NeedDraft:
		return errNotLinkable("sibling", sibling)
	}
	return nil
}

// errNotLinkable names the need that cannot be linked.
func errNotLinkable(field string, n market.Need) error {
	return market.RefuseField(market.WrongState, field,
		"%s is not a draft: you can only link needs while both are drafts, because providers rely on what is published.", n.Reference)
}
