package market

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestSubmitApplication(t *testing.T) {
	now := londonTime(t, "2026-11-16 10:00:00")
	whole := SubmitApplicationInput{Statement: "Synthetic.", NoGroundForExclusion: true}
	for name, c := range map[string]struct {
		in   SubmitApplicationInput
		live *Membership
		now  time.Time
		want string
	}{
		"whole":             {whole, nil, now, ""},
		"a member":          {whole, activeMember, now, "ALREADY_EXISTS"},
		"suspended":         {whole, suspendedMember, now, "ALREADY_EXISTS"},
		"nothing said":      {SubmitApplicationInput{NoGroundForExclusion: true}, nil, now, "INVALID statement"},
		"not declared":      {SubmitApplicationInput{Statement: "Synthetic."}, nil, now, "INVALID noGroundForExclusion"},
		"the last day":      {whole, nil, londonTime(t, "2029-02-23 23:59:59"), ""},
		"the market's over": {whole, nil, londonTime(t, "2029-02-24 00:00:00"), "WRONG_STATE"},
	} {
		got, err := SubmitApplication(c.in, Lot{ID: numberedID(1), AuthorityID: numberedID(2)}, testMarket(), c.live, c.now)
		if refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (got.LotID != numberedID(1) || got.AuthorityID != numberedID(2) || !got.SubmittedAt.Equal(c.now)) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	// Ten working days: PCR 2015 reg 34(16).
	if got, _ := SubmitApplication(whole, Lot{}, testMarket(), nil, now); !got.DecideBy.Equal(londonTime(t, "2026-11-30 23:59:59")) {
		t.Errorf("to be decided by %s", got.DecideBy)
	}
}

func TestDecideApplication(t *testing.T) {
	yes := ApplicationAdmitted
	for name, c := range map[string]struct {
		was     Application
		reasons string
		want    string
	}{"once": {Application{}, "Synthetic.", ""}, "without reasons": {Application{}, "\n", "INVALID reasons"}, "twice": {Application{Decision: &yes}, "Synthetic.", "WRONG_STATE"}} {
		if err := DecideApplication(c.was, nil, DecideApplicationInput{Decision: ApplicationRefused, Reasons: c.reasons}, testTime); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestMembershipStatus(t *testing.T) {
	for want, m := range map[MembershipStatus]Membership{MembershipActive: *activeMember, MembershipSuspended: *suspendedMember, MembershipEnded: {SuspendedAt: &testTime, EndedAt: &testTime}} {
		if got := m.Status(); got != want {
			t.Errorf("%+v: %s", m, got)
		}
	}
}

func TestStartPlacement(t *testing.T) {
	on := NewDate(2026, time.July, 2)
	for name, c := range map[string]struct {
		placement Placement
		now       string
		want      string
	}{
		"the first day, in London":     {Placement{StartsOn: on, Signed: true}, "2026-07-02 00:00:00", ""},
		"the last second before":       {Placement{StartsOn: on, Signed: true}, "2026-07-01 23:59:59", "TOO_EARLY"},
		"later is fine":                {Placement{StartsOn: on, Signed: true}, "2026-09-01 09:00:00", ""},
		"not signed by both":           {Placement{StartsOn: on}, "2026-07-02 09:00:00", "TOO_EARLY"},
		"started":                      {Placement{StartsOn: on, Signed: true, StartedAt: &testTime}, "2026-07-02 09:00:00", "WRONG_STATE"},
		"ended before it ever started": {Placement{StartsOn: on, Signed: true, EndedOn: &on}, "2026-07-02 09:00:00", "WRONG_STATE"},
	} {
		if err := StartPlacement(c.placement, londonTime(t, c.now)); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestPlacementStatus(t *testing.T) {
	last := NewDate(2026, time.July, 31)
	for name, c := range map[string]struct {
		placement Placement
		asOf      string
		want      PlacementStatus
	}{
		"agreed":                   {Placement{}, "2026-07-01 09:00:00", PlacementAgreed},
		"signed":                   {Placement{Signed: true}, "2026-07-01 09:00:00", PlacementSigned},
		"active":                   {Placement{Signed: true, StartedAt: &testTime}, "2026-07-01 09:00:00", PlacementActive},
		"its last day, to the end": {Placement{StartedAt: &testTime, EndedOn: &last}, "2026-07-31 23:59:59", PlacementActive},
		"the day after, in London": {Placement{StartedAt: &testTime, EndedOn: &last}, "2026-08-01 00:00:00", PlacementEnded},
	} {
		c.placement.AsOf = londonTime(t, c.asOf)
		if got := c.placement.Status(); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestInviteFamilyAndUse(t *testing.T) {
	placement := ID{KindPlacement, uuid.New()}
	for name, c := range map[string]struct {
		in   InviteFamilyInput
		want string
	}{
		"feedback":                {InviteFamilyInput{Kind: ForFeedback, Placement: &placement}, ""},
		"feedback on nothing":     {InviteFamilyInput{Kind: ForFeedback}, "INVALID placement"},
		"preference":              {InviteFamilyInput{Kind: ForPreference}, ""},
		"preference on placement": {InviteFamilyInput{Kind: ForPreference, Placement: &placement}, "INVALID placement"},
	} {
		got, err := InviteFamily(c.in, Need{}, testTime)
		if refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && ((got.PlacementID != nil) != (c.in.Placement != nil) || !got.ExpiresAt.Equal(AddDays(testTime, 60)) || got.Used()) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	fresh := FamilyInvitation{Kind: ForFeedback, ExpiresAt: testTime}
	used := fresh
	used.UsedAt = &testTime
	for name, c := range map[string]struct {
		invitation FamilyInvitation
		kind       FamilyInvitationKind
		now        time.Time
		want       string
	}{
		"the last instant": {fresh, ForFeedback, testTime, ""}, "run out": {fresh, ForFeedback, testTime.Add(1), "DEADLINE_PASSED"},
		"another kind": {fresh, ForPreference, testTime, "WRONG_STATE"}, "used": {used, ForFeedback, testTime, "WRONG_STATE"},
	} {
		if err := RequireUsableInvitation(c.invitation, c.kind, c.now); refusalCode(t, err) != c.want {
			t.Errorf("use, %s: %v, want %q", name, err, c.want)
		}
	}
	if !strings.Contains(fresh.Promise(), "keeping children safe reads this first") || (FamilyInvitation{Kind: ForPreference}).Promise() != PreferencePromise {
		t.Error("the promise is another's")
	}
}

func TestGiveFeedback(t *testing.T) {
	answers := func(all ...RatingInput) []RatingInput { return all }
	long, blank := strings.Repeat("é", 4001), "  "
	for name, c := range map[string]struct {
		in   GiveFeedbackInput
		want string
	}{
		"each once":             {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"TOLD", 5})}, ""},
		"in any order":          {GiveFeedbackInput{Ratings: answers(RatingInput{"TOLD", 3}, RatingInput{"SAFE", 3})}, ""},
		"nought":                {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 0}, RatingInput{"TOLD", 5})}, "INVALID ratings.value"},
		"six":                   {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 6}, RatingInput{"TOLD", 5})}, "INVALID ratings.value"},
		"one missing":           {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1})}, "INVALID ratings"},
		"one twice":             {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"SAFE", 5})}, "INVALID ratings"},
		"all, and one twice":    {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"TOLD", 5}, RatingInput{"SAFE", 1})}, "INVALID ratings"},
		"all, and one unknown":  {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"TOLD", 5}, RatingInput{"FOOD", 1})}, "INVALID ratings"},
		"one unknown in place":  {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"FOOD", 5})}, "INVALID ratings"},
		"too many words":        {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"TOLD", 5}), Words: &long}, "INVALID words"},
		"words of spaces alone": {GiveFeedbackInput{Ratings: answers(RatingInput{"SAFE", 1}, RatingInput{"TOLD", 5}), Words: &blank}, ""},
	} {
		if err := GiveFeedback(c.in, []string{"SAFE", "TOLD"}); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if (GiveFeedbackInput{}).HasWords() || (GiveFeedbackInput{Words: &blank}).HasWords() || !(GiveFeedbackInput{Words: &long}).HasWords() {
		t.Error("what are words")
	}
	// A day, also over the end of summer time.
	if received := londonTime(t, "2026-10-24 18:00:00"); ReadWordsBy(received).Sub(received) != 24*time.Hour {
		t.Error("words wait longer than a day")
	}
}

