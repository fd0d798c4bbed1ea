package e2e_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// placeTerms are the terms of a place by another route.
func (s *scene) placeTerms() fields {
	return fields{"startsOn": s.dayFromNow(0), "weekly": "1500.00", "weeks": 38, "evidence": []string{"Synthetic: letter of agreement 7"}}
}

func (s *scene) orderedPlaceInput(need string) fields {
	return fields{
		"need": need, "setting": settingOf(5), "reference": "EH/SYN/1", "orderedOn": s.dayFromNow(0), "directs": "NAME_SCHOOL",
		"reasons": "Synthetic: the tribunal names this school.", "terms": s.placeTerms(),
	}
}

func (s *scene) chosenPlaceInput(need, preference string) fields {
	return fields{
		"need": need, "setting": settingOf(5), "ground": "PREFERENCE", "preference": preference,
		"enactment": "Children Act 1989, s 22(4)",
		"reasons":   "Synthetic: to choose among others would unsettle the child.", "notExcluded": true, "terms": s.placeTerms(),
	}
}

func (s *scene) spotPlaceInput(need string) fields {
	return fields{
		"need": need, "setting": settingOf(5), "reason": "OUT_OF_HOURS", "reasons": "Synthetic: it was Friday night.",
		"terms": s.placeTerms(),
	}
}

// proposePlace proposes a place by another route, and gives the award.
func (s *scene) proposePlace(who demo.Persona, mutation string, in fields) string {
	s.t.Helper()
	return s.mustChange(who, mutation, in, "award { id }").At("award.id").Text()
}

// draftWithWish is a draft whose family would like a setting.
func (s *scene) draftWithWish(who demo.Persona, setting int) (need, preference string) {
	s.t.Helper()
	need = s.draftNeed(who, nil)
	return need, s.mustChange(who, "enterPreference", fields{
		"need": need, "respondent": "PARENT", "setting": settingOf(setting),
		"words": "Synthetic: them, please.",
	},
		"preference { id }").At("preference.id").Text()
}

// takeEveryRoute makes a place by each route.
func (w *world) takeEveryRoute(s *scene, by authorityStaff) {
	_, preference := s.needWithSchoolAsked(by.commissioner, true)
	s.mustChange(by.commissioner, "decideNaming", s.namingInput(preference, true, nil), "")
	award := s.mustChange(by.commissioner, "proposeNamedPlace", fields{"preference": preference, "terms": s.placeTerms()},
		"award { id route basis { reasons } }").At("award.id").Text()
	s.mustChange(by.approver, "approvePlace", fields{"award": award}, "award { status }")
	s.mustChange(by.commissioner, "proposeOrderedPlace", s.orderedPlaceInput(s.draftNeed(by.commissioner, fields{"legalBasis": "EHC_PLAN"})),
		"award { route }")
	s.mustChange(by.commissioner, "proposeSpotPlace", s.spotPlaceInput(s.draftNeed(by.commissioner, nil)), "award { route }")
	s.mustChange(by.commissioner, "proposeChosenPlace", s.chosenPlaceInput(s.draftWithWish(by.commissioner, 5)), "award { route }")
	s.mustChange(by.commissioner, "recordSignature", fields{
		"placement": s.placementOf(by.commissioner, award),
		"reference": "Synthetic: paper 1",
	}, "placement { route }")
}

func (s *scene) placementOf(who demo.Persona, award string) string {
	s.t.Helper()
	return s.readNode(who, "Award", award, "placement { id }").At("placement.id").Text()
}

