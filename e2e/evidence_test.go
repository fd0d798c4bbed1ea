package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
)

// newEvidenceScene is a scene whose lot asks for accounts, which are essential, and for a policy, which is not.
func newEvidenceScene(t testing.TB) *scene {
	t.Helper()
	s := newScene(t, "MATCHING")
	s.addEvidenceLot()
	return s
}

func (s *scene) addEvidenceLot() {
	s.t.Helper()
	s.lot = s.mustChange(demo.MarketManager, "createLot", fields{
		"market": opaqueID("market", demo.MarketID()), "name": "Homes with evidence", "description": "Synthetic: places in children's homes.",
		"kind": "CHILDRENS_HOME", "procedure": "MATCHING", "ageLow": 5, "ageHigh": 19, "needs": []string{anyNeed},
		"contract": "Synthetic contract", "contractVersion": "1",
		"criteria": []fields{{"kind": "QUALITY", "name": "Match", "description": "How well it fits.", "weight": "60"}, {
			"kind": "PRICE",
			"name": "Price", "description": "For a year.", "weight": "40",
		}},
	}, "lot { id }").At("lot.id").Text()
	s.mustChange(demo.MarketManager, "askForEvidence", fields{"lot": s.lot, "kind": "PUBLIC_LIABILITY", "essential": true}, "")
	s.mustChange(demo.MarketManager, "askForEvidence", fields{"lot": s.lot, "kind": "ACCOUNTS", "essential": false}, "")
	s.mustChange(demo.MarketManager, "publishLot", fields{"lot": s.lot}, "")
}

// giveEvidence is an insurance with its document, valid for the given number of days.
func (s *scene) giveEvidence(who demo.Persona, days int) string {
	s.t.Helper()
	evidence := s.recordEvidence(who, days)
	s.uploadDocument(who, evidence)
	return evidence
}

// workOnEvidence lets the clock worker do what is due, and counts what it did about evidence.
func (s *scene) workOnEvidence() int {
	s.t.Helper()
	done, err := record.Work(s.t.Context(), s.Worker)
	must(s.t, err)
	return done.Evidence
}

// taskKinds are the kinds of a provider's tasks.
func (s *scene) taskKinds(who demo.Persona) (kinds []string) {
	s.t.Helper()
	for _, task := range s.readData(who, "{ toDo { kind due words about } }", nil).At("toDo").All() {
		kinds = append(kinds, task.At("kind").Text())
	}
	return kinds
}

// TestAskForEvidenceInALot: what a lot asks for is public. It cannot change once the lot is published, and only the
// lot's authority can ask.
func TestAskForEvidenceInALot(t *testing.T) {
	s := newEvidenceScene(t)
	asked := s.readNode(demo.Public, "Lot", s.lot, "evidence { essential kind { code name source } }").At("evidence").All()
	if len(asked) != 2 || asked[0].At("kind.code").Text() != "ACCOUNTS" || asked[1].At("essential").Text() != "true" {
		t.Errorf("the public reads %v", asked)
	}
	s.requireRefused("WRONG_STATE", demo.MarketManager, "askForEvidence", fields{"lot": s.lot, "kind": "REGISTRATION", "essential": true})
	s.requireRefused("NOT_FOUND", personOf("Kent", "market_manager"), "askForEvidence", fields{
		"lot":  s.lot,
		"kind": "REGISTRATION", "essential": true,
	})
	if kinds := s.readData(demo.Public, "{ evidenceKinds { code longestMonths declaration } }",
		nil).At("evidenceKinds").All(); len(kinds) < 5 {
		t.Errorf("%d kinds of evidence", len(kinds))
	}
}

