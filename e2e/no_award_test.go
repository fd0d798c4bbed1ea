package e2e_test

import (
	"strings"
	"testing"
)

// TestEndWithoutAwardTellsEveryBidder: with a coded reason and the bidder's own scores, once, and finally.
func TestEndWithoutAwardTellsEveryBidder(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offers := []string{s.submitOffer(bidsManagerOf(1), need, 2, "4000.00"), s.submitOffer(bidsManagerOf(2), need, 4, "4100.00")}
	end := func(reason string) fields {
		return fields{"need": need, "reason": reason, "words": "Synthetic: above what can be paid."}
	}
	s.requireRefused("TOO_EARLY", kent.commissioner, "endWithoutAward", end("NEED_CHANGED"))
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offers...)
	award := s.approveAward(kent, offers[0])
	s.requireRefused("WRONG_STATE", kent.commissioner, "endWithoutAward", end("NOT_AFFORDABLE"))
	s.mustChange(bidsManagerOf(1), "declineAward", fields{"award": award, "reason": "Synthetic: no place."}, "")
	s.requireRefused("INVALID", kent.commissioner, "endWithoutAward", end("NO_OFFERS"))
	s.requireRefused("FORBIDDEN", kent.evaluator, "endWithoutAward", end("NOT_AFFORDABLE"))
	s.requireRefused("NOT_FOUND", staffOf("Surrey").commissioner, "endWithoutAward", end("NOT_AFFORDABLE"))
	if undeclared := s.sendChange(anotherPerson(kent.commissioner, 4), "endWithoutAward", end("NOT_AFFORDABLE"),
		""); undeclared.code != "CONFLICT_OF_INTEREST" {
		t.Errorf("undeclared: %q", undeclared.code)
	}
	if s.countRows("letter WHERE award_id IS NULL") != 0 {
		t.Error("what was refused was told")
	}
	ended := s.mustChange(kent.commissioner, "endWithoutAward", end("NOT_AFFORDABLE"), "need { noAward { reason words } }").At("need.noAward")
	if ended.At("reason").Text() != "NOT_AFFORDABLE" {
		t.Errorf("ended: %v", ended)
	}
	s.requireRefused("ALREADY_EXISTS", kent.commissioner, "endWithoutAward", end("NOT_AFFORDABLE"))
	s.requireRefused("WRONG_STATE", kent.commissioner, "proposeAward", fields{"offer": offers[1], "reason": "Synthetic: the next."})
	for i, told := range []string{"You declined the award", "Your offer had"} {
		letters := s.readNode(bidsManagerOf(i+1), "Offer", offers[i], "letters { result body rank }").At("letters").All()
		if len(letters) != 2 || letters[0].At("result").Text() != "NO_AWARD" || !strings.Contains(letters[0].At("body").Text(),
			"above what can be paid. "+told) {
			t.Errorf("bidder %d: %v", i+1, letters)
		}
	}
	if s.readNode(bidsManagerOf(2), "Offer", offers[0], "id").Exists() {
		t.Error("a bidder sees another's offer")
	}
}
