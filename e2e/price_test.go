package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// lowOffer is a ranked need of three offers whose first in rank has a price far below the others'.
func (s *scene) lowOffer(by staff) (need string, offers []string) {
	s.t.Helper()
	need = s.published(by.commissioner)
	offers = []string{s.bid(bidsOf(1), need, 2, "1000.00"), s.bid(bidsOf(2), need, 4, "4000.00"), s.bid(bidsOf(3), need, 6, "4100.00")}
	s.pass(pastDeadline)
	s.ranked(by, need, offers...)
	return need, offers
}

// TestALowPriceIsQueriedBeforeTheAward: no award of it before; the bidder explains, and what it says is accepted.
func TestALowPriceIsQueriedBeforeTheAward(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2), bidsOf(3))
	kent := staffOf("Kent")
	_, offers := s.lowOffer(kent)
	propose := func() fields { return fields{"offer": offers[0], "reason": "Synthetic: the best."} }
	s.refused("WRONG_STATE", kent.commissioner, "proposeAward", propose())
	ask := func() fields {
		return fields{"offer": offers[0], "kind": "ABNORMALLY_LOW", "question": "Synthetic: how is that possible?"}
	}
	s.refused("NOT_FOUND", staffOf("Surrey").commissioner, "queryPrice", ask())
	s.refused("FORBIDDEN", kent.evaluator, "queryPrice", ask())
	query := s.done(kent.commissioner, "queryPrice", ask(), "priceQuery { id answerBy }").At("priceQuery.id").Text()
	s.refused("ALREADY_EXISTS", kent.commissioner, "queryPrice", ask())
	s.refused("TOO_EARLY", kent.commissioner, "proposeAward", propose())
	s.refused("TOO_EARLY", kent.commissioner, "decidePriceQuery", fields{"query": query, "accepted": false, "reason": "Synthetic: no."})

	answer := func() fields { return fields{"query": query, "answer": "Synthetic: the house is a gift."} }
	s.refused("NOT_FOUND", bidsOf(2), "answerPriceQuery", answer())
	if rival := s.node(bidsOf(2), "Offer", offers[1], "priceQueries { id }").At("priceQueries").All(); len(rival) != 0 {
		t.Errorf("the rival reads %v", rival)
	}
	s.done(bidsOf(1), "answerPriceQuery", answer(), "")
	s.refused("WRONG_STATE", bidsOf(1), "answerPriceQuery", answer())
	s.done(kent.commissioner, "decidePriceQuery", fields{"query": query, "accepted": true, "reason": "Synthetic: no rent to pay."}, "")
	s.approved(kent, offers[0])
	s.refused("WRONG_STATE", kent.commissioner, "queryPrice", ask())
	told := s.node(bidsOf(1), "Offer", offers[0], "priceQueries { accepted reason }").At("priceQueries.0")
	if told.At("accepted").Text() != "true" || told.At("reason").Text() != "Synthetic: no rent to pay." {
		t.Errorf("the bidder reads %v", told)
	}
}

// TestAPriceThatIsNotAccountedForIsPassedOver: silence is no explanation; the next in rank needs no ground of its own, and the
// bidder is told why.
func TestAPriceThatIsNotAccountedForIsPassedOver(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2), bidsOf(3))
	kent := staffOf("Kent")
	_, offers := s.lowOffer(kent)
	asked := s.done(kent.commissioner, "queryPrice", fields{"offer": offers[0], "kind": "ABNORMALLY_LOW", "question": "Synthetic: how?", "workingDays": 2},
		"priceQuery { id answerBy }").At("priceQuery")
	query := asked.At("id").Text()
	until, err := time.Parse(time.RFC3339Nano, asked.At("answerBy").Text())
	must(t, err)
	s.pass(until.Sub(s.now()) + time.Second)
	s.refused("DEADLINE_PASSED", bidsOf(1), "answerPriceQuery", fields{"query": query, "answer": "Synthetic: late."})
	s.refused("INVALID", kent.commissioner, "decidePriceQuery", fields{"query": query, "accepted": true, "reason": "Synthetic: well."})
	s.refused("TOO_EARLY", kent.commissioner, "proposeAward", fields{"offer": offers[1], "reason": "Synthetic: another one, while a query waits whose answer may change every score."})
	s.done(kent.commissioner, "decidePriceQuery", fields{"query": query, "accepted": false, "reason": "Synthetic: nothing was said."}, "")
	s.refused("WRONG_STATE", kent.commissioner, "proposeAward", fields{"offer": offers[0], "reason": "Synthetic: the best."})
	s.refused("INVALID", kent.commissioner, "proposeAward", fields{"offer": offers[2], "reason": "Synthetic: third."})
	s.rankedAgain(kent, offers)
	s.approved(kent, offers[1])
	if body := s.node(bidsOf(2), "Offer", offers[1], "letters { body }").At("letters.0.body").Text(); !strings.Contains(body, "with 88.00 of 100") {
		t.Errorf("the winner is told: %s", body)
	}
	for i, offer := range offers {
		body := s.node(bidsOf(i+1), "Offer", offer, "letters { body }").At("letters.0.body").Text()
		if told := strings.Contains(body, "nothing was said"); told != (i == 0) {
			t.Errorf("bidder %d is told: %s", i+1, body)
		}
	}
}

