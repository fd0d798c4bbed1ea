package market

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func ranked(n byte, rank int) Ranking {
	return Ranking{OfferID: numbered(n), ProviderID: numbered(n + 50), Rank: rank}
}

func TestProposeAward(t *testing.T) {
	first, second, third := ranked(1, 1), ranked(2, 2), ranked(3, 3)
	declined := func(n byte) Award {
		return Award{OfferID: numbered(n), ApprovedAt: &moment, AcceptBy: &moment, DeclinedAt: &moment, AsOf: moment}
	}
	lapsed := Award{OfferID: numbered(2), ApprovedAt: &moment, AcceptBy: &moment, LapsedAt: &moment, AsOf: moment.Add(1)}
	unrecorded := Award{OfferID: numbered(1), ApprovedAt: &moment, AcceptBy: &moment, AsOf: moment.Add(1)}
	proposed := Award{OfferID: numbered(1), AsOf: moment}
	rejected := Award{OfferID: numbered(1), RejectedAt: &moment, AsOf: moment}
	accepted := Award{OfferID: numbered(1), ApprovedAt: &moment, AcceptBy: &moment, AcceptedAt: &moment, AsOf: moment}
	ground := strings.Repeat("x", 40)
	for name, c := range map[string]struct {
		offer   Ranking
		earlier []Award
		member  *Membership
		reason  string
		want    string
	}{
		"the best":                       {first, nil, active, "Best.", ""},
		"no reason":                      {first, nil, active, " ", "INVALID reason"},
		"the second, no ground":          {second, nil, active, strings.Repeat("x", 39), "INVALID reason"},
		"a ground of spaces":             {second, nil, active, "x" + strings.Repeat(" ", 60), "INVALID reason"},
		"the second, with a ground":      {second, nil, active, ground, ""},
		"suspended since":                {first, nil, suspended, "Best.", "NOT_ADMITTED"},
		"left since":                     {first, nil, ended, "Best.", "NOT_ADMITTED"},
		"never a member":                 {first, nil, nil, "Best.", "NOT_ADMITTED"},
		"one is proposed":                {second, []Award{proposed}, active, ground, "ALREADY_EXISTS"},
		"after a rejection, the same":    {first, []Award{rejected}, active, "Best, and here is why.", ""},
		"after a rejection, the second":  {second, []Award{rejected}, active, "Next.", "INVALID reason"},
		"one is accepted":                {second, []Award{accepted}, active, ground, "ALREADY_EXISTS"},
		"one has run out, not recorded":  {second, []Award{unrecorded}, active, ground, "ALREADY_EXISTS"},
		"after a decline, the next":      {second, []Award{declined(1)}, active, "Next.", ""},
		"the same again":                 {first, []Award{declined(1)}, active, ground, "WRONG_STATE"},
		"after a decline and a lapse":    {third, []Award{declined(1), lapsed}, active, "Next.", ""},
		"the third before the second":    {third, []Award{declined(1)}, active, "Next.", "INVALID reason"},
		"one declined, and one proposed": {third, []Award{declined(2), proposed}, active, ground, "ALREADY_EXISTS"},
	} {
		need := Need{ID: uuid.New(), RankedAt: &moment}
		got, err := ProposeAward(need, c.offer, []Ranking{first, second, third}, c.earlier, c.member, ProposeAwardInput{Reason: c.reason})
		if refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (got.NeedID != need.ID || got.OfferID != c.offer.OfferID || got.ProviderID != c.offer.ProviderID || got.Status() != AwardProposed) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, err := ProposeAward(Need{}, first, nil, nil, active, ProposeAwardInput{Reason: "Best."}); refused(t, err) != "TOO_EARLY" {
		t.Errorf("not ranked: %v", err)
	}
}

func TestApproveAward(t *testing.T) {
	mandatory, over := aMarket(), aMarket()
	mandatory.Regime.StandstillMandatory, mandatory.Regime.Source = true, "Synthetic"
	over.EndsOn = On(2026, time.May, 31)
	for name, c := range map[string]struct {
		award      Award
		market     Market
		member     *Membership
		standstill bool
		person     string
		want       string
	}{
		"by another":             {Award{Route: Competition, ProposedBy: "a"}, aMarket(), active, false, "b", ""},
		"by its proposer":        {Award{Route: Competition, ProposedBy: "a"}, aMarket(), active, false, "a", "SAME_PERSON"},
		"approved before":        {Award{Route: Competition, ProposedBy: "a", ApprovedAt: &moment}, aMarket(), active, false, "b", "WRONG_STATE"},
		"declined":               {Award{Route: Competition, ProposedBy: "a", ApprovedAt: &moment, DeclinedAt: &moment}, aMarket(), active, false, "b", "WRONG_STATE"},
		"lapsed":                 {Award{Route: Competition, ProposedBy: "a", LapsedAt: &moment}, aMarket(), active, false, "b", "WRONG_STATE"},
		"suspended since":        {Award{Route: Competition, ProposedBy: "a"}, aMarket(), suspended, false, "b", "NOT_ADMITTED"},
		"left since":             {Award{Route: Competition, ProposedBy: "a"}, aMarket(), nil, false, "b", "NOT_ADMITTED"},
		"mandatory, not chosen":  {Award{Route: Competition, ProposedBy: "a"}, mandatory, active, false, "b", "INVALID standstill"},
		"mandatory, chosen":      {Award{Route: Competition, ProposedBy: "a"}, mandatory, active, true, "b", ""},
		"by another route":       {Award{Route: Spot, ProposedBy: "a"}, aMarket(), active, false, "b", "WRONG_STATE"},
		"after the market's end": {Award{Route: Competition, ProposedBy: "a"}, over, active, false, "b", "WRONG_STATE"},
		"on the market's last":   {Award{Route: Competition, ProposedBy: "a"}, Market{EndsOn: On(2026, time.June, 1)}, active, false, "b", ""},
	} {
		if _, err := ApproveAward(c.award, c.market, c.member, c.standstill, c.person, moment); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestStandstillAndAcceptance(t *testing.T) {
	act := aMarket() // Procurement Act 2023 s 51, light touch: eight working days
	act.Regime.StandstillDays, act.Regime.StandstillWorking = 8, true
	for name, c := range map[string]struct {
		market         Market
		standstill     bool
		now            string
		ends, acceptBy string
	}{
		"none chosen":                         {aMarket(), false, "2026-11-16 10:00:00", "", "2026-11-30"},
		"ten days":                            {aMarket(), true, "2026-11-16 10:00:00", "2026-11-26", "2026-12-10"},
		"ten days, from the last second":      {aMarket(), true, "2026-11-16 23:59:59", "2026-11-26", "2026-12-10"},
		"ten days, over the change of clocks": {aMarket(), true, "2026-10-19 23:30:00", "2026-10-29", "2026-11-12"},
		"ten days end on a Saturday":          {aMarket(), true, "2026-11-11 10:00:00", "2026-11-23", "2026-12-07"},
		"ten days end on Boxing Day":          {aMarket(), true, "2026-12-16 10:00:00", "2026-12-29", "2027-01-13"},
		"eight working days":                  {act, true, "2026-11-16 10:00:00", "2026-11-26", "2026-12-10"},
		"eight working days over Christmas":   {act, true, "2026-12-18 10:00:00", "2027-01-04", "2027-01-18"},
	} {
		got, err := ApproveAward(Award{Route: Competition, ProposedBy: "a"}, c.market, active, c.standstill, "b", at(t, c.now))
		if err != nil || !got.ApprovedAt.Equal(at(t, c.now)) || !got.AcceptBy.Equal(at(t, c.acceptBy+" 23:59:59")) {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		if (c.ends == "") != (got.StandstillEnds == nil) || c.ends != "" && !got.StandstillEnds.Equal(at(t, c.ends+" 23:59:59")) {
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
		"rejected":  {Award{RejectedAt: &moment}, in, "WRONG_STATE"},
		"approved":  {Award{ApprovedAt: &moment}, in, "WRONG_STATE"},
		"accepted":  {Award{ApprovedAt: &moment, AcceptedAt: &moment}, in, "WRONG_STATE"},
	} {
		if err := RejectAward(c.award, c.in); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestAcceptAndDeclineAward(t *testing.T) {
	ends, by := at(t, "2026-11-26 23:59:59"), at(t, "2026-12-10 23:59:59")
	approved := Award{ApprovedAt: &moment, AcceptBy: &by}
	waiting := approved
	waiting.StandstillEnds = &ends
	accepted, declined := approved, approved
	accepted.AcceptedAt, declined.DeclinedAt = &moment, &moment
	for name, c := range map[string]struct {
		award           Award
		now             time.Time
		accept, decline string
	}{
		"at once":                         {approved, moment, "", ""},
		"the last instant":                {approved, by, "", ""},
		"lapsed":                          {approved, by.Add(1), "DEADLINE_PASSED", "WRONG_STATE"},
		"in the standstill":               {waiting, ends, "TOO_EARLY", ""},
		"just after the standstill":       {waiting, ends.Add(1), "", ""},
		"proposed":                        {Award{}, moment, "WRONG_STATE", "WRONG_STATE"},
		"accepted":                        {accepted, moment, "WRONG_STATE", "WRONG_STATE"},
		"accepted does not lapse":         {accepted, by.Add(1), "WRONG_STATE", "WRONG_STATE"},
		"declined":                        {declined, moment, "WRONG_STATE", "WRONG_STATE"},
		"rejected":                        {Award{RejectedAt: &moment}, moment, "WRONG_STATE", "WRONG_STATE"},
		"recorded as lapsed, in any case": {Award{ApprovedAt: &moment, AcceptBy: &by, LapsedAt: &moment}, moment, "DEADLINE_PASSED", "WRONG_STATE"},
	} {
		if err := AcceptAward(c.award, c.now); refused(t, err) != c.accept {
			t.Errorf("accept, %s: %v, want %q", name, err, c.accept)
		}
		c.award.AsOf = c.now
		if err := DeclineAward(c.award, DeclineAwardInput{Reason: "Full."}); refused(t, err) != c.decline {
			t.Errorf("decline, %s: %v, want %q", name, err, c.decline)
		}
	}
	approved.AsOf = moment
	if err := DeclineAward(approved, DeclineAwardInput{}); refused(t, err) != "INVALID reason" {
		t.Errorf("decline without a reason: %v", err)
	}
}