// TestProposeNamedPlace: the need leaves its competition, whose offers stay sealed. The place follows, and is like any
// other.
func TestProposeNamedPlace(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need, preference := s.needWithSchoolAsked(kent.commissioner, true) // of provider 3, which is in no lot
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	place := func() fields { return fields{"preference": preference, "terms": s.placeTerms()} }
	s.requireRefused("WRONG_STATE", kent.commissioner, "proposeNamedPlace", place()) // not decided
	s.mustChange(kent.commissioner, "decideNaming", s.namingInput(preference, true, nil), "")
	if undeclared := s.sendChange(anotherPerson(kent.commissioner, 3), "proposeNamedPlace", place(),
		""); undeclared.code != "CONFLICT_OF_INTEREST" {
		t.Errorf("undeclared: %q", undeclared.code)
	}
	s.requireRefused("FORBIDDEN", kent.approver, "proposeNamedPlace", place())
	s.requireRefused("NOT_FOUND", staffOf("Surrey").commissioner, "proposeNamedPlace", place())
	award := s.proposePlace(kent.commissioner, "proposeNamedPlace", place())
	s.requireRefused("ALREADY_EXISTS", kent.commissioner, "proposeNamedPlace", place())
	s.mustChange(bidsManagerOf(1), "submitOffer", s.offerInput(need, 2, "3900.00"), "") // until it is approved the competition goes on
	s.requireRefused("WRONG_STATE", kent.commissioner, "withdrawNeed", fields{"need": need, "reason": "Synthetic: too late."})
	// The panel decides who pays, and cannot refuse what the law requires.
	s.mustChange(kent.commissioner, "recordPanelDecision", s.panelInput(need, false, "50.00"), "")
	s.requireRefused("WRONG_STATE", kent.approver, "approveAward", fields{"award": award, "standstill": false})
	s.requireRefused("FORBIDDEN", kent.commissioner, "approvePlace", fields{"award": award})
	s.requireRefused("NOT_FOUND", staffOf("Surrey").approver, "approvePlace", fields{"award": award})
	s.requireRefused("SAME_PERSON", demo.Persona{
		Key: kent.commissioner.Key, Organisation: kent.commissioner.Organisation,
		Capacity: policy.Approver,
	}, "approvePlace", fields{"award": award})
	s.mustChange(kent.approver, "approvePlace", fields{"award": award}, "award { status }")
	s.checkCompetitionIsLeft(kent, need, offer)
	s.checkPlacementIsLived(kent, need, award)
}

// checkCompetitionIsLeft: who offered reads that the need is withdrawn, in words that say nothing of the family or a tribunal, and finds
// it in its log. What was sealed stays sealed.
func (s *scene) checkCompetitionIsLeft(by authorityStaff, need, offer string) {
	s.t.Helper()
	left := s.readNode(bidsManagerOf(1), "Need", need, "status withdrawReason")
	if why := left.At("withdrawReason").Text(); left.At("status").Text() != "WITHDRAWN" || !strings.Contains(why, "by another route") ||
		strings.Contains(why, "family") || strings.Contains(why, "ribunal") {
		s.t.Errorf("who offered is told %v", left)
	}
	event := s.readData(bidsManagerOf(1), "{ events(first: 1) { edges { node { act changed } } } }", nil).At("events.edges.0.node")
	if event.At("act").Text() != "need.withdraw" || event.At("changed.0").Text() != "withdrawn_at" {
		s.t.Errorf("the log of who offered ends with %v", event)
	}
	s.requireRefused("WRONG_STATE", bidsManagerOf(1), "submitOffer", s.offerInput(need, 2, "3900.00"))
	s.passTime(pastDeadline)
	s.requireRefused("WRONG_STATE", by.opener, "openOffers", fields{"need": need})
	if s.countRows("offer WHERE id = $1", uuidOf(s.t, offer)) != 0 {
		s.t.Error("an offer to a need that left its competition was opened")
	}
}

