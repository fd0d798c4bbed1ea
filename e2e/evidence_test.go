package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
)

// asking is a scene whose lot asks for accounts, which are essential, and for a policy, which is not.
func asking(t testing.TB) *scene {
	t.Helper()
	s := newScene(t, "MATCHING")
	s.lot = s.done(demo.MarketManager, "createLot", fields{
		"market": opaque("market", demo.MarketID()), "name": "Homes with evidence", "description": "Synthetic: places in children's homes.",
		"kind": "CHILDRENS_HOME", "procedure": "MATCHING", "ageLow": 5, "ageHigh": 19, "needs": []string{anyNeed}, "contract": "Synthetic contract", "contractVersion": "1",
		"criteria": []fields{{"kind": "QUALITY", "name": "Match", "description": "How well it fits.", "weight": "60"}, {"kind": "PRICE", "name": "Price", "description": "For a year.", "weight": "40"}},
	}, "lot { id }").At("lot.id").Text()
	s.done(demo.MarketManager, "askForEvidence", fields{"lot": s.lot, "kind": "PUBLIC_LIABILITY", "essential": true}, "")
	s.done(demo.MarketManager, "askForEvidence", fields{"lot": s.lot, "kind": "ACCOUNTS", "essential": false}, "")
	s.done(demo.MarketManager, "publishLot", fields{"lot": s.lot}, "")
	return s
}

// gives is an insurance with its document, valid for so many days from now.
func (s *scene) gives(who demo.Persona, days int) string {
	s.t.Helper()
	evidence := s.records(who, days)
	s.uploads(who, evidence)
	return evidence
}

// works lets the clock's hand do what is due, and counts what it did about evidence.
func (s *scene) works() int {
	s.t.Helper()
	done, err := record.Work(s.t.Context(), s.Worker)
	must(s.t, err)
	return done.Evidence
}

// tasks are the kinds of things that a provider has to do.
func (s *scene) tasks(who demo.Persona) (kinds []string) {
	s.t.Helper()
	for _, task := range s.see(who, "{ toDo { kind due words about } }", nil).At("toDo").All() {
		kinds = append(kinds, task.At("kind").Text())
	}
	return kinds
}

// TestEvidenceOfALot: what a lot asks for is public; it is frozen with the lot; only its own authority asks.
func TestEvidenceOfALot(t *testing.T) {
	s := asking(t)
	asked := s.node(demo.Public, "Lot", s.lot, "evidence { essential kind { code name source } }").At("evidence").All()
	if len(asked) != 2 || asked[0].At("kind.code").Text() != "ACCOUNTS" || asked[1].At("essential").Text() != "true" {
		t.Errorf("the public reads %v", asked)
	}
	s.refused("WRONG_STATE", demo.MarketManager, "askForEvidence", fields{"lot": s.lot, "kind": "REGISTRATION", "essential": true})
	s.refused("NOT_FOUND", personOf("Kent", "market_manager"), "askForEvidence", fields{"lot": s.lot, "kind": "REGISTRATION", "essential": true})
	if kinds := s.see(demo.Public, "{ evidenceKinds { code longestMonths declaration } }", nil).At("evidenceKinds").All(); len(kinds) < 5 {
		t.Errorf("%d kinds of evidence", len(kinds))
	}
}

// TestEvidenceFromAdmissionToRenewal: nobody is admitted without what is essential; warnings at 60, 30 and 7 days; suspended
// when it lapses, restored when it is renewed; rejected, it counts no more.
func TestEvidenceFromAdmissionToRenewal(t *testing.T) {
	s := asking(t)
	us, manager := bidsOf(1), demo.MarketManager
	application := s.apply(us)
	decide := func() fields {
		return fields{"application": application, "decision": "ADMITTED", "reasons": "Synthetic: all are met."}
	}
	if got := s.tasks(us); !slices.Equal(got, []string{"GIVE_EVIDENCE", "GIVE_EVIDENCE"}) {
		t.Errorf("to do: %v", got)
	}
	s.refused("WRONG_STATE", manager, "decideApplication", decide())
	first := s.gives(us, 90)
	s.done(manager, "decideApplication", decide(), "")
	member := s.membership(us)
	if n := s.works(); n != 0 {
		t.Errorf("%d done with ninety days to go", n)
	}
	for _, left := range []int{60, 30, 7} {
		s.pass(90*24*time.Hour - time.Duration(left)*24*time.Hour - s.passed())
		if n := s.works() + s.works(); n != 1 {
			t.Errorf("%d warnings with %d days to go", n, left)
		}
	}
	if got := s.tasks(us); !slices.Contains(got, "RENEW_EVIDENCE") {
		t.Errorf("to do: %v", got)
	}
	var days []string
	for _, w := range s.node(us, "Evidence", first, "warnings { days at }").At("warnings").All() {
		days = append(days, w.At("days").Text())
	}
	if !slices.Equal(days, []string{"60", "30", "7"}) {
		t.Errorf("warned %v days before", days)
	}
	s.pass(8 * 24 * time.Hour)
	if n := s.works() + s.works(); n != 1 {
		t.Errorf("%d done when it lapsed", n)
	}
	s.statusIs(member, "SUSPENDED")
	s.refused("WRONG_STATE", manager, "restoreMembership", fields{"membership": member, "reason": "Synthetic: without evidence."})
	s.refused("WRONG_STATE", demo.Commissioner, "publishNeed", fields{"need": s.draft(demo.Commissioner, nil), "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": longReason})
	second := s.gives(us, 300)
	if n := s.works() + s.works(); n != 1 {
		t.Errorf("%d done when it was renewed", n)
	}
	s.statusIs(member, "ACTIVE")
	s.published(demo.Commissioner)
	s.done(manager, "rejectEvidence", fields{"evidence": second, "reason": "Synthetic: of another company."}, "evidence { status }")
	s.refused("WRONG_STATE", manager, "rejectEvidence", fields{"evidence": second, "reason": "Synthetic: once more."})
	s.works()
	s.statusIs(member, "SUSPENDED")
	if got := s.history(us, member); !slices.Equal(got, []string{"ADMITTED", "LAPSED", "RENEWED", "LAPSED"}) {
		t.Errorf("history: %v", got)
	}
}

