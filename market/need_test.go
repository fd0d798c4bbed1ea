package market

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/uuid"
)

// Every profile here is made up.
func needInput() CreateNeedInput {
	return CreateNeedInput{
		AgeLow: 8, AgeHigh: 11, PrimaryNeed: NeedTypes[10], OtherNeeds: []string{NeedTypes[5]}, LegalBasis: "EHC_PLAN", HomeOutcode: "BN11", TravelMiles: 20,
		StartFrom: NewDate(2026, time.September, 1), StartTo: NewDate(2026, time.October, 1), Profile: "Synthetic: likes trains.", Outcomes: "Synthetic: to read.",
	}
}

func TestDraftNeed(t *testing.T) {
	lot := Lot{ID: uuid.New(), AgeLow: 5, AgeHigh: 16, Needs: []string{NeedTypes[10], NeedTypes[4]}}
	weekly := func(text string) *Decimal { return new(Pounds(text)) }
	for name, c := range map[string]struct {
		change func(*CreateNeedInput)
		want   string
	}{
		"whole":                {func(*CreateNeedInput) {}, ""},
		"the lot's ages":       {func(in *CreateNeedInput) { in.AgeLow, in.AgeHigh = 5, 16 }, ""},
		"younger than the lot": {func(in *CreateNeedInput) { in.AgeLow = 4 }, "INVALID ageHigh"},
		"older than the lot":   {func(in *CreateNeedInput) { in.AgeHigh = 17 }, "INVALID ageHigh"},
		"ages backwards":       {func(in *CreateNeedInput) { in.AgeLow = 12 }, "INVALID ageHigh"},
		"no profile":           {func(in *CreateNeedInput) { in.Profile = " " }, "INVALID profile"},
		"no outcomes":          {func(in *CreateNeedInput) { in.Outcomes = "" }, "INVALID outcomes"},
		"named in the profile": {func(in *CreateNeedInput) { in.Profile = "The child is called Zara." }, "IDENTIFIES_CHILD profile"},
		"named in outcomes":    {func(in *CreateNeedInput) { in.Outcomes = "That BN11 1AA is near." }, "IDENTIFIES_CHILD outcomes"},
		"not one of the lot's": {func(in *CreateNeedInput) { in.PrimaryNeed = NeedTypes[0] }, "INVALID primaryNeed"},
		"no need type":         {func(in *CreateNeedInput) { in.PrimaryNeed = "autism" }, "INVALID primaryNeed"},
		"other is no type":     {func(in *CreateNeedInput) { in.OtherNeeds = []string{"autism"} }, "INVALID primaryNeed"},
		"other is the primary": {func(in *CreateNeedInput) { in.OtherNeeds = []string{in.PrimaryNeed} }, "INVALID primaryNeed"},
		"a whole postcode":     {func(in *CreateNeedInput) { in.HomeOutcode = "BN11 1AA" }, "INVALID homeOutcode"},
		"small letters":        {func(in *CreateNeedInput) { in.HomeOutcode = "bn11" }, "INVALID homeOutcode"},
		"London outcode":       {func(in *CreateNeedInput) { in.HomeOutcode = "SW1A" }, ""},
		"short outcode":        {func(in *CreateNeedInput) { in.HomeOutcode = "N1" }, ""},
		"outcode and a line":   {func(in *CreateNeedInput) { in.HomeOutcode = "N1\n" }, "INVALID homeOutcode"},
		"no travel":            {func(in *CreateNeedInput) { in.TravelMiles = 0 }, ""},
		"travel below zero":    {func(in *CreateNeedInput) { in.TravelMiles = -1 }, "INVALID travelMiles"},
		"anywhere":             {func(in *CreateNeedInput) { in.TravelMiles = 500 }, ""},
		"farther":              {func(in *CreateNeedInput) { in.TravelMiles = 501 }, "INVALID travelMiles"},
		"one day to start":     {func(in *CreateNeedInput) { in.StartTo = in.StartFrom }, ""},
		"start backwards":      {func(in *CreateNeedInput) { in.StartTo = NewDate(2026, time.August, 31) }, "INVALID startTo"},
		"a ceiling":            {func(in *CreateNeedInput) { in.CeilingWeekly = weekly("99999.99") }, ""},
		"a ceiling of nothing": {func(in *CreateNeedInput) { in.CeilingWeekly = weekly("0") }, "INVALID ceilingWeekly"},
		"a ceiling too high":   {func(in *CreateNeedInput) { in.CeilingWeekly = weekly("100000") }, "INVALID ceilingWeekly"},
	} {
		in := needInput()
		c.change(&in)
		if _, err := DraftNeed(in, lot); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestDraftNeedReferenceSaysNothing(t *testing.T) {
	form, seen := regexp.MustCompile(`^N-[B-DF-HJ-NP-TV-XZ]{7}$`), map[string]bool{}
	for range 200 {
		r := newReference()
		if !form.MatchString(r) || seen[r] || CheckAnonymous(InputText{"", r, 10}) != nil {
			t.Fatal(r)
		}
		seen[r] = true
	}
}

func TestPublishNeed(t *testing.T) {
	// Over the end of summer time: ten days later at the same time of day.
	now := londonTime(t, "2026-10-20 10:00:00")
	m := testMarket()
	reason := "Synthetic: no wider band fits."
	blank, named := "  ", "The mother is called Zara."
	for name, c := range map[string]struct {
		deadline string
		change   func(*Need, *PublishNeedInput, *Market)
		alike    int
		want     string
	}{
		"ten days":             {"2026-10-30 10:00:00", nil, 1, ""},
		"a second less":        {"2026-10-30 09:59:59", nil, 1, "TOO_EARLY deadline"},
		"in the past":          {"2026-10-01 10:00:00", nil, 1, "TOO_EARLY deadline"},
		"the market's end":     {"2029-02-23 23:59:59", nil, 1, ""},
		"after its end":        {"2029-02-24 00:00:00", nil, 1, "INVALID deadline"},
		"the last first day":   {"2026-11-30 23:59:59", func(n *Need, _ *PublishNeedInput, _ *Market) { n.StartTo = NewDate(2026, time.November, 30) }, 1, ""},
		"after the first day":  {"2026-12-01 00:00:00", func(n *Need, _ *PublishNeedInput, _ *Market) { n.StartTo = NewDate(2026, time.November, 30) }, 1, "INVALID deadline"},
		"published before":     {"2026-11-30 10:00:00", func(n *Need, _ *PublishNeedInput, _ *Market) { n.PublishedAt = &now }, 1, "WRONG_STATE"},
		"first call":           {"2026-11-30 10:00:00", func(_ *Need, _ *PublishNeedInput, m *Market) { m.NoticeAt = AddDays(now, -30) }, 1, ""},
		"before the first":     {"2026-11-30 10:00:00", func(_ *Need, _ *PublishNeedInput, m *Market) { m.NoticeAt = AddDays(now, -30).Add(1) }, 1, "TOO_EARLY"},
		"no first call stated": {"2026-11-30 10:00:00", func(_ *Need, _ *PublishNeedInput, m *Market) { m.NoticeAt, m.Regime.FirstCallDays = now, 0 }, 1, ""},
		"unique":               {"2026-11-30 10:00:00", nil, 0, "UNIQUE_PROFILE uniqueReason"},
		"unique, no words":     {"2026-11-30 10:00:00", func(_ *Need, in *PublishNeedInput, _ *Market) { in.UniqueReason = &blank }, 0, "UNIQUE_PROFILE uniqueReason"},
		"unique, with reason":  {"2026-11-30 10:00:00", func(_ *Need, in *PublishNeedInput, _ *Market) { in.UniqueReason = &reason }, 0, ""},
		"a reason that names":  {"2026-11-30 10:00:00", func(_ *Need, in *PublishNeedInput, _ *Market) { in.UniqueReason = &named }, 0, "IDENTIFIES_CHILD uniqueReason"},
		"a profile that names": {"2026-11-30 10:00:00", func(n *Need, _ *PublishNeedInput, _ *Market) { n.Profile = named }, 1, "IDENTIFIES_CHILD profile"},
	} {
		need, in, market := Need{Profile: "Synthetic.", Outcomes: "Synthetic.", StartTo: NewDate(2030, time.July, 31)}, PublishNeedInput{Deadline: londonTime(t, c.deadline)}, m
		if c.change != nil {
			c.change(&need, &in, &market)
		}
		if err := PublishNeed(need, in, market, c.alike, now); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestNeedStatusAtTheDeadline(t *testing.T) {
	deadline := testTime
	need := Need{Deadline: &deadline}
	for _, c := range []struct {
		asOf time.Time
		want NeedStatus
	}{{deadline, NeedPublished}, {deadline.Add(1), NeedClosed}} {
		need.AsOf = c.asOf
		if got := need.Status(); got != c.want {
			t.Errorf("at %s: %s", c.asOf, got)
		}
	}
	need.OpenedAt = &deadline
	if need.Status() != NeedOpened {
		t.Error("opened")
	}
	need.RankedAt = &deadline
	if need.Status() != NeedRanked {
		t.Error("ranked")
	}
	if (Need{AsOf: testTime}).Status() != NeedDraft {
		t.Error("draft")
	}
}

func TestAnswerInvitation(t *testing.T) {
	full := DeclineReason("FULL")
	for name, c := range map[string]struct {
		deadline *time.Time
		in       AnswerInvitationInput
		offers   int
		now      time.Time
		want     string
	}{
		"intends":                {&testTime, AnswerInvitationInput{Answer: InvitationIntends}, 0, testTime, ""},
		"intends, with an offer": {&testTime, AnswerInvitationInput{Answer: InvitationIntends}, 1, testTime, ""},
		"declines":               {&testTime, AnswerInvitationInput{Answer: InvitationDeclined, Reason: &full}, 0, testTime, ""},
		"declines its own offer": {&testTime, AnswerInvitationInput{Answer: InvitationDeclined, Reason: &full}, 1, testTime, "WRONG_STATE"},
		"no reason":              {&testTime, AnswerInvitationInput{Answer: InvitationDeclined}, 0, testTime, "INVALID reason"},
		"a reason to intend":     {&testTime, AnswerInvitationInput{Answer: InvitationIntends, Reason: &full}, 0, testTime, "INVALID reason"},
		"late":                   {&testTime, AnswerInvitationInput{Answer: InvitationIntends}, 0, testTime.Add(1), "DEADLINE_PASSED"},
		"a draft":                {nil, AnswerInvitationInput{Answer: InvitationIntends}, 0, testTime, "DEADLINE_PASSED"},
	} {
		if err := AnswerInvitation(Need{Deadline: c.deadline}, c.in, c.offers, c.now); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestRecordIdentity(t *testing.T) {
	now := londonTime(t, "2026-11-25 12:00:00")
	for name, c := range map[string]struct {
		in   RecordIdentityInput
		want string
	}{
		"a child":           {RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: NewDate(2015, time.May, 1)}, ""},
		"born today":        {RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: NewDate(2026, time.November, 25)}, ""},
		"born tomorrow":     {RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: NewDate(2026, time.November, 26)}, "INVALID dateOfBirth"},
		"25, 26 tomorrow":   {RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: NewDate(2000, time.November, 26)}, ""},
		"26 years and more": {RecordIdentityInput{Name: "Synthetic Child", DateOfBirth: NewDate(2000, time.November, 24)}, "INVALID dateOfBirth"},
		"no name":           {RecordIdentityInput{DateOfBirth: NewDate(2015, time.May, 1)}, "INVALID name"},
	} {
		if _, err := RecordIdentity(c.in, now); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