// TestRejectedPlaceLeavesTheCompetition: a place that an approver rejects changes nothing for those who compete. Where their offers are
// opened meanwhile, the place is approved only after the competition has ended with its letters.
func TestRejectedPlaceLeavesTheCompetition(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need := s.draftNeed(kent.commissioner, fields{"legalBasis": "EHC_PLAN"})
	s.mustChange(kent.commissioner, "publishNeed", fields{
		"need": need, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": someReason,
	}, "")
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	award := s.proposePlace(kent.commissioner, "proposeOrderedPlace", s.orderedPlaceInput(need))
	s.mustChange(kent.approver, "rejectAward", fields{"award": award, "reason": "Synthetic: not this one."}, "")
	if left := s.readNode(bidsManagerOf(1), "Need", need, "status withdrawReason"); left.At("status").Text() != "PUBLISHED" ||
		left.At("withdrawReason").Exists() {
		t.Errorf("after the rejection the need is %v", left)
	}
	second := s.proposePlace(kent.commissioner, "proposeOrderedPlace", s.orderedPlaceInput(need))
	s.passTime(pastDeadline)
	s.mustChange(kent.opener, "openOffers", fields{"need": need}, "")
	s.requireRefused("WRONG_STATE", kent.approver, "approvePlace", fields{"award": second})
	s.mustChange(kent.approver, "rejectAward", fields{"award": second, "reason": "Synthetic: tell the bidders first."}, "")
	s.mustChange(kent.commissioner, "endWithoutAward", fields{
		"need": need, "reason": "PLACED_OTHERWISE", "words": "Synthetic: another place was found.",
	}, "")
	if letters := s.readNode(bidsManagerOf(1), "Offer", offer, "letters { result }").At("letters").All(); len(letters) != 1 {
		t.Errorf("who offered is told %v", letters)
	}
	third := s.proposePlace(kent.commissioner, "proposeOrderedPlace", s.orderedPlaceInput(need))
	s.mustChange(kent.approver, "approvePlace", fields{"award": third}, "award { status }")
}

// checkPlacementIsLived: the provider, which was never invited, sees its child's need and signs. The family is told in
// plain words.
func (s *scene) checkPlacementIsLived(by authorityStaff, need, award string) {
	s.t.Helper()
	placement := s.placementOf(by.commissioner, award)
	seen := s.readNode(bidsManagerOf(3), "Placement", placement, "route need { reference } agreement { weekly weeks }")
	if seen.At("route").Text() != "PARENTAL_PREFERENCE" || !seen.At("need").Exists() || seen.At("agreement.weekly").Text() != "1500.00" {
		s.t.Errorf("its provider sees %v", seen)
	}
	if reply := s.sendQuery(s.t, bidsManagerOf(3), "query($id: ID!) { node(id: $id) { ... on Award { route basis { reasons } } } }",
		fields{"id": award}); len(reply.Errors) == 0 {
		s.t.Errorf("a provider asks what it rests on: %s", reply.Raw)
	}
	if s.readNode(bidsManagerOf(1), "Award", award, "id").Exists() || s.readNode(staffOf("Surrey").commissioner,
		"Award", award, "id").Exists() {
		s.t.Error("others see the award")
	}
	if s.countRows("basis WHERE encode(words, 'escape') LIKE '%Synthetic%'") != 0 {
		s.t.Error("the reasons are in plain text in the database")
	}
	s.requireRefused("TOO_EARLY", by.commissioner, "startPlacement", fields{"placement": placement})
	s.publishAndSign(by.commissioner, placement)
	s.mustChange(bidsManagerOf(3), "signAgreement", fields{"placement": placement}, "")
	s.requireRefused("WRONG_STATE", by.commissioner, "recordSignature", fields{"placement": placement, "reference": "Synthetic: paper 1"})
	s.mustChange(by.commissioner, "startPlacement", fields{"placement": placement}, "")
	code := s.mustChange(by.commissioner, "inviteFamily", fields{
		"need": need, "placement": placement, "kind": "FEEDBACK",
		"respondent": "PARENT",
	}, "code").At("code").Text()
	told, err := s.Client.Do(s.t.Context(), demo.Credential{Authorization: "Invitation " + code}, "{ myInvitation { route } }", nil)
	must(s.t, err)
	if told.Data.At("myInvitation.route").Text() != "You asked for this school, and we agreed to it." {
		s.t.Errorf("the family is told %s", told.Raw)
	}
}

