package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

func (s *scene) urgentNeedInput() fields {
	return fields{
		"lot": s.lot, "age": 11, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11",
		"ceilingWeekly": "6000.00", "profile": "Synthetic: needs a calm home tonight.",
		"reason": "Synthetic: the carer was taken ill.", "hours": 4, "vacant": false,
	}
}

// broadcastUrgentNeed is an urgent need.
func (s *scene) broadcastUrgentNeed(who demo.Persona) string {
	s.t.Helper()
	need := s.mustChange(who, "broadcastUrgentNeed", s.urgentNeedInput(), "need { id }").At("need.id").Text()
	s.mustChange(who, "recordPanelDecision", s.panelInput(need, true, "50.00"), "")
	return need
}

func (s *scene) telephoneOfferInput(need string, setting int) fields {
	return fields{
		"need": need, "setting": settingOf(setting), "startsOn": s.dayFromNow(0), "weekly": "5000.00", "weeks": 52,
		"words":  "Synthetic: one room is free.",
		"saidBy": "Synthetic manager on call", "saidAt": s.marketTime(),
	}
}

// enterTelephoneOffer is a telephone offer of a setting.
func (s *scene) enterTelephoneOffer(who demo.Persona, need string, setting int) string {
	s.t.Helper()
	return s.mustChange(who, "enterTelephoneOffer", s.telephoneOfferInput(need, setting),
		"telephoneOffer { id }").At("telephoneOffer.id").Text()
}

// placeUrgently makes a place by telephone, and each other change that a telephone offer can meet.
func (w *world) placeUrgently(s *scene, by authorityStaff, one, other int) {
	need := s.broadcastUrgentNeed(by.commissioner)
	confirmed, completed := s.enterTelephoneOffer(by.commissioner, need, one), s.enterTelephoneOffer(by.commissioner, need, other)
	s.mustChange(bidsManagerOf(one/2), "confirmTelephoneOffer", fields{"telephoneOffer": confirmed, "right": true},
		"telephoneOffer { status }")
	s.mustChange(by.commissioner, "completeTelephoneOffer", fields{"telephoneOffer": completed, "paper": "Synthetic: letter 9"},
		"telephoneOffer { status }")
	s.mustChange(by.commissioner, "proposeUrgentPlace", fields{"telephoneOffer": confirmed, "reasons": "Synthetic: the nearest."},
		"award { route }")
}

// TestUrgentPlaceByTelephone: with a few words, by telephone; confirmed afterwards; and no sealed offer is touched by it.
func TestUrgentPlaceByTelephone(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3))
	kent := staffOf("Kent")
	sealed := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), sealed, 2, "4000.00")
	s.checkUrgentRefusals(kent)
	need := s.broadcastUrgentNeed(kent.commissioner)
	seen := s.readNode(bidsManagerOf(1), "Need", need, "urgentReason status invitations { settings { name } } telephoneOffers { id }")
	if !strings.Contains(seen.At("urgentReason").Text(), "taken ill") || len(seen.At("invitations.0.settings").All()) != 1 ||
		len(seen.At("telephoneOffers").All()) != 0 {
		t.Errorf("who is asked sees %v", seen)
	}
	if most := s.readNode(kent.commissioner, "Need", need, "ceilingWeekly").At("ceilingWeekly").Text(); most != "6000.00" {
		t.Errorf("the most that it may cost is %q", most)
	}
	s.requireRefused("WRONG_STATE", bidsManagerOf(1), "submitOffer", s.offerInput(need, 2, "4000.00"))
	// a competition is not run by telephone
	s.requireRefused("WRONG_STATE", kent.commissioner, "enterTelephoneOffer", s.telephoneOfferInput(sealed, 2))
	s.requireRefused("FORBIDDEN", bidsManagerOf(1), "enterTelephoneOffer", s.telephoneOfferInput(need, 2))
	s.requireRefused("NOT_FOUND", staffOf("Surrey").commissioner, "enterTelephoneOffer", s.telephoneOfferInput(need, 2))
	s.requireRefused("INVALID", kent.commissioner, "enterTelephoneOffer", s.telephoneOfferInput(need, 1)) // a school
	first := s.enterTelephoneOffer(kent.commissioner, need, 2)
	s.requireRefused("ALREADY_EXISTS", kent.commissioner, "enterTelephoneOffer", s.telephoneOfferInput(need, 2))
	second := s.enterTelephoneOffer(kent.commissioner, need, 4)
	for i, who := range []demo.Persona{bidsManagerOf(1), bidsManagerOf(2)} {
		own := s.readNode(who, "Need", need, "telephoneOffers { id saidBy saidAt enteredBy status weekly }").At("telephoneOffers").All()
		if len(own) != 1 || own[0].At("id").Text() != []string{first, second}[i] || own[0].At("enteredBy").Text() != kent.commissioner.Key ||
			own[0].At("status").Text() != "SAID" {
			t.Errorf("%s reads %v", who, own)
		}
	}
	s.checkTelephoneOffers(kent, need, first, second)
	if s.countRows("offer WHERE id = $1", uuidOf(t, offer)) != 0 || s.readNode(kent.commissioner, "Need", sealed,
		"offers { id }").At("offers.0").Exists() {
		t.Error("a sealed offer is seen")
	}
}

