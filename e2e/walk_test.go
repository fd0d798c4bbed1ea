package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/market/course"
	"github.com/southeasttogether/dps/prove"
)

// walk is a need that people do anything with, in any order, until they do what comes next, to the end.
type walk struct {
	*scene
	by      authorityStaff
	bidders []demo.Persona
	random  *rand.Rand
	need    string
	path    []string // what was done, and what became of it
	sure    bool     // somebody always offers
	over    bool     // the price is over the ceiling
}

// standing is how things stand with the need, as its commissioner reads it.
type standing struct{ demo.Value }

func (s standing) stage() string        { return s.At("stage").Text() }
func (s standing) acts() []demo.Value   { return s.At("nextActs").All() }
func (s standing) awards() []demo.Value { return s.At("awards").All() }
func (s standing) offers() []demo.Value { return s.At("offers").All() }

// liveAward is the award that can still lead to a place, or has.
func (s standing) liveAward() (live demo.Value, n int) {
	for _, a := range s.awards() {
		switch a.At("status").Text() {
		case "PROPOSED", "APPROVED", "ACCEPTED":
			live, n = a, n+1
		}
	}
	return live, n
}

func (w *walk) look() standing {
	w.t.Helper()
	return standing{w.readNode(w.by.commissioner, "Need", w.need, `stage status nextActs { act capacity from }
		awards { id status notices { kind recordedAt } placement { id status } }
		offers { id suitability { check } ranking { rank } priceQueries { id answeredAt decidedAt } }
		clarifications { id answer }`)}
}

// requireOneTruth: stage, award and place say the same, and a need that has not ended says what comes next.
func (w *walk) requireOneTruth(s standing) {
	w.t.Helper()
	award, live := s.liveAward()
	want := map[string]string{
		"TO_APPROVE": "PROPOSED", "STANDSTILL": "APPROVED", "TO_ACCEPT": "APPROVED", "PLACED": "ACCEPTED",
	}[s.stage()]
	ended := s.stage() == "ENDED" || s.stage() == "WITHDRAWN"
	placed := slices.Contains([]string{"AGREED", "SIGNED", "ACTIVE"}, award.At("placement.status").Text())
	switch {
	case live > 1:
		w.failed("%d awards are live", live)
	case !ended && award.At("status").Text() != want:
		w.failed("the stage is %s and the award %q", s.stage(), award.At("status").Text())
	case (s.stage() == "PLACED") != placed && !ended:
		w.failed("the stage is %s and the place %q", s.stage(), award.At("placement.status").Text())
	case ended && placed:
		w.failed("the stage is %s and the place %q", s.stage(), award.At("placement.status").Text())
	case ended != (len(s.acts()) == 0):
		w.failed("at %s there are %d next acts", s.stage(), len(s.acts()))
	}
}

func (w *walk) failed(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s, after:\n%s", fmt.Sprintf(format, args...), strings.Join(w.path, "\n"))
}

// try does something that can be refused, but cannot go wrong in any other way.
func (w *walk) try(who demo.Persona, mutation string, in fields) bool {
	w.t.Helper()
	answer := w.tryChange(who, mutation, in, "")
	w.path = append(w.path, fmt.Sprintf("%s %s %s %s", who.Key, mutation, answer.code, answer.words))
	switch answer.code {
	case "INTERNAL", "BAD_INPUT", "GRAPHQL_VALIDATION_FAILED", "UNAVAILABLE":
		w.failed("%s %s: %s %s", who.Key, mutation, answer.code, answer.words)
	}
	return answer.code == ""
}

func (w *walk) wait(by time.Duration) {
	w.t.Helper()
	w.path = append(w.path, fmt.Sprint("time passes: ", by))
	w.passTime(by)
	w.runWorker()
}

