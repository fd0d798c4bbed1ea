package e2e_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// TestApplicationPeriodAndMostMembers: a framework takes applications in the period of its notice, and no more members
// than it says. The winner of an award is told what it costs.
func TestApplicationPeriodAndMostMembers(t *testing.T) {
	s := newWorldUnder(t, "PA_OPEN_FRAMEWORK").addScene(t, "MATCHING")
	kent := staffOf("Kent")
	s.mustChange(demo.MarketManager, "publishNotice", noticeStating("SYN-2026/11", fields{"applicationPeriod": fields{
		"from":  s.dayFromNow(10),
		"until": s.dayFromNow(20),
	}}), "")
	s.mustChange(demo.MarketManager, "publishNotice", noticeStating("SYN-2026/12", ruleOf("MOST_MEMBERS", 1)), "")
	s.mustChange(demo.MarketManager, "publishNotice", noticeStating("SYN-2026/13", ruleOf("AWARD_FEE", 50)), "")
	seen := s.readNode(demo.Public, "Market", opaqueID("market", demo.MarketID()),
		"applicationPeriod { from until } rules { code value source } regime { alwaysOpen }")
	if seen.At("applicationPeriod.from").Text() != s.dayFromNow(10) || seen.At("rules.5.code").Text() != "MOST_MEMBERS" ||
		seen.At("rules.6.source").Text() != "SYN-2026/13" ||
		seen.At("regime.alwaysOpen").Text() != "false" {
		t.Errorf("the public reads %v", seen)
	}

	apply := fields{"lot": s.lot, "statement": "Synthetic: we meet every criterion.", "noGroundForExclusion": true}
	if early := s.tryChange(bidsManagerOf(1), "submitApplication", maps.Clone(apply), ""); early.code != "WRONG_STATE" ||
		!strings.Contains(early.words, "SYN-2026/11") {
		t.Errorf("before the first day: %q, %q", early.code, early.words)
	}
	s.passTime(12 * 24 * time.Hour)
	applications := []string{s.submitApplication(bidsManagerOf(1)), s.submitApplication(bidsManagerOf(2))}
	var answers map[string]int
	s.holdUpByLock("LOCK TABLE dps.membership IN EXCLUSIVE MODE", len(applications), func() {
		answers = atOnce(len(applications), func(i int) string {
			return s.tryChange(demo.MarketManager, "decideApplication", fields{
				"application": applications[i], "decision": "ADMITTED",
				"reasons": "Synthetic: all are met.",
			}, "").code
		})
	}, nil)
	if !maps.Equal(answers, map[string]int{"": 1, "WRONG_STATE": 1}) || s.countRows("membership WHERE lot_id = $1", uuidOf(t, s.lot)) != 1 {
		t.Errorf("two at once for the one place in the lot: %v", answers)
	}
	s.passTime(10 * 24 * time.Hour)
	s.requireRefused("WRONG_STATE", bidsManagerOf(3), "submitApplication", apply)

	member, setting := bidsManagerOf(1), 2
	if s.countRows("membership WHERE provider_id = $1", demo.ProviderID(1)) == 0 {
		member, setting = bidsManagerOf(2), 4
	}
	need := s.publishNeed(kent.commissioner)
	if kept := s.readNode(member, "Need", need, "rules { code value }").At("rules.3"); kept.At("code").Text() != "AWARD_FEE" ||
		kept.At("value").Text() != "50" {
		t.Errorf("the need keeps %v", kept)
	}
	offer := s.submitOffer(member, need, setting, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	s.approveAward(kent, offer)
	letter := s.readNode(member, "Offer", offer, "letters { body }").At("letters.0.body").Text()
	if !strings.Contains(letter, "0.50 % of its price (SYN-2026/13)") {
		t.Errorf("the winner is told: %s", letter)
	}
}

// TestDynamicMarketRefusesPeriodAndCap: a dynamic market has no cap, and takes applications on every day. The refusal
// names the law.
func TestDynamicMarketRefusesPeriodAndCap(t *testing.T) {
	s := newScene(t, "MATCHING")
	for _, more := range []fields{ruleOf("MOST_MEMBERS", 12), {"applicationPeriod": fields{
		"from":  s.dayFromNow(10),
		"until": s.dayFromNow(20),
	}}} {
		if answer := s.tryChange(demo.MarketManager, "publishNotice", noticeStating("SYN-2026/11", more), ""); answer.code != "WRONG_STATE" ||
			!strings.Contains(answer.words, "Procurement Act 2023") {
			t.Errorf("%v: %q, %q", more, answer.code, answer.words)
		}
	}
	s.mustChange(demo.MarketManager, "publishNotice", noticeStating("SYN-2026/12", ruleOf("AWARD_FEE", 0)), "")
}
