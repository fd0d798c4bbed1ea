package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

func noticeInput(award, kind, reference, day string) fields {
	return fields{"award": award, "kind": kind, "reference": reference, "publishedOn": day}
}

// requireOwedNotices checks which notices a person has to publish, and by when.
func (s *scene) requireOwedNotices(who demo.Persona, want ...string) {
	s.t.Helper()
	var got []string
	for _, edge := range s.readData(who, "{ awardNotices { edges { node { kind dueOn } } } }", nil).At("awardNotices.edges").All() {
		got = append(got, edge.At("node.kind").Text()+" "+edge.At("node.dueOn").Text())
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("%s owes %q and not %q", who, got, want)
	}
}

// publishAndSign records the award notice that a placement's agreement waits for, if it waits for one, and signs for the authority.
func (s *scene) publishAndSign(who demo.Persona, placement string) {
	s.t.Helper()
	awards := s.readNode(who, "Placement", placement, "need { awards { id notices { kind beforeContract recordedAt } } }").At("need.awards")
	for _, award := range awards.All() {
		for _, notice := range award.At("notices").All() {
			if notice.At("beforeContract").Raw() == true && !notice.At("recordedAt").Exists() {
				in := noticeInput(award.At("id").Text(), notice.At("kind").Text(), "Synthetic: 0", s.dayFromNow(0))
				s.mustChange(who, "recordAwardNotice", in, "")
			}
		}
	}
	s.mustChange(who, "signAgreement", fields{"placement": placement}, "")
}

// TestAwardNoticesUnderTheProcurementAct: the Procurement Act asks for one notice before the agreement is signed and
// one after it. The award's authority records each. A place by another route has none.
func TestAwardNoticesUnderTheProcurementAct(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	s.requireOwedNotices(kent.commissioner)
	award := s.approveAward(kent, offer)
	today := s.dayFromNow(0)
	s.requireOwedNotices(kent.commissioner, "AWARD "+today)
	s.requireOwedNotices(surrey.commissioner)
	for _, who := range []demo.Persona{kent.approver, bidsManagerOf(1), demo.Public, demo.MarketManager} {
		if reply := s.sendQuery(t, who, "{ awardNotices { edges { node { kind } } } }", nil); len(reply.Errors) == 0 ||
			reply.Errors[0].Extensions.Code != "FORBIDDEN" {
			t.Errorf("%s asks for them: %s", who, reply.Raw)
		}
	}
	s.requireRefused("FORBIDDEN", bidsManagerOf(1), "recordAwardNotice", noticeInput(award, "AWARD", "Synthetic: 1", today))
	s.requireRefused("NOT_FOUND", surrey.commissioner, "recordAwardNotice", noticeInput(award, "AWARD", "Synthetic: 1", today))
	s.requireRefused("WRONG_STATE", kent.commissioner, "recordAwardNotice", noticeInput(award, "DETAILS", "Synthetic: 1", today))
	s.requireRefused("INVALID", kent.commissioner, "recordAwardNotice", noticeInput(award, "AWARD", "Synthetic: 1", s.dayFromNow(1)))
	s.requireRefused("INVALID", kent.commissioner, "recordAwardNotice", noticeInput(award, "AWARD", "Synthetic: 1", s.dayFromNow(-1)))
	s.requireRefused("INVALID", kent.commissioner, "recordAwardNotice", noticeInput(award, "AWARD", "", today))
	s.mustChange(kent.commissioner, "recordAwardNotice", noticeInput(award, "AWARD", "Synthetic: 1", today), "award { notices { reference } }")
	s.mustChange(kent.commissioner, "recordAwardNotice", noticeInput(award, "AWARD", "Synthetic: 2", today), "")
	s.requireOwedNotices(kent.commissioner)
	if told := s.readNode(kent.commissioner, "Award", award,
		"notices { beforeContract reference publishedOn award { id } }").At("notices").All(); len(told) != 1 ||
		told[0].At("reference").Text() != "Synthetic: 2" || told[0].At("publishedOn").Text() != today ||
		told[0].At("beforeContract").Text() != "true" || told[0].At("award.id").Text() != award {
		t.Errorf("it reads %v", told)
	}
	placement := s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": award},
		"award { placement { id } }").At("award.placement.id").Text()
	s.mustChange(kent.commissioner, "signAgreement", fields{"placement": placement}, "")
	s.requireOwedNotices(kent.commissioner)
	s.passTime(24 * time.Hour)
	s.mustChange(bidsManagerOf(1), "signAgreement", fields{"placement": placement}, "")
	s.requireOwedNotices(kent.commissioner, "DETAILS "+s.dayFromNow(120))

	ordered := s.proposePlace(kent.commissioner, "proposeOrderedPlace", s.orderedPlaceInput(s.draftNeed(kent.commissioner,
		fields{"legalBasis": "EHC_PLAN"})))
	s.mustChange(kent.approver, "approvePlace", fields{"award": ordered}, "")
	s.requireRefused("WRONG_STATE", kent.commissioner, "recordAwardNotice", noticeInput(ordered, "AWARD", "Synthetic: 3", s.dayFromNow(0)))
	s.requireOwedNotices(kent.commissioner, "DETAILS "+s.dayFromNow(120))
	s.mustChange(kent.commissioner, "recordAwardNotice", noticeInput(award, "DETAILS", "Synthetic: 4", s.dayFromNow(0)), "")
	s.requireOwedNotices(kent.commissioner)
}

