package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// step is one act of a request that has several.
type step struct {
	mutation  string
	input     fields
	selection string
}

// changeTogether sends several acts in one request, each with its own alias, key and answer. It returns the answers in order.
func (s *scene) changeTogether(who demo.Persona, steps ...step) (answers []changeResult) {
	s.t.Helper()
	var declared, acts []string
	inputs := fields{}
	for i, next := range steps {
		name := fmt.Sprintf("i%d", i)
		next.input["idempotencyKey"] = s.newKey()
		inputs[name] = next.input
		declared = append(declared, fmt.Sprintf("$%s: %s%sInput!", name, strings.ToUpper(next.mutation[:1]), next.mutation[1:]))
		acts = append(acts, fmt.Sprintf("a%d: %s(input: $%s) { %s problems { code field message } }", i, next.mutation, name, next.selection))
	}
	data := s.readData(who, fmt.Sprintf("mutation(%s) { %s }", strings.Join(declared, ", "), strings.Join(acts, " ")), inputs)
	for i := range steps {
		payload := data.At(fmt.Sprintf("a%d", i))
		answers = append(answers, changeResult{payload, payload.At("problems.0.code").Text(), payload.At("problems.0.message").Text()})
	}
	return answers
}

// evaluationSteps assess and score offers, the first as the best, lock the sheet and so rank them.
func (s *scene) evaluationSteps(need string, offers []string) (steps []step) {
	for i, offer := range offers {
		steps = append(steps,
			step{"assessSuitability", fields{"offer": offer, "checks": s.passedChecks()}, ""},
			step{"scoreOffer", s.scoreInput(offer, 5-i), ""})
	}
	return append(steps, step{"lockScores", fields{"need": need}, "need { status offers { id ranking { rank } } }"})
}

// TestOneCommissionerAndAnApproverPlaceAChild: in a matching lot one commissioner needs five requests from the draft to the
// proposal, an approver one, and each declares in the act that they have no interest.
func TestOneCommissionerAndAnApproverPlaceAChild(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3))
	kent := staffOf("Kent")
	need := s.mustSend(kent.commissioner, "createNeed", s.needInput(nil), "need { id }").At("need.id").Text()
	s.requireAllDone(s.changeTogether(kent.commissioner,
		step{"recordPanelDecision", s.panelInput(need, true, "50.00"), ""},
		step{"publishNeed", fields{
			"need": need, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": "Synthetic: it is as wide as it can be.",
		}, ""}))
	offers := []string{
		s.submitOffer(bidsManagerOf(1), need, 2, "4000.00"), s.submitOffer(bidsManagerOf(2), need, 4, "4100.00"),
		s.submitOffer(bidsManagerOf(3), need, 6, "4200.00"),
	}
	early := s.sendChange(kent.commissioner, "openOffers", fields{"need": need, "declareNoInterest": true}, "")
	s.passTime(pastDeadline)
	undeclared := s.sendChange(kent.commissioner, "openOffers", fields{"need": need}, "")
	if early.code != "TOO_EARLY" || undeclared.code != "CONFLICT_OF_INTEREST" {
		t.Errorf("before the deadline %q, without a declaration %q", early.code, undeclared.code)
	}
	opened := s.mustSend(kent.commissioner, "openOffers", fields{"need": need, "declareNoInterest": true},
		"need { offers { id price { weekly } } interests { person conflict } }").At("need")
	if len(opened.At("offers").All()) != 3 || opened.At("interests.0.person").Text() != kent.commissioner.Key ||
		len(opened.At("interests").All()) != 1 {
		t.Errorf("opened: %v", opened)
	}

	evaluated := s.changeTogether(kent.commissioner, s.evaluationSteps(need, offers)...)
	s.requireAllDone(evaluated)
	ranked := evaluated[len(evaluated)-1].At("need")
	if ranked.At("status").Text() != "RANKED" {
		t.Errorf("evaluated: %v", ranked)
	}
	own := s.readNode(kent.commissioner, "Offer", offers[0], "scores { evaluator points } ranking { rank }")
	if own.At("scores.0.evaluator").Text() != kent.commissioner.Key || own.At("ranking.rank").Text() != "1" {
		t.Errorf("the best offer: %v", own)
	}
	award := s.mustSend(kent.commissioner, "proposeAward", fields{"offer": offers[0], "reason": "Synthetic: the best."}, "award { id }").
		At("award.id").Text()
	approver := s.sendChange(kent.approver, "approveAward", fields{"award": award, "standstill": false}, "")
	if approver.code != "CONFLICT_OF_INTEREST" {
		t.Errorf("an approver who has not declared: %q", approver.code)
	}
	s.mustSend(kent.approver, "approveAward", fields{"award": award, "standstill": false, "declareNoInterest": true}, "")
	s.approveArea(kent.approver, award) // of a home outside Kent
	s.mustSend(bidsManagerOf(1), "acceptAward", fields{"award": award}, "")
	if n := s.countRows("event WHERE act = 'interest.declare'"); n != 2 {
		t.Errorf("%d declarations are in the log, of two people", n)
	}
}

