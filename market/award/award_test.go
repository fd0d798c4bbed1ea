package award

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func rankingOf(n byte, rank int) market.Ranking {
	return market.Ranking{OfferID: markettest.NumberedID(n), ProviderID: markettest.NumberedID(n + 50), Rank: rank}
}

func TestProposeAward(t *testing.T) {
	first, second, third := rankingOf(1, 1), rankingOf(2, 2), rankingOf(3, 3)
	declined := func(n byte) market.Award {
		return market.Award{
			OfferID: markettest.NumberedID(n), ApprovedAt: &markettest.SampleTime, AcceptBy: &markettest.SampleTime,
			DeclinedAt: &markettest.SampleTime, AsOf: markettest.SampleTime,
		}
	}
	lapsed := market.Award{
		OfferID: markettest.NumberedID(2), ApprovedAt: &markettest.SampleTime, AcceptBy: &markettest.SampleTime,
		LapsedAt: &markettest.SampleTime, AsOf: markettest.SampleTime.Add(1),
	}
	unrecorded := market.Award{
		OfferID: markettest.NumberedID(1), ApprovedAt: &markettest.SampleTime, AcceptBy: &markettest.SampleTime,
		AsOf: markettest.SampleTime.Add(1),
	}
	proposed := market.Award{OfferID: markettest.NumberedID(1), AsOf: markettest.SampleTime}
	rejected := market.Award{OfferID: markettest.NumberedID(1), RejectedAt: &markettest.SampleTime, AsOf: markettest.SampleTime}
	accepted := market.Award{
		OfferID: markettest.NumberedID(1), ApprovedAt: &markettest.SampleTime, AcceptBy: &markettest.SampleTime,
		AcceptedAt: &markettest.SampleTime, AsOf: markettest.SampleTime,
	}
	cancelled := accepted
	cancelled.CancelledAt = &markettest.SampleTime
	ground := strings.Repeat("x", 40)
	for name, c := range map[string]struct {
		offer   market.Ranking
		earlier []market.Award
		member  *market.Membership
		reason  string
		want    string
	}{
		"the best":                       {first, nil, markettest.ActiveMember, "Best.", ""},
		"no reason":                      {first, nil, markettest.ActiveMember, " ", "INVALID reason"},
		"the second, no ground":          {second, nil, markettest.ActiveMember, strings.Repeat("x", 39), "INVALID reason"},
		"a ground of spaces":             {second, nil, markettest.ActiveMember, "x" + strings.Repeat(" ", 60), "INVALID reason"},
		"the second, with a ground":      {second, nil, markettest.ActiveMember, ground, ""},
		"suspended since":                {first, nil, markettest.SuspendedMember, "Best.", "NOT_ADMITTED"},
		"left since":                     {first, nil, markettest.EndedMember, "Best.", "NOT_ADMITTED"},
		"never a member":                 {first, nil, nil, "Best.", "NOT_ADMITTED"},
		"one is proposed":                {second, []market.Award{proposed}, markettest.ActiveMember, ground, "ALREADY_EXISTS"},
		"after a rejection, the same":    {first, []market.Award{rejected}, markettest.ActiveMember, "Best, and here is why.", ""},
		"after a rejection, the second":  {second, []market.Award{rejected}, markettest.ActiveMember, "Next.", "INVALID reason"},
		"one is accepted":                {second, []market.Award{accepted}, markettest.ActiveMember, ground, "ALREADY_EXISTS"},
		"one has run out, not recorded":  {second, []market.Award{unrecorded}, markettest.ActiveMember, ground, "ALREADY_EXISTS"},
		"after a decline, the next":      {second, []market.Award{declined(1)}, markettest.ActiveMember, "Next.", ""},
		"the same again":                 {first, []market.Award{declined(1)}, markettest.ActiveMember, ground, "WRONG_STATE"},
		"after a decline and a lapse":    {third, []market.Award{declined(1), lapsed}, markettest.ActiveMember, "Next.", ""},
		"the third before the second":    {third, []market.Award{declined(1)}, markettest.ActiveMember, "Next.", "INVALID reason"},
		"cancelled, the next":            {second, []market.Award{cancelled}, markettest.ActiveMember, "Next.", ""},
		"cancelled, the same":            {first, []market.Award{cancelled}, markettest.ActiveMember, ground, ""},
		"cancelled, the same, no ground": {first, []market.Award{cancelled}, markettest.ActiveMember, "Best.", "INVALID reason"},
		"cancelled, then declined":       {first, []market.Award{cancelled, declined(1)}, markettest.ActiveMember, ground, "WRONG_STATE"},
		"declined, then cancelled":       {first, []market.Award{declined(1), cancelled}, markettest.ActiveMember, ground, "WRONG_STATE"},
		"one declined, and one proposed": {third, []market.Award{declined(2), proposed}, markettest.ActiveMember, ground, "ALREADY_EXISTS"},
	} {
		need := market.Need{ID: uuid.New(), RankedAt: &markettest.SampleTime}
		got, err := ProposeAward(need, c.offer, []market.Ranking{first, second, third}, c.earlier, c.member, ProposeAwardInput{Reason: c.reason})
		if markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (got.NeedID != need.ID || got.OfferID != c.offer.OfferID || got.ProviderID != c.offer.ProviderID ||
			got.Status() != market.AwardProposed) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, err := ProposeAward(market.Need{}, first, nil, nil, markettest.ActiveMember,
		ProposeAwardInput{Reason: "Best."}); markettest.RefusalCode(t, err) != "TOO_EARLY" {
		t.Errorf("not ranked: %v", err)
	}
}

func TestApproveAward(t *testing.T) {
	mandatory, over := markettest.SampleMarket(), markettest.SampleMarket()
	mandatory.Regime.StandstillMandatory, mandatory.Regime.Source = true, "Synthetic"
	over.EndsOn = market.NewDate(2026, time.May, 31)
	for name, c := range map[string]struct {
		award      market.Award
		market     market.Market
		member     *market.Membership
		standstill bool
		person     string
		want       string
	}{
		"by another": {
			market.Award{Route: market.RouteCompetition, ProposedBy: "a"},
			markettest.SampleMarket(),
			markettest.ActiveMember, false, "b", "",
		},
		"by its proposer": {
			market.Award{Route: market.RouteCompetition, ProposedBy: "a"},
			markettest.SampleMarket(),
			markettest.ActiveMember, false, "a", "SAME_PERSON",
		},
		"approved before": {
			market.Award{Route: market.RouteCompetition, ProposedBy: "a", ApprovedAt: &markettest.SampleTime},
			markettest.SampleMarket(), markettest.ActiveMember, false, "b", "WRONG_STATE",
		},
		"declined": {market.Award{
			Route: market.RouteCompetition, ProposedBy: "a", ApprovedAt: &markettest.SampleTime,
			DeclinedAt: &markettest.SampleTime,
		}, markettest.SampleMarket(), markettest.ActiveMember, false, "b", "WRONG_STATE"},
		"lapsed": {
			market.Award{Route: market.RouteCompetition, ProposedBy: "a", LapsedAt: &markettest.SampleTime},
			markettest.SampleMarket(), markettest.ActiveMember, false, "b", "WRONG_STATE",
		},
		"suspended since": {
			market.Award{Route: market.RouteCompetition, ProposedBy: "a"},
			markettest.SampleMarket(),
			markettest.SuspendedMember, false, "b", "NOT_ADMITTED",
		},
		"left since": {
			market.Award{Route: market.RouteCompetition, ProposedBy: "a"},
			markettest.SampleMarket(), nil,
			false, "b", "NOT_ADMITTED",
		},
		"mandatory, not chosen": {
			market.Award{Route: market.RouteCompetition, ProposedBy: "a"},
			mandatory, markettest.ActiveMember, false,
			"b", "INVALID standstill",
		},
		"mandatory, chosen": {
			market.Award{Route: market.RouteCompetition, ProposedBy: "a"},
			mandatory, markettest.ActiveMember, true, "b",
			"",
		},
		"by another route": {
			market.Award{Route: market.RouteSpot, ProposedBy: "a"},
			markettest.SampleMarket(), markettest.ActiveMember,
			false, "b", "WRONG_STATE",
		},
		"after the market's end": {
			market.Award{Route: market.RouteCompetition, ProposedBy: "a"},
			over, markettest.ActiveMember,
			false, "b", "WRONG_STATE",
		},
		"on the market's last": {market.Award{Route: market.RouteCompetition, ProposedBy: "a"}, market.Market{EndsOn: market.NewDate(2026,
			time.June, 1)}, markettest.ActiveMember, false, "b", ""},
	} {
		if _, err := ApproveAward(c.award, c.market, c.member, c.standstill, c.person, markettest.SampleTime); markettest.RefusalCode(t,
			err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestApproveAwardStandstillAndAcceptance(t *testing.T) {
	act := markettest.SampleMarket() // Procurement Act 2023 s 51, light touch: eight working days
	act.Regime.StandstillDays, act.Regime.StandstillWorking = 8, true
	for name, c := range map[string]struct {
		market         market.Market
		standstill     bool
		now            string
		ends, acceptBy string
	}{
		"none chosen":                         {markettest.SampleMarket(), false, "2026-11-16 10:00:00", "", "2026-11-30"},
		"ten days":                            {markettest.SampleMarket(), true, "2026-11-16 10:00:00", "2026-11-26", "2026-12-10"},
		"ten days, from the last second":      {markettest.SampleMarket(), true, "2026-11-16 23:59:59", "2026-11-26", "2026-12-10"},
		"ten days, over the change of clocks": {markettest.SampleMarket(), true, "2026-10-19 23:30:00", "2026-10-29", "2026-11-12"},
		"ten days end on a Saturday":          {markettest.SampleMarket(), true, "2026-11-11 10:00:00", "2026-11-23", "2026-12-07"},
		"ten days end on Boxing Day":          {markettest.SampleMarket(), true, "2026-12-16 10:00:00", "2026-12-29", "2027-01-13"},
		"eight working days":                  {act, true, "2026-11-16 10:00:00", "2026-11-26", "2026-12-10"},
		"eight working days over Christmas":   {act, true, "2026-12-18 10:00:00", "2027-01-04", "2027-01-18"},
	} {
		got, err := ApproveAward(market.Award{Route: market.RouteCompetition, ProposedBy: "a"}, c.market, markettest.ActiveMember, c.standstill,
			"b", markettest.LondonTime(t, c.now))
		if err != nil || !got.ApprovedAt.Equal(markettest.LondonTime(t, c.now)) || !got.AcceptBy.Equal(markettest.LondonTime(t,
			c.acceptBy+" 23:59:59")) {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		if (c.ends == "") != (got.StandstillEnds == nil) || c.ends != "" &&
			!got.StandstillEnds.Equal(markettest.LondonTime(t, c.ends+" 23:59:59")) {
			t.Errorf("%s: the standstill ends at %v", name, got.StandstillEnds)
		}
	}
}

func TestRejectAward(t *testing.T) {
	in := RejectAwardInput{Reason: "The reason says too little."}
	for name, c := range map[string]struct {
		award market.Award
		in    RejectAwardInput
		want  string
	}{
		"proposed":  {market.Award{}, in, ""},
		"no reason": {market.Award{}, RejectAwardInput{Reason: " "}, "INVALID reason"},
		"rejected":  {market.Award{RejectedAt: &markettest.SampleTime}, in, "WRONG_STATE"},
		"approved":  {market.Award{ApprovedAt: &markettest.SampleTime}, in, "WRONG_STATE"},
		"accepted":  {market.Award{ApprovedAt: &markettest.SampleTime, AcceptedAt: &markettest.SampleTime}, in, "WRONG_STATE"},
	} {
		if err := RejectAward(c.award, c.in); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestAcceptAndDeclineAward(t *testing.T) {
	ends, by := markettest.LondonTime(t, "2026-11-26 23:59:59"), markettest.LondonTime(t, "2026-12-10 23:59:59")
	approved := market.Award{ApprovedAt: &markettest.SampleTime, AcceptBy: &by}
	waiting := approved
	waiting.StandstillEnds = &ends
	accepted, declined := approved, approved
	accepted.AcceptedAt, declined.DeclinedAt = &markettest.SampleTime, &markettest.SampleTime
	for name, c := range map[string]struct {
		award           market.Award
		now             time.Time
		accept, decline string
	}{
		"at once":                   {approved, markettest.SampleTime, "", ""},
		"the last instant":          {approved, by, "", ""},
		"lapsed":                    {approved, by.Add(1), "DEADLINE_PASSED", "WRONG_STATE"},
		"in the standstill":         {waiting, ends, "TOO_EARLY", ""},
		"just after the standstill": {waiting, ends.Add(1), "", ""},
		"proposed":                  {market.Award{}, markettest.SampleTime, "WRONG_STATE", "WRONG_STATE"},
		"accepted":                  {accepted, markettest.SampleTime, "WRONG_STATE", "WRONG_STATE"},
		"accepted does not lapse":   {accepted, by.Add(1), "WRONG_STATE", "WRONG_STATE"},
		"declined":                  {declined, markettest.SampleTime, "WRONG_STATE", "WRONG_STATE"},
		"rejected": {
			market.Award{RejectedAt: &markettest.SampleTime},
			markettest.SampleTime,
			"WRONG_STATE", "WRONG_STATE",
		},
		"recorded as lapsed, in any case": {
			market.Award{ApprovedAt: &markettest.SampleTime, AcceptBy: &by, LapsedAt: &markettest.SampleTime},
			markettest.SampleTime, "DEADLINE_PASSED", "WRONG_STATE",
		},
	} {
		if err := AcceptAward(c.award, markettest.ActiveMember, c.now); markettest.RefusalCode(t, err) != c.accept {
			t.Errorf("accept, %s: %v, want %q", name, err, c.accept)
		}
		c.award.AsOf = c.now
		if err := DeclineAward(c.award, DeclineAwardInput{Reason: "Full."}); markettest.RefusalCode(t, err) != c.decline {
			t.Errorf("decline, %s: %v, want %q", name, err, c.decline)
		}
	}
	approved.AsOf = markettest.SampleTime
	if err := DeclineAward(approved, DeclineAwardInput{}); markettest.RefusalCode(t, err) != "INVALID reason" {
		t.Errorf("decline without a reason: %v", err)
	}
}

func TestProposeAwardForAWithdrawnNeed(t *testing.T) {
	now := markettest.SampleTime
	n := market.Need{WithdrawnAt: &now, PublishedAt: &now, Deadline: &now, QuestionsUntil: &now, RankedAt: &now}
	_, err := ProposeAward(n, market.Ranking{}, nil, nil, markettest.ActiveMember, ProposeAwardInput{Reason: "Synthetic."})
	if got := markettest.RefusalCode(t, err); got != "WRONG_STATE" || err.Error() != market.RequireNotWithdrawn(n).Error() {
		t.Errorf("proposed: %v", err)
	}
}

// Membership is checked when an award is accepted, as when it is proposed and approved. Who is suspended or has left can decline.
func TestAcceptAwardAsMember(t *testing.T) {
	by := markettest.SampleTime.Add(time.Hour)
	approved := market.Award{ApprovedAt: &markettest.SampleTime, AcceptBy: &by}
	for name, c := range map[string]struct {
		live *market.Membership
		want string
	}{
		"active":    {markettest.ActiveMember, ""},
		"suspended": {markettest.SuspendedMember, "NOT_ADMITTED"},
		"lapsed":    {&market.Membership{LapsedAt: &markettest.SampleTime}, "NOT_ADMITTED"},
		"ended":     {markettest.EndedMember, "NOT_ADMITTED"},
		"no member": {nil, "NOT_ADMITTED"},
	} {
		if err := AcceptAward(approved, c.live, markettest.SampleTime); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if err := AcceptAward(approved, markettest.SuspendedMember, by.Add(1)); markettest.RefusalCode(t, err) != "DEADLINE_PASSED" {
		t.Errorf("suspended, after the time to accept: %v", err)
	}
}