// TestDeclinedAwardNeedsNoNotice: an award that came to nothing asks for no notice, and the next one asks for its own.
func TestDeclinedAwardNeedsNoNotice(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	first, second := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00"), s.submitOffer(bidsManagerOf(2), need, 4, "4100.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, first, second)
	award := s.approveAward(kent, first)
	s.mustChange(bidsManagerOf(1), "declineAward", fields{"award": award, "reason": "Synthetic: full."}, "")
	s.requireOwedNotices(kent.commissioner)
	s.requireRefused("WRONG_STATE", kent.commissioner, "recordAwardNotice", noticeInput(award, "AWARD", "Synthetic: 1", s.dayFromNow(0)))
	s.approveAward(kent, second)
	s.requireOwedNotices(kent.commissioner, "AWARD "+s.dayFromNow(0))
	s.passTime(60 * 24 * time.Hour) // nobody accepts it
	s.requireOwedNotices(kent.commissioner)
}

// TestAwardNoticesAreGroupedByQuarter: under the regulations notices are due from the award's acceptance, by thirty
// days after the quarter's end.
func TestAwardNoticesAreGroupedByQuarter(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	croydon := staffOf("Croydon")
	need := s.publishNeed(croydon.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(croydon, need, offer)
	s.execAsAdmin("UPDATE dps.market SET regime = 'PCR_DPS'")
	award := s.approveAward(croydon, offer)
	s.requireRefused("WRONG_STATE", croydon.commissioner, "recordAwardNotice", noticeInput(award, "AWARD", "Synthetic: 1", s.dayFromNow(0)))
	s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": award}, "")
	now := s.marketTime().In(time.UTC)
	quarter := time.Date(now.Year(), (now.Month()-1)/3*3+4, 0, 0, 0, 0, 0, time.UTC) // its last day
	due := "AWARD " + quarter.AddDate(0, 0, 30).Format(time.DateOnly)
	s.requireOwedNotices(croydon.commissioner, due)
	s.requireOwedNotices(demo.Officer)
	s.requireRefused("NOT_FOUND", demo.Officer, "recordAwardNotice", noticeInput(award, "AWARD", "Synthetic: 1", s.dayFromNow(0)))
	s.mustChange(croydon.commissioner, "giveDelegation", fields{"act": "AWARD"}, "")
	s.requireOwedNotices(demo.Officer, due)
	s.mustChange(demo.Officer, "recordAwardNotice", noticeInput(award, "AWARD", "Synthetic: 1", s.dayFromNow(0)), "")
	s.requireOwedNotices(croydon.commissioner)
}

// TestNobodySignsBeforeTheAwardNotice: under the Procurement Act neither side signs before the notice is recorded, and each is told what it
// waits for. A place that costs less than the threshold over its whole term asks for none; one of unknown length asks for it.
func TestNobodySignsBeforeTheAwardNotice(t *testing.T) {
	for estimate, waits := range map[string]bool{"": true, "663540.00": true, "663539.99": false} {
		t.Run(estimate, func(t *testing.T) {
			s := newScene(t, "MATCHING", bidsManagerOf(1))
			kent, provider := staffOf("Kent"), bidsManagerOf(1)
			need := s.publishNeed(kent.commissioner)
			offer := s.submitOffer(provider, need, 2, "4000.00")
			s.passTime(pastDeadline)
			s.rankOffers(kent, need, offer)
			proposal := func(estimate string) fields {
				in := fields{"offer": offer, "reason": "Synthetic: the best offer.", "declareNoInterest": true}
				if estimate != "" {
					in["estimatedValue"] = estimate
				}
				return in
			}
			for _, wrong := range []string{"0.00", "-1.00", "9999999999.00"} {
				s.requireRefused("INVALID", kent.commissioner, "proposeAward", proposal(wrong))
			}
			award := s.mustChange(kent.commissioner, "proposeAward", proposal(estimate), "award { id estimatedValue }").At("award")
			if got := award.At("estimatedValue").Text(); got != estimate {
				t.Errorf("the estimate is %q", got)
			}
			id := award.At("id").Text()
			s.approveArea(kent.approver, id)
			s.mustChange(kent.approver, "approveAward", fields{"award": id, "standstill": false, "declareNoInterest": true}, "")
			placement := s.mustChange(provider, "acceptAward", fields{"award": id}, "award { placement { id } }").At("award.placement.id").Text()
			next := func(who demo.Persona, from, id string) (first demo.Value) {
				return s.readNode(who, from, id, "nextActs { act yours capacity }").At("nextActs.0")
			}
			if waits {
				s.requireOwedNotices(kent.commissioner, "AWARD "+s.dayFromNow(0))
				for _, who := range []demo.Persona{kent.commissioner, provider} {
					if said := s.tryChange(who, "signAgreement", fields{"placement": placement}, ""); said.code != "TOO_EARLY" ||
						!strings.Contains(said.words, "s 50(1)") {
						t.Errorf("%s signs: %s %s", who, said.code, said.words)
					}
					first := next(who, "Placement", placement)
					if first.At("act").Text() != "RECORD_AWARD_NOTICE" || first.At("yours").Raw() != (who == kent.commissioner) {
						t.Errorf("%s has to do next: %v", who, first)
					}
				}
				if first := next(kent.commissioner, "Award", id); first.At("act").Text() != "RECORD_AWARD_NOTICE" {
					t.Errorf("next for the award: %v", first)
				}
				s.mustChange(kent.commissioner, "recordAwardNotice", noticeInput(id, "AWARD", "Synthetic: 1", s.dayFromNow(0)), "")
			}
			s.requireOwedNotices(kent.commissioner)
			for _, who := range []demo.Persona{provider, kent.commissioner} { // in either order
				if first := next(who, "Placement", placement); first.At("act").Text() != "SIGN_AGREEMENT" {
					t.Errorf("%s has to do next: %v", who, first)
				}
				s.mustChange(who, "signAgreement", fields{"placement": placement}, "")
			}
			s.requireRefused("WRONG_STATE", provider, "signAgreement", fields{"placement": placement})
			if !waits {
				s.requireRefused("WRONG_STATE", kent.commissioner, "recordAwardNotice", noticeInput(id, "AWARD", "Synthetic: 1", s.dayFromNow(0)))
			}
		})
	}
}
