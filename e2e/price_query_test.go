package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// rankWithLowOffer is a ranked need of three offers, the first of which has a price far below the others'.
func (s *scene) rankWithLowOffer(by authorityStaff) (offers []string) {
	s.t.Helper()
	need := s.publishNeed(by.commissioner)
	offers = []string{
		s.submitOffer(bidsManagerOf(1), need, 2, "1000.00"), s.submitOffer(bidsManagerOf(2), need, 4, "4000.00"),
		s.submitOffer(bidsManagerOf(3), need, 6, "4100.00"),
	}
	s.passTime(pastDeadline)
	s.rankOffers(by, need, offers...)
	return offers
}

// TestLowPriceIsQueriedBeforeTheAward: it cannot be awarded before. The bidder explains, and the explanation is
// accepted.
func TestLowPriceIsQueriedBeforeTheAward(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3))
	kent := staffOf("Kent")
	offers := s.rankWithLowOffer(kent)
	propose := func() fields { return fields{"offer": offers[0], "reason": "Synthetic: the best."} }
	s.requireRefused("WRONG_STATE", kent.commissioner, "proposeAward", propose())
	ask := func() fields {
		return fields{"offer": offers[0], "kind": "ABNORMALLY_LOW", "question": "Synthetic: how is that possible?"}
	}
	s.requireRefused("NOT_FOUND", staffOf("Surrey").commissioner, "queryPrice", ask())
	s.requireRefused("FORBIDDEN", kent.evaluator, "queryPrice", ask())
	query := s.mustChange(kent.commissioner, "queryPrice", ask(), "priceQuery { id answerBy }").At("priceQuery.id").Text()
	s.requireRefused("ALREADY_EXISTS", kent.commissioner, "queryPrice", ask())
	s.requireRefused("TOO_EARLY", kent.commissioner, "proposeAward", propose())
	s.requireRefused("TOO_EARLY", kent.commissioner, "decidePriceQuery", fields{"query": query, "accepted": false, "reason": "Synthetic: no."})

	answer := func() fields { return fields{"query": query, "answer": "Synthetic: the house is a gift."} }
	s.requireRefused("NOT_FOUND", bidsManagerOf(2), "answerPriceQuery", answer())
	if rival := s.readNode(bidsManagerOf(2), "Offer", offers[1], "priceQueries { id }").At("priceQueries").All(); len(rival) != 0 {
		t.Errorf("the rival reads %v", rival)
	}
	s.mustChange(bidsManagerOf(1), "answerPriceQuery", answer(), "")
	s.requireRefused("WRONG_STATE", bidsManagerOf(1), "answerPriceQuery", answer())
	s.mustChange(kent.commissioner, "decidePriceQuery", fields{"query": query, "accepted": true, "reason": "Synthetic: no rent to pay."}, "")
	s.approveAward(kent, offers[0])
	s.requireRefused("WRONG_STATE", kent.commissioner, "queryPrice", ask())
	told := s.readNode(bidsManagerOf(1), "Offer", offers[0], "priceQueries { accepted reason }").At("priceQueries.0")
	if told.At("accepted").Text() != "true" || told.At("reason").Text() != "Synthetic: no rent to pay." {
		t.Errorf("the bidder reads %v", told)
	}
}

// TestUnexplainedPriceIsPassedOver: silence is no explanation. The next in rank needs no ground, and the bidder is told
// why.
func TestUnexplainedPriceIsPassedOver(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3))
	kent := staffOf("Kent")
	offers := s.rankWithLowOffer(kent)
	asked := s.mustChange(kent.commissioner, "queryPrice", fields{
		"offer": offers[0], "kind": "ABNORMALLY_LOW", "question": "Synthetic: how?",
		"workingDays": 2,
	},
		"priceQuery { id answerBy }").At("priceQuery")
	query := asked.At("id").Text()
	until, err := time.Parse(time.RFC3339Nano, asked.At("answerBy").Text())
	must(t, err)
	s.passTime(until.Sub(s.marketTime()) + time.Second)
	s.requireRefused("DEADLINE_PASSED", bidsManagerOf(1), "answerPriceQuery", fields{"query": query, "answer": "Synthetic: late."})
	s.requireRefused("INVALID", kent.commissioner, "decidePriceQuery", fields{"query": query, "accepted": true, "reason": "Synthetic: well."})
	s.requireRefused("TOO_EARLY", kent.commissioner, "proposeAward", fields{
		"offer":  offers[1],
		"reason": "Synthetic: another one, while a query waits whose answer may change every score.",
	})
	s.mustChange(kent.commissioner, "decidePriceQuery", fields{"query": query, "accepted": false, "reason": "Synthetic: nothing was said."},
		"")
	s.requireRefused("WRONG_STATE", kent.commissioner, "proposeAward", fields{"offer": offers[0], "reason": "Synthetic: the best."})
	s.requireRefused("INVALID", kent.commissioner, "proposeAward", fields{"offer": offers[2], "reason": "Synthetic: third."})
	s.checkRankedAgain(kent, offers)
	s.approveAward(kent, offers[1])
	if body := s.readNode(bidsManagerOf(2), "Offer", offers[1], "letters { body }").At("letters.0.body").Text(); !strings.Contains(body,
		"with a total of 88.00 out of 100") {
		t.Errorf("the winner is told: %s", body)
	}
	for i, offer := range offers {
		body := s.readNode(bidsManagerOf(i+1), "Offer", offer, "letters { body }").At("letters.0.body").Text()
		if told := strings.Contains(body, "nothing was said"); told != (i == 0) {
			t.Errorf("bidder %d is told: %s", i+1, body)
		}
	}
}

