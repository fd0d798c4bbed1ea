package e2e_test

import (
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

func publishedAs(award, kind, reference, day string) fields {
	return fields{"award": award, "kind": kind, "reference": reference, "publishedOn": day}
}

// owes holds who has which notices to publish, by when.
func (s *scene) owes(who demo.Persona, want ...string) {
	s.t.Helper()
	var got []string
	for _, edge := range s.see(who, "{ awardNotices { edges { node { kind dueOn } } } }", nil).At("awardNotices.edges").All() {
		got = append(got, edge.At("node.kind").Text()+" "+edge.At("node.dueOn").Text())
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("%s owes %q and not %q", who, got, want)
	}
}

// TestAwardNotices: under the Procurement Act one before the agreement is signed and one after it, each recorded by whose award
// it is; of a place by another route there is none.
func TestAwardNotices(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	need := s.published(kent.commissioner)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	s.ranked(kent, need, offer)
	s.owes(kent.commissioner)
	award := s.approved(kent, offer)
	today := s.day(0)
	s.owes(kent.commissioner, "AWARD "+today)
	s.owes(surrey.commissioner)
	for _, who := range []demo.Persona{kent.approver, bidsOf(1), demo.Public, demo.MarketManager} {
		if reply := s.ask(t, who, "{ awardNotices { edges { node { kind } } } }", nil); len(reply.Errors) == 0 || reply.Errors[0].Extensions.Code != "FORBIDDEN" {
			t.Errorf("%s asks for them: %s", who, reply.Raw)
		}
	}
	s.refused("FORBIDDEN", bidsOf(1), "recordAwardNotice", publishedAs(award, "AWARD", "Synthetic: 1", today))
	s.refused("NOT_FOUND", surrey.commissioner, "recordAwardNotice", publishedAs(award, "AWARD", "Synthetic: 1", today))
	s.refused("WRONG_STATE", kent.commissioner, "recordAwardNotice", publishedAs(award, "DETAILS", "Synthetic: 1", today))
	s.refused("INVALID", kent.commissioner, "recordAwardNotice", publishedAs(award, "AWARD", "Synthetic: 1", s.day(1)))
	s.refused("INVALID", kent.commissioner, "recordAwardNotice", publishedAs(award, "AWARD", "Synthetic: 1", s.day(-1)))
	s.refused("INVALID", kent.commissioner, "recordAwardNotice", publishedAs(award, "AWARD", "", today))
	s.done(kent.commissioner, "recordAwardNotice", publishedAs(award, "AWARD", "Synthetic: 1", today), "award { notices { reference } }")
	s.done(kent.commissioner, "recordAwardNotice", publishedAs(award, "AWARD", "Synthetic: 2", today), "")
	s.owes(kent.commissioner)
	if told := s.node(kent.commissioner, "Award", award, "notices { beforeContract reference publishedOn award { id } }").At("notices").All(); len(told) != 1 || told[0].At("reference").Text() != "Synthetic: 2" || told[0].At("publishedOn").Text() != today ||
		told[0].At("beforeContract").Text() != "true" || told[0].At("award.id").Text() != award {
		t.Errorf("it reads %v", told)
	}
	placement := s.done(bidsOf(1), "acceptAward", fields{"award": award}, "award { placement { id } }").At("award.placement.id").Text()
	s.done(kent.commissioner, "signAgreement", fields{"placement": placement}, "")
	s.owes(kent.commissioner)
	s.pass(24 * time.Hour)
	s.done(bidsOf(1), "signAgreement", fields{"placement": placement}, "")
	s.owes(kent.commissioner, "DETAILS "+s.day(120))

	ordered := s.proposed(kent.commissioner, "proposeOrderedPlace", s.ordered(s.draft(kent.commissioner, fields{"legalBasis": "EHC_PLAN"})))
	s.done(kent.approver, "approvePlace", fields{"award": ordered}, "")
	s.refused("WRONG_STATE", kent.commissioner, "recordAwardNotice", publishedAs(ordered, "AWARD", "Synthetic: 3", s.day(0)))
	s.owes(kent.commissioner, "DETAILS "+s.day(120))
	s.done(kent.commissioner, "recordAwardNotice", publishedAs(award, "DETAILS", "Synthetic: 4", s.day(0)), "")
	s.owes(kent.commissioner)
}

// TestAwardNoticesOfADeclinedAward: an award that came to nothing asks for no notice, and the next one for its own.
func TestAwardNoticesOfADeclinedAward(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	first, second := s.bid(bidsOf(1), need, 2, "4000.00"), s.bid(bidsOf(2), need, 4, "4100.00")
	s.pass(pastDeadline)
	s.ranked(kent, need, first, second)
	award := s.approved(kent, first)
	s.done(bidsOf(1), "declineAward", fields{"award": award, "reason": "Synthetic: full."}, "")
	s.owes(kent.commissioner)
	s.refused("WRONG_STATE", kent.commissioner, "recordAwardNotice", publishedAs(award, "AWARD", "Synthetic: 1", s.day(0)))
	s.approved(kent, second)
	s.owes(kent.commissioner, "AWARD "+s.day(0))
	s.pass(60 * 24 * time.Hour) // nobody accepts it
	s.owes(kent.commissioner)
}

// TestAwardNoticesAreGrouped: under the regulations from the award's acceptance on, by thirty days after the quarter's end.
func TestAwardNoticesAreGrouped(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	croydon := staffOf("Croydon")
	need := s.published(croydon.commissioner)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	s.ranked(croydon, need, offer)
	s.behind("UPDATE dps.market SET regime = 'PCR_DPS'")
	award := s.approved(croydon, offer)
	s.refused("WRONG_STATE", croydon.commissioner, "recordAwardNotice", publishedAs(award, "AWARD", "Synthetic: 1", s.day(0)))
	s.done(bidsOf(1), "acceptAward", fields{"award": award}, "")
	now := s.now().In(time.UTC)
	quarter := time.Date(now.Year(), (now.Month()-1)/3*3+4, 0, 0, 0, 0, 0, time.UTC) // its last day
	due := "AWARD " + quarter.AddDate(0, 0, 30).Format(time.DateOnly)
	s.owes(croydon.commissioner, due)
	s.owes(demo.Officer)
	s.refused("NOT_FOUND", demo.Officer, "recordAwardNotice", publishedAs(award, "AWARD", "Synthetic: 1", s.day(0)))
	s.done(croydon.commissioner, "giveDelegation", fields{"act": "AWARD"}, "")
	s.owes(demo.Officer, due)
	s.done(demo.Officer, "recordAwardNotice", publishedAs(award, "AWARD", "Synthetic: 1", s.day(0)), "")
	s.owes(croydon.commissioner)
}
