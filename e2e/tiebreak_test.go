package e2e_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestATieIsBrokenByTheStatedRules: everybody can read the rules before offering; of two offers that are equal in all else the
// earlier one wins, the ranking says by which rule, and so does the letter.
func TestATieIsBrokenByTheStatedRules(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	kent := staffOf("Kent")
	var rules []string
	for _, rule := range s.node(demo.Public, "Lot", s.lot, "procedure { tieBreaks { position rule source } }").At("procedure.tieBreaks").All() {
		rules = append(rules, rule.At("rule").Text())
		if !strings.Contains(rule.At("source").Text(), "PCR 2015") {
			t.Errorf("no source: %v", rule)
		}
	}
	if strings.Join(rules, " ") != "QUALITY PRICE RECEIPT LOT" {
		t.Errorf("the rules: %v", rules)
	}
	need := s.published(kent.commissioner)
	first, second := s.bid(bidsOf(2), need, 4, "4000.00"), s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	s.done(kent.opener, "openOffers", fields{"need": need}, "")
	for _, offer := range []string{second, first} {
		s.suitable(kent.commissioner, offer)
		s.done(kent.evaluator, "scoreOffer", s.scoring(offer, 4), "")
	}
	s.done(kent.evaluator, "lockScores", fields{"need": need}, "")
	order := s.node(kent.commissioner, "Need", need, "offers { id ranking { rank total tieBreak } }").At("offers").All()
	if order[0].At("id").Text() != first || order[0].At("ranking.tieBreak").Is() || order[1].At("ranking.tieBreak").Text() != "RECEIPT" {
		t.Errorf("the order: %v", order)
	}
	s.approved(kent, first)
	if letter := s.node(bidsOf(1), "Offer", second, "letters { body }").At("letters.0.body").Text(); !strings.Contains(letter, "the earlier receipt decided") {
		t.Errorf("the letter: %s", letter)
	}
}

// TestTheImpactOnChildrenIsJudgedWithReasons: pass or fail, and without what identifies them; a failed one is told the bidder.
func TestTheImpactOnChildrenIsJudgedWithReasons(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	fits, unsettles := s.bid(bidsOf(1), need, 2, "4000.00"), s.bid(bidsOf(2), need, 4, "3900.00")
	s.pass(pastDeadline)
	s.done(kent.opener, "openOffers", fields{"need": need}, "")
	judge := func(offer string, passed bool, why string) fields {
		checks := s.checks(nil)
		checks[6]["passed"], checks[6]["reason"] = passed, why
		return fields{"offer": offer, "checks": checks}
	}
	s.refused("INVALID", kent.commissioner, "assessSuitability", judge(fits, true, ""))
	s.refused("IDENTIFIES_CHILD", kent.commissioner, "assessSuitability", judge(fits, true, "Synthetic: the other one, born 03/02/2015, is calm."))
	s.done(kent.commissioner, "assessSuitability", judge(fits, true, "Synthetic: two others of an age, both settled."), "")
	s.done(kent.commissioner, "assessSuitability", judge(unsettles, false, "Synthetic: those already there need quiet."), "")
	read := s.node(kent.approver, "Offer", fits, "suitability { check passed reason }").At("suitability").All()
	if len(read) != 7 || read[1].At("check").Text() != "IMPACT_ON_CHILDREN" || read[1].At("reason").Text() != "Synthetic: two others of an age, both settled." {
		t.Errorf("the approver reads %v", read)
	}
	s.done(kent.evaluator, "scoreOffer", s.scoring(fits, 4), "")
	s.done(kent.evaluator, "lockScores", fields{"need": need}, "")
	s.approved(kent, fits)
	letter := s.node(bidsOf(2), "Offer", unsettles, "letters { result body }").At("letters.0")
	if letter.At("result").Text() != "NOT_SUITABLE" || !strings.Contains(letter.At("body").Text(), "need quiet") {
		t.Errorf("the letter: %v", letter)
	}
}