// checkUrgentRefusals: where the regime has no such route, for longer than it lets it be, with a name in it, and where nobody fits.
func (s *scene) checkUrgentRefusals(by authorityStaff) {
	s.t.Helper()
	but := func(name string, value any) fields {
		in := s.urgentNeedInput()
		in[name] = value
		return in
	}
	s.execAsAdmin("UPDATE dps.market SET regime = 'PCR_DPS'")
	if answer := s.tryChange(by.commissioner, "broadcastUrgentNeed", s.urgentNeedInput(), ""); answer.code != "WRONG_STATE" ||
		!strings.Contains(answer.words, "reg 34") {
		s.t.Errorf("under a regime without the urgent route: %s %s", answer.code, answer.words)
	}
	s.execAsAdmin("UPDATE dps.market SET regime = 'PA_DYNAMIC_MARKET'")
	s.requireRefused("INVALID", by.commissioner, "broadcastUrgentNeed", but("hours", 25))
	s.requireRefused("IDENTIFIES_CHILD", by.commissioner, "broadcastUrgentNeed", but("reason", "The child is called Zara."))
	s.requireRefused("INVALID", by.commissioner, "broadcastUrgentNeed", but("district", "Synthetic nowhere"))
	s.requireRefused("WRONG_STATE", by.commissioner, "broadcastUrgentNeed", but("district", "Hartlepool"))
	s.requireRefused("FORBIDDEN", by.approver, "broadcastUrgentNeed", s.urgentNeedInput())
}

