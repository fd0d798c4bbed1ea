package e2e_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// TestJoiningAsStated: a framework takes applications when its notice says, no more members than it says, and the one who
// gets an award is told what it costs.
func TestJoiningAsStated(t *testing.T) {
	s := newWorldUnder(t, "PA_OPEN_FRAMEWORK").scene(t, "MATCHING")
	kent := staffOf("Kent")
	s.done(demo.MarketManager, "publishNotice", stating("SYN-2026/11", fields{"applicationPeriod": fields{"from": s.day(10), "until": s.day(20)}}), "")
	s.done(demo.MarketManager, "publishNotice", stating("SYN-2026/12", ruleOf("MOST_MEMBERS", 1)), "")
	s.done(demo.MarketManager, "publishNotice", stating("SYN-2026/13", ruleOf("AWARD_FEE", 50)), "")
	seen := s.node(demo.Public, "Market", opaque("market", demo.MarketID()), "applicationPeriod { from until } rules { code value source } regime { alwaysOpen }")
	if seen.At("applicationPeriod.from").Text() != s.day(10) || seen.At("rules.5.code").Text() != "MOST_MEMBERS" || seen.At("rules.6.source").Text() != "SYN-2026/13" ||
		seen.At("regime.alwaysOpen").Text() != "false" {
		t.Errorf("the public reads %v", seen)
	}

	apply := fields{"lot": s.lot, "statement": "Synthetic: we meet every criterion.", "noGroundForExclusion": true}
	if early := s.try(bidsOf(1), "submitApplication", maps.Clone(apply), ""); early.code != "WRONG_STATE" || !strings.Contains(early.words, "SYN-2026/11") {
		t.Errorf("before the first day: %q, %q", early.code, early.words)
	}
	s.pass(12 * 24 * time.Hour)
	applications := []string{s.apply(bidsOf(1)), s.apply(bidsOf(2))}
	var answers map[string]int
	s.holdUp("LOCK TABLE dps.membership IN EXCLUSIVE MODE", len(applications), func() {
		answers = atOnce(len(applications), func(i int) string {
			return s.try(demo.MarketManager, "decideApplication", fields{"application": applications[i], "decision": "ADMITTED", "reasons": "Synthetic: all are met."}, "").code
		})
	}, nil)
	if !maps.Equal(answers, map[string]int{"": 1, "WRONG_STATE": 1}) || s.count("membership WHERE lot_id = $1", plain(t, s.lot)) != 1 {
		t.Errorf("two at once for the one place in the lot: %v", answers)
	}
	s.pass(10 * 24 * time.Hour)
	s.refused("WRONG_STATE", bidsOf(3), "submitApplication", apply)

	member, setting := bidsOf(1), 2
	if s.count("membership WHERE provider_id = $1", demo.ProviderID(1)) == 0 {
		member, setting = bidsOf(2), 4
	}
	need := s.published(kent.commissioner)
	if kept := s.node(member, "Need", need, "rules { code value }").At("rules.3"); kept.At("code").Text() != "AWARD_FEE" || kept.At("value").Text() != "50" {
		t.Errorf("the need keeps %v", kept)
	}
	offer := s.bid(member, need, setting, "4000.00")
	s.pass(pastDeadline)
	s.ranked(kent, need, offer)
	s.approved(kent, offer)
	letter := s.node(member, "Offer", offer, "letters { body }").At("letters.0.body").Text()
	if !strings.Contains(letter, "0.50 % of its price (SYN-2026/13)") {
		t.Errorf("the winner is told: %s", letter)
	}
}

// TestADynamicMarketIsOpenToAll: no cap, and applications on every day; the refusal names the law.
func TestADynamicMarketIsOpenToAll(t *testing.T) {
	s := newScene(t, "MATCHING")
	for _, more := range []fields{ruleOf("MOST_MEMBERS", 12), {"applicationPeriod": fields{"from": s.day(10), "until": s.day(20)}}} {
		if answer := s.try(demo.MarketManager, "publishNotice", stating("SYN-2026/11", more), ""); answer.code != "WRONG_STATE" || !strings.Contains(answer.words, "Procurement Act 2023") {
			t.Errorf("%v: %q, %q", more, answer.code, answer.words)
		}
	}
	s.done(demo.MarketManager, "publishNotice", stating("SYN-2026/12", ruleOf("AWARD_FEE", 0)), "")
}
