package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestNobodyActsUndeclared: each who opens, assesses, scores, proposes or approves is refused until having declared; nothing
// of what was refused stays.
func TestNobodyActsUndeclared(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	undeclared := func(who demo.Persona, mutation string, in fields) {
		t.Helper()
		if answer := s.tried(who, mutation, in, ""); answer.code != "CONFLICT_OF_INTEREST" {
			t.Errorf("%s, %s: %q", who, mutation, answer.code)
		}
	}
	undeclared(kent.opener, "openOffers", fields{"need": need})
	if s.count("opening_approval") != 0 {
		t.Error("the refused officer's word counts")
	}
	s.done(kent.opener, "openOffers", fields{"need": need}, "")
	undeclared(kent.commissioner, "assessSuitability", fields{"offer": offer, "checks": s.checks(nil)})
	s.suitable(kent.commissioner, offer)
	undeclared(kent.evaluator, "scoreOffer", s.scoring(offer, 4))
	s.done(kent.evaluator, "scoreOffer", s.scoring(offer, 4), "")
	s.done(kent.evaluator, "lockScores", fields{"need": need}, "")
	proposal := fields{"offer": offer, "reason": "Synthetic: the best."}
	undeclared(another(kent.commissioner, 2), "proposeAward", proposal)
	award := s.done(kent.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."}, "award { id }").At("award.id").Text()
	undeclared(kent.approver, "rejectAward", fields{"award": award, "reason": "Synthetic: no."})
	undeclared(kent.approver, "approveAward", fields{"award": award, "standstill": false})
	if s.count("letter") != 0 || s.count("award WHERE approved_at IS NOT NULL OR rejected_at IS NOT NULL") != 0 {
		t.Error("something of what was refused is there")
	}
	s.done(kent.approver, "approveAward", fields{"award": award, "standstill": false}, "")
}

// TestAnInterestBars: who has one may not act, from then on; it stands; and what it is, only those read who answer for the award.
func TestAnInterestBars(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	interest := fields{"need": need, "conflict": true, "nature": "Synthetic: my sister works there."}
	s.refused("INVALID", kent.opener, "declareInterest", fields{"need": need, "conflict": true})
	s.done(kent.opener, "declareInterest", interest, "need { id }")
	s.refused("ALREADY_EXISTS", kent.opener, "declareInterest", fields{"need": need, "conflict": false})
	s.refused("CONFLICT_OF_INTEREST", kent.opener, "openOffers", fields{"need": need})
	s.done(another(kent.opener, 2), "openOffers", fields{"need": need}, "")

	read := func(who demo.Persona) []demo.Value {
		return s.node(who, "Need", need, "interests { person conflict nature }").At("interests").All()
	}
	if own := read(kent.opener); len(own) != 1 || own[0].At("nature").Text() != "Synthetic: my sister works there." {
		t.Errorf("the opener reads %v", own)
	}
	if others := read(another(kent.opener, 2)); len(others) != 1 || others[0].At("conflict").Text() != "false" {
		t.Errorf("another opener reads %v", others)
	}
	if all := read(kent.approver); len(all) != 2 {
		t.Errorf("the approver reads %v", all)
	}
	for _, who := range []demo.Persona{staffOf("Surrey").commissioner, demo.Officer} {
		s.refused("NOT_FOUND", who, "declareInterest", fields{"need": need, "conflict": false})
	}
	s.refused("FORBIDDEN", bidsOf(1), "declareInterest", fields{"need": need, "conflict": false})
	s.sheetSetAside(kent, need, offer)
}

// sheetSetAside: an evaluator who finds out late scores for nothing; another one's sheet alone is the ranking.
func (s *scene) sheetSetAside(kent staff, need, offer string) {
	s.t.Helper()
	s.suitable(kent.commissioner, offer)
	s.done(kent.evaluator, "scoreOffer", s.scoring(offer, 1), "")
	s.done(kent.evaluator, "declareInterest", fields{"need": need, "conflict": true, "nature": "Synthetic: found out by the name."}, "")
	s.refused("CONFLICT_OF_INTEREST", kent.evaluator, "scoreOffer", s.scoring(offer, 5))
	s.refused("CONFLICT_OF_INTEREST", kent.evaluator, "lockScores", fields{"need": need})
	second := another(kent.evaluator, 2)
	s.done(second, "scoreOffer", s.scoring(offer, 5), "")
	s.done(second, "lockScores", fields{"need": need}, "")
	if total := s.node(kent.commissioner, "Offer", offer, "ranking { total }").At("ranking.total").Text(); total != "100.00" {
		s.t.Errorf("ranked by the sheet of who has an interest: %s", total)
	}
}

// TestALockedSheetIsSetAside: where moderation follows, a sheet that was locked counts no more once its evaluator has found out
// an interest; a third evaluator takes the place.
func TestALockedSheetIsSetAside(t *testing.T) {
	s := newScene(t, "SCORED", bidsOf(1))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	for i := range 2 {
		s.done(another(kent.opener, i), "openOffers", fields{"need": need}, "")
	}
	s.suitable(kent.commissioner, offer)
	for i := range 2 {
		s.done(another(kent.evaluator, i), "scoreOffer", s.scoring(offer, 3), "")
		s.done(another(kent.evaluator, i), "lockScores", fields{"need": need}, "")
	}
	s.done(another(kent.evaluator, 0), "declareInterest", fields{"need": need, "conflict": true, "nature": "Synthetic: found out by the name."}, "")
	moderation := func() fields {
		return fields{"offer": offer, "scores": []fields{{"criterion": s.criterion(), "points": "4", "reason": "Synthetic: agreed."}}}
	}
	s.refused("TOO_EARLY", demo.Moderator, "moderateOffer", moderation())
	s.done(another(kent.evaluator, 2), "scoreOffer", s.scoring(offer, 4), "")
	s.done(another(kent.evaluator, 2), "lockScores", fields{"need": need}, "")
	s.done(demo.Moderator, "moderateOffer", moderation(), "")
	s.done(demo.Moderator, "lockQuality", fields{"need": need}, "")
}

// TestNoModerationToLock: where the procedure has no moderation, that is said, whatever else is missing.
func TestNoModerationToLock(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	need := s.published(demo.Commissioner)
	s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	s.done(staffOf("Kent").opener, "openOffers", fields{"need": need}, "")
	s.refused("WRONG_STATE", demo.Moderator, "lockQuality", fields{"need": need})
}

// TestAWordThatWasGivenWithAnInterest: an officer's "open" counts no more once an interest is declared and nothing is open yet;
// where offers are open already, the interest says so to the approver, and the log to the auditor.
func TestAWordThatWasGivenWithAnInterest(t *testing.T) {
	s := newScene(t, "SCORED", bidsOf(1))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	status := func() string { return s.node(kent.commissioner, "Need", need, "status").At("status").Text() }
	found := func() fields { return fields{"need": need, "conflict": true, "nature": "Synthetic: found out late."} }
	open := func(n int) { s.done(another(kent.opener, n), "openOffers", fields{"need": need}, "") }

	open(1)
	s.done(another(kent.opener, 1), "declareInterest", found(), "")
	open(2)
	if status() != "CLOSED" {
		t.Fatalf("with one word that counts it is %s", status())
	}
	open(3)
	if status() != "OPENED" {
		t.Fatalf("with two words that count it is %s", status())
	}
	s.done(another(kent.opener, 2), "declareInterest", found(), "")
	opened := map[string]string{}
	for _, i := range s.node(kent.approver, "Need", need, "interests { person conflict opened }").At("interests").All() {
		if i.At("conflict").Text() == "true" {
			opened[i.At("person").Text()] = i.At("opened.0").Text()
		}
	}
	if len(opened) != 2 || opened[another(kent.opener, 1).Key] != "" || opened[another(kent.opener, 2).Key] != "QUALITY" {
		t.Errorf("the approver reads %v", opened)
	}
	told := 0
	for _, e := range s.see(kent.auditor, "{ events(first: 100) { edges { node { person act changed } } } }", nil).At("events.edges").All() {
		if e.At("node.act").Text() == "interest.declare" && e.At("node.changed.1").Text() == "opened QUALITY" {
			told++
			if e.At("node.person").Text() != another(kent.opener, 2).Key {
				t.Errorf("of %v", e)
			}
		}
	}
	if told != 1 {
		t.Errorf("the auditor is told %d times", told)
	}
}
