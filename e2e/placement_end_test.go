package e2e_test

import (
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// placeDirectly is a placement from today at the school of provider 3, bought outside the market, and its need.
func (s *scene) placeDirectly(by authorityStaff) (placement, need string) {
	s.t.Helper()
	need = s.draftNeed(by.commissioner, nil)
	award := s.proposePlace(by.commissioner, "proposeSpotPlace", s.spotPlaceInput(need))
	s.mustChange(by.approver, "approvePlace", fields{"award": award}, "")
	return s.placementOf(by.commissioner, award), need
}

// startDirectly is a placement that started today, at the school of provider 3.
func (s *scene) startDirectly(by authorityStaff) string {
	s.t.Helper()
	placement, _ := s.placeDirectly(by)
	s.publishAndSign(by.commissioner, placement)
	s.mustChange(bidsManagerOf(3), "signAgreement", fields{"placement": placement}, "")
	s.mustChange(by.commissioner, "startPlacement", fields{"placement": placement}, "")
	return placement
}

// endInput ends a placement some days from now.
func (s *scene) endInput(placement string, days int, more fields) fields {
	in := fields{"placement": placement, "lastDay": s.dayFromNow(days), "reason": "PHASE_ENDED", "planned": true}
	for name, value := range more {
		in[name] = value
	}
	return in
}

// endPlacements makes every change that ends a placement, and those that lead back.
func (s *scene) endPlacements(by authorityStaff) {
	s.t.Helper()
	placement := s.startDirectly(by)
	s.mustChange(bidsManagerOf(3), "giveNotice", fields{"placement": placement, "reason": "MOVED_AWAY", "lastDay": s.dayFromNow(28)},
		"placement { noticeGivenAt noticeLastDay }")
	s.mustChange(by.commissioner, "endPlacement", s.endInput(placement, 28, nil), "placement { endedOn endReason }")
	s.mustChange(by.commissioner, "withdrawEnd", fields{"placement": placement}, "placement { endedOn }")
	never, _ := s.placeDirectly(by)
	s.mustChange(by.commissioner, "cancelPlacement", fields{"placement": never, "reason": "FAMILY_REQUEST"}, "placement { status }")
}

// placementStatus is the status of a placement.
func (s *scene) placementStatus(who demo.Persona, placement string) string {
	s.t.Helper()
	return s.readNode(who, "Placement", placement, "status").At("status").Text()
}

// startAccepted accepts an award, has both sides sign, and starts the placement on its first day.
func (s *scene) startAccepted(by authorityStaff, provider demo.Persona, award string) (placement string) {
	s.t.Helper()
	made := s.mustChange(provider, "acceptAward", fields{"award": award}, "award { placement { id startsOn } }").At("award.placement")
	placement = made.At("id").Text()
	s.publishAndSign(by.commissioner, placement)
	s.mustChange(provider, "signAgreement", fields{"placement": placement}, "")
	first, err := time.Parse(time.DateOnly, made.At("startsOn").Text())
	must(s.t, err)
	if wait := first.Add(12 * time.Hour).Sub(s.marketTime()); wait > 0 {
		s.passTime(wait)
	}
	s.mustChange(by.commissioner, "startPlacement", fields{"placement": placement}, "")
	return placement
}

// awardFrom awards places in one home to several authorities, each from a day on, counted from now. Nobody has accepted yet.
func (s *scene) awardFrom(all []authorityStaff, days []int) []string {
	s.t.Helper()
	const home = 2
	needs, offers, awards := make([]string, len(all)), make([]string, len(all)), make([]string, len(all))
	for i, by := range all {
		needs[i] = s.publishNeed(by.commissioner)
		in := s.offerInput(needs[i], home, "4000.00")
		in["startsOn"] = s.dayFromNow(days[i])
		offers[i] = s.mustChange(bidsManagerOf((home+1)/2), "submitOffer", in, "offer { id }").At("offer.id").Text()
	}
	s.passTime(pastDeadline)
	for i, by := range all {
		s.rankOffers(by, needs[i], offers[i])
		awards[i] = s.approveAward(by, offers[i])
	}
	return awards
}

// TestPlacementEndsAndFreesThePlace: a home with one place takes a second child on the day after the last day of the
// first, and not on the last day. Everybody who reads the placement reads why it ended. The last day cannot be moved to
// where the place is taken.
func TestPlacementEndsAndFreesThePlace(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	s.execAsAdmin("UPDATE dps.setting SET places = 1 WHERE id = $1", demo.SettingID(2))
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	awards := s.awardFrom([]authorityStaff{kent, surrey, staffOf("East Sussex")}, []int{13, 14, 13})
	first := s.startAccepted(kent, bidsManagerOf(1), awards[0])
	s.requireRefused("NO_CAPACITY", bidsManagerOf(1), "acceptAward", fields{"award": awards[1]})

	ended := s.mustChange(kent.commissioner, "endPlacement",
		s.endInput(first, 0, fields{"noticeBy": "FAMILY", "words": "Synthetic: moved on."}),
		"placement { status endReason endedPlanned endNoticeBy }").At("placement")
	if ended.At("status").Text() != "ACTIVE" || ended.At("endReason").Text() != "PHASE_ENDED" || ended.At("endNoticeBy").Text() != "FAMILY" {
		t.Errorf("on its last day: %v", ended)
	}
	s.requireRefused("NO_CAPACITY", bidsManagerOf(1), "acceptAward", fields{"award": awards[2]}) // on the last day of the first
	second := s.startAccepted(surrey, bidsManagerOf(1), awards[1])
	for _, who := range []demo.Persona{kent.commissioner, bidsManagerOf(1), kent.safeguarding} {
		seen := s.readNode(who, "Placement", first, "status endReason endedPlanned endWords")
		if seen.At("status").Text() != "ENDED" || seen.At("endWords").Text() != "Synthetic: moved on." {
			t.Errorf("%s reads %v", who, seen)
		}
	}
	if got := s.placementStatus(surrey.commissioner, second); got != "ACTIVE" {
		t.Errorf("the second child's placement is %s", got)
	}
	s.requireRefused("NO_CAPACITY", kent.commissioner, "endPlacement", s.endInput(first, 3, fields{"correction": "Synthetic: a slip."}))
	s.mustChange(kent.commissioner, "endPlacement", s.endInput(first, -1, fields{"correction": "Synthetic: in other words."}), "")
	if kept := s.readNode(kent.commissioner, "Placement", first, "endWords"); kept.At("endWords").Text() != "Synthetic: moved on." {
		t.Errorf("a correction without words leaves %v", kept)
	}
}

// TestPlacementEndsInSettingAboveItsPlaces: places became fewer than the children there. A child can leave all the same.
func TestPlacementEndsInSettingAboveItsPlaces(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	awards := s.awardFrom([]authorityStaff{kent, surrey}, []int{13, 13})
	first := s.startAccepted(kent, bidsManagerOf(1), awards[0])
	second := s.startAccepted(surrey, bidsManagerOf(1), awards[1])
	s.execAsAdmin("UPDATE dps.setting SET places = 1 WHERE id = $1", demo.SettingID(2))
	s.mustChange(kent.commissioner, "endPlacement", s.endInput(first, 7, nil), "")
	s.mustChange(kent.commissioner, "endPlacement", s.endInput(first, 5, fields{"correction": "Synthetic: sooner."}), "")
	s.requireRefused("NO_CAPACITY", kent.commissioner, "withdrawEnd", fields{"placement": first}) // it is one too many from then on
	s.mustChange(surrey.commissioner, "endPlacement", s.endInput(second, 7, nil), "")
}

// tasksAbout are the kinds of what a provider has to do about something.
func (s *scene) tasksAbout(who demo.Persona, about string) (kinds []string) {
	s.t.Helper()
	for _, task := range s.readData(who, "{ toDo { kind about } }", nil).At("toDo").All() {
		if task.At("about").Text() == about {
			kinds = append(kinds, task.At("kind").Text())
		}
	}
	return kinds
}

// TestLastDayIsCorrectedAndTakenBack: by the authority, with a reason, before it has passed and after. The provider finds
// it in its list, and says what it knows; the authority is alerted until it has recorded it.
func TestLastDayIsCorrectedAndTakenBack(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent, provider := staffOf("Kent"), bidsManagerOf(3)
	placement := s.startDirectly(kent)
	s.passTime(30 * 24 * time.Hour)
	s.mustChange(kent.commissioner, "endPlacement", s.endInput(placement, 7, nil), "")
	if got := s.tasksAbout(provider, placement); !slices.Equal(got, []string{"PREPARE_END"}) {
		t.Errorf("its provider has to do %v", got)
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "endPlacement", s.endInput(placement, 8, nil)) // twice
	s.requireRefused("INVALID", kent.commissioner, "endPlacement", s.endInput(placement, 8, fields{"correction": "\u200b"}))
	s.mustChange(kent.commissioner, "endPlacement", s.endInput(placement, -2, fields{"correction": "Synthetic: it was last week."}), "")
	if got := s.placementStatus(kent.commissioner, placement); got != "ENDED" {
		t.Errorf("after its last day it is %s", got)
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "withdrawEnd", fields{"placement": placement})

	s.mustChange(provider, "giveNotice", fields{"placement": placement, "lastDay": s.dayFromNow(14), "reason": "MOVED_AWAY"}, "")
	alerted := func() bool {
		s.runWorker()
		return slices.Contains(s.alertKinds(kent.commissioner), "NOTICE_GIVEN")
	}
	if !alerted() {
		t.Error("the authority is not alerted to the notice")
	}
	s.mustChange(kent.commissioner, "endPlacement", s.endInput(placement, 14, fields{"correction": "Synthetic: the provider says so."}), "")
	back := s.mustChange(kent.commissioner, "withdrawEnd", fields{"placement": placement},
		"placement { status endedOn endReason endedPlanned noticeLastDay }").At("placement")
	if back.At("status").Text() != "ACTIVE" || back.At("endedOn").Exists() || back.At("endReason").Exists() ||
		back.At("endedPlanned").Exists() || !back.At("noticeLastDay").Exists() {
		t.Errorf("taken back: %v", back)
	}
	if got := s.tasksAbout(provider, placement); len(got) != 0 {
		t.Errorf("its provider still has to do %v", got)
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "withdrawEnd", fields{"placement": placement})
	if n := s.countRows("event WHERE act = 'placement.end' AND object_id = $1", uuidOf(t, placement)); n != 4 {
		t.Errorf("the log has %d entries of the end", n)
	}
}

// TestEndPlacementIsRefused: to strangers, before the first day, before it has started, for an unknown reason.
func TestEndPlacementIsRefused(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent, provider := staffOf("Kent"), bidsManagerOf(3)
	waiting, _ := s.placeDirectly(kent)
	s.requireRefused("WRONG_STATE", kent.commissioner, "endPlacement", s.endInput(waiting, 7, nil))
	placement := s.startDirectly(kent)
	for _, stranger := range []demo.Persona{staffOf("Surrey").commissioner, demo.Officer} {
		s.requireRefused("NOT_FOUND", stranger, "endPlacement", s.endInput(placement, 7, nil))
		s.requireRefused("NOT_FOUND", stranger, "withdrawEnd", fields{"placement": placement})
		s.requireRefused("NOT_FOUND", stranger, "cancelPlacement", fields{"placement": waiting, "reason": "FAMILY_REQUEST"})
	}
	s.requireRefused("FORBIDDEN", provider, "endPlacement", s.endInput(placement, 7, nil))
	s.requireRefused("FORBIDDEN", provider, "cancelPlacement", fields{"placement": waiting, "reason": "FAMILY_REQUEST"})
	s.requireRefused("FORBIDDEN", kent.commissioner, "giveNotice", fields{"placement": placement, "reason": "MOVED_AWAY"})
	s.requireRefused("NOT_FOUND", bidsManagerOf(1), "giveNotice", fields{
		"placement": placement, "reason": "MOVED_AWAY", "lastDay": s.dayFromNow(7),
	})
	s.requireRefused("INVALID", provider, "giveNotice", fields{"placement": placement, "reason": "MOVED_AWAY"})
	s.requireRefused("INVALID", kent.commissioner, "endPlacement", s.endInput(placement, -1, nil))
	s.requireRefused("INVALID", kent.commissioner, "endPlacement", s.endInput(placement, 0, fields{"lastDay": "2126-07-01"}))
	s.requireRefused("INVALID", provider, "giveNotice", fields{"placement": placement, "reason": "MOVED_AWAY", "lastDay": "2126-07-01"})
	s.requireRefused("INVALID", kent.commissioner, "endPlacement", s.endInput(placement, 7, fields{"reason": "OTHER"}))
	s.requireRefused("IDENTIFIES_CHILD", kent.commissioner, "endPlacement",
		s.endInput(placement, 7, fields{"words": "The child is called Zara."}))
	if unknown := s.tryChange(kent.commissioner, "endPlacement", s.endInput(placement, 7, fields{"reason": "BORED"}), ""); unknown.code == "" {
		t.Error("an unknown reason is taken")
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "cancelPlacement", fields{"placement": placement, "reason": "FAMILY_REQUEST"})
	if got := s.readNode(kent.commissioner, "Placement", placement, "endedOn cancelledAt"); got.At("endedOn").Exists() ||
		got.At("cancelledAt").Exists() {
		t.Errorf("what was refused left %v", got)
	}
	s.mustChange(kent.commissioner, "endPlacement", s.endInput(placement, 0, fields{
		"reason": "OTHER", "words": "Synthetic: the mother's choice.", "planned": false,
	}), "")
}

// TestOfficerEndsPlacementWhileDelegated: for a borough that delegates MANAGE, and not after.
func TestOfficerEndsPlacementWhileDelegated(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	croydon := staffOf("Croydon")
	placement := s.startDirectly(croydon)
	never, _ := s.placeDirectly(croydon)
	given := s.mustChange(croydon.commissioner, "giveDelegation", fields{"act": "MANAGE"}, "delegation { id }").At("delegation.id").Text()
	s.mustChange(demo.Officer, "endPlacement", s.endInput(placement, 7, nil), "")
	s.mustChange(demo.Officer, "cancelPlacement", fields{"placement": never, "reason": "PLAN_CHANGED"}, "")
	s.mustChange(croydon.commissioner, "withdrawDelegation", fields{"delegation": given}, "")
	s.requireRefused("NOT_FOUND", demo.Officer, "withdrawEnd", fields{"placement": placement})
}

// TestChildWhoNeverComes: the place is free at once, and the need goes on to the next offer, or to the same one with a
// reason. The provider is told, keeps the record, and no longer reads who the child is.
func TestChildWhoNeverComes(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	s.execAsAdmin("UPDATE dps.setting SET places = 1 WHERE id = $1", demo.SettingID(2))
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	need := s.publishNeed(kent.commissioner)
	best, next := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00"), s.submitOffer(bidsManagerOf(2), need, 4, "4100.00")
	others := s.publishNeed(surrey.commissioner)
	rival := s.submitOffer(bidsManagerOf(1), others, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, best, next)
	s.rankOffers(surrey, others, rival)
	award, waiting := s.approveAward(kent, best), s.approveAward(surrey, rival)
	s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": award}, "")
	placement := s.placementOf(kent.commissioner, award)
	s.mustChange(kent.commissioner, "recordIdentity", fields{"need": need, "name": "Synthetic Child", "dateOfBirth": "2015-03-04"}, "")
	reads := func() bool {
		seen := s.sendQuery(t, bidsManagerOf(1), mutationDocument("viewIdentity", "identity { name }"),
			fields{"input": fields{"need": need, "purpose": "PLACEMENT"}})
		return seen.Data.At("viewIdentity.identity.name").Text() == "Synthetic Child"
	}
	if !reads() {
		t.Error("the provider does not read who comes")
	}
	s.mustChange(bidsManagerOf(1), "giveNotice", fields{"placement": placement, "reason": "FAMILY_REQUEST"}, "")
	s.requireRefused("NO_CAPACITY", bidsManagerOf(1), "acceptAward", fields{"award": waiting}) // the authority has not said so

	s.cancelAndRetry(kent, placement)
	if got := s.readNode(bidsManagerOf(1), "Award", award, "status placement { status endReason }"); got.At("status").Text() != "CANCELLED" ||
		got.At("placement.status").Text() != "CANCELLED" || got.At("placement.endReason").Text() != "FAMILY_REQUEST" {
		t.Errorf("its provider reads %v", got)
	}
	if got := s.tasksAbout(bidsManagerOf(1), placement); !slices.Equal(got, []string{"NOTE_CANCELLATION"}) {
		t.Errorf("its provider has to do %v", got)
	}
	if reads() {
		t.Error("the provider still reads who the child is")
	}
	for _, mutation := range []string{"signAgreement", "startPlacement"} {
		s.requireRefused("WRONG_STATE", kent.commissioner, mutation, fields{"placement": placement})
	}
	s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": waiting}, "")

	again := s.tryChange(kent.commissioner, "proposeAward", fields{"offer": best, "reason": "Synthetic: again."}, "")
	if again.code != "INVALID" {
		t.Errorf("the same offer, without a ground: %q", again.code)
	}
	second := s.mustChange(kent.commissioner, "proposeAward", fields{"offer": next, "reason": "Synthetic: the next."},
		"award { id }").At("award.id").Text()
	s.requireRefused("ALREADY_EXISTS", kent.commissioner, "proposeAward", fields{"offer": next, "reason": "Synthetic: twice."})
	s.mustChange(kent.approver, "approveAward", fields{"award": second, "standstill": false}, "")
	s.approveArea(kent.approver, second)
	s.mustChange(bidsManagerOf(2), "acceptAward", fields{"award": second}, "")
}

// cancelAndRetry cancels a placement, and asks the same again: once with the same key, once with another.
func (s *scene) cancelAndRetry(by authorityStaff, placement string) {
	s.t.Helper()
	in := func(key string) fields {
		return fields{"placement": placement, "reason": "FAMILY_REQUEST", "idempotencyKey": key}
	}
	key := s.newKey()
	once := s.mustChange(by.commissioner, "cancelPlacement", in(key), "placement { status cancelledAt }")
	retried := s.mustChange(by.commissioner, "cancelPlacement", in(key), "placement { status cancelledAt }")
	if once.At("placement.cancelledAt").Text() != retried.At("placement.cancelledAt").Text() ||
		retried.At("placement.status").Text() != "CANCELLED" {
		s.t.Errorf("a retry is told %v, and not %v", retried.Value, once.Value)
	}
	s.requireRefused("WRONG_STATE", by.commissioner, "cancelPlacement", in(s.newKey()))
}

// TestNeedGoesOnAfterCancellation: it can end without an award or be bought by another route, and a draft can be published.
func TestNeedGoesOnAfterCancellation(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	award := s.awardFrom([]authorityStaff{kent}, []int{20})[0]
	placement := s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": award},
		"award { placement { id need { id } } }").At("award.placement")
	need := placement.At("need.id").Text()
	end := fields{"need": need, "reason": "NEED_CHANGED", "words": "Synthetic: the family has moved."}
	s.requireRefused("WRONG_STATE", kent.commissioner, "endWithoutAward", end)
	s.mustChange(kent.commissioner, "cancelPlacement", fields{"placement": placement.At("id").Text(), "reason": "MOVED_AWAY"}, "")
	s.mustChange(kent.commissioner, "endWithoutAward", fields{
		"need": need, "reason": "NEED_CHANGED", "words": "Synthetic: the family has moved.",
	}, "")
	s.mustChange(kent.commissioner, "proposeSpotPlace", s.spotPlaceInput(need), "")

	routed, draft := s.placeDirectly(kent)
	publish := func() fields {
		return fields{"need": draft, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": someReason}
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "publishNeed", publish())
	s.mustChange(kent.commissioner, "cancelPlacement", fields{"placement": routed, "reason": "FAMILY_REQUEST"}, "")
	s.mustChange(kent.commissioner, "publishNeed", publish(), "")
	s.mustChange(kent.commissioner, "withdrawNeed", fields{"need": draft, "reason": "Synthetic: no longer needed."}, "")
}

// TestUrgentChildStartsBeforeSignatures: on a day that is recorded later. Both sides sign afterwards.
func TestUrgentChildStartsBeforeSignatures(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.broadcastUrgentNeed(kent.commissioner)
	offer := s.enterTelephoneOffer(kent.commissioner, need, 2)
	award := s.proposePlace(kent.commissioner, "proposeUrgentPlace", fields{"telephoneOffer": offer, "reasons": "Synthetic: tonight."})
	s.approveArea(kent.approver, award)
	s.mustChange(kent.approver, "approvePlace", fields{"award": award}, "")
	placement := s.placementOf(kent.commissioner, award)
	today := s.dayFromNow(0)
	s.passTime(2 * 24 * time.Hour)
	start := func(more fields) fields {
		in := fields{"placement": placement}
		for name, value := range more {
			in[name] = value
		}
		return in
	}
	s.requireRefused("TOO_EARLY", kent.commissioner, "startPlacement", start(fields{"startedOn": s.dayFromNow(1)}))
	s.requireRefused("INVALID", kent.commissioner, "startPlacement", start(fields{"startedOn": s.dayFromNow(-3)}))
	started := s.mustChange(kent.commissioner, "startPlacement", start(fields{"startedOn": s.dayFromNow(-1)}),
		"placement { status startedOn }").At("placement")
	if started.At("status").Text() != "ACTIVE" || started.At("startedOn").Text() != s.dayFromNow(-1) {
		t.Errorf("started: %v", started)
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "startPlacement", start(fields{"startedOn": today}))
	s.mustChange(kent.commissioner, "startPlacement", start(fields{"startedOn": today, "correction": "Synthetic: that night."}), "")
	s.publishAndSign(kent.commissioner, placement)
	s.mustChange(bidsManagerOf(1), "signAgreement", fields{"placement": placement}, "")
	if got := s.readNode(bidsManagerOf(1), "Placement", placement, "status startedOn"); got.At("startedOn").Text() != today {
		t.Errorf("its provider reads %v", got)
	}
	s.mustChange(kent.commissioner, "endPlacement",
		s.endInput(placement, -1, fields{"planned": false, "reason": "PROVIDER_REQUEST_BEHAVIOUR"}), "")
}
