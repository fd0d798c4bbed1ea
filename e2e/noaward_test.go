package e2e_test

import (
	"strings"
	"testing"
)

// TestNoAwardIsAnOutcome: with a coded reason, told to every bidder with its own scores, once, and for good.
func TestNoAwardIsAnOutcome(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	offers := []string{s.bid(bidsOf(1), need, 2, "4000.00"), s.bid(bidsOf(2), need, 4, "4100.00")}
	end := func(reason string) fields {
		return fields{"need": need, "reason": reason, "words": "Synthetic: above what can be paid."}
	}
	s.refused("TOO_EARLY", kent.commissioner, "endWithoutAward", end("NEED_CHANGED"))
	s.pass(pastDeadline)
	s.ranked(kent, need, offers...)
	award := s.approved(kent, offers[0])
	s.refused("WRONG_STATE", kent.commissioner, "endWithoutAward", end("NOT_AFFORDABLE"))
	s.done(bidsOf(1), "declineAward", fields{"award": award, "reason": "Synthetic: no place."}, "")
	s.refused("INVALID", kent.commissioner, "endWithoutAward", end("NO_OFFERS"))
	s.refused("FORBIDDEN", kent.evaluator, "endWithoutAward", end("NOT_AFFORDABLE"))
	s.refused("NOT_FOUND", staffOf("Surrey").commissioner, "endWithoutAward", end("NOT_AFFORDABLE"))
	if undeclared := s.tried(another(kent.commissioner, 4), "endWithoutAward", end("NOT_AFFORDABLE"), ""); undeclared.code != "CONFLICT_OF_INTEREST" {
		t.Errorf("undeclared: %q", undeclared.code)
	}
	if s.count("letter WHERE award_id IS NULL") != 0 {
		t.Error("what was refused was told")
	}
	ended := s.done(kent.commissioner, "endWithoutAward", end("NOT_AFFORDABLE"), "need { noAward { reason words } }").At("need.noAward")
	if ended.At("reason").Text() != "NOT_AFFORDABLE" {
		t.Errorf("ended: %v", ended)
	}
	s.refused("ALREADY_EXISTS", kent.commissioner, "endWithoutAward", end("NOT_AFFORDABLE"))
	s.refused("WRONG_STATE", kent.commissioner, "proposeAward", fields{"offer": offers[1], "reason": "Synthetic: the next."})
	for i, offer := range offers {
		letters := s.node(bidsOf(i+1), "Offer", offer, "letters { result body rank }").At("letters").All()
		if len(letters) != 2 || letters[0].At("result").Text() != "NO_AWARD" || !strings.Contains(letters[0].At("body").Text(), "above what can be paid. Your offer had") {
			t.Errorf("bidder %d: %v", i+1, letters)
		}
	}
	if s.node(bidsOf(2), "Offer", offers[0], "id").Is() {
		t.Error("a bidder sees another's offer")
	}
}
