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
		"nothing another": {published, func(in *AmendNeedInput) { in.Profile, in.Deadline = was.Profile, nil }, 1, "WRONG_STATE"},
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

// adjusted is a published need, and the input that leaves it as it is.
func adjusted(t *testing.T) (market.Need, AmendNeedInput) {
	t.Helper()
	was := needInput()
	was.StartTo = market.NewDate(2027, time.October, 1)
	was.Profile = "Synthetic: likes ships, and needs a calm home with 2 adults. Does not like dogs."
	n, err := DraftNeed(was, market.Lot{ID: uuid.New(), AgeLow: 5, AgeHigh: 16, Needs: []string{market.NeedTypes[10]}})
	if err != nil {
		t.Fatal(err)
	}
	published := markettest.LondonTime(t, "2026-11-02 10:00:00")
	n.PublishedAt, n.Deadline = &published, new(markettest.LondonTime(t, "2026-11-16 12:00:00"))
	n.QuestionsUntil = new(markettest.LondonTime(t, "2026-11-13 12:00:00"))
	return n, AmendNeedInput{
		AgeLow: n.AgeLow, AgeHigh: n.AgeHigh, Gender: n.Gender, PrimaryNeed: n.PrimaryNeed, OtherNeeds: n.OtherNeeds, LegalBasis: n.LegalBasis,
		HomeOutcode: n.HomeOutcode, TravelMiles: n.TravelMiles, StartFrom: n.StartFrom, StartTo: n.StartTo, Profile: n.Profile,
		Outcomes: n.Outcomes, Reason: new("Synthetic: providers asked for more time."),
	}
}

