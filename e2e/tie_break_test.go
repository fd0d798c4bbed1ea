package e2e_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestTieIsBrokenByTheStatedRules: everybody can read the rules before offering; of two offers that are equal in all else the
// earlier one wins, the ranking says by which rule, and so does the letter.
func TestTieIsBrokenByTheStatedRules(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent := staffOf("Kent")
	var rules []string
	for _, rule := range s.readNode(demo.Public, "Lot", s.lot,
		"procedure { tieBreaks { position rule source } }").At("procedure.tieBreaks").All() {
		rules = append(rules, rule.At("rule").Text())
		if !strings.Contains(rule.At("source").Text(), "PCR 2015") {
			t.Errorf("no source: %v", rule)
		}
	}
	if strings.Join(rules, " ") != "QUALITY PRICE RECEIPT LOT" {
		t.Errorf("the rules: %v", rules)
	}
	need := s.publishNeed(kent.commissioner)
	first, second := s.submitOffer(bidsManagerOf(2), need, 4, "4000.00"), s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.mustChange(kent.opener, "openOffers", fields{"need": need}, "")
	for _, offer := range []string{second, first} {
		s.assessAsSuitable(kent.commissioner, offer)
		s.mustChange(kent.evaluator, "scoreOffer", s.scoreInput(offer, 4), "")
	}
	s.mustChange(kent.evaluator, "lockScores", fields{"need": need}, "")
	order := s.readNode(kent.commissioner, "Need", need, "offers { id ranking { rank total tieBreak } }").At("offers").All()
	if order[0].At("id").Text() != first || order[0].At("ranking.tieBreak").Exists() || order[1].At("ranking.tieBreak").Text() != "RECEIPT" {
		t.Errorf("the order: %v", order)
	}
	s.approveAward(kent, first)
	if letter := s.readNode(bidsManagerOf(1), "Offer", second, "letters { body }").At("letters.0.body").Text(); !strings.Contains(letter,
		"the earlier receipt decided") {
		t.Errorf("the letter: %s", letter)
	}
}

// TestImpactOnChildrenNeedsAReason: pass or fail, and without what identifies them; a failed one is told the bidder.
func TestImpactOnChildrenNeedsAReason(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	fits, unsettles := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00"), s.submitOffer(bidsManagerOf(2), need, 4, "3900.00")
	s.passTime(pastDeadline)
	s.mustChange(kent.opener, "openOffers", fields{"need": need}, "")
	judge := func(offer string, passed bool, why string) fields {
		checks := s.passedChecks()
		checks[6]["passed"], checks[6]["reason"] = passed, why
		return fields{"offer": offer, "checks": checks}
	}
	s.requireRefused("INVALID", kent.commissioner, "assessSuitability", judge(fits, true, ""))
	s.requireRefused("IDENTIFIES_CHILD", kent.commissioner, "assessSuitability", judge(fits, true,
		"Synthetic: the other one, born 03/02/2015, is calm."))
	s.mustChange(kent.commissioner, "assessSuitability", judge(fits, true, "Synthetic: two others of an age, both settled."), "")
	s.mustChange(kent.commissioner, "assessSuitability", judge(unsettles, false, "Synthetic: those already there need quiet."), "")
	read := s.readNode(kent.approver, "Offer", fits, "suitability { check passed reason }").At("suitability").All()
	if len(read) != 7 || read[1].At("check").Text() != "IMPACT_ON_CHILDREN" ||
		read[1].At("reason").Text() != "Synthetic: two others of an age, both settled." {
		t.Errorf("the approver reads %v", read)
	}
	s.mustChange(kent.evaluator, "scoreOffer", s.scoreInput(fits, 4), "")
	s.mustChange(kent.evaluator, "lockScores", fields{"need": need}, "")
	s.approveAward(kent, fits)
	letter := s.readNode(bidsManagerOf(2), "Offer", unsettles, "letters { result body }").At("letters.0")
	if letter.At("result").Text() != "NOT_SUITABLE" || !strings.Contains(letter.At("body").Text(), "need quiet") {
		t.Errorf("the letter: %v", letter)
	}
}
