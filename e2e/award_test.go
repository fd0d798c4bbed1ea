package e2e_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/record"
)

// TestAwardAfterMatching: one officer opens everything at once, one evaluator's locked sheet makes the ranking, a
// commissioner proposes and somebody else approves. A decline and a lapse each lead to the next, and nobody is awarded
// twice.
func TestAwardAfterMatching(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offers := []string{
		s.submitOffer(bidsManagerOf(1), need, 2, "4000.00"), s.submitOffer(bidsManagerOf(2), need, 4, "4100.00"),
		s.submitOffer(bidsManagerOf(3), need, 6, "4200.00"),
	}
	s.passTime(pastDeadline)

	opened := s.mustChange(kent.opener, "openOffers", fields{"need": need}, "need { status openedAt offers { id } }").At("need")
	prices := s.readNode(kent.commissioner, "Need", need, "offers { price { weekly annual fees { description } } }").At("offers").All()
	if opened.At("status").Text() != "OPENED" || len(opened.At("offers").All()) != 3 ||
		prices[0].At("price.fees.0.description").Text() != "Care" {
		t.Errorf("one officer opens: %v, prices %v", opened, prices)
	}
	s.requireRefused("WRONG_STATE", anotherPerson(kent.opener, 2), "openOffers", fields{"need": need})
	for i, offer := range offers {
		s.assessAsSuitable(kent.commissioner, offer)
		s.mustChange(kent.evaluator, "scoreOffer", s.scoreInput(offer, 5-i), "")
	}
	ranked := s.mustChange(kent.evaluator, "lockScores", fields{"need": need}, "need { status }").At("need")
	order := s.readNode(kent.commissioner, "Need", need, "offers { id ranking { rank total } }").At("offers").All()
	if ranked.At("status").Text() != "RANKED" || len(order) != 3 || order[0].At("id").Text() != offers[0] ||
		order[0].At("ranking.total").Text() != "100.00" {
		t.Errorf("one sheet is the ranking: %v, %v", ranked, order)
	}
	s.awardInTurn(kent, need, offers)
}

// awardInTurn awards three offers one after the other: the first is declined, the second lapses, the third is accepted.
func (s *scene) awardInTurn(kent authorityStaff, need string, offers []string) {
	s.t.Helper()
	propose := func(offer string) fields { return fields{"offer": offer, "reason": "Synthetic: the best."} }
	first := s.mustChange(kent.commissioner, "proposeAward", propose(offers[0]), "award { id status }").At("award")
	s.requireRefused("ALREADY_EXISTS", anotherPerson(kent.commissioner, 2), "proposeAward", propose(offers[1]))
	self := kent.commissioner
	self.Capacity = kent.approver.Capacity
	s.requireRefused("SAME_PERSON", self, "approveAward", fields{"award": first.At("id").Text(), "standstill": false})
	s.requireRefused("NOT_FOUND", bidsManagerOf(1), "acceptAward", fields{"award": first.At("id").Text()}) // not approved yet
	s.mustChange(kent.approver, "approveAward", fields{"award": first.At("id").Text(), "standstill": false}, "")
	s.requireRefused("NOT_FOUND", bidsManagerOf(2), "declineAward", fields{
		"award":  first.At("id").Text(),
		"reason": "Synthetic: it is another's.",
	})
	s.mustChange(bidsManagerOf(1), "declineAward", fields{"award": first.At("id").Text(), "reason": "Synthetic: the place is gone."}, "")
	s.requireRefused("WRONG_STATE", bidsManagerOf(1), "acceptAward", fields{"award": first.At("id").Text()})
	s.requireRefused("WRONG_STATE", kent.commissioner, "proposeAward", propose(offers[0]))
	s.requireRefused("INVALID", kent.commissioner, "proposeAward", propose(offers[2])) // passes over the second without a ground

	second := s.approveAward(kent, offers[1])
	by := s.readNode(kent.commissioner, "Award", second, "acceptBy").At("acceptBy").Text()
	deadline, err := time.Parse(time.RFC3339Nano, by)
	must(s.t, err)
	s.passTime(deadline.Sub(s.marketTime()) + time.Second)
	s.requireRefused("DEADLINE_PASSED", bidsManagerOf(2), "acceptAward", fields{"award": second})
	if status := s.readNode(kent.commissioner, "Award", second, "status").At("status").Text(); status != "LAPSED" {
		s.t.Errorf("past its time the award is %s", status)
	}
	s.requireRefused("ALREADY_EXISTS", kent.commissioner, "proposeAward", propose(offers[2])) // the lapse is not recorded yet
	if done, err := record.Work(s.t.Context(), s.Worker); err != nil || done.Lapsed != 1 {
		s.t.Errorf("the clock worker: %+v, %v", done, err)
	}
	if done, err := record.Work(s.t.Context(), s.Worker); err != nil || done.Lapsed != 0 {
		s.t.Errorf("the clock worker, again: %+v, %v", done, err)
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "proposeAward", propose(offers[1]))

	third := s.approveAward(kent, offers[2])
	accepted := s.mustChange(bidsManagerOf(3), "acceptAward", fields{"award": third},
		"award { status placement { status agreement { weekly weeks contractVersion } } }").At("award")
	if accepted.At("status").Text() != "ACCEPTED" || accepted.At("placement.agreement.weekly").Text() != "4200.00" {
		s.t.Errorf("accepted: %v", accepted)
	}
	s.checkLetters(kent, need, offers)
}

