package e2e_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/record"
)

// TestMatchingToItsEnd: one officer opens everything at once, one evaluator's locked sheet is the ranking, a commissioner
// proposes and somebody else approves; a decline and a lapse each lead to the next, and nobody is awarded twice.
func TestMatchingToItsEnd(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2), bidsOf(3))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	offers := []string{s.bid(bidsOf(1), need, 2, "4000.00"), s.bid(bidsOf(2), need, 4, "4100.00"), s.bid(bidsOf(3), need, 6, "4200.00")}
	s.pass(pastDeadline)

	opened := s.done(kent.opener, "openOffers", fields{"need": need}, "need { status openedAt offers { id } }").At("need")
	prices := s.node(kent.commissioner, "Need", need, "offers { price { weekly annual fees { description } } }").At("offers").All()
	if opened.At("status").Text() != "OPENED" || len(opened.At("offers").All()) != 3 || prices[0].At("price.fees.0.description").Text() != "Care" {
		t.Errorf("one officer opens: %v, prices %v", opened, prices)
	}
	s.refused("WRONG_STATE", another(kent.opener, 2), "openOffers", fields{"need": need})
	for i, offer := range offers {
		s.suitable(kent.commissioner, offer)
		s.done(kent.evaluator, "scoreOffer", s.scoring(offer, 5-i), "")
	}
	ranked := s.done(kent.evaluator, "lockScores", fields{"need": need}, "need { status }").At("need")
	order := s.node(kent.commissioner, "Need", need, "offers { id ranking { rank total } }").At("offers").All()
	if ranked.At("status").Text() != "RANKED" || len(order) != 3 || order[0].At("id").Text() != offers[0] || order[0].At("ranking.total").Text() != "100.00" {
		t.Errorf("one sheet is the ranking: %v, %v", ranked, order)
	}
	s.cascade(kent, need, offers)
}

// cascade awards three offers one after the other: the first is declined, the second lapses, the third is accepted.
func (s *scene) cascade(kent staff, need string, offers []string) {
	s.t.Helper()
	propose := func(offer string) fields { return fields{"offer": offer, "reason": "Synthetic: the best."} }
	first := s.done(kent.commissioner, "proposeAward", propose(offers[0]), "award { id status }").At("award")
	s.refused("ALREADY_EXISTS", another(kent.commissioner, 2), "proposeAward", propose(offers[1]))
	self := kent.commissioner
	self.Capacity = kent.approver.Capacity
	s.refused("SAME_PERSON", self, "approveAward", fields{"award": first.At("id").Text(), "standstill": false})
	s.refused("NOT_FOUND", bidsOf(1), "acceptAward", fields{"award": first.At("id").Text()}) // not approved: nobody has told it
	s.done(kent.approver, "approveAward", fields{"award": first.At("id").Text(), "standstill": false}, "")
	s.refused("NOT_FOUND", bidsOf(2), "declineAward", fields{"award": first.At("id").Text(), "reason": "Synthetic: it is another's."})
	s.done(bidsOf(1), "declineAward", fields{"award": first.At("id").Text(), "reason": "Synthetic: the place is gone."}, "")
	s.refused("WRONG_STATE", bidsOf(1), "acceptAward", fields{"award": first.At("id").Text()})
	s.refused("WRONG_STATE", kent.commissioner, "proposeAward", propose(offers[0]))
	s.refused("INVALID", kent.commissioner, "proposeAward", propose(offers[2])) // passes the second over without a ground

	second := s.approved(kent, offers[1])
	by := s.node(kent.commissioner, "Award", second, "acceptBy").At("acceptBy").Text()
	deadline, err := time.Parse(time.RFC3339Nano, by)
	must(s.t, err)
	s.pass(deadline.Sub(s.now()) + time.Second)
	s.refused("DEADLINE_PASSED", bidsOf(2), "acceptAward", fields{"award": second})
	if status := s.node(kent.commissioner, "Award", second, "status").At("status").Text(); status != "LAPSED" {
		s.t.Errorf("past its time the award is %s", status)
	}
	s.refused("ALREADY_EXISTS", kent.commissioner, "proposeAward", propose(offers[2])) // the lapse is not on record yet
	if done, err := record.Work(s.t.Context(), s.Worker); err != nil || done.Lapsed != 1 {
		s.t.Errorf("the clock worker: %+v, %v", done, err)
	}
	if done, err := record.Work(s.t.Context(), s.Worker); err != nil || done.Lapsed != 0 {
		s.t.Errorf("the clock worker, again: %+v, %v", done, err)
	}
	s.refused("WRONG_STATE", kent.commissioner, "proposeAward", propose(offers[1]))

	third := s.approved(kent, offers[2])
	accepted := s.done(bidsOf(3), "acceptAward", fields{"award": third}, "award { status placement { status agreement { weekly weeks contractVersion } } }").At("award")
	if accepted.At("status").Text() != "ACCEPTED" || accepted.At("placement.agreement.weekly").Text() != "4200.00" {
		s.t.Errorf("accepted: %v", accepted)
	}
	s.checkTold(kent, need, offers)
}