// passed is how far the market's clock is ahead of the real one.
func (s *scene) passed() time.Duration {
	s.t.Helper()
	return time.Until(s.now()).Truncate(time.Hour)
}

func (s *scene) statusIs(member, want string) {
	s.t.Helper()
	if got := s.node(demo.Public, "Membership", member, "status").At("status").Text(); got != want {
		s.t.Errorf("the membership is %s and not %s", got, want)
	}
}

// TestEvidenceIsGivenOnce: for all lots and authorities, and read by who has to rely on it.
func TestEvidenceIsGivenOnce(t *testing.T) {
	s := asking(t)
	member, stranger := bidsOf(1), bidsOf(2)
	mine, strangers := s.gives(member, 90), s.gives(stranger, 90)
	s.admit(member)
	for _, reader := range []demo.Persona{member, demo.MarketManager, demo.Commissioner, staffOf("Surrey").commissioner} {
		if got := s.node(reader, "Evidence", mine, "reference status provider { id }"); got.At("status").Text() != "VALID" {
			t.Errorf("%s reads %v", reader, got)
		}
	}
	for _, reader := range []demo.Persona{member, demo.MarketManager, demo.Commissioner} {
		if s.node(reader, "Evidence", strangers, "id").Is() {
			t.Errorf("%s reads the evidence of a provider that is no member and has not applied", reader)
		}
	}
	s.refused("NOT_FOUND", demo.MarketManager, "rejectEvidence", fields{"evidence": strangers, "reason": "Synthetic: of a stranger."})
	s.refused("FORBIDDEN", member, "rejectEvidence", fields{"evidence": mine, "reason": "Synthetic: by oneself."})
	s.refused("NOT_FOUND", member, "recordEvidence", fields{"kind": "SYNTHETIC", "reference": "SYN", "validFrom": s.day(0), "validUntil": s.day(9)})
	s.refused("INVALID", member, "recordEvidence", fields{"kind": "EXCLUSION_GROUNDS", "reference": "SYN", "validFrom": s.day(0), "validUntil": s.day(9)})
	s.done(member, "recordEvidence", fields{"kind": "EXCLUSION_GROUNDS", "reference": "SYN", "validFrom": s.day(0), "validUntil": s.day(9), "declared": true}, "")
}

// TestManyWorkersSuspendOnce: each happening once, whoever comes first.
func TestManyWorkersSuspendOnce(t *testing.T) {
	s := asking(t)
	s.gives(bidsOf(1), 90)
	s.admit(bidsOf(1))
	s.pass(91 * 24 * time.Hour)
	answers := atOnce(connections, func(int) string {
		done, err := record.Work(s.t.Context(), s.Worker)
		if err != nil {
			return err.Error()
		}
		return strings.Repeat("|", done.Evidence)
	})
	if answers["|"] != 1 || answers[""] != connections-1 {
		t.Errorf("%v", answers)
	}
	if got := s.history(bidsOf(1), s.membership(bidsOf(1))); !slices.Equal(got, []string{"ADMITTED", "LAPSED"}) {
		t.Errorf("history: %v", got)
	}
}

// TestWhatAProviderHasToDo, from the question about its application to the agreement that waits for its signature.
func TestWhatAProviderHasToDo(t *testing.T) {
	s := newScene(t, "MATCHING")
	us, kent := bidsOf(1), staffOf("Kent")
	application := s.apply(us)
	step := func(want ...string) {
		t.Helper()
		if got := s.tasks(us); !slices.Equal(got, want) {
			t.Errorf("to do: %v, want %v", got, want)
		}
	}
	step()
	s.done(demo.MarketManager, "askApplicant", fields{"application": application, "question": "Synthetic: who owns the building?"}, "")
	step("ANSWER_QUESTION")
	s.done(us, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: a trust."}, "")
	step()
	s.done(demo.MarketManager, "decideApplication", fields{"application": application, "decision": "ADMITTED", "reasons": "Synthetic: all are met."}, "")
	member := s.membership(us)
	s.done(demo.MarketManager, "announceRemoval", fields{"membership": member, "reasons": "Synthetic: as found."}, "")
	step("ANSWER_REMOVAL")
	s.done(us, "answerRemoval", fields{"membership": member, "answer": "Synthetic: it is mended."}, "")
	step()
	need := s.published(kent.commissioner)
	step("ANSWER_INVITATION")
	offer := s.bid(us, need, 2, "4000.00")
	step()
	s.pass(pastDeadline)
	s.ranked(kent, need, offer)
	award := s.approved(kent, offer)
	step("RESPOND_TO_AWARD")
	s.done(us, "acceptAward", fields{"award": award}, "")
	step("SIGN_AGREEMENT")
	if got := s.tasks(bidsOf(2)); got != nil {
		t.Errorf("another provider has to do %v", got)
	}
	if reply := s.ask(t, demo.Commissioner, "{ toDo { kind } }", nil); len(reply.Errors) == 0 {
		t.Error("a commissioner has a provider's list")
	}
}
