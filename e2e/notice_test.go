package e2e_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/region"
	"github.com/southeasttogether/dps/demo"
)

const rulesOfMarket = "endsOn ceased rules { code value source } notices { number kind reference endsOn rules { code value } }"

// noticeStating is a notice that states something in the market's own name.
func noticeStating(reference string, more fields) fields {
	in := fields{"market": opaqueID("market", demo.MarketID()), "kind": "MODIFY", "reference": reference, "words": "Synthetic: as announced."}
	maps.Copy(in, more)
	return in
}

func ruleOf(code string, value int) fields {
	return fields{"rules": []fields{{"code": code, "value": value}}}
}

// TestPublishNoticeChangesTheRules: a notice changes a rule of the market, which applies from then on and is named with
// the notice in refusals.
func TestPublishNoticeChangesTheRules(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent, id := staffOf("Kent"), opaqueID("market", demo.MarketID())
	notice := func(more fields) fields { return noticeStating("SYN-2026/1", more) }
	stated := []fields{{"code": "TENDER_DAYS", "value": 21}}
	s.requireRefused("FORBIDDEN", kent.commissioner, "publishNotice", notice(nil))
	elsewhere := demo.MarketManager
	elsewhere.Organisation = demo.OrganisationID("Kent")
	s.requireRefused("NOT_FOUND", elsewhere, "publishNotice", notice(nil))
	s.requireRefused("INVALID", demo.MarketManager, "publishNotice",
		notice(fields{"rules": []fields{{"code": "STANDSTILL_DAYS", "value": 1}}}))
	s.mustChange(demo.MarketManager, "publishNotice", notice(fields{"rules": stated}), "")

	seen := s.readNode(demo.Public, "Market", id, rulesOfMarket)
	if seen.At("rules.2.code").Text() != "TENDER_DAYS" || seen.At("rules.2.value").Text() != "21" ||
		seen.At("rules.2.source").Text() != "SYN-2026/1" ||
		!strings.Contains(seen.At("rules.3.source").Text(), "Procurement Act 2023") {
		t.Errorf("the public reads %v", seen)
	}
	early := s.tryChange(kent.commissioner, "publishNeed", fields{
		"need":     s.draftNeed(kent.commissioner, nil),
		"deadline": s.marketTime().AddDate(0, 0, 15), "uniqueReason": "Synthetic: alone.",
	}, "")
	if early.code != "TOO_EARLY" || !strings.Contains(early.words, "21 days") || !strings.Contains(early.words, "SYN-2026/1") {
		t.Errorf("a need with 15 days to tender: %q, %q", early.code, early.words)
	}

	s.mustChange(demo.MarketManager, "publishNotice", notice(fields{
		"reference": "SYN-2026/2",
		"rules":     []fields{{"code": "TENDER_DAYS", "value": 5}},
	}), "")
	s.mustChange(demo.MarketManager, "publishNotice", notice(fields{"kind": "CEASE", "reference": "SYN-2026/3", "endsOn": s.dayFromNow(30)}),
		"")
	seen = s.readNode(demo.Public, "Market", id, rulesOfMarket)
	if seen.At("ceased").Text() != "true" || seen.At("endsOn").Text() != s.dayFromNow(30) || seen.At("rules.2.value").Text() != "5" ||
		len(seen.At("notices").All()) != 4 ||
		seen.At("notices.0.kind").Text() != "INTEND" || seen.At("notices.1.rules.0.value").Text() != "21" {
		t.Errorf("after three notices: %v", seen)
	}
	s.requireRefused("WRONG_STATE", demo.MarketManager, "publishNotice", notice(nil))
	s.requireRefused("INVALID", kent.commissioner, "publishNeed", fields{
		"need":     s.draftNeed(kent.commissioner, nil),
		"deadline": s.marketTime().AddDate(0, 0, 40), "uniqueReason": "Synthetic: alone.",
	})
	s.passTime(32 * 24 * time.Hour)
	s.requireRefused("WRONG_STATE", bidsManagerOf(2), "submitApplication", fields{
		"lot": s.lot, "statement": "Synthetic: late.",
		"noGroundForExclusion": true,
	})
	if n := s.countRows("event WHERE act = 'notice.publish'"); n != 3 {
		t.Errorf("%d notices in the log", n)
	}
}

