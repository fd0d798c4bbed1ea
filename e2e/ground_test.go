package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// suspendUntil suspends a member until a time, when the clock ends the suspension.
func (s *scene) suspendUntil(who demo.Persona, until time.Time) {
	s.t.Helper()
	s.mustChange(demo.MarketManager, "suspendMembership", fields{
		"membership": s.membershipID(who), "reason": "Synthetic: its insurance has lapsed.", "until": until,
	}, "")
}

// TestPricesOpenForTheOffersOfTheFirstOpening: who was suspended at the first opening and is active at the second has no price
// opened. Who was suspended in between has, and is told why another was awarded.
func TestPricesOpenForTheOffersOfTheFirstOpening(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	var offers []string
	for i := range 3 {
		offers = append(offers, s.submitOffer(bidsManagerOf(i+1), need, 2*i+2, []string{"3000.00", "3100.00", "3200.00"}[i]))
	}
	s.passTime(pastDeadline)
	s.suspendUntil(bidsManagerOf(1), s.marketTime().Add(time.Hour))
	s.openTwice(kent, need)
	s.evaluateQuality(kent, need, offers[1:]...)
	s.passTime(2 * time.Hour) // the first is active again
	s.setSuspended(bidsManagerOf(2), true)
	s.openTwice(kent, need)
	ranked := s.readNode(kent.commissioner, "Need", need, "status offers { id price { weekly } }")
	if got := ranked.At("offers").All(); ranked.At("status").Text() != "RANKED" || len(got) != 2 ||
		got[0].At("id").Text() != offers[1] || got[0].At("price.weekly").Text() != "3100.00" {
		t.Fatalf("the commissioner reads %v", ranked)
	}
	best := fields{"offer": offers[1], "reason": "Synthetic: the best offer."}
	s.requireRefused("NOT_ADMITTED", kent.commissioner, "proposeAward", best)
	award := s.mustChange(kent.commissioner, "proposeAward", fields{
		"offer": offers[2], "reason": "Synthetic: the first is of a provider that is suspended from the lot since.",
	}, "award { id }").At("award.id").Text()
	s.mustChange(kent.approver, "approveAward", fields{"award": award, "standstill": false}, "")
	s.approveArea(kent.approver, award)
	letter := s.readNode(bidsManagerOf(2), "Offer", offers[1], "letters { result rank body }").At("letters.0")
	if body := letter.At("body").Text(); letter.At("result").Text() != "NOT_AWARDED" || letter.At("rank").Text() != "1" ||
		!strings.Contains(body, "you were not an active member of the lot") || strings.Contains(body, "suitability check") {
		t.Errorf("who was suspended in between is told %v", letter)
	}
	if told := s.readNode(bidsManagerOf(1), "Offer", offers[0], "letters { body }").At("letters").All(); len(told) != 0 {
		t.Errorf("whose offer stayed sealed is told %v", told)
	}
	s.mustChange(bidsManagerOf(3), "acceptAward", fields{"award": award}, "award { status }")
}

// openTwice has two officers say "open".
func (s *scene) openTwice(by authorityStaff, need string) {
	s.t.Helper()
	for i := range 2 {
		s.mustChange(anotherPerson(by.opener, i), "openOffers", fields{"need": need}, "")
	}
}

// evaluateQuality scores and moderates the offers of a scored lot, the first best, and locks their quality.
func (s *scene) evaluateQuality(by authorityStaff, need string, offers ...string) {
	s.t.Helper()
	moderator := demo.Moderator
	moderator.Key, moderator.Organisation = by.evaluator.Key+".moderator", by.evaluator.Organisation
	for _, offer := range offers {
		s.assessAsSuitable(by.commissioner, offer)
	}
	for i := range 2 {
		who := anotherPerson(by.evaluator, i)
		for n, offer := range offers {
			s.mustChange(who, "scoreOffer", s.scoreInput(offer, 5-n), "")
		}
		s.mustChange(who, "lockScores", fields{"need": need}, "")
	}
	for n, offer := range offers {
		s.mustChange(moderator, "moderateOffer", fields{"offer": offer, "scores": []fields{{
			"criterion": s.criterionID(), "points": []string{"5", "4", "3"}[n], "reason": "Synthetic: agreed.",
		}}}, "")
	}
	s.mustChange(moderator, "lockQuality", fields{"need": need}, "")
}