// A later time and a correction of spelling keep offers, and need no tender period and no reason for a unique profile; a time
// cannot come earlier.
func TestAmendNeedKeepsOffers(t *testing.T) {
	lot := market.Lot{AgeLow: 5, AgeHigh: 16, Needs: []string{market.NeedTypes[10]}}
	now := markettest.LondonTime(t, "2026-11-14 10:00:00") // after the end of questions, two days before the deadline
	at := func(text string) *time.Time { return new(markettest.LondonTime(t, text)) }
	deadline, questions := []string{"deadline"}, []string{"questionsUntil"}
	for name, c := range map[string]struct {
		change func(*AmendNeedInput)
		want   string
		fields []string
	}{
		"nothing":                    {func(*AmendNeedInput) {}, "WRONG_STATE", nil},
		"the same deadline":          {func(in *AmendNeedInput) { in.Deadline = at("2026-11-16 12:00:00") }, "WRONG_STATE", nil},
		"a second later":             {func(in *AmendNeedInput) { in.Deadline = at("2026-11-16 12:00:01") }, "", deadline},
		"a second earlier":           {func(in *AmendNeedInput) { in.Deadline = at("2026-11-16 11:59:59") }, "INVALID deadline", deadline},
		"after the child must start": {func(in *AmendNeedInput) { in.Deadline = at("2027-10-02 00:00:00") }, "INVALID deadline", deadline},
		"without a reason": {func(in *AmendNeedInput) {
			in.Deadline, in.Reason = at("2026-11-20 12:00:00"), nil
		}, "INVALID reason", deadline},
		"questions later":              {func(in *AmendNeedInput) { in.QuestionsUntil = at("2026-11-15 12:00:00") }, "", questions},
		"questions until the deadline": {func(in *AmendNeedInput) { in.QuestionsUntil = at("2026-11-16 12:00:00") }, "", questions},
		"questions after the deadline": {func(in *AmendNeedInput) {
			in.QuestionsUntil = at("2026-11-16 12:00:01")
		}, "INVALID questionsUntil", questions},
		"questions earlier": {func(in *AmendNeedInput) {
			in.QuestionsUntil = at("2026-11-13 11:59:59")
		}, "INVALID questionsUntil", questions},
		"questions later, already over": {func(in *AmendNeedInput) { in.QuestionsUntil = &now }, "INVALID questionsUntil", questions},
		"both later": {func(in *AmendNeedInput) {
			in.Deadline, in.QuestionsUntil = at("2026-11-20 12:00:00"), at("2026-11-18 12:00:00")
		}, "", []string{"deadline", "questionsUntil"}},
		"a correction and more time": {func(in *AmendNeedInput) {
			in.Profile, in.Deadline = "Synthetic: Likes ships; and needs a calm home with 2 aduults. Does not like dogs.", at("2026-11-20 12:00:00")
		}, "", []string{"profile", "deadline"}},
		"a correction that names": {func(in *AmendNeedInput) {
			in.Profile, in.Reason = "Synthetic: Likes ships, and needs a calm home with 2 adults. Does not like dogs.", new("Zara is called Zara.")
		}, "IDENTIFIES_CHILD reason", []string{"profile"}},
	} {
		n, in := adjusted(t)
		c.change(&in)
		in.VoidOffers = new(false)
		effect := EffectOfAmendment(n, in)
		if effect.Material || !slices.Equal(effect.Fields, c.fields) {
			t.Errorf("%s: %+v", name, effect)
		}
		if err := AmendNeed(n, in, lot, markettest.SampleMarket(), 0, now); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// Whoever says that offers must stay is told that a change is material, before anything changes.
func TestAmendNeedTellsAMaterialChange(t *testing.T) {
	lot := market.Lot{AgeLow: 5, AgeHigh: 16, Needs: []string{market.NeedTypes[10]}}
	for name, c := range map[string]struct {
		change func(*AmendNeedInput)
		field  string
	}{
		"a year older":     {func(in *AmendNeedInput) { in.AgeHigh++ }, "ageHigh"},
		"a mile":           {func(in *AmendNeedInput) { in.TravelMiles++ }, "travelMiles"},
		"a sentence":       {func(in *AmendNeedInput) { in.Profile += " Wakes at night." }, "profile"},
		"an outcome":       {func(in *AmendNeedInput) { in.Outcomes = "Synthetic: another." }, "outcomes"},
		"and a later time": {func(in *AmendNeedInput) { in.StartTo = market.NewDate(2027, time.October, 2) }, "startTo"},
	} {
		n, in := adjusted(t)
		in.Deadline = new(market.AddDays(*n.PublishedAt, 30))
		c.change(&in)
		for _, void := range []*bool{nil, new(true)} {
			in.VoidOffers = void
			if err := AmendNeed(n, in, lot, markettest.SampleMarket(), 1, *n.PublishedAt); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		in.VoidOffers = new(false)
		err := AmendNeed(n, in, lot, markettest.SampleMarket(), 1, *n.PublishedAt)
		if markettest.RefusalCode(t, err) != "MATERIAL_CHANGE "+c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSameButForSpelling(t *testing.T) {
	for name, c := range map[string]struct {
		one, other string
		want       bool
	}{
		"the same":                 {"A calm home.", "A calm home.", true},
		"capitals and punctuation": {"A calm home, with few others", "a calm  home with few others.", true},
		"a letter doubled":         {"Is often gigly.", "Is often giggly.", true},
		"a letter changed":         {"Needs stability and boundeties.", "Needs stability and boundeties.", true},
		"two letters swapped":      {"Likes plnats and aniamls.", "Likes plants and animals.", true},
		"an apostrophe":            {"The child's mother", "The childs mother", true},
		"a short word":             {"Does now like dogs.", "Does not like dogs.", false},
		"a word more":              {"Likes dogs.", "Likes small dogs.", false},
		"not":                      {"Can be left alone.", "Cannot be left alone.", false},
		"the first letter":         {"Needs feeding.", "Needs heeding.", false},
		"two letters":              {"Needs support.", "Needs sumport now.", false},
		"a figure":                 {"With 2 adults.", "With 3 adults.", false},
		"a point in a figure":      {"1.5 hours", "15 hours", false},
		"a point becomes a space":  {"1.5 hours", "1 5 hours", false},
		"a figure in a long word":  {"See note12345.", "See note12346.", false},
		"three words":              {"Aggressive, impulsive, frightened, alone.", "Aggressve, impulsve, frigtened, alone.", true},
		"four words":               {"Aggressive, impulsive, frightened, anxious.", "Aggressve, impulsve, frigtened, anxous.", false},
		"two letters of one word":  {"Frightened.", "Frigtned.", false},
		"emptied":                  {"Frightened.", "", false},
	} {
		if got := sameButForSpelling(c.one, c.other); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if got := sameButForSpelling(c.other, c.one); got != c.want {
			t.Errorf("%s, the other way: %v", name, got)
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
		"published":          {market.Need{ID: uuid.New(), AuthorityID: authority, Deadline: &markettest.SampleTime}, "WRONG_STATE sibling"},
		"withdrawn, a draft": {market.Need{ID: uuid.New(), AuthorityID: authority, WithdrawnAt: &markettest.SampleTime}, "WRONG_STATE sibling"},
	} {
		if got := markettest.RefusalCode(t, LinkNeeds(one, c.sibling)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	one.WithdrawnAt = &markettest.SampleTime
	if got := markettest.RefusalCode(t, LinkNeeds(one, other)); got != "WRONG_STATE need" {
		t.Errorf("a withdrawn need: %q", got)
	}
}