// TestEvidenceFromAdmissionToRenewal: nobody is admitted without essential evidence. There are warnings at 60, 30 and 7
// days, suspension when it lapses, and restoration when it is renewed. Rejected evidence does not count.
func TestEvidenceFromAdmissionToRenewal(t *testing.T) {
	s := newEvidenceScene(t)
	us, manager := bidsManagerOf(1), demo.MarketManager
	application := s.submitApplication(us)
	decide := func() fields {
		return fields{"application": application, "decision": "ADMITTED", "reasons": "Synthetic: all are met."}
	}
	if got := s.taskKinds(us); !slices.Equal(got, []string{"GIVE_EVIDENCE", "GIVE_EVIDENCE"}) {
		t.Errorf("to do: %v", got)
	}
	s.requireRefused("WRONG_STATE", manager, "decideApplication", decide())
	first := s.giveEvidence(us, 90)
	s.mustChange(manager, "decideApplication", decide(), "")
	member := s.membershipID(us)
	if n := s.workOnEvidence(); n != 0 {
		t.Errorf("%d done with ninety days to go", n)
	}
	for _, left := range []int{60, 30, 7} {
		s.passTime(90*24*time.Hour - time.Duration(left)*24*time.Hour - s.clockLead())
		if n := s.workOnEvidence() + s.workOnEvidence(); n != 1 {
			t.Errorf("%d warnings with %d days to go", n, left)
		}
	}
	if got := s.taskKinds(us); !slices.Contains(got, "RENEW_EVIDENCE") {
		t.Errorf("to do: %v", got)
	}
	var days []string
	for _, w := range s.readNode(us, "Evidence", first, "warnings { days at }").At("warnings").All() {
		days = append(days, w.At("days").Text())
	}
	if !slices.Equal(days, []string{"60", "30", "7"}) {
		t.Errorf("warned %v days before", days)
	}
	s.passTime(8 * 24 * time.Hour)
	if n := s.workOnEvidence() + s.workOnEvidence(); n != 1 {
		t.Errorf("%d done when it lapsed", n)
	}
	s.requireStatus(member, "SUSPENDED")
	s.requireRefused("WRONG_STATE", manager, "restoreMembership", fields{"membership": member, "reason": "Synthetic: without evidence."})
	s.requireRefused("WRONG_STATE", demo.Commissioner, "publishNeed", fields{
		"need":     s.draftNeed(demo.Commissioner, nil),
		"deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": longReason,
	})
	second := s.giveEvidence(us, 300)
	if n := s.workOnEvidence() + s.workOnEvidence(); n != 1 {
		t.Errorf("%d done when it was renewed", n)
	}
	s.requireStatus(member, "ACTIVE")
	s.publishNeed(demo.Commissioner)
	s.mustChange(manager, "rejectEvidence", fields{"evidence": second, "reason": "Synthetic: of another company."}, "evidence { status }")
	s.requireRefused("WRONG_STATE", manager, "rejectEvidence", fields{"evidence": second, "reason": "Synthetic: once more."})
	s.workOnEvidence()
	s.requireStatus(member, "SUSPENDED")
	if got := s.historyKinds(us, member); !slices.Equal(got, []string{"ADMITTED", "LAPSED", "RENEWED", "LAPSED"}) {
		t.Errorf("history: %v", got)
	}
}

// clockLead is how far the market's clock is ahead of the real one.
func (s *scene) clockLead() time.Duration {
	s.t.Helper()
	return time.Until(s.marketTime()).Truncate(time.Hour)
}

func (s *scene) requireStatus(member, want string) {
	s.t.Helper()
	if got := s.readNode(demo.Public, "Membership", member, "status").At("status").Text(); got != want {
		s.t.Errorf("the membership is %s and not %s", got, want)
	}
}