// TestSuspendedMemberAcceptsOnceRestored: membership is checked when an award is accepted. The same request is asked again once
// the member is restored; who is suspended can still decline.
func TestSuspendedMemberAcceptsOnceRestored(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent := staffOf("Kent")
	need, other := s.publishNeed(kent.commissioner), s.publishNeed(kent.commissioner)
	offer, another := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00"), s.submitOffer(bidsManagerOf(2), other, 4, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	s.rankOffers(kent, other, another)
	award, second := s.approveAward(kent, offer), s.approveAward(kent, another)
	s.setSuspended(bidsManagerOf(1), true)
	s.setSuspended(bidsManagerOf(2), true)
	accept := fields{"award": award, "idempotencyKey": "ground accept 1"}
	s.requireRefused("NOT_ADMITTED", bidsManagerOf(1), "acceptAward", accept)
	if s.countRows("placement") != 0 {
		t.Error("a suspended member has a placement")
	}
	s.mustChange(bidsManagerOf(2), "declineAward", fields{"award": second, "reason": "Synthetic: we are suspended."}, "")
	s.setSuspended(bidsManagerOf(1), false)
	s.mustChange(bidsManagerOf(1), "acceptAward", accept, "award { status }")
	s.mustChange(bidsManagerOf(1), "acceptAward", accept, "award { status }") // the key acts once
	if n := s.countRows("placement"); n != 1 {
		t.Errorf("%d placements", n)
	}
}

// TestReadingEndsWithItsGround: who is suspended or has left reads the need no more, is not chased, and cannot ask or say that it
// intends to offer. With an offer of its own it still reads, and withdraws. A member that is restored reads again.
func TestReadingEndsWithItsGround(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3), bidsManagerOf(4))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.setSuspended(bidsManagerOf(1), true)
	s.setSuspended(bidsManagerOf(2), true)
	s.mustChange(bidsManagerOf(3), "leaveLot", fields{"membership": s.membershipID(bidsManagerOf(3)), "reason": "Synthetic: we close."}, "")
	reads := func(who demo.Persona) (byID, inList bool) {
		listed := s.readData(who, "{ needs(first: 20) { edges { node { id profile } } } }", nil).At("needs.edges").All()
		return s.readNode(who, "Need", need, "profile").At("profile").Exists(),
			slices.ContainsFunc(listed, func(e demo.Value) bool { return e.At("node.id").Text() == need })
	}
	for i, want := range []bool{true, false, false, true} {
		if byID, inList := reads(bidsManagerOf(i + 1)); byID != want || inList != want {
			t.Errorf("provider %d reads the need: %v, in its list: %v, want %v", i+1, byID, inList, want)
		}
	}
	question := fields{"need": need, "question": "Synthetic: is there a garden?"}
	for i, code := range []string{"NOT_ADMITTED", "NOT_FOUND", "NOT_FOUND"} {
		who := bidsManagerOf(i + 1)
		delete(question, "idempotencyKey")
		s.requireRefused(code, who, "askClarification", question)
		s.requireRefused(code, who, "answerInvitation", fields{"need": need, "answer": "INTENDS"})
		s.requireRefused(code, who, "submitOffer", s.offerInput(need, 2*i+2, "3900.00"))
	}
	chased := s.mustChange(kent.commissioner, "chaseInvitations", fields{"need": need, "words": "Synthetic: please answer."},
		"need { invitations { provider { id } chases { words } } }").At("need.invitations").All()
	for _, i := range chased {
		isActive := i.At("provider.id").Text() == opaqueID("provider", demo.ProviderID(4))
		if (len(i.At("chases").All()) == 1) != isActive {
			t.Errorf("chased: %v", i)
		}
	}
	s.mustChange(bidsManagerOf(1), "withdrawOffer", fields{"offer": offer}, "")
	if byID, inList := reads(bidsManagerOf(1)); byID || inList {
		t.Error("who is suspended and has withdrawn its offer reads the need")
	}
	s.setSuspended(bidsManagerOf(2), false)
	if byID, inList := reads(bidsManagerOf(2)); !byID || !inList {
		t.Error("a member that is restored does not read the need")
	}
	s.mustChange(bidsManagerOf(2), "answerInvitation", fields{"need": need, "answer": "INTENDS"}, "")
}

