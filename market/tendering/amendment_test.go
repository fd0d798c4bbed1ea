package tendering

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestAmendNeed(t *testing.T) {
	now := markettest.LondonTime(t, "2026-10-20 10:00:00")
	before, after := now.Add(-time.Hour), now.Add(time.Nanosecond)
	lot := market.Lot{AgeLow: 5, AgeHigh: 16, Needs: []string{market.NeedTypes[10]}}
	was := needInput()
	was.StartTo = market.NewDate(2027, time.October, 1)
	draft, err := DraftNeed(was, market.Lot{ID: uuid.New(), AgeLow: 5, AgeHigh: 16, Needs: []string{market.NeedTypes[10]}})
	if err != nil {
		t.Fatal(err)
	}
	published := draft
	published.PublishedAt, published.Deadline = &before, &after
	enough, short := market.AddDays(now, 10), market.AddDays(now, 10).Add(-time.Second)
	for name, c := range map[string]struct {
		need   market.Need
		change func(*AmendNeedInput)
		alike  int
		want   string
	}{
		"a draft":                {draft, func(*AmendNeedInput) {}, 0, ""},
		"a draft without reason": {draft, func(in *AmendNeedInput) { in.Reason, in.Deadline = nil, nil }, 0, ""},
		"a draft named":          {draft, func(in *AmendNeedInput) { in.Profile = "The child is called Zara." }, 0, "IDENTIFIES_CHILD profile"},
		"published":              {published, func(*AmendNeedInput) {}, 1, ""},
		"no tender period":       {published, func(in *AmendNeedInput) { in.Deadline = &short }, 1, "TOO_EARLY deadline"},
		"no deadline":            {published, func(in *AmendNeedInput) { in.Deadline = nil }, 1, "INVALID deadline"},
		"no reason":              {published, func(in *AmendNeedInput) { in.Reason = nil }, 1, "INVALID reason"},
		"a reason that names": {
			published, func(in *AmendNeedInput) { in.Reason = new("Zara is called Zara.") }, 1,
			"IDENTIFIES_CHILD reason",
		},
		"nothing another": {published, func(in *AmendNeedInput) { in.Profile = was.Profile }, 1, "WRONG_STATE"},
		"unique now":      {published, func(*AmendNeedInput) {}, 0, "UNIQUE_PROFILE uniqueReason"},
		"out of the lot":  {published, func(in *AmendNeedInput) { in.AgeHigh = 17 }, 1, "INVALID ageHigh"},
		"at the deadline": {changedNeed(published, func(n *market.Need) { n.Deadline = &now }), func(*AmendNeedInput) {}, 1, ""},
		"after the deadline": {
			changedNeed(published, func(n *market.Need) { n.Deadline = &before }), func(*AmendNeedInput) {}, 1,
			"DEADLINE_PASSED",
		},
		"withdrawn": {
			changedNeed(published, func(n *market.Need) { n.WithdrawnAt = &before }), func(*AmendNeedInput) {}, 1,
			"WRONG_STATE",
		},
		"questions after deadline": {published, func(in *AmendNeedInput) { in.QuestionsUntil = new(enough.Add(1)) }, 1, "INVALID questionsUntil"},
	} {
		in := AmendNeedInput{
			AgeLow: was.AgeLow, AgeHigh: was.AgeHigh, PrimaryNeed: was.PrimaryNeed, OtherNeeds: was.OtherNeeds, LegalBasis: was.LegalBasis,
			HomeOutcode: was.HomeOutcode,
			TravelMiles: was.TravelMiles, StartFrom: was.StartFrom, StartTo: was.StartTo, Profile: "Synthetic: likes ships.", Outcomes: was.Outcomes,
			Deadline: &enough, Reason: new("Synthetic: other than was thought."),
		}
		c.change(&in)
		if err := AmendNeed(c.need, in, lot, markettest.SampleMarket(), c.alike, now); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestApplyAmendmentNamesWhatChanged(t *testing.T) {
	was := needInput()
	n := market.Need{
		AgeLow: was.AgeLow, AgeHigh: was.AgeHigh, PrimaryNeed: was.PrimaryNeed, OtherNeeds: was.OtherNeeds,
		StartFrom: was.StartFrom, StartTo: was.StartTo,
	}
	in := AmendNeedInput{
		AgeLow: was.AgeLow, AgeHigh: was.AgeHigh + 1, PrimaryNeed: was.PrimaryNeed, StartFrom: was.StartFrom,
		StartTo: was.StartFrom, Gender: new(market.Gender("MALE")),
	}
	is, fields := ApplyAmendment(n, in)
	if want := []string{"ageHigh", "gender", "otherNeeds", "startTo"}; !slices.Equal(fields, want) || is.AgeHigh != in.AgeHigh {
		t.Errorf("changed are %v, want %v", fields, want)
	}
}

// TestWithdrawnNeedTakesNoAct: every act of tendering on a published need checks that it is not withdrawn. The acts of
// opening and award have their own tests.
func TestWithdrawnNeedTakesNoAct(t *testing.T) {
	now := time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
	n := market.Need{WithdrawnAt: &now, PublishedAt: &now, Deadline: &now, QuestionsUntil: &now, RankedAt: &now}
	_, submitted := submitEmptyOffer(n, now)
	_, asked := AskClarification(n, AskClarificationInput{Question: "Is there a garden?"}, Asker{}, now)
	_, answered := AnswerClarification(market.Clarification{}, n, AnswerClarificationInput{Answer: "Yes."}, now)
	for name, err := range map[string]error{
		"offered": submitted, "asked": asked, "answered": answered,
		"answered the invitation": AnswerInvitation(n, AnswerInvitationInput{Answer: market.InvitationIntends}, nil, 0, now),
		"published":               PublishNeed(n, PublishNeedInput{}, markettest.SampleMarket(), 1, now),
		"withdrawn":               WithdrawNeed(n, WithdrawNeedInput{Reason: "Synthetic."}), "chased": ChaseInvitations(n,
			ChaseInvitationsInput{Words: "Synthetic."}, nil, now),
	} {
		if got := markettest.RefusalCode(t, err); got != "WRONG_STATE" || err.Error() != market.RequireNotWithdrawn(n).Error() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n.Status() != market.NeedWithdrawn {
		t.Error(n.Status())
	}
}

func TestWithdrawNeed(t *testing.T) {
	for words, want := range map[string]string{
		"Synthetic: not needed any more.": "", " ": "INVALID reason",
		"She is called Zara.": "IDENTIFIES_CHILD reason",
	} {
		if got := markettest.RefusalCode(t, WithdrawNeed(market.Need{}, WithdrawNeedInput{Reason: words})); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

func TestLinkNeeds(t *testing.T) {
	authority := uuid.New()
	one, other := market.Need{ID: uuid.New(), AuthorityID: authority}, market.Need{ID: uuid.New(), AuthorityID: authority}
	for name, c := range map[string]struct {
		sibling market.Need
		want    string
	}{
		"two drafts":         {other, ""},
		"with itself":        {one, "INVALID sibling"},
		"of another":         {market.Need{ID: uuid.New(), AuthorityID: uuid.New()}, "INVALID sibling"},
		"published":          {market.Need{ID: uuid.New(), AuthorityID: authority, Deadline: &markettest.SampleTime}, "WRONG_STATE"},
		"withdrawn, a draft": {market.Need{ID: uuid.New(), AuthorityID: authority, WithdrawnAt: &markettest.SampleTime}, "WRONG_STATE"},
	} {
		if got := markettest.RefusalCode(t, LinkNeeds(one, c.sibling)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