// rankedAgain: without the offer that fell, the lowest price is the second one's; the first reckoning is kept beside it.
func (s *scene) rankedAgain(kent staff, offers []string) {
	s.t.Helper()
	const places = "ranking { rank price total supersededAt } earlierRankings { rank price total supersededAt }"
	fallen := s.node(kent.commissioner, "Offer", offers[0], places)
	if fallen.At("ranking").Is() || fallen.At("earlierRankings.0.rank").Text() != "1" || !fallen.At("earlierRankings.0.supersededAt").Is() {
		s.t.Errorf("the offer that fell: %v", fallen)
	}
	next := s.node(kent.approver, "Offer", offers[1], places)
	if next.At("ranking.rank").Text() != "1" || next.At("ranking.price").Text() != "40.00" || next.At("ranking.total").Text() != "88.00" ||
		next.At("earlierRankings.0.rank").Text() != "2" || next.At("earlierRankings.0.price").Text() != "10.00" {
		s.t.Errorf("the next one: %v", next)
	}
	if _, err := s.Admin.Exec("UPDATE dps.ranking SET total = 99 WHERE superseded_at IS NOT NULL"); err == nil {
		s.t.Error("an earlier ranking can be changed")
	}
	if reply := s.ask(s.t, bidsOf(2), "query($id: ID!) { node(id: $id) { ... on Offer { earlierRankings { rank } } } }", fields{"id": offers[1]}); len(reply.Errors) == 0 {
		s.t.Errorf("a bidder reads it: %s", reply.Raw)
	}
}

// TestAnOfficerWhoSeesNoAwardQueriesNoneOfItsPrices: the database looks for who may not.
func TestAnOfficerWhoSeesNoAwardQueriesNoneOfItsPrices(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	croydon := staffOf("Croydon")
	need := s.published(croydon.commissioner)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	s.ranked(croydon, need, offer)
	s.done(croydon.commissioner, "giveDelegation", fields{"act": "EVALUATE"}, "")
	s.done(croydon.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."}, "")
	s.refused("WRONG_STATE", demo.Officer, "queryPrice", fields{"offer": offer, "kind": "MISSING", "question": "Synthetic: who drives?"})
}

// TestWhoAwardsNothingLearnsNothingByTrying: an officer to whom the award is not delegated is told the same whether a school is
// asked for, a price is queried, or neither.
func TestWhoAwardsNothingLearnsNothingByTrying(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	croydon := staffOf("Croydon")
	asked, _ := s.asked(croydon.commissioner, 5, true)
	queried := s.published(croydon.commissioner)
	offers := []string{s.bid(bidsOf(1), asked, 2, "4000.00"), s.bid(bidsOf(1), queried, 2, "4000.00")}
	s.pass(pastDeadline)
	s.ranked(croydon, asked, offers[0])
	s.ranked(croydon, queried, offers[1])
	s.done(croydon.commissioner, "giveDelegation", fields{"act": "EVALUATE"}, "")
	s.refused("NOT_FOUND", demo.Officer, "proposeAward", fields{"offer": offers[1], "reason": "Synthetic: the best."})
	s.done(croydon.commissioner, "queryPrice", fields{"offer": offers[1], "kind": "MISSING", "question": "Synthetic: who drives?"}, "")
	for _, offer := range offers {
		s.refused("TOO_EARLY", croydon.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."})
		s.refused("NOT_FOUND", demo.Officer, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."})
	}
}

// TestNoPriceIsQueriedWhileSealed: and whoever has an interest in the outcome asks and decides nothing.
func TestNoPriceIsQueriedWhileSealed(t *testing.T) {
	s := newScene(t, "SCORED", bidsOf(1))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	ask := func() fields { return fields{"offer": offer, "kind": "MISSING", "question": "Synthetic: who drives?"} }
	s.refused("NOT_FOUND", kent.commissioner, "queryPrice", ask())
	s.pass(pastDeadline)
	for i := range 2 {
		s.done(another(kent.opener, i), "openOffers", fields{"need": need}, "")
	}
	s.refused("TOO_EARLY", kent.commissioner, "queryPrice", ask())
	undeclared := s.tried(another(kent.commissioner, 7), "queryPrice", ask(), "")
	if undeclared.code != "TOO_EARLY" {
		t.Errorf("undeclared: %s", undeclared.code)
	}
}