// TestProposeOrderedPlaceInTimeAndLate: within its time, which is data. A late order is marked as late, and the
// authority still complies.
func TestProposeOrderedPlaceInTimeAndLate(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	// no plan
	s.requireRefused("WRONG_STATE", kent.commissioner, "proposeOrderedPlace", s.orderedPlaceInput(s.draftNeed(kent.commissioner, nil)))
	need := s.draftNeed(kent.commissioner, fields{"legalBasis": "EHC_PLAN"})
	s.mustChange(kent.commissioner, "publishNeed", fields{
		"need": need, "deadline": s.marketTime().AddDate(0, 0, 12),
		"uniqueReason": someReason,
	}, "")
	s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	spot := s.spotPlaceInput(need)
	if answer := s.tryChange(kent.commissioner, "proposeSpotPlace", spot, ""); answer.code != "WRONG_STATE" ||
		!strings.Contains(answer.words, "PCR 2015 reg 18") {
		t.Errorf("bought during a competition: %s %s", answer.code, answer.words)
	}
	future := s.orderedPlaceInput(need)
	future["orderedOn"] = s.dayFromNow(2)
	s.requireRefused("INVALID", kent.commissioner, "proposeOrderedPlace", future)
	home := s.orderedPlaceInput(need)
	home["setting"] = settingOf(6)
	s.requireRefused("INVALID", kent.commissioner, "proposeOrderedPlace", home)
	award := s.proposePlace(kent.commissioner, "proposeOrderedPlace", s.orderedPlaceInput(need))
	order := func() demo.Value {
		return s.readNode(kent.approver, "Award", award, "basis { annual evidence order { reference complyBy source late } }").At("basis")
	}
	if read := order(); read.At("order.complyBy").Text() != s.dayFromNow(14) ||
		!strings.Contains(read.At("order.source").Text(), "reg 44(2)(f)") ||
		read.At("order.late").Text() != "false" || read.At("annual").Text() != "57000.00" || read.At("evidence.0").Text() == "" {
		t.Errorf("the order reads %v", read)
	}
	s.passTime(15 * 24 * time.Hour)
	if order().At("order.late").Text() != "true" {
		t.Error("an order that was not complied with in time is not late")
	}
	s.execAsAdmin("UPDATE dps.setting SET places = 0 WHERE id = $1", demo.SettingID(5)) // above its number of places
	s.mustChange(kent.approver, "approvePlace", fields{"award": award}, "")
	if s.countRows("placement WHERE above_places_ground LIKE 'Named%' AND route = 'TRIBUNAL'") != 1 {
		t.Error("the ground on which the school is above its places is not kept")
	}
}