func TestCheckAndAnswerPreference(t *testing.T) {
	for words, want := range map[string]string{"Near home, where Zara's brother is.": "", " \n": "INVALID words", strings.Repeat("x", 4001): "INVALID words"} {
		if err := CheckPreference(words); refusalCode(t, err) != want {
			t.Errorf("%.20q: %v", words, err)
		}
	}
	if err := AnswerPreference(AnswerPreferenceInput{}); refusalCode(t, err) != "INVALID effect" {
		t.Errorf("no effect: %v", err)
	}
}

func TestNewPage(t *testing.T) {
	n := func(i int) *int { return &i }
	after, none := "cursor", ""
	for _, c := range []struct {
		first *int
		after *string
		want  Page
		code  string
	}{
		{nil, nil, Page{First: 20}, ""}, {n(1), nil, Page{First: 1}, ""}, {n(100), &after, Page{100, "cursor"}, ""}, {nil, &none, Page{First: 20}, ""},
		{n(0), nil, Page{}, "INVALID first"}, {n(-1), nil, Page{}, "INVALID first"}, {n(101), nil, Page{}, "INVALID first"}, {n(1 << 31), nil, Page{}, "INVALID first"},
	} {
		page, err := NewPage(c.first, c.after)
		if refusalCode(t, err) != c.code || err == nil && page != c.want {
			t.Errorf("%+v: %+v, %v", c, page, err)
		}
	}
}

func TestAbsentNamesTheThing(t *testing.T) {
	if r := Absent("need"); r.Code != NotFound || r.Field != nil || !strings.Contains(r.Message, "need") {
		t.Errorf("%+v", r)
	}
}