// anything is one act or another that nobody has named, by somebody, on whatever there is.
func (w *walk) anything(s standing) {
	w.t.Helper()
	kent, bidder := w.by, w.bidders[w.random.IntN(len(w.bidders))]
	award, _ := s.liveAward()
	id, place := award.At("id").Text(), award.At("placement.id").Text()
	offer := ""
	if offers := s.offers(); len(offers) > 0 {
		offer = offers[w.random.IntN(len(offers))].At("id").Text()
	}
	sealed := w.readNode(bidder, "Need", w.need, "offers { id }").At("offers.0.id").Text()
	acts := []func(){
		func() { w.wait(time.Hour) },
		func() { w.wait(5 * 24 * time.Hour) },
		func() { w.wait(15 * 24 * time.Hour) },
		func() { w.try(bidder, "submitOffer", w.offerInput(w.need, w.settingOf(bidder), "4100.00")) },
		func() {
			w.try(bidder, "answerInvitation", fields{"need": w.need, "answer": "DECLINED", "reason": "FULL"})
		},
		func() {
			w.try(bidder, "askClarification", fields{"need": w.need, "question": "Synthetic: how many hours?"})
		},
		func() {
			w.try(kent.commissioner, "withdrawNeed", fields{"need": w.need, "reason": "Synthetic: another plan."})
		},
		func() { w.try(kent.commissioner, "endWithoutAward", w.endInput("PROCEDURE_FAULT")) },
	}
	if sealed != "" {
		acts = append(acts, func() { w.try(bidder, "withdrawOffer", fields{"offer": sealed}) })
	}
	if offer != "" {
		acts = append(acts, func() {
			w.try(kent.commissioner, "queryPrice", fields{"offer": offer, "kind": "UNCLEAR", "question": "Synthetic: what is in it?"})
		})
	}
	if id != "" {
		why := fields{"award": id, "reason": "Synthetic: on second thoughts."}
		acts = append(acts,
			func() { w.try(kent.approver, "rejectAward", why) },
			func() {
				w.try(kent.commissioner, "withdrawProposal", fields{"award": id, "reason": "Synthetic: a mistake."})
			},
			func() { w.try(bidder, "declineAward", fields{"award": id, "reason": "Synthetic: no staff."}) },
			func() { w.try(bidder, "acceptAward", fields{"award": id}) },
			func() { w.try(kent.approver, "approveAward", fields{"award": id, "standstill": w.random.IntN(2) == 0}) },
		)
	}
	if place != "" {
		acts = append(acts,
			func() {
				w.try(kent.commissioner, "cancelPlacement", fields{"placement": place, "reason": "MOVED_AWAY"})
			},
			func() { w.try(bidder, "giveNotice", fields{"placement": place, "reason": "MOVED_AWAY"}) },
			func() {
				w.try(kent.commissioner, "withdrawEnd", fields{"placement": place, "reason": "Synthetic: they stay."})
			},
			func() {
				w.try(kent.commissioner, "endPlacement", fields{
					"placement": place, "lastDay": w.dayFromNow(3), "reason": "MOVED_AWAY", "planned": true,
				})
			},
		)
	}
	acts[w.random.IntN(len(acts))]()
}

func (w *walk) settingOf(bidder demo.Persona) int { return 2 * (slices.Index(w.bidders, bidder) + 1) }

func (w *walk) endInput(reason string) fields {
	return fields{"need": w.need, "reason": reason, "words": "Synthetic: no place follows."}
}

// next does the first act that is named and can be done now; where none can, time passes until one can. It says whether something was left
// to do. What is named and is refused is a fault.
func (w *walk) next(s standing) bool {
	w.t.Helper()
	if len(s.acts()) == 0 {
		return false
	}
	var earliest time.Time
	for _, act := range s.acts() {
		at := act.At("from").Text()
		if at == "" {
			if !w.do(s, act.At("act").Text()) {
				w.failed("at %s %s is named to %s and is refused", s.stage(), act.At("act").Text(), act.At("capacity").Text())
			}
			return true
		}
		from, err := time.Parse(time.RFC3339Nano, at)
		must(w.t, err)
		if earliest.IsZero() || from.Before(earliest) {
			earliest = from
		}
	}
	w.wait(max(earliest.Sub(w.marketTime()), 0) + time.Second)
	return true
}