// TestProposeChosenPlaceNeedsAGround: if the regime has the route, on grounds that the need bears out. Such a need is
// not published, unless the award is rejected.
func TestProposeChosenPlaceNeedsAGround(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need, preference := s.draftWithWish(kent.commissioner, 5)
	but := func(name string, value any) fields {
		in := s.chosenPlaceInput(need, preference)
		in[name] = value
		return in
	}
	s.execAsAdmin("UPDATE dps.market SET regime = 'PCR_DPS'")
	if answer := s.tryChange(kent.commissioner, "proposeChosenPlace", s.chosenPlaceInput(need, preference),
		""); answer.code != "WRONG_STATE" || !strings.Contains(answer.words, "reg 32") {
		t.Errorf("under a regime that has no user choice: %s %s", answer.code, answer.words)
	}
	s.execAsAdmin("UPDATE dps.market SET regime = 'PA_DYNAMIC_MARKET'")
	for field, value := range map[string]any{"preference": nil, "setting": settingOf(6), "notExcluded": false, "enactment": " "} {
		s.requireRefused("INVALID", kent.commissioner, "proposeChosenPlace", but(field, value))
	}
	award := s.proposePlace(kent.commissioner, "proposeChosenPlace", s.chosenPlaceInput(need, preference))
	publish := func() fields {
		return fields{"need": need, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": someReason}
	}
	s.requireRefused("WRONG_STATE", kent.commissioner, "publishNeed", publish())
	s.mustChange(kent.commissioner, "recordPanelDecision", s.panelInput(need, false, "50.00"), "")
	s.requireRefused("WRONG_STATE", kent.approver, "approvePlace", fields{"award": award}) // here the panel can say no
	s.mustChange(kent.approver, "rejectAward", fields{"award": award, "reason": "Synthetic: ask the market."}, "")
	s.mustChange(kent.commissioner, "publishNeed", publish(), "")
}

// TestSpotPlaceIsCountedApart: from any seller, with its reason and its price, and counted separately.
func TestSpotPlaceIsCountedApart(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	s.execAsAdmin("UPDATE dps.market SET feedback_k = 3")
	s.execAsAdmin("UPDATE dps.setting SET provider_id = NULL WHERE id = $1", demo.SettingID(5))
	seller := fields{"name": "Synthetic Seller Limited", "companyNumber": "zz 99999"}
	buy := func(need string, more fields) fields {
		in := s.spotPlaceInput(need)
		in["seller"] = seller
		for name, value := range more {
			in[name] = value
		}
		return in
	}
	need := s.draftNeed(kent.commissioner, nil)
	s.requireRefused("INVALID", kent.commissioner, "proposeSpotPlace", buy(need, fields{"seller": nil}))
	// of a provider that is known
	s.requireRefused("INVALID", kent.commissioner, "proposeSpotPlace", buy(need, fields{"setting": settingOf(2)}))
	s.requireRefused("INVALID", kent.commissioner, "proposeSpotPlace", buy(need, fields{"reason": "NO_OFFERS"})) // the market was not asked
	s.requireRefused("FORBIDDEN", demo.Officer, "proposeSpotPlace", buy(need, nil))
	for i := range 3 {
		if i > 0 {
			need = s.draftNeed(kent.commissioner, nil)
		}
		award := s.proposePlace(kent.commissioner, "proposeSpotPlace", buy(need, fields{"seller": fields{
			"name":          "Synthetic Seller",
			"companyNumber": []string{"ZZ099999", "zz.99999", "ZZ 099999"}[i],
		}}))
		if i == 0 {
			s.execAsAdmin("UPDATE dps.setting SET places = 0 WHERE id = $1", demo.SettingID(5))
			s.requireRefused("NO_CAPACITY", kent.approver, "approvePlace", fields{"award": award})
			s.execAsAdmin("UPDATE dps.setting SET places = 10 WHERE id = $1", demo.SettingID(5))
		}
		s.mustChange(kent.approver, "approvePlace", fields{"award": award}, "award { provider { name } }")
		s.requireRefused("WRONG_STATE", kent.commissioner, "amendNeed", s.amendmentInput(need)) // what was agreed was agreed for this need
		placement := s.placementOf(kent.commissioner, award)
		s.publishAndSign(kent.commissioner, placement)
		s.mustChange(kent.commissioner, "recordSignature", fields{"placement": placement, "reference": "Synthetic: paper 1"}, "")
		s.mustChange(kent.commissioner, "startPlacement", fields{"placement": placement}, "")
	}
	if s.countRows("provider WHERE company_number = 'ZZ099999'") != 1 ||
		s.countRows("membership m JOIN dps.provider p ON p.id = m.provider_id WHERE p.company_number = 'ZZ099999'") != 0 {
		t.Error("who sold is not one provider, or a member")
	}
	s.checkRouteFigures(kent)
}

// checkRouteFigures: the authority's own people see each place. Everybody sees completed quarters with enough places.
func (s *scene) checkRouteFigures(by authorityStaff) {
	s.t.Helper()
	own := "{ placesByRoute(quarters: 2) { quarter route places annual } }"
	for _, who := range []demo.Persona{by.commissioner, by.approver, by.auditor} {
		if read := s.readData(who, own, nil).At("placesByRoute").All(); len(read) != 1 || read[0].At("route").Text() != "SPOT" ||
			read[0].At("places").Text() != "3" || read[0].At("annual").Text() != "171000.00" {
			s.t.Errorf("%s reads %v", who, read)
		}
	}
	if read := s.readData(staffOf("Surrey").auditor, own, nil).At("placesByRoute").All(); len(read) != 0 {
		s.t.Errorf("another authority reads %v", read)
	}
	if reply := s.sendQuery(s.t, bidsManagerOf(1), own, nil); len(reply.Errors) == 0 || reply.Errors[0].Extensions.Code != "FORBIDDEN" {
		s.t.Errorf("a provider reads %s", reply.Raw)
	}
	shown := func() (n int) {
		for _, f := range s.readData(demo.Public, "{ openPlacesByRoute(quarters: 2) { quarter route places annual } }",
			nil).At("openPlacesByRoute").All() {
			if f.At("places").Exists() {
				n++
				if f.At("route").Text() != "SPOT" || f.At("places").Text() != "10" || f.At("annual").Text() != "510000.00" {
					s.t.Errorf("the public reads %v", f)
				}
			}
		}
		return n
	}
	if shown() != 0 {
		s.t.Error("a quarter that is not over is told")
	}
	s.passTime(100 * 24 * time.Hour)
	if shown() != 0 {
		s.t.Error("what one authority paid is told to everybody")
	}
	s.execAsAdmin(`SET session_replication_role = replica;
		INSERT INTO dps.spending (placement_id, authority_id, provider_id, route, agreed_on, annual)
			SELECT gen_random_uuid(), o.id, gen_random_uuid(), s.route, s.agreed_on, s.annual
			  FROM dps.spending s CROSS JOIN dps.organisation o WHERE o.name IN ('Surrey', 'East Sussex');
		SET session_replication_role = origin`)
	if shown() != 1 {
		s.t.Error("a quarter that is over is not told")
	}
	s.execAsAdmin("UPDATE dps.market SET feedback_k = 40")
	if shown() != 0 {
		s.t.Error("too few places are told")
	}
	if reply := s.sendQuery(s.t, demo.Public, "{ openPlacesByRoute(quarters: 41) { places } }", nil); len(reply.Errors) == 0 ||
		reply.Errors[0].Extensions.Code == "INTERNAL" {
		s.t.Errorf("too many quarters: %s", reply.Raw)
	}
}

// TestSpotPlacesOfOneSellerAtOnce: a seller that is not known here and that several buy from at once is made once, and all find it.
func TestSpotPlacesOfOneSellerAtOnce(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	s.execAsAdmin("UPDATE dps.setting SET provider_id = NULL WHERE id = $1", demo.SettingID(5))
	needs := make([]string, 4)
	for i := range needs {
		needs[i] = s.draftNeed(kent.commissioner, nil)
	}
	before := s.countRows("provider")
	answers := map[string]int{}
	s.holdUpByLock("LOCK TABLE dps.provider IN EXCLUSIVE MODE", len(needs), func() {
		answers = atOnce(len(needs), func(i int) string {
			in := s.spotPlaceInput(needs[i])
			in["seller"] = fields{"name": "Synthetic Seller Limited", "companyNumber": "zz 99999"}
			return s.tryChange(kent.commissioner, "proposeSpotPlace", in, "").code
		})
	}, nil)
	if !maps.Equal(answers, map[string]int{"": len(needs)}) {
		t.Errorf("answers: %v", answers)
	}
	if n := s.countRows("provider") - before; n != 1 {
		t.Errorf("%d sellers were made", n)
	}
}