// TestAddressIsReadWhileAwarded: an authority reads a home's address while it has awarded a place there, and no more once the
// provider has declined.
func TestAddressIsReadWhileAwarded(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	reads := func() bool {
		return s.readNode(kent.commissioner, "Setting", settingOf(2), "address").At("address").Exists()
	}
	before := reads()
	award := s.approveAward(kent, offer)
	awarded := reads()
	s.mustChange(bidsManagerOf(1), "declineAward", fields{"award": award, "reason": "Synthetic: the room is taken."}, "")
	if after := reads(); before || !awarded || after {
		t.Errorf("the address is read before: %v, while awarded: %v, after it was declined: %v", before, awarded, after)
	}
}

// TestViewOfAnAddressIsOnRecord: that a commissioner read a home's address is in the authority's log, once a minute; a look that shows none
// is not, and a provider's look at its own is not.
func TestViewOfAnAddressIsOnRecord(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	s.readNode(kent.commissioner, "Setting", settingOf(2), "address")
	s.approveAward(kent, offer)
	s.readNode(bidsManagerOf(1), "Setting", settingOf(2), "address")
	if n := s.countRows("event WHERE act = 'address.read'"); n != 0 {
		t.Errorf("%d views are on record before anybody had one", n)
	}
	for range 3 {
		s.readNode(kent.commissioner, "Setting", settingOf(2), "address")
	}
	seen := s.readData(kent.auditor, `{ events(first: 100) { edges { node { act person changed } } } }`, nil).At("events.edges").All()
	var views []string
	for _, e := range seen {
		if e.At("node.act").Text() == "address.read" {
			views = append(views, e.At("node.person").Text())
		}
	}
	if len(views) != 1 || views[0] != kent.commissioner.Key {
		t.Errorf("the log has the views of %v", views)
	}
}

// TestMemberAdmittedDuringACallIsInvited: who is admitted or restored while offers are taken reads the need and offers; who is suspended
// until a day before the deadline does from that day. A call with chosen recipients stays theirs, and one that has closed stays closed.
func TestMemberAdmittedDuringACallIsInvited(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(3), bidsManagerOf(4))
	kent := staffOf("Kent")
	s.setSuspended(bidsManagerOf(3), true)
	s.suspendUntil(bidsManagerOf(4), s.marketTime().Add(48*time.Hour))
	chosen := s.draftNeed(kent.commissioner, nil)
	s.mustChange(kent.commissioner, "publishNeed", fields{
		"need": chosen, "deadline": s.marketTime().AddDate(0, 0, 11), "uniqueReason": someReason,
		"recipients": []string{opaqueID("provider", demo.ProviderID(1))}, "recipientsReason": someReason,
	}, "")
	need := s.publishNeed(kent.commissioner)
	reads := func(who demo.Persona, id string) bool {
		return s.readNode(who, "Need", id, "profile").At("profile").Exists()
	}
	for i, want := range []bool{true, false, false, false} {
		if got := reads(bidsManagerOf(i+1), need); got != want {
			t.Errorf("provider %d reads the need when it is published: %v", i+1, got)
		}
	}
	s.admitProvider(bidsManagerOf(2))
	s.setSuspended(bidsManagerOf(3), false)
	s.passTime(49 * time.Hour)
	for i := range 4 {
		who := bidsManagerOf(i + 1)
		if listed := s.readData(who, "{ needs(first: 20) { edges { node { id } } } }", nil).At("needs.edges").All(); !reads(who, need) ||
			!slices.ContainsFunc(listed, func(e demo.Value) bool { return e.At("node.id").Text() == need }) || reads(who, chosen) != (i == 0) {
			t.Errorf("provider %d reads of the call: %v, of the chosen one: %v, in its list: %v", i+1, reads(who, need), reads(who, chosen), listed)
		}
		s.submitOffer(who, need, 2*i+2, "4000.00")
	}
	if invited := s.readNode(kent.commissioner, "Need", need, "invitedCount").At("invitedCount").Text(); invited != "4" {
		t.Errorf("%s are invited", invited)
	}
	s.passTime(pastDeadline)
	s.admitProvider(bidsManagerOf(5))
	if reads(bidsManagerOf(5), need) {
		t.Error("who is admitted after the deadline reads the need")
	}
}
