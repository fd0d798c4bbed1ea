package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestActingWithoutADeclarationIsRefused: everyone who opens, assesses, scores, proposes or approves is refused until
// they have declared. Nothing of what was refused is stored.
func TestActingWithoutADeclarationIsRefused(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	undeclared := func(who demo.Persona, mutation string, in fields) {
		t.Helper()
		if answer := s.sendChange(who, mutation, in, ""); answer.code != "CONFLICT_OF_INTEREST" {
			t.Errorf("%s, %s: %q", who, mutation, answer.code)
		}
	}
	undeclared(kent.opener, "openOffers", fields{"need": need})
	if s.countRows("opening_approval") != 0 {
		t.Error("the refused officer's word counts")
	}
	s.mustChange(kent.opener, "openOffers", fields{"need": need}, "")
	undeclared(kent.commissioner, "assessSuitability", fields{"offer": offer, "checks": s.passedChecks()})
	s.assessAsSuitable(kent.commissioner, offer)
	undeclared(kent.evaluator, "scoreOffer", s.scoreInput(offer, 4))
	s.mustChange(kent.evaluator, "scoreOffer", s.scoreInput(offer, 4), "")
	s.mustChange(kent.evaluator, "lockScores", fields{"need": need}, "")
	proposal := fields{"offer": offer, "reason": "Synthetic: the best."}
	undeclared(anotherPerson(kent.commissioner, 2), "proposeAward", proposal)
	award := s.mustChange(kent.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."},
		"award { id }").At("award.id").Text()
	undeclared(kent.approver, "rejectAward", fields{"award": award, "reason": "Synthetic: no."})
	undeclared(kent.approver, "approveAward", fields{"award": award, "standstill": false})
	if s.countRows("letter") != 0 || s.countRows("award WHERE approved_at IS NOT NULL OR rejected_at IS NOT NULL") != 0 {
		t.Error("something of what was refused is there")
	}
	s.mustChange(kent.approver, "approveAward", fields{"award": award, "standstill": false}, "")
}

// TestDeclaredInterestBarsFromActing: a person who has an interest cannot act after declaring it, and the declaration
// stays. Only those who answer for the award can read what it is.
func TestDeclaredInterestBarsFromActing(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	interest := fields{"need": need, "conflict": true, "nature": "Synthetic: my sister works there."}
	s.requireRefused("INVALID", kent.opener, "declareInterest", fields{"need": need, "conflict": true})
	s.mustChange(kent.opener, "declareInterest", interest, "need { id }")
	s.requireRefused("ALREADY_EXISTS", kent.opener, "declareInterest", fields{"need": need, "conflict": false})
	s.requireRefused("CONFLICT_OF_INTEREST", kent.opener, "openOffers", fields{"need": need})
	s.mustChange(anotherPerson(kent.opener, 2), "openOffers", fields{"need": need}, "")

	read := func(who demo.Persona) []demo.Value {
		return s.readNode(who, "Need", need, "interests { person conflict nature }").At("interests").All()
	}
	if own := read(kent.opener); len(own) != 1 || own[0].At("nature").Text() != "Synthetic: my sister works there." {
		t.Errorf("the opener reads %v", own)
	}
	if others := read(anotherPerson(kent.opener, 2)); len(others) != 1 || others[0].At("conflict").Text() != "false" {
		t.Errorf("another opener reads %v", others)
	}
	if all := read(kent.approver); len(all) != 2 {
		t.Errorf("the approver reads %v", all)
	}
	for _, who := range []demo.Persona{staffOf("Surrey").commissioner, demo.Officer} {
		s.requireRefused("NOT_FOUND", who, "declareInterest", fields{"need": need, "conflict": false})
	}
	s.requireRefused("FORBIDDEN", bidsManagerOf(1), "declareInterest", fields{"need": need, "conflict": false})
	s.checkSheetSetAside(kent, need, offer)
}

// checkSheetSetAside: the scores of an evaluator who declares an interest late do not count. Only the other evaluator's
// sheet makes the ranking.
func (s *scene) checkSheetSetAside(kent authorityStaff, need, offer string) {
	s.t.Helper()
	s.assessAsSuitable(kent.commissioner, offer)
	s.mustChange(kent.evaluator, "scoreOffer", s.scoreInput(offer, 1), "")
	s.mustChange(kent.evaluator, "declareInterest", fields{"need": need, "conflict": true, "nature": "Synthetic: found out by the name."}, "")
	s.requireRefused("CONFLICT_OF_INTEREST", kent.evaluator, "scoreOffer", s.scoreInput(offer, 5))
	s.requireRefused("CONFLICT_OF_INTEREST", kent.evaluator, "lockScores", fields{"need": need})
	second := anotherPerson(kent.evaluator, 2)
	s.mustChange(second, "scoreOffer", s.scoreInput(offer, 5), "")
	s.mustChange(second, "lockScores", fields{"need": need}, "")
	if total := s.readNode(kent.commissioner, "Offer", offer, "ranking { total }").At("ranking.total").Text(); total != "100.00" {
		s.t.Errorf("ranked by the sheet of who has an interest: %s", total)
	}
}