// checkTold: each bidder has a letter of each approval, of its own result.
func (s *scene) checkTold(kent staff, need string, offers []string) {
	s.t.Helper()
	results := [][]string{{"NOT_AWARDED", "NOT_AWARDED", "AWARDED"}, {"NOT_AWARDED", "AWARDED", "NOT_AWARDED"}, {"AWARDED", "NOT_AWARDED", "NOT_AWARDED"}}
	for i, offer := range offers {
		letters := s.node(bidsOf(i+1), "Offer", offer, "letters { result }").At("letters").All()
		if len(letters) != 3 {
			s.t.Errorf("bidder %d has %d letters", i+1, len(letters))
			continue
		}
		for l, letter := range letters { // newest first
			if got := letter.At("result").Text(); got != results[i][l] {
				s.t.Errorf("bidder %d, letter %d: %s and not %s", i+1, l, got, results[i][l])
			}
		}
	}
	var statuses []string
	for _, award := range s.node(kent.commissioner, "Need", need, "awards { status }").At("awards").All() {
		statuses = append(statuses, award.At("status").Text())
	}
	if len(statuses) != 3 || statuses[0] != "ACCEPTED" || statuses[1] != "LAPSED" || statuses[2] != "DECLINED" {
		s.t.Errorf("awards: %v", statuses)
	}
}

// TestStandstill: no acceptance before its end, by the market's clock.
func TestStandstill(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	s.ranked(kent, need, offer)
	award := s.done(kent.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."}, "award { id }").At("award.id").Text()
	ends := s.done(kent.approver, "approveAward", fields{"award": award, "standstill": true}, "award { standstillEnds }").At("award.standstillEnds").Text()
	until, err := time.Parse(time.RFC3339Nano, ends)
	must(t, err)
	s.refused("TOO_EARLY", bidsOf(1), "acceptAward", fields{"award": award})
	s.pass(until.Sub(s.now()) - time.Minute)
	s.refused("TOO_EARLY", bidsOf(1), "acceptAward", fields{"award": award})
	s.pass(2 * time.Minute)
	s.done(bidsOf(1), "acceptAward", fields{"award": award}, "")
}

// TestPlacesOfAHome: an award does not hold a place, its acceptance does, and the next is refused without learning whose
// children are there.
func TestPlacesOfAHome(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	awards := s.awardsInOneHome(2, 5)
	for _, award := range awards[:4] {
		s.done(bidsOf(1), "acceptAward", fields{"award": award}, "")
	}
	full := s.try(bidsOf(1), "acceptAward", fields{"award": awards[4]}, "award { id }")
	if full.code != "NO_CAPACITY" || full.At("award").Is() {
		t.Errorf("the fifth child of a home of four places: %q", full.code)
	}
	if status := s.node(bidsOf(1), "Award", awards[4], "status placement { id }"); status.At("status").Text() != "APPROVED" || status.At("placement").Is() {
		t.Errorf("what was refused left something: %v", status)
	}
	for _, authority := range []string{"Kent", "Surrey", "East Sussex", "Brighton and Hove", "Croydon"} {
		seen := len(s.see(staffOf(authority).commissioner, `{ placements { edges { node { id } } } }`, nil).At("placements.edges").All())
		if want := map[bool]int{true: 0, false: 1}[authority == "Croydon"]; seen != want {
			t.Errorf("%s sees %d placements of the home", authority, seen)
		}
	}
}