// TestEvidenceCountsForAllLots: for all lots and authorities. Those who rely on it can read it.
func TestEvidenceCountsForAllLots(t *testing.T) {
	s := newEvidenceScene(t)
	member, stranger := bidsManagerOf(1), bidsManagerOf(2)
	mine, strangers := s.giveEvidence(member, 90), s.giveEvidence(stranger, 90)
	s.admitProvider(member)
	for _, reader := range []demo.Persona{member, demo.MarketManager, demo.Commissioner, staffOf("Surrey").commissioner} {
		if got := s.readNode(reader, "Evidence", mine, "reference status provider { id }"); got.At("status").Text() != "VALID" {
			t.Errorf("%s reads %v", reader, got)
		}
	}
	for _, reader := range []demo.Persona{member, demo.MarketManager, demo.Commissioner} {
		if s.readNode(reader, "Evidence", strangers, "id").Exists() {
			t.Errorf("%s reads the evidence of a provider that is no member and has not applied", reader)
		}
	}
	s.requireRefused("NOT_FOUND", demo.MarketManager, "rejectEvidence", fields{"evidence": strangers, "reason": "Synthetic: of a stranger."})
	s.requireRefused("FORBIDDEN", member, "rejectEvidence", fields{"evidence": mine, "reason": "Synthetic: by oneself."})
	s.requireRefused("NOT_FOUND", member, "recordEvidence", fields{
		"kind": "SYNTHETIC", "reference": "SYN", "validFrom": s.dayFromNow(0),
		"validUntil": s.dayFromNow(9),
	})
	s.requireRefused("INVALID", member, "recordEvidence", fields{
		"kind": "EXCLUSION_GROUNDS", "reference": "SYN", "validFrom": s.dayFromNow(0),
		"validUntil": s.dayFromNow(9),
	})
	s.mustChange(member, "recordEvidence", fields{
		"kind": "EXCLUSION_GROUNDS", "reference": "SYN", "validFrom": s.dayFromNow(0),
		"validUntil": s.dayFromNow(9), "declared": true,
	}, "")
}

// TestLapseByManyWorkersSuspendsOnce: each thing happens once, whichever worker comes first.
func TestLapseByManyWorkersSuspendsOnce(t *testing.T) {
	s := newEvidenceScene(t)
	s.giveEvidence(bidsManagerOf(1), 90)
	s.admitProvider(bidsManagerOf(1))
	s.passTime(91 * 24 * time.Hour)
	answers := atOnce(connectionCount, func(int) string {
		done, err := record.Work(s.t.Context(), s.Worker)
		if err != nil {
			return err.Error()
		}
		return strings.Repeat("|", done.Evidence)
	})
	if answers["|"] != 1 || answers[""] != connectionCount-1 {
		t.Errorf("%v", answers)
	}
	if got := s.historyKinds(bidsManagerOf(1), s.membershipID(bidsManagerOf(1))); !slices.Equal(got, []string{"ADMITTED", "LAPSED"}) {
		t.Errorf("history: %v", got)
	}
}

// TestToDoOfAProvider, from the question about its application to the agreement that it has to sign.
func TestToDoOfAProvider(t *testing.T) {
	s := newScene(t, "MATCHING")
	us, kent := bidsManagerOf(1), staffOf("Kent")
	application := s.submitApplication(us)
	step := func(want ...string) {
		t.Helper()
		if got := s.taskKinds(us); !slices.Equal(got, want) {
			t.Errorf("to do: %v, want %v", got, want)
		}
	}
	step()
	s.mustChange(demo.MarketManager, "askApplicant", fields{"application": application, "question": "Synthetic: who owns the building?"}, "")
	step("ANSWER_QUESTION")
	s.mustChange(us, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: a trust."}, "")
	step()
	s.mustChange(demo.MarketManager, "decideApplication", fields{
		"application": application, "decision": "ADMITTED",
		"reasons": "Synthetic: all are met.",
	}, "")
	member := s.membershipID(us)
	s.mustChange(demo.MarketManager, "announceRemoval", fields{"membership": member, "reasons": "Synthetic: as found."}, "")
	step("ANSWER_REMOVAL")
	s.mustChange(us, "answerRemoval", fields{"membership": member, "answer": "Synthetic: it is mended."}, "")
	step()
	need := s.publishNeed(kent.commissioner)
	step("ANSWER_INVITATION")
	offer := s.submitOffer(us, need, 2, "4000.00")
	step()
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	award := s.approveAward(kent, offer)
	step("RESPOND_TO_AWARD")
	s.mustChange(us, "acceptAward", fields{"award": award}, "")
	step("SIGN_AGREEMENT")
	if got := s.taskKinds(bidsManagerOf(2)); got != nil {
		t.Errorf("another provider has to do %v", got)
	}
	if reply := s.sendQuery(t, staffOf("Kent").auditor, "{ toDo { kind } }", nil); len(reply.Errors) == 0 {
		t.Error("an auditor has a list of things to do")
	}
}