// TestInterestSetsALockedSheetAside: with moderation, a locked sheet does not count any more once its evaluator
// declares an interest. A third evaluator takes the place.
func TestInterestSetsALockedSheetAside(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	for i := range 2 {
		s.mustChange(anotherPerson(kent.opener, i), "openOffers", fields{"need": need}, "")
	}
	s.assessAsSuitable(kent.commissioner, offer)
	for i := range 2 {
		s.mustChange(anotherPerson(kent.evaluator, i), "scoreOffer", s.scoreInput(offer, 3), "")
		s.mustChange(anotherPerson(kent.evaluator, i), "lockScores", fields{"need": need}, "")
	}
	s.mustChange(anotherPerson(kent.evaluator, 0), "declareInterest", fields{
		"need": need, "conflict": true,
		"nature": "Synthetic: found out by the name.",
	}, "")
	moderation := func() fields {
		return fields{"offer": offer, "scores": []fields{{"criterion": s.criterionID(), "points": "4", "reason": "Synthetic: agreed."}}}
	}
	s.requireRefused("TOO_EARLY", demo.Moderator, "moderateOffer", moderation())
	s.mustChange(anotherPerson(kent.evaluator, 2), "scoreOffer", s.scoreInput(offer, 4), "")
	s.mustChange(anotherPerson(kent.evaluator, 2), "lockScores", fields{"need": need}, "")
	s.mustChange(demo.Moderator, "moderateOffer", moderation(), "")
	s.mustChange(demo.Moderator, "lockQuality", fields{"need": need}, "")
}

// TestLockModerationWithoutModeration: if the procedure has no moderation, the refusal says that, whatever else is
// missing.
func TestLockModerationWithoutModeration(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	need := s.publishNeed(demo.Commissioner)
	s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.mustChange(staffOf("Kent").opener, "openOffers", fields{"need": need}, "")
	s.requireRefused("WRONG_STATE", demo.Moderator, "lockQuality", fields{"need": need})
}

// TestInterestVoidsAnOpeningWord: an officer's approval to open does not count any more once they declare an interest
// before the opening. After the opening, the interest shows it to the approver, and the log to the auditor.
func TestInterestVoidsAnOpeningWord(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	status := func() string { return s.readNode(kent.commissioner, "Need", need, "status").At("status").Text() }
	found := func() fields { return fields{"need": need, "conflict": true, "nature": "Synthetic: found out late."} }
	open := func(n int) { s.mustChange(anotherPerson(kent.opener, n), "openOffers", fields{"need": need}, "") }

	open(1)
	s.mustChange(anotherPerson(kent.opener, 1), "declareInterest", found(), "")
	open(2)
	if status() != "CLOSED" {
		t.Fatalf("with one word that counts it is %s", status())
	}
	open(3)
	if status() != "OPENED" {
		t.Fatalf("with two words that count it is %s", status())
	}
	s.mustChange(anotherPerson(kent.opener, 2), "declareInterest", found(), "")
	opened := map[string]string{}
	for _, i := range s.readNode(kent.approver, "Need", need, "interests { person conflict opened }").At("interests").All() {
		if i.At("conflict").Text() == "true" {
			opened[i.At("person").Text()] = i.At("opened.0").Text()
		}
	}
	if len(opened) != 2 || opened[anotherPerson(kent.opener, 1).Key] != "" || opened[anotherPerson(kent.opener, 2).Key] != "QUALITY" {
		t.Errorf("the approver reads %v", opened)
	}
	told := 0
	for _, e := range s.readData(kent.auditor, "{ events(first: 100) { edges { node { person act changed } } } }",
		nil).At("events.edges").All() {
		if e.At("node.act").Text() == "interest.declare" && e.At("node.changed.1").Text() == "opened QUALITY" {
			told++
			if e.At("node.person").Text() != anotherPerson(kent.opener, 2).Key {
				t.Errorf("of %v", e)
			}
		}
	}
	if told != 1 {
		t.Errorf("the auditor is told %d times", told)
	}
}
