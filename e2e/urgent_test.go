package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

func (s *scene) calling() fields {
	return fields{"lot": s.lot, "age": 11, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11", "ceilingWeekly": "6000.00", "profile": "Synthetic: needs a calm home tonight.",
		"reason": "Synthetic: the carer was taken ill.", "hours": 4, "vacant": false}
}

// called is an urgent need.
func (s *scene) called(who demo.Persona) string {
	s.t.Helper()
	need := s.done(who, "broadcastUrgentNeed", s.calling(), "need { id }").At("need.id").Text()
	s.done(who, "recordPanelDecision", s.deciding(need, true, "50.00"), "")
	return need
}

func (s *scene) saying(need string, setting int) fields {
	return fields{"need": need, "setting": settingOf(setting), "startsOn": s.day(0), "weekly": "5000.00", "weeks": 52, "words": "Synthetic: one room is free.",
		"saidBy": "Synthetic manager on call", "saidAt": s.now()}
}

// said is a telephone offer of a setting.
func (s *scene) said(who demo.Persona, need string, setting int) string {
	s.t.Helper()
	return s.done(who, "enterTelephoneOffer", s.saying(need, setting), "telephoneOffer { id }").At("telephoneOffer.id").Text()
}

// urgent makes a place by telephone, and each other change that a telephone offer can meet.
func (w *world) urgent(s *scene, by staff, one, other int) {
	need := s.called(by.commissioner)
	confirmed, completed := s.said(by.commissioner, need, one), s.said(by.commissioner, need, other)
	s.done(bidsOf(one/2), "confirmTelephoneOffer", fields{"telephoneOffer": confirmed, "right": true}, "telephoneOffer { status }")
	s.done(by.commissioner, "completeTelephoneOffer", fields{"telephoneOffer": completed, "paper": "Synthetic: letter 9"}, "telephoneOffer { status }")
	s.done(by.commissioner, "proposeUrgentPlace", fields{"telephoneOffer": confirmed, "reasons": "Synthetic: the nearest."}, "award { route }")
}

// TestAPlaceTheSameDay: with a few words, by telephone; confirmed afterwards; and no sealed offer is touched by it.
func TestAPlaceTheSameDay(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2), bidsOf(3))
	kent := staffOf("Kent")
	sealed := s.published(kent.commissioner)
	offer := s.bid(bidsOf(1), sealed, 2, "4000.00")
	s.unable(kent)
	need := s.called(kent.commissioner)
	seen := s.node(bidsOf(1), "Need", need, "urgentReason status invitations { settings { name } } telephoneOffers { id }")
	if !strings.Contains(seen.At("urgentReason").Text(), "taken ill") || len(seen.At("invitations.0.settings").All()) != 1 || len(seen.At("telephoneOffers").All()) != 0 {
		t.Errorf("who is asked sees %v", seen)
	}
	if most := s.node(kent.commissioner, "Need", need, "ceilingWeekly").At("ceilingWeekly").Text(); most != "6000.00" {
		t.Errorf("the most that it may cost is %q", most)
	}
	s.refused("WRONG_STATE", bidsOf(1), "submitOffer", s.offering(need, 2, "4000.00"))
	s.refused("WRONG_STATE", kent.commissioner, "enterTelephoneOffer", s.saying(sealed, 2)) // a competition is not run by telephone
	s.refused("FORBIDDEN", bidsOf(1), "enterTelephoneOffer", s.saying(need, 2))
	s.refused("NOT_FOUND", staffOf("Surrey").commissioner, "enterTelephoneOffer", s.saying(need, 2))
	s.refused("INVALID", kent.commissioner, "enterTelephoneOffer", s.saying(need, 1)) // a school
	first := s.said(kent.commissioner, need, 2)
	s.refused("ALREADY_EXISTS", kent.commissioner, "enterTelephoneOffer", s.saying(need, 2))
	second := s.said(kent.commissioner, need, 4)
	for i, who := range []demo.Persona{bidsOf(1), bidsOf(2)} {
		own := s.node(who, "Need", need, "telephoneOffers { id saidBy saidAt enteredBy status weekly }").At("telephoneOffers").All()
		if len(own) != 1 || own[0].At("id").Text() != []string{first, second}[i] || own[0].At("enteredBy").Text() != kent.commissioner.Key || own[0].At("status").Text() != "SAID" {
			t.Errorf("%s reads %v", who, own)
		}
	}
	s.settled(kent, need, first, second)
	if s.count("offer WHERE id = $1", plain(t, offer)) != 0 || s.node(kent.commissioner, "Need", sealed, "offers { id }").At("offers.0").Is() {
		t.Error("a sealed offer is seen")
	}
}

