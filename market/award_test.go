package market

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func rankingOf(n byte, rank int) Ranking {
	return Ranking{OfferID: numberedID(n), ProviderID: numberedID(n + 50), Rank: rank}
}

func TestProposeAward(t *testing.T) {
	first, second, third := rankingOf(1, 1), rankingOf(2, 2), rankingOf(3, 3)
	declined := func(n byte) Award {
		return Award{OfferID: numberedID(n), ApprovedAt: &testTime, AcceptBy: &testTime, DeclinedAt: &testTime, AsOf: testTime}
	}
	lapsed := Award{OfferID: numberedID(2), ApprovedAt: &testTime, AcceptBy: &testTime, LapsedAt: &testTime, AsOf: testTime.Add(1)}
	unrecorded := Award{OfferID: numberedID(1), ApprovedAt: &testTime, AcceptBy: &testTime, AsOf: testTime.Add(1)}
	proposed := Award{OfferID: numberedID(1), AsOf: testTime}
	rejected := Award{OfferID: numberedID(1), RejectedAt: &testTime, AsOf: testTime}
	accepted := Award{OfferID: numberedID(1), ApprovedAt: &testTime, AcceptBy: &testTime, AcceptedAt: &testTime, AsOf: testTime}
	ground := strings.Repeat("x", 40)
	for name, c := range map[string]struct {
		offer   Ranking
		earlier []Award
		member  *Membership
		reason  string
		want    string
	}{
		"the best":                       {first, nil, activeMember, "Best.", ""},
		"no reason":                      {first, nil, activeMember, " ", "INVALID reason"},
		"the second, no ground":          {second, nil, activeMember, strings.Repeat("x", 39), "INVALID reason"},
		"a ground of spaces":             {second, nil, activeMember, "x" + strings.Repeat(" ", 60), "INVALID reason"},
		"the second, with a ground":      {second, nil, activeMember, ground, ""},
		"suspended since":                {first, nil, suspendedMember, "Best.", "NOT_ADMITTED"},
		"left since":                     {first, nil, endedMember, "Best.", "NOT_ADMITTED"},
		"never a member":                 {first, nil, nil, "Best.", "NOT_ADMITTED"},
		"one is proposed":                {second, []Award{proposed}, activeMember, ground, "ALREADY_EXISTS"},
		"after a rejection, the same":    {first, []Award{rejected}, activeMember, "Best, and here is why.", ""},
		"after a rejection, the second":  {second, []Award{rejected}, activeMember, "Next.", "INVALID reason"},
		"one is accepted":                {second, []Award{accepted}, activeMember, ground, "ALREADY_EXISTS"},
		"one has run out, not recorded":  {second, []Award{unrecorded}, activeMember, ground, "ALREADY_EXISTS"},
		"after a decline, the next":      {second, []Award{declined(1)}, activeMember, "Next.", ""},
		"the same again":                 {first, []Award{declined(1)}, activeMember, ground, "WRONG_STATE"},
		"after a decline and a lapse":    {third, []Award{declined(1), lapsed}, activeMember, "Next.", ""},
		"the third before the second":    {third, []Award{declined(1)}, activeMember, "Next.", "INVALID reason"},
		"one declined, and one proposed": {third, []Award{declined(2), proposed}, activeMember, ground, "ALREADY_EXISTS"},
	} {
		need := Need{ID: uuid.New(), RankedAt: &testTime}
		got, err := ProposeAward(need, c.offer, []Ranking{first, second, third}, c.earlier, c.member, ProposeAwardInput{Reason: c.reason})
		if refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (got.NeedID != need.ID || got.OfferID != c.offer.OfferID || got.ProviderID != c.offer.ProviderID || got.Status() != AwardProposed) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, err := ProposeAward(Need{}, first, nil, nil, activeMember, ProposeAwardInput{Reason: "Best."}); refusalCode(t, err) != "TOO_EARLY" {
		t.Errorf("not ranked: %v", err)
	}
}

func TestApproveAward(t *testing.T) {
	mandatory, over := testMarket(), testMarket()
	mandatory.Regime.StandstillMandatory, mandatory.Regime.Source = true, "Synthetic"
	over.EndsOn = NewDate(2026, time.May, 31)
	for name, c := range map[string]struct {
		award      Award
		market     Market
		member     *Membership
		standstill bool
		person     string
		want       string
	}{
		"by another":             {Award{Route: RouteCompetition, ProposedBy: "a"}, testMarket(), activeMember, false, "b", ""},
		"by its proposer":        {Award{Route: RouteCompetition, ProposedBy: "a"}, testMarket(), activeMember, false, "a", "SAME_PERSON"},
		"approved before":        {Award{Route: RouteCompetition, ProposedBy: "a", ApprovedAt: &testTime}, testMarket(), activeMember, false, "b", "WRONG_STATE"},
		"declined":               {Award{Route: RouteCompetition, ProposedBy: "a", ApprovedAt: &testTime, DeclinedAt: &testTime}, testMarket(), activeMember, false, "b", "WRONG_STATE"},
		"lapsed":                 {Award{Route: RouteCompetition, ProposedBy: "a", LapsedAt: &testTime}, testMarket(), activeMember, false, "b", "WRONG_STATE"},
		"suspended since":        {Award{Route: RouteCompetition, ProposedBy: "a"}, testMarket(), suspendedMember, false, "b", "NOT_ADMITTED"},
		"left since":             {Award{Route: RouteCompetition, ProposedBy: "a"}, testMarket(), nil, false, "b", "NOT_ADMITTED"},
		"mandatory, not chosen":  {Award{Route: RouteCompetition, ProposedBy: "a"}, mandatory, activeMember, false, "b", "INVALID standstill"},
		"mandatory, chosen":      {Award{Route: RouteCompetition, ProposedBy: "a"}, mandatory, activeMember, true, "b", ""},
		"by another route":       {Award{Route: RouteSpot, ProposedBy: "a"}, testMarket(), activeMember, false, "b", "WRONG_STATE"},
		"after the market's end": {Award{Route: RouteCompetition, ProposedBy: "a"}, over, activeMember, false, "b", "WRONG_STATE"},
		"on the market's last":   {Award{Route: RouteCompetition, ProposedBy: "a"}, Market{EndsOn: NewDate(2026, time.June, 1)}, activeMember, false, "b", ""},
	} {
		if _, err := ApproveAward(c.award, c.market, c.member, c.standstill, c.person, testTime); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestApproveAwardStandstillAndAcceptance(t *testing.T) {
	act := testMarket() // Procurement Act 2023 s 51, light touch: eight working days
	act.Regime.StandstillDays, act.Regime.StandstillWorking = 8, true
	for name, c := range map[string]struct {
		market         Market
		standstill     bool
		now            string
		ends, acceptBy string
	}{
		"none chosen":                         {testMarket(), false, "2026-11-16 10:00:00", "", "2026-11-30"},
		"ten days":                            {testMarket(), true, "2026-11-16 10:00:00", "2026-11-26", "2026-12-10"},
		"ten days, from the last second":      {testMarket(), true, "2026-11-16 23:59:59", "2026-11-26", "2026-12-10"},
		"ten days, over the change of clocks": {testMarket(), true, "2026-10-19 23:30:00", "2026-10-29", "2026-11-12"},
		"ten days end on a Saturday":          {testMarket(), true, "2026-11-11 10:00:00", "2026-11-23", "2026-12-07"},
		"ten days end on Boxing Day":          {testMarket(), true, "2026-12-16 10:00:00", "2026-12-29", "2027-01-13"},
		"eight working days":                  {act, true, "2026-11-16 10:00:00", "2026-11-26", "2026-12-10"},
		"eight working days over Christmas":   {act, true, "2026-12-18 10:00:00", "2027-01-04", "2027-01-18"},
	} {
		got, err := ApproveAward(Award{Route: RouteCompetition, ProposedBy: "a"}, c.market, activeMember, c.standstill, "b", londonTime(t, c.now))
		if err != nil || !got.ApprovedAt.Equal(londonTime(t, c.now)) || !got.AcceptBy.Equal(londonTime(t, c.acceptBy+" 23:59:59")) {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		if (c.ends == "") != (got.StandstillEnds == nil) || c.ends != "" && !got.StandstillEnds.Equal(londonTime(t, c.ends+" 23:59:59")) {
			t.Errorf("%s: the standstill ends at %v", name, got.StandstillEnds)
		}
	}
}

func TestRejectAward(t *testing.T) {
	in := RejectAwardInput{Reason: "The reason says too little."}
	for name, c := range map[string]struct {
		award Award
		in    RejectAwardInput
		want  string
	}{
		"proposed":  {Award{}, in, ""},
		"no reason": {Award{}, RejectAwardInput{Reason: " "}, "INVALID reason"},
		"rejected":  {Award{RejectedAt: &testTime}, in, "WRONG_STATE"},
		"approved":  {Award{ApprovedAt: &testTime}, in, "WRONG_STATE"},
		"accepted":  {Award{ApprovedAt: &testTime, AcceptedAt: &testTime}, in, "WRONG_STATE"},
	} {
		if err := RejectAward(c.award, c.in); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestAcceptAndDeclineAward(t *testing.T) {
	ends, by := londonTime(t, "2026-11-26 23:59:59"), londonTime(t, "2026-12-10 23:59:59")
	approved := Award{ApprovedAt: &testTime, AcceptBy: &by}
	waiting := approved
	waiting.StandstillEnds = &ends
	accepted, declined := approved, approved
	accepted.AcceptedAt, declined.DeclinedAt = &testTime, &testTime
	for name, c := range map[string]struct {
		award           Award
		now             time.Time
		accept, decline string
	}{
		"at once":                         {approved, testTime, "", ""},
		"the last instant":                {approved, by, "", ""},
		"lapsed":                          {approved, by.Add(1), "DEADLINE_PASSED", "WRONG_STATE"},
		"in the standstill":               {waiting, ends, "TOO_EARLY", ""},
		"just after the standstill":       {waiting, ends.Add(1), "", ""},
		"proposed":                        {Award{}, testTime, "WRONG_STATE", "WRONG_STATE"},
		"accepted":                        {accepted, testTime, "WRONG_STATE", "WRONG_STATE"},
		"accepted does not lapse":         {accepted, by.Add(1), "WRONG_STATE", "WRONG_STATE"},
		"declined":                        {declined, testTime, "WRONG_STATE", "WRONG_STATE"},
		"rejected":                        {Award{RejectedAt: &testTime}, testTime, "WRONG_STATE", "WRONG_STATE"},
		"recorded as lapsed, in any case": {Award{ApprovedAt: &testTime, AcceptBy: &by, LapsedAt: &testTime}, testTime, "DEADLINE_PASSED", "WRONG_STATE"},
	} {
		if err := AcceptAward(c.award, c.now); refusalCode(t, err) != c.accept {
			t.Errorf("accept, %s: %v, want %q", name, err, c.accept)
		}
		c.award.AsOf = c.now
		if err := DeclineAward(c.award, DeclineAwardInput{Reason: "Full."}); refusalCode(t, err) != c.decline {
			t.Errorf("decline, %s: %v, want %q", name, err, c.decline)
		}
	}
	approved.AsOf = testTime
	if err := DeclineAward(approved, DeclineAwardInput{}); refusalCode(t, err) != "INVALID reason" {
		t.Errorf("decline without a reason: %v", err)
	}
}