// TestDeclarationInAnActKeepsAnEarlierInterest: who has declared an interest cannot declare it away with an act, and an act that
// is refused leaves no declaration.
func TestDeclarationInAnActKeepsAnEarlierInterest(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	declares := fields{"need": need, "declareNoInterest": true}
	if early := s.sendChange(kent.opener, "openOffers", declares, ""); early.code != "TOO_EARLY" {
		t.Errorf("before the deadline: %q", early.code)
	}
	if n := s.countRows("interest"); n != 0 {
		t.Errorf("a refused act left %d declarations", n)
	}
	s.mustSend(kent.opener, "declareInterest", fields{"need": need, "conflict": true, "nature": "Synthetic: shares."}, "")
	s.passTime(pastDeadline)
	if conflicted := s.sendChange(kent.opener, "openOffers", fields{"need": need, "declareNoInterest": true}, ""); conflicted.code !=
		"CONFLICT_OF_INTEREST" {
		t.Errorf("with an interest: %q", conflicted.code)
	}
	second := anotherPerson(kent.opener, 2)
	answers := atOnce(8, func(i int) string {
		return s.sendChange(second, "openOffers", fields{"need": need, "declareNoInterest": true}, "").code
	})
	if answers[""] != 1 || answers["WRONG_STATE"] != 7 {
		t.Errorf("eight at once: %v", answers)
	}
}

// TestOneCommissionerCannotEvaluateAScoredLot: where the procedure asks for several people, a commissioner neither opens nor scores.
func TestOneCommissionerCannotEvaluateAScoredLot(t *testing.T) {
	s := newScene(t, "SCORED", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.requireRefused("WRONG_STATE", kent.commissioner, "openOffers", fields{"need": need})
	s.mustChange(kent.opener, "openOffers", fields{"need": need}, "")
	s.mustChange(anotherPerson(kent.opener, 2), "openOffers", fields{"need": need}, "")
	s.assessAsSuitable(kent.commissioner, offer)
	s.requireRefused("WRONG_STATE", kent.commissioner, "scoreOffer", s.scoreInput(offer, 5))
	s.requireRefused("WRONG_STATE", kent.commissioner, "lockScores", fields{"need": need})
}

// TestTwentyNeedsInOneRequest: a commissioner with many cases drafts twenty in one request; what is wrong with one is said of that one,
// and the others are there.
func TestTwentyNeedsInOneRequest(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	var steps []step
	for i := range 20 {
		more := fields{}
		if i == 17 {
			more["ageLow"] = 19
		}
		steps = append(steps, step{"createNeed", s.needInput(more), "need { reference }"})
	}
	for i, made := range s.changeTogether(kent.commissioner, steps...) {
		if wrong := i == 17; made.At("need.reference").Exists() == wrong || (made.code == "INVALID") != wrong {
			t.Errorf("need %d: %v", i, made)
		}
	}
	if n := s.countRows("need"); n != 19 {
		t.Errorf("%d needs are there", n)
	}
}

// mustSend is a change that has to succeed as it is, without a declaration before it.
func (s *scene) mustSend(who demo.Persona, mutation string, in fields, selection string) changeResult {
	s.t.Helper()
	answer := s.sendChange(who, mutation, in, selection)
	if answer.code != "" {
		s.t.Fatalf("%s, %s: %s: %s", who, mutation, answer.code, answer.words)
	}
	return answer
}

func (s *scene) requireAllDone(answers []changeResult) {
	s.t.Helper()
	for i, answer := range answers {
		if answer.code != "" {
			s.t.Fatalf("act %d of the request: %s: %s", i, answer.code, answer.words)
		}
	}
}

// TestAllProblemsOfAnInputAtOnce: a bids manager and a commissioner read at once everything that is wrong with what they sent, each with
// its field, and read the same again when they retry.
func TestAllProblemsOfAnInputAtOnce(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	draft := s.needInput(fields{
		"ageLow": 19, "homeOutcode": "bn11 1aa", "travelMiles": 501, "outcomes": " ", "idempotencyKey": "synthetic all wrong",
	})
	offer := s.offerInput(s.publishNeed(kent.commissioner), 2, "4000.00")
	offer["weeks"], offer["needsMet"], offer["startsOn"] = 40, "", s.dayFromNow(400)
	offer["fees"] = []fields{{"kind": "RESIDENTIAL_CARE", "description": "", "weekly": "4000.00"}, {
		"kind": "THERAPY", "description": "Speech", "weekly": "-1.00",
	}}
	offer["idempotencyKey"] = "synthetic all wrong"
	for _, c := range []struct {
		who      demo.Persona
		mutation string
		in       fields
		want     string
	}{
		{kent.commissioner, "createNeed", draft, "ageHigh homeOutcode travelMiles outcomes"},
		{bidsManagerOf(1), "submitOffer", offer, "startsOn needsMet weeks fees.0.description fees.1.weekly"},
	} {
		for range 2 { // the second is a retry
			var at []string
			for _, problem := range s.sendChange(c.who, c.mutation, c.in, "").At("problems").All() {
				at = append(at, problem.At("field").Text())
			}
			if got := strings.Join(at, " "); got != c.want {
				t.Errorf("%s: %q, want %q", c.mutation, got, c.want)
			}
		}
	}
}