// TestNoticeLeavesPublishedNeedsAlone: a notice after the publishing changes the standstill and the tender period only
// of later needs. The minimum of answers behind a figure rises at once, and never falls.
func TestNoticeLeavesPublishedNeedsAlone(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	const rules = "rules { code value source }"
	before := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), before, 2, "4000.00")
	s.mustChange(demo.MarketManager, "publishNotice", noticeStating("SYN-2026/7", ruleOf("STANDSTILL_DAYS", 30)), "")
	after := s.publishNeed(kent.commissioner)
	for need, want := range map[string]string{before: "8 Procurement Act 2023", after: "30 SYN-2026/7"} {
		for _, who := range []demo.Persona{kent.commissioner, bidsManagerOf(1)} {
			rule := s.readNode(who, "Need", need, rules).At("rules.2")
			if said := rule.At("value").Text() + " " + rule.At("source").Text(); rule.At("code").Text() != "STANDSTILL_DAYS" ||
				!strings.HasPrefix(said, want) {
				t.Errorf("%s reads %s, want %s", who, said, want)
			}
		}
	}
	if draft := s.readNode(kent.commissioner, "Need", s.draftNeed(kent.commissioner, nil), rules); len(draft.At("rules").All()) != 0 {
		t.Errorf("a draft has %v", draft)
	}
	s.passTime(pastDeadline)
	s.rankOffers(kent, before, offer)
	award := s.mustChange(kent.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."},
		"award { id }").At("award.id").Text()
	ends, err := time.Parse(time.RFC3339Nano, s.mustChange(kent.approver, "approveAward", fields{"award": award, "standstill": true},
		"award { standstillEnds }").At("award.standstillEnds").Text())
	must(t, err)
	if wait := ends.Sub(s.marketTime()); wait > 20*24*time.Hour {
		t.Errorf("the standstill of a need from before takes %s", wait)
	}

	s.mustChange(demo.MarketManager, "publishNotice", noticeStating("SYN-2026/8", ruleOf("FEEDBACK_MINIMUM", 12)), "")
	s.requireRefused("INVALID", demo.MarketManager, "publishNotice", noticeStating("SYN-2026/9", ruleOf("FEEDBACK_MINIMUM", 11)))
	if seen := s.readNode(demo.Public, "Market", opaqueID("market", demo.MarketID()),
		"feedbackMinimum rules { code value source }"); seen.At("feedbackMinimum").Text() != "12" ||
		seen.At("rules.4.source").Text() != "SYN-2026/8" {
		t.Errorf("the public reads %v", seen)
	}
}

// TestStoryUnderEachRegime: a region under another legal regime is set up and tells the whole story with the same
// program.
func TestStoryUnderEachRegime(t *testing.T) {
	for _, regime := range demo.Regimes[1:] {
		t.Run(regime, func(t *testing.T) {
			w := newWorldUnder(t, regime)
			told, err := w.Live(t.Context())
			must(t, err)
			if told.Placement == "" {
				t.Error("no child came anywhere")
			}
		})
	}
}

// TestLoadRefusesANewMarketUnderTheOldLaw: a market that cannot be set up is not loaded, nor anything of its region.
func TestLoadRefusesANewMarketUnderTheOldLaw(t *testing.T) {
	w := newWorld(t)
	wanted := demo.RegionUnder("PCR_DPS", time.Now())
	wanted.Markets[0].ID, wanted.Markets[0].Name, wanted.Markets[0].NoticeAt = demo.ProviderID(1), "Another", time.Date(2025, 2,
		24, 9, 0, 0, 0, time.UTC)
	err := region.Load(t.Context(), w.AdminURL, w.Keyring, wanted)
	if err == nil || !strings.Contains(err.Error(), "2025-02-24") {
		t.Errorf("a new market under the Regulations of 2015: %v", err)
	}
	wanted = demo.Region(time.Now())
	wanted.Markets[0].ID, wanted.Markets[0].Name, wanted.Markets[0].Intention = demo.ProviderID(1), "Another", nil
	if err := region.Load(t.Context(), w.AdminURL, w.Keyring, wanted); err == nil || !strings.Contains(err.Error(), "notice of intention") {
		t.Errorf("a dynamic market that was not intended: %v", err)
	}
}