// do does what is named, whoever it is named to.
func (w *walk) do(s standing, act string) bool {
	w.t.Helper()
	kent, need := w.by, fields{"need": w.need}
	award, _ := s.liveAward()
	of, place := fields{"award": award.At("id").Text()}, fields{"placement": award.At("placement.id").Text()}
	switch act {
	case "PUBLISH_NEED":
		return w.try(kent.commissioner, "publishNeed", fields{
			"need": w.need, "deadline": w.marketTime().AddDate(0, 0, 12), "uniqueReason": "Synthetic: it is as wide as it can be.",
		})
	case "SUBMIT_OFFER": // or nobody does
		if w.sure || w.random.IntN(3) > 0 {
			w.try(w.bidders[0], "submitOffer", w.offerInput(w.need, 2, "4000.00"))
		}
		w.wait(4 * 24 * time.Hour)
		return true
	case "ANSWER_QUESTIONS":
		done := false
		for _, q := range s.At("clarifications").All() {
			if !q.At("answer").Exists() {
				done = w.try(kent.commissioner, "answerClarification", fields{"clarification": q.At("id").Text(), "answer": "Synthetic: ten."})
			}
		}
		return done
	case "DECLARE_INTEREST":
		return w.try(kent.commissioner, "declareInterest", fields{"need": w.need, "conflict": false})
	case "OPEN_OFFERS", "OPEN_PRICES":
		return w.each(kent.opener, func(who demo.Persona) bool { return w.try(who, "openOffers", need) })
	case "ASSESS_SUITABILITY":
		done := false
		for _, o := range s.offers() {
			if len(o.At("suitability").All()) == 0 {
				done = w.try(kent.commissioner, "assessSuitability", fields{"offer": o.At("id").Text(), "checks": w.passedChecks()})
			}
		}
		return done
	case "SCORE_OFFERS":
		return w.each(kent.evaluator, func(who demo.Persona) bool {
			for i, o := range s.offers() {
				w.try(who, "scoreOffer", w.scoreInput(o.At("id").Text(), 5-i))
			}
			return w.try(who, "lockScores", need)
		})
	case "AGREE_SCORES":
		for _, o := range s.offers() {
			in := w.scoreInput(o.At("id").Text(), 5)
			agreed := in["scores"].([]fields)[0]
			agreed["points"], agreed["reason"] = "5", "Synthetic: agreed."
			delete(agreed, "comment")
			w.try(demo.Moderator, "moderateOffer", in)
		}
		return w.try(demo.Moderator, "lockQuality", need)
	case "ANSWER_PRICE_QUERY", "DECIDE_PRICE_QUERY":
		return w.settleQueries(s)
	case "PROPOSE_AWARD":
		return slices.ContainsFunc(s.offers(), func(o demo.Value) bool {
			in := fields{"offer": o.At("id").Text(), "reason": "Synthetic: the best of all the offers that are left for this child."}
			if w.over {
				in["grounds"] = fields{"overCeiling": "Synthetic: no place at a lower price keeps this child safe."}
			}
			return w.try(kent.commissioner, "proposeAward", in)
		})
	case "END_WITHOUT_AWARD":
		return w.try(kent.commissioner, "endWithoutAward", w.endInput("NO_OFFERS")) ||
			w.try(kent.commissioner, "endWithoutAward", w.endInput("NONE_LEFT"))
	case "RECORD_PANEL_DECISION":
		return w.try(kent.commissioner, "recordPanelDecision", w.panelInput(w.need, true, "50.00"))
	case "APPROVE_AREA":
		w.approveArea(kent.approver, award.At("id").Text())
		return true
	case "APPROVE_AWARD":
		return w.try(kent.approver, "approveAward", fields{"award": award.At("id").Text(), "standstill": w.random.IntN(2) == 0})
	case "ACCEPT_AWARD":
		return slices.ContainsFunc(w.bidders, func(b demo.Persona) bool { return w.try(b, "acceptAward", of) })
	case "RECORD_AWARD_NOTICE":
		done := false
		for _, n := range award.At("notices").All() {
			if !n.At("recordedAt").Exists() {
				done = w.try(kent.commissioner, "recordAwardNotice",
					noticeInput(award.At("id").Text(), n.At("kind").Text(), "Synthetic: 1", w.dayFromNow(0)))
			}
		}
		return done
	case "SIGN_AGREEMENT":
		signed := w.try(kent.commissioner, "signAgreement", place)
		return slices.ContainsFunc(w.bidders, func(b demo.Persona) bool { return w.try(b, "signAgreement", place) }) || signed
	case "RECORD_FIRST_DAY":
		return w.try(kent.commissioner, "startPlacement", place)
	case "RECORD_END":
		done := w.try(kent.commissioner, "endPlacement", fields{
			"placement": place["placement"], "lastDay": w.dayFromNow(0), "reason": "MOVED_AWAY", "planned": true,
		})
		w.wait(48 * time.Hour)
		return done
	case "PREPARE_END":
		w.wait(48 * time.Hour)
		return true
	}
	w.failed("nobody knows how to %s", act)
	return false
}

// each has both people of a capacity do something; where the procedure asks for one, the other is refused. It says whether one did it.
func (w *walk) each(first demo.Persona, do func(demo.Persona) bool) bool {
	one, other := do(first), do(anotherPerson(first, 2))
	return one || other
}

