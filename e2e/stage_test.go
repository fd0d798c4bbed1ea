package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// stageOf is the stage of a need and what comes next, for somebody: each act with whose it is, and a star where the reader can do it now.
func (s *scene) stageOf(who demo.Persona, need string) string {
	s.t.Helper()
	node := s.readData(who, `query($id: ID!) { node(id: $id) { ... on Need {
		stage nextActs { act capacity organisation from due yours } } } }`,
		map[string]any{"id": need}).At("node")
	said := []string{node.At("stage").Text()}
	for _, act := range node.At("nextActs").All() {
		text := act.At("act").Text()
		if act.At("yours").Raw() == true {
			text += "*"
		}
		said = append(said, text)
	}
	return strings.Join(said, " ")
}

func (s *scene) requireStage(who demo.Persona, need, want string) {
	s.t.Helper()
	if got := s.stageOf(who, need); got != want {
		s.t.Errorf("to %s the need is %s, want %s", who.Key, got, want)
	}
}

// TestStageSaysWhatIsLeftToDo: from the draft to the place and its end, to those who act and to a bidder.
func TestStageSaysWhatIsLeftToDo(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	by := staffOf("Surrey")
	need := s.publishNeed(by.commissioner)
	s.requireStage(by.commissioner, need, "OUT SUBMIT_OFFER")
	s.requireStage(bidsManagerOf(1), need, "OUT SUBMIT_OFFER*")
	first, second := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00"), s.submitOffer(bidsManagerOf(2), need, 4, "4100.00")
	s.passTime(pastDeadline)
	s.requireStage(by.opener, need, "TO_OPEN DECLARE_INTEREST* OPEN_OFFERS")
	s.declareNoInterest(by.opener, need)
	s.requireStage(by.opener, need, "TO_OPEN OPEN_OFFERS*")
	s.rankOffers(by, need, first, second)
	s.requireStage(by.commissioner, need, "TO_AWARD PROPOSE_AWARD*")
	s.requireStage(bidsManagerOf(1), need, "EVALUATING DECIDE_ON_OFFERS")
	award := s.mustChange(by.commissioner, "proposeAward", fields{"offer": first, "reason": "Synthetic: the best offer."},
		"award { id }").At("award.id").Text()
	s.requireStage(by.commissioner, need, "TO_APPROVE APPROVE_AREA APPROVE_AWARD")
	s.requireStage(bidsManagerOf(1), need, "EVALUATING DECIDE_ON_OFFERS") // a proposal is the authority's own business
	if kinds := s.taskKinds(by.approver); !slices.Contains(kinds, "APPROVE_AWARD") {
		t.Errorf("the approver has to do %v", kinds)
	}
	s.runWorker()
	got := s.alertKinds(by.approver)
	if !slices.Contains(got, "AWARD_TO_APPROVE") || !slices.Contains(got, "AREA_TO_APPROVE") || len(got) != 2 {
		t.Errorf("the approver is alerted: %v", got)
	}
	s.mustChange(by.approver, "approveAward", fields{"award": award, "standstill": false}, "")
	if kinds := s.taskKinds(by.approver); slices.Contains(kinds, "APPROVE_AWARD") {
		t.Errorf("the approver still has to do %v", kinds)
	}
	s.requireStage(bidsManagerOf(1), need, "TO_ACCEPT APPROVE_AREA ACCEPT_AWARD")
	s.approveArea(by.approver, award)
	s.requireStage(bidsManagerOf(1), need, "TO_ACCEPT ACCEPT_AWARD*")
	s.requireStage(bidsManagerOf(2), need, "ENDED")
	s.mustChange(bidsManagerOf(1), "declineAward", fields{"award": award, "reason": "Synthetic: no staff."}, "")
	s.requireStage(bidsManagerOf(1), need, "ENDED")
	s.requireStage(by.commissioner, need, "TO_AWARD PROPOSE_AWARD*")
	s.checkDeclineIsTold(by, need, first, second)
}

// checkDeclineIsTold: the commissioner is alerted to a declined award until the next one is proposed; who declined is not compared with
// the next.
func (s *scene) checkDeclineIsTold(by authorityStaff, need, first, second string) {
	s.t.Helper()
	s.runWorker()
	if got := s.openAlerts(by.commissioner); !slices.Contains(got, "AWARD_DECLINED") {
		s.t.Errorf("the commissioner is alerted: %v", got)
	}
	award := s.mustChange(by.commissioner, "proposeAward", fields{
		"offer":  second,
		"reason": "Synthetic: the best offer that is left, after the first was declined.",
	},
		"award { id }").At("award.id").Text()
	if got := s.openAlerts(by.commissioner); slices.Contains(got, "AWARD_DECLINED") {
		s.t.Errorf("the commissioner is still alerted: %v", got)
	}
	s.mustChange(by.approver, "approveAward", fields{"award": award, "standstill": false}, "")
	letters := s.readData(bidsManagerOf(1), `query($id: ID!) { node(id: $id) { ... on Offer { letters { result rank total body } } } }`,
		map[string]any{"id": first}).
		At("node.letters").All()
	if len(letters) != 2 || letters[0].At("rank").Exists() || !strings.Contains(letters[0].At("body").Text(), "You declined the award") ||
		strings.Contains(letters[0].At("body").Text(), "1st") {
		s.t.Errorf("who declined is told %v", letters)
	}
	s.approveArea(by.approver, award)
	s.mustChange(bidsManagerOf(2), "acceptAward", fields{"award": award}, "")
	s.requireStage(bidsManagerOf(2), need, "PLACED RECORD_AWARD_NOTICE SIGN_AGREEMENT SIGN_AGREEMENT")
}

// openAlerts are the kinds of a person's open alerts.
func (s *scene) openAlerts(who demo.Persona) (kinds []string) {
	s.t.Helper()
	for _, e := range s.readData(who, "{ alerts(state: OPEN) { edges { node { kind doneAt } } } }", nil).At("alerts.edges").All() {
		kinds = append(kinds, e.At("node.kind").Text())
	}
	return kinds
}

// TestAlertsReachWhoTakesOver: an open alert moves with its need to the successor, whose act closes it.
func TestAlertsReachWhoTakesOver(t *testing.T) {
	p := newAuthoritySplit(t)
	p.mustChange(demo.MarketManager, "announceSuccession", p.successionInput(nil), "")
	need := p.publishNeed(p.surrey.commissioner)
	p.passTime(pastDeadline)
	p.runWorker()
	if got := p.openAlerts(p.surrey.opener); !slices.Equal(got, []string{"OFFERS_TO_OPEN"}) {
		t.Fatalf("the opening officer is alerted: %v", got)
	}
	p.passTime(9 * 24 * time.Hour)
	p.runWorker()
	if got := p.openAlerts(p.west.opener); !slices.Equal(got, []string{"OFFERS_TO_OPEN"}) {
		t.Fatalf("the successor's is alerted: %v", got)
	}
	if got := p.openAlerts(p.east.opener); got != nil {
		t.Errorf("the other successor's is alerted: %v", got)
	}
	p.mustChange(p.west.opener, "openOffers", fields{"need": need}, "")
	if got := p.openAlerts(p.west.opener); got != nil {
		t.Errorf("still alerted: %v", got)
	}
}