// checkRankedAgain: without the offer that was passed over, the lowest price is the second one's. The first ranking is
// kept.
func (s *scene) checkRankedAgain(kent authorityStaff, offers []string) {
	s.t.Helper()
	const places = "ranking { rank price total supersededAt } earlierRankings { rank price total supersededAt }"
	fallen := s.readNode(kent.commissioner, "Offer", offers[0], places)
	if fallen.At("ranking").Exists() || fallen.At("earlierRankings.0.rank").Text() != "1" ||
		!fallen.At("earlierRankings.0.supersededAt").Exists() {
		s.t.Errorf("the offer that fell: %v", fallen)
	}
	next := s.readNode(kent.approver, "Offer", offers[1], places)
	if next.At("ranking.rank").Text() != "1" || next.At("ranking.price").Text() != "40.00" || next.At("ranking.total").Text() != "88.00" ||
		next.At("earlierRankings.0.rank").Text() != "2" || next.At("earlierRankings.0.price").Text() != "10.00" {
		s.t.Errorf("the next one: %v", next)
	}
	if _, err := s.Admin.Exec("UPDATE dps.ranking SET total = 99 WHERE superseded_at IS NOT NULL"); err == nil {
		s.t.Error("an earlier ranking can be changed")
	}
	if reply := s.sendQuery(s.t, bidsManagerOf(2), "query($id: ID!) { node(id: $id) { ... on Offer { earlierRankings { rank } } } }",
		fields{"id": offers[1]}); len(reply.Errors) == 0 {
		s.t.Errorf("a bidder reads it: %s", reply.Raw)
	}
}

// TestQueryPriceWithoutDelegatedAwardIsRefused: the database checks for a person who cannot see awards.
func TestQueryPriceWithoutDelegatedAwardIsRefused(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	croydon := staffOf("Croydon")
	need := s.publishNeed(croydon.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(croydon, need, offer)
	s.mustChange(croydon.commissioner, "giveDelegation", fields{"act": "EVALUATE"}, "")
	s.mustChange(croydon.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."}, "")
	s.requireRefused("WRONG_STATE", demo.Officer, "queryPrice", fields{
		"offer": offer, "kind": "MISSING",
		"question": "Synthetic: who drives?",
	})
}

// TestProposeAwardWithoutDelegationTellsNothing: an officer without the delegation gets the same answer whether a
// school is asked for, a price is queried, or neither.
func TestProposeAwardWithoutDelegationTellsNothing(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	croydon := staffOf("Croydon")
	asked, _ := s.needWithSchoolAsked(croydon.commissioner, true)
	queried := s.publishNeed(croydon.commissioner)
	offers := []string{s.submitOffer(bidsManagerOf(1), asked, 2, "4000.00"), s.submitOffer(bidsManagerOf(1), queried, 2, "4000.00")}
	s.passTime(pastDeadline)
	s.rankOffers(croydon, asked, offers[0])
	s.rankOffers(croydon, queried, offers[1])
	s.mustChange(croydon.commissioner, "giveDelegation", fields{"act": "EVALUATE"}, "")
	s.requireRefused("NOT_FOUND", demo.Officer, "proposeAward", fields{"offer": offers[1], "reason": "Synthetic: the best."})
	s.mustChange(croydon.commissioner, "queryPrice", fields{"offer": offers[1], "kind": "MISSING", "question": "Synthetic: who drives?"}, "")
	for _, offer := range offers {
		s.requireRefused("TOO_EARLY", croydon.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."})
		s.requireRefused("NOT_FOUND", demo.Officer, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."})
	}
}

// TestQueryPriceOfASealedOfferIsRefused: and a person with an interest in the outcome cannot ask or decide.
func TestQueryPriceOfASealedOfferIsRefused(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	ask := func() fields { return fields{"offer": offer, "kind": "MISSING", "question": "Synthetic: who drives?"} }
	s.requireRefused("NOT_FOUND", kent.commissioner, "queryPrice", ask())
	s.passTime(pastDeadline)
	for i := range 2 {
		s.mustChange(anotherPerson(kent.opener, i), "openOffers", fields{"need": need}, "")
	}
	s.requireRefused("TOO_EARLY", kent.commissioner, "queryPrice", ask())
	undeclared := s.sendChange(anotherPerson(kent.commissioner, 7), "queryPrice", ask(), "")
	if undeclared.code != "TOO_EARLY" {
		t.Errorf("undeclared: %s", undeclared.code)
	}
}