// unable: where the regime has no such route, for longer than it lets it be, with a name in it, and where nobody fits.
func (s *scene) unable(by staff) {
	s.t.Helper()
	but := func(name string, value any) fields {
		in := s.calling()
		in[name] = value
		return in
	}
	s.behind("UPDATE dps.market SET regime = 'PCR_DPS'")
	if answer := s.try(by.commissioner, "broadcastUrgentNeed", s.calling(), ""); answer.code != "WRONG_STATE" || !strings.Contains(answer.words, "reg 34") {
		s.t.Errorf("under a regime without the urgent route: %s %s", answer.code, answer.words)
	}
	s.behind("UPDATE dps.market SET regime = 'PA_DYNAMIC_MARKET'")
	s.refused("INVALID", by.commissioner, "broadcastUrgentNeed", but("hours", 25))
	s.refused("IDENTIFIES_CHILD", by.commissioner, "broadcastUrgentNeed", but("reason", "The child is called Zara."))
	s.refused("WRONG_STATE", by.commissioner, "broadcastUrgentNeed", but("district", "Synthetic nowhere"))
	s.refused("FORBIDDEN", by.approver, "broadcastUrgentNeed", s.calling())
}

// settled: what is disputed leads nowhere; what was said leads to a place at once; silence is overdue, and completed by a paper.
func (s *scene) settled(by staff, need, first, second string) {
	s.t.Helper()
	place := func(offer string) fields {
		return fields{"telephoneOffer": offer, "reasons": "Synthetic: it is free tonight."}
	}
	asked := func() bool {
		tasks := s.see(bidsOf(1), "{ toDo { kind about } }", nil).At("toDo").All()
		return slices.ContainsFunc(tasks, func(task demo.Value) bool {
			return task.At("kind").Text() == "ANSWER_INVITATION" && task.At("about").Text() == need
		})
	}
	if asked() {
		s.t.Error("who has offered by telephone is asked for an answer")
	}
	s.refused("NOT_FOUND", bidsOf(2), "confirmTelephoneOffer", fields{"telephoneOffer": first, "right": true})
	s.refused("INVALID", bidsOf(1), "confirmTelephoneOffer", fields{"telephoneOffer": first, "right": false})
	s.done(bidsOf(1), "confirmTelephoneOffer", fields{"telephoneOffer": first, "right": false, "words": "Synthetic: it was 5,500."}, "")
	s.refused("WRONG_STATE", by.commissioner, "proposeUrgentPlace", place(first))
	if !asked() {
		s.t.Error("what is disputed is taken for an answer")
	}
	s.said(by.commissioner, need, 2) // anew, as it was meant
	if undeclared := s.tried(another(by.commissioner, 3), "proposeUrgentPlace", place(second), ""); undeclared.code != "CONFLICT_OF_INTEREST" {
		s.t.Errorf("undeclared: %q", undeclared.code)
	}
	s.disinterested(by.commissioner, need)
	s.disinterested(by.approver, need)
	award := s.proposed(by.commissioner, "proposeUrgentPlace", place(second))
	s.refused("ALREADY_EXISTS", by.commissioner, "proposeUrgentPlace", place(second))
	s.done(by.approver, "approvePlace", fields{"award": award}, "")
	if route := s.node(bidsOf(2), "Award", award, "route placement { route agreement { weekly } }"); route.At("placement.route").Text() != "URGENT" || route.At("placement.agreement.weekly").Text() != "5000.00" {
		s.t.Errorf("the place is %v", route)
	}
	late := s.saying(need, 6)
	s.pass(5 * time.Hour)
	late["saidAt"] = s.now()
	s.refused("DEADLINE_PASSED", by.commissioner, "enterTelephoneOffer", late)
	s.refused("WRONG_STATE", by.opener, "openOffers", fields{"need": need})
	s.pass(10 * 24 * time.Hour)
	status := func() string {
		return s.node(by.approver, "Award", award, "basis { telephoneOffer { status } }").At("basis.telephoneOffer.status").Text()
	}
	if got := status(); got != "OVERDUE" {
		s.t.Errorf("after ten days of silence: %s", got)
	}
	waits := func(task demo.Value) bool { return task.At("kind").Text() == "CONFIRM_OFFER" }
	if tasks := s.see(bidsOf(2), "{ toDo { kind } }", nil).At("toDo").All(); !slices.ContainsFunc(tasks, waits) {
		s.t.Errorf("its provider has to do %v", tasks)
	}
	s.done(by.commissioner, "completeTelephoneOffer", fields{"telephoneOffer": second, "paper": "Synthetic: letter 9"}, "")
	s.refused("WRONG_STATE", bidsOf(2), "confirmTelephoneOffer", fields{"telephoneOffer": second, "right": true})
	if got := status(); got != "CONFIRMED" {
		s.t.Errorf("with a paper: %s", got)
	}
}