// checkTelephoneOffers: what is disputed leads nowhere; what was said leads to a place at once; silence is overdue, and completed by a
// paper.
func (s *scene) checkTelephoneOffers(by authorityStaff, need, first, second string) {
	s.t.Helper()
	place := func(offer string) fields {
		return fields{"telephoneOffer": offer, "reasons": "Synthetic: it is free tonight."}
	}
	asked := func() bool {
		tasks := s.readData(bidsManagerOf(1), "{ toDo { kind about } }", nil).At("toDo").All()
		return slices.ContainsFunc(tasks, func(task demo.Value) bool {
			return task.At("kind").Text() == "ANSWER_INVITATION" && task.At("about").Text() == need
		})
	}
	if asked() {
		s.t.Error("who has offered by telephone is asked for an answer")
	}
	s.requireRefused("NOT_FOUND", bidsManagerOf(2), "confirmTelephoneOffer", fields{"telephoneOffer": first, "right": true})
	s.requireRefused("INVALID", bidsManagerOf(1), "confirmTelephoneOffer", fields{"telephoneOffer": first, "right": false})
	s.mustChange(bidsManagerOf(1), "confirmTelephoneOffer", fields{
		"telephoneOffer": first, "right": false,
		"words": "Synthetic: it was 5,500.",
	}, "")
	s.requireRefused("WRONG_STATE", by.commissioner, "proposeUrgentPlace", place(first))
	if !asked() {
		s.t.Error("what is disputed is taken for an answer")
	}
	s.enterTelephoneOffer(by.commissioner, need, 2) // again, as it was meant
	if undeclared := s.sendChange(anotherPerson(by.commissioner, 3), "proposeUrgentPlace", place(second),
		""); undeclared.code != "CONFLICT_OF_INTEREST" {
		s.t.Errorf("undeclared: %q", undeclared.code)
	}
	s.declareNoInterest(by.commissioner, need)
	s.declareNoInterest(by.approver, need)
	award := s.proposePlace(by.commissioner, "proposeUrgentPlace", place(second))
	s.requireRefused("ALREADY_EXISTS", by.commissioner, "proposeUrgentPlace", place(second))
	s.requireRefused("TOO_EARLY", by.approver, "approvePlace", fields{"award": award}) // a home outside the area
	s.approveArea(by.approver, award)
	s.mustChange(by.approver, "approvePlace", fields{"award": award}, "")
	if route := s.readNode(bidsManagerOf(2), "Award", award,
		"route placement { route agreement { weekly } }"); route.At("placement.route").Text() != "URGENT" ||
		route.At("placement.agreement.weekly").Text() != "5000.00" {
		s.t.Errorf("the place is %v", route)
	}
	late := s.telephoneOfferInput(need, 6)
	s.passTime(5 * time.Hour)
	late["saidAt"] = s.marketTime()
	s.requireRefused("DEADLINE_PASSED", by.commissioner, "enterTelephoneOffer", late)
	s.requireRefused("WRONG_STATE", by.opener, "openOffers", fields{"need": need})
	s.passTime(10 * 24 * time.Hour)
	status := func() string {
		return s.readNode(by.approver, "Award", award, "basis { telephoneOffer { status } }").At("basis.telephoneOffer.status").Text()
	}
	if got := status(); got != "OVERDUE" {
		s.t.Errorf("after ten days of silence: %s", got)
	}
	waits := func(task demo.Value) bool { return task.At("kind").Text() == "CONFIRM_OFFER" }
	if tasks := s.readData(bidsManagerOf(2), "{ toDo { kind } }", nil).At("toDo").All(); !slices.ContainsFunc(tasks, waits) {
		s.t.Errorf("its provider has to do %v", tasks)
	}
	s.mustChange(by.commissioner, "completeTelephoneOffer", fields{"telephoneOffer": second, "paper": "Synthetic: letter 9"}, "")
	s.requireRefused("WRONG_STATE", bidsManagerOf(2), "confirmTelephoneOffer", fields{"telephoneOffer": second, "right": true})
	if got := status(); got != "CONFIRMED" {
		s.t.Errorf("with a paper: %s", got)
	}
}

// TestUrgentNeedClosesWhenItsPlaceIsAgreed: while a place is proposed everybody can still offer. When it is approved the need is closed:
// nobody who was asked has a task, and what is said on the telephone afterwards is refused. What was said before can still be entered.
func TestUrgentNeedClosesWhenItsPlaceIsAgreed(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3))
	kent := staffOf("Kent")
	need := s.broadcastUrgentNeed(kent.commissioner)
	saidBefore := s.telephoneOfferInput(need, 4)
	tasks := func(who demo.Persona) int {
		all := s.readData(who, "{ toDo { kind about } }", nil).At("toDo").All()
		return len(slices.DeleteFunc(all, func(task demo.Value) bool { return task.At("about").Text() != need }))
	}
	award := s.mustChange(kent.commissioner, "proposeUrgentPlace", fields{
		"telephoneOffer": s.enterTelephoneOffer(kent.commissioner, need, 2), "reasons": "Synthetic: it is free tonight.",
	}, "award { id }").At("award.id").Text()
	if tasks(bidsManagerOf(3)) != 1 {
		t.Errorf("while a place is proposed, who was asked has %d tasks", tasks(bidsManagerOf(3)))
	}
	s.approveArea(kent.approver, award)
	s.mustChange(kent.approver, "approvePlace", fields{"award": award}, "award { status }")
	s.passTime(time.Minute)
	for _, who := range []demo.Persona{bidsManagerOf(2), bidsManagerOf(3)} {
		if n := tasks(who); n != 0 {
			t.Errorf("%s has %d tasks", who, n)
		}
	}
	if closed := s.readNode(kent.commissioner, "Need", need, "status").At("status").Text(); closed != "CLOSED" {
		t.Errorf("the need is %s", closed)
	}
	s.requireRefused("DEADLINE_PASSED", kent.commissioner, "enterTelephoneOffer", s.telephoneOfferInput(need, 6))
	s.requireRefused("DEADLINE_PASSED", bidsManagerOf(3), "answerInvitation", fields{"need": need, "answer": "INTENDS"})
	s.mustChange(kent.commissioner, "enterTelephoneOffer", saidBefore, "")
	if n := s.countRows("placement WHERE need_id = $1", uuidOf(t, need)); n != 1 {
		t.Errorf("%d placements", n)
	}
}