// checkLetters: each bidder has a letter for each approval, with its own result.
func (s *scene) checkLetters(kent authorityStaff, need string, offers []string) {
	s.t.Helper()
	results := [][]string{
		{"NOT_AWARDED", "NOT_AWARDED", "AWARDED"},
		{"NOT_AWARDED", "AWARDED", "NOT_AWARDED"},
		{"AWARDED", "NOT_AWARDED", "NOT_AWARDED"},
	}
	for i, offer := range offers {
		letters := s.readNode(bidsManagerOf(i+1), "Offer", offer, "letters { result }").At("letters").All()
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
	for _, award := range s.readNode(kent.commissioner, "Need", need, "awards { status }").At("awards").All() {
		statuses = append(statuses, award.At("status").Text())
	}
	if len(statuses) != 3 || statuses[0] != "ACCEPTED" || statuses[1] != "LAPSED" || statuses[2] != "DECLINED" {
		s.t.Errorf("awards: %v", statuses)
	}
}

// TestAcceptAwardDuringStandstillIsRefused: an award cannot be accepted before the standstill ends, by the market's
// clock.
func TestAcceptAwardDuringStandstillIsRefused(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	award := s.mustChange(kent.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."},
		"award { id }").At("award.id").Text()
	ends := s.mustChange(kent.approver, "approveAward", fields{"award": award, "standstill": true},
		"award { standstillEnds }").At("award.standstillEnds").Text()
	s.approveArea(kent.approver, award)
	until, err := time.Parse(time.RFC3339Nano, ends)
	must(t, err)
	s.requireRefused("TOO_EARLY", bidsManagerOf(1), "acceptAward", fields{"award": award})
	s.passTime(until.Sub(s.marketTime()) - time.Minute)
	s.requireRefused("TOO_EARLY", bidsManagerOf(1), "acceptAward", fields{"award": award})
	s.passTime(2 * time.Minute)
	s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": award}, "")
}

// TestAcceptAwardTakesThePlace: an acceptance takes a place, an award does not. The next acceptance is refused without
// revealing whose children are there.
func TestAcceptAwardTakesThePlace(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	awards := s.approveAwardsInOneHome(2, 5)
	for _, award := range awards[:4] {
		s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": award}, "")
	}
	full := s.tryChange(bidsManagerOf(1), "acceptAward", fields{"award": awards[4]}, "award { id }")
	if full.code != "NO_CAPACITY" || full.At("award").Exists() {
		t.Errorf("the fifth child of a home of four places: %q", full.code)
	}
	if status := s.readNode(bidsManagerOf(1), "Award", awards[4], "status placement { id }"); status.At("status").Text() != "APPROVED" ||
		status.At("placement").Exists() {
		t.Errorf("what was refused left something: %v", status)
	}
	for _, authority := range []string{"Kent", "Surrey", "East Sussex", "Brighton and Hove", "Croydon"} {
		seen := len(s.readData(staffOf(authority).commissioner, `{ placements { edges { node { id } } } }`, nil).At("placements.edges").All())
		if want := map[bool]int{true: 0, false: 1}[authority == "Croydon"]; seen != want {
			t.Errorf("%s sees %d placements of the home", authority, seen)
		}
	}
}