// toTheEnd does what is named until nothing is, and gives the stages on the way.
func (w *walk) toTheEnd(reached map[string]int, astray int) {
	w.t.Helper()
	for step := range 80 {
		at := w.look()
		reached[at.stage()]++
		w.requireOneTruth(at)
		if step < astray && w.random.IntN(2) == 0 {
			w.anything(at)
		} else if !w.next(at) {
			return
		}
	}
	w.failed("eighty steps do not lead to the end")
}

// TestNextActsLeadFromTheDraftToTheEnd: in each procedure, for a child in care and one with a plan, under and over the ceiling, whoever
// does what is named next, and nothing else, brings a child from the draft to the last day.
func TestNextActsLeadFromTheDraftToTheEnd(t *testing.T) {
	for _, procedure := range []string{"MATCHING", "SCORED"} {
		s := newScene(t, procedure, bidsManagerOf(1))
		for _, basis := range []string{"SECTION_20", "EHC_PLAN", "SECTION_31"} {
			for _, over := range []bool{false, true} {
				t.Run(fmt.Sprint(procedure, " ", basis, " over the ceiling ", over), func(t *testing.T) {
					more := fields{"legalBasis": basis}
					if over {
						more["ceilingWeekly"] = "3000.00"
					}
					w := s.forSubtest(t).walkFrom(more, prove.Random("straight"), bidsManagerOf(1))
					w.sure, w.over = true, over
					reached := map[string]int{}
					w.toTheEnd(reached, 0)
					if reached["PLACED"] == 0 {
						w.failed("no child is placed")
					}
				})
			}
		}
	}
}

// walkFrom begins a walk with a draft.
func (s *scene) walkFrom(more fields, random *rand.Rand, bidders ...demo.Persona) *walk {
	s.t.Helper()
	w := &walk{scene: s, by: staffOf("Kent"), bidders: bidders, random: random}
	w.need = w.mustSend(w.by.commissioner, "createNeed", w.needInput(more), "need { id }").At("need.id").Text()
	return w
}

// settleQueries answers each price query that waits, and decides it.
func (w *walk) settleQueries(s standing) (done bool) {
	w.t.Helper()
	for _, o := range s.offers() {
		for _, q := range o.At("priceQueries").All() {
			if q.At("decidedAt").Exists() {
				continue
			}
			query := q.At("id").Text()
			for _, b := range w.bidders {
				w.try(b, "answerPriceQuery", fields{"query": query, "answer": "Synthetic: it is all in it."})
			}
			decide := func(accepted bool) bool {
				return w.try(w.by.commissioner, "decidePriceQuery", fields{
					"query": query, "accepted": accepted, "reason": "Synthetic: as it was said.",
				})
			}
			done = decide(true) || decide(false)
		}
	}
	return done
}

// walksOfOneMarket: a walk takes a quarter of a year, and a market ends.
const walksOfOneMarket = 8

// TestEveryWalkLeadsToAnEnd: whatever people do with a need, in whatever order, there is one truth at each step, and from wherever they
// have come to, what comes next leads to the end. Each seed walks other ways.
func TestEveryWalkLeadsToAnEnd(t *testing.T) {
	random := prove.Random("walks")
	reached := map[string]int{}
	walks := prove.Scaled(6, 12, 400)
	for first := 0; first < walks && !t.Failed(); first += walksOfOneMarket {
		// What a market has opened is closed at the end of its subtest.
		t.Run(fmt.Sprintf("market %d", first/walksOfOneMarket), func(t *testing.T) {
			s := newScene(t, []string{"MATCHING", "SCORED"}[first/walksOfOneMarket%2], bidsManagerOf(1), bidsManagerOf(2))
			for n := first; n < min(first+walksOfOneMarket, walks) && !t.Failed(); n++ {
				t.Run(fmt.Sprint(n), func(t *testing.T) {
					basis := []string{"SECTION_20", "EHC_PLAN", "SECTION_31"}[random.IntN(3)]
					w := s.forSubtest(t).walkFrom(fields{"legalBasis": basis}, random, bidsManagerOf(1), bidsManagerOf(2))
					w.toTheEnd(reached, random.IntN(14))
				})
			}
		})
	}
	if t.Failed() {
		return
	}
	steps := 0
	for _, times := range reached {
		steps += times
	}
	prove.RecordFigure(t, "walks.steps", steps)
	for _, stage := range course.NeedStages {
		if reached[string(stage)] == 0 && prove.Scaled(0, 0, 1) == 1 {
			t.Errorf("no walk reaches %s", stage)
		}
	}
}
