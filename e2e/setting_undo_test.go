package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestWrongLinkIsTakenBack: the provider at once reads no address any more, its offer for the setting becomes void and what it
// declared goes. The link is then made with the right provider.
func TestWrongLinkIsTakenBack(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	need := s.publishNeed(demo.Commissioner)
	offer, home := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00"), settingOf(2)
	s.mustChange(bidsManagerOf(1), "declareVacancies", fields{"setting": home, "fromOn": s.dayFromNow(0), "free": 2}, "")
	in := func() fields {
		return fields{"setting": home, "reason": "Synthetic: it's of another with a like name."}
	}
	s.requireRefused("INVALID", demo.MarketManager, "unlinkSetting", fields{"setting": home, "reason": ""})
	s.requireRefused("FORBIDDEN", bidsManagerOf(1), "unlinkSetting", in())
	s.requireRefused("NOT_FOUND", personOf("Kent", "market_manager"), "unlinkSetting", in())
	if !s.readNode(bidsManagerOf(1), "Setting", home, "address").At("address").Exists() {
		t.Error("its provider reads no address")
	}
	gone := s.mustChange(demo.MarketManager, "unlinkSetting", in(),
		"setting { provider { id } links { kind reason earlierProvider { id } } }").At("setting")
	if gone.At("provider").Exists() || gone.At("links.0.kind").Text() != "UNLINKED" || !gone.At("links.0.earlierProvider").Exists() {
		t.Errorf("unlinked: %v", gone)
	}
	if address := s.readNode(bidsManagerOf(1), "Setting", home, "address").At("address"); address.Exists() {
		t.Errorf("who does not run it reads %q", address.Text())
	}
	if s.countRows("vacancy") != 0 || s.countRows("sealed_offer WHERE id = $1 AND voided_at IS NULL", uuidOf(t, offer)) != 0 {
		t.Error("a vacancy or an offer is left")
	}
	s.requireRefused("WRONG_STATE", demo.MarketManager, "unlinkSetting", in())
	s.mustChange(demo.MarketManager, "linkSetting", fields{"setting": home, "provider": opaqueID("provider", demo.ProviderID(2))}, "")
	if !s.readNode(bidsManagerOf(2), "Setting", home, "address").At("address").Exists() {
		t.Error("who runs it reads no address")
	}
}

// TestSettingIsHandedOver: a home is sold. Its current placement goes to the buyer, which signs and reads who the child is, and
// the seller does not any more; offers and awards of the seller lead to no place. A link under a placement cannot be taken back.
func TestSettingIsHandedOver(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	awards := s.awardFrom([]authorityStaff{kent, surrey}, []int{13, 13})
	open := s.publishNeed(kent.commissioner)
	sealed := s.submitOffer(bidsManagerOf(1), open, 2, "4000.00")
	made := s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": awards[0]},
		"award { placement { id need { id } } }").At("award.placement")
	placement, need := made.At("id").Text(), made.At("need.id").Text()
	s.mustChange(kent.commissioner, "recordIdentity", fields{"need": need, "name": "Synthetic Child", "dateOfBirth": "2015-02-03"}, "")
	home := settingOf(2)
	s.requireRefused("WRONG_STATE", demo.MarketManager, "unlinkSetting", fields{"setting": home, "reason": someReason})
	in := func(provider int) fields {
		return fields{"setting": home, "provider": opaqueID("provider", demo.ProviderID(provider)), "reason": "Synthetic: it was sold."}
	}
	s.requireRefused("INVALID", demo.MarketManager, "handOverSetting", in(1)) // runs it already
	s.requireRefused("FORBIDDEN", bidsManagerOf(1), "handOverSetting", in(5))
	s.requireRefused("NOT_FOUND", personOf("Kent", "market_manager"), "handOverSetting", in(5))
	s.mustChange(demo.MarketManager, "handOverSetting", in(5), "setting { provider { id } }")

	s.publishAndSign(kent.commissioner, placement)
	s.requireRefused("NOT_FOUND", bidsManagerOf(1), "signAgreement", fields{"placement": placement})
	s.mustChange(bidsManagerOf(5), "signAgreement", fields{"placement": placement}, "")
	for _, who := range []demo.Persona{kent.commissioner, bidsManagerOf(5)} {
		seen := s.readNode(who, "Placement", placement, "provider { id } earlierProvider { id } handedOverOn status")
		if seen.At("provider.id").Text() != opaqueID("provider", demo.ProviderID(5)) ||
			seen.At("earlierProvider.id").Text() != opaqueID("provider", demo.ProviderID(1)) || !seen.At("handedOverOn").Exists() {
			t.Errorf("%s reads %v", who, seen)
		}
	}
	readsName := func(who demo.Persona) bool {
		seen := s.sendQuery(t, who, mutationDocument("viewIdentity", "identity { name }"),
			fields{"input": fields{"need": need, "purpose": "PLACEMENT"}})
		return seen.Data.At("viewIdentity.identity.name").Text() == "Synthetic Child"
	}
	if !readsName(bidsManagerOf(5)) || readsName(bidsManagerOf(1)) {
		t.Error("the buyer does not read who the child is, or the seller still does")
	}
	if all := s.readData(bidsManagerOf(5), `{ needs { edges { node { id } } } }`, nil).At("needs.edges").All(); len(all) != 1 {
		t.Errorf("the buyer lists %d needs", len(all))
	}
	s.requireRefused("WRONG_STATE", bidsManagerOf(1), "acceptAward", fields{"award": awards[1]})
	s.mustChange(bidsManagerOf(1), "declineAward", fields{"award": awards[1], "reason": "Synthetic: sold."}, "")
	if s.countRows("sealed_offer WHERE id = $1 AND voided_at IS NULL", uuidOf(t, sealed)) != 0 {
		t.Error("the seller's sealed offer stays")
	}
}

// TestLastDayIsCorrected: before it is over it is moved or taken back, on record.
func TestLastDayIsCorrected(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	surrey := opaqueID("org", demo.OrganisationID("Surrey"))
	correct := func(day any) fields {
		return fields{"organisation": surrey, "lastDay": day, "words": "Synthetic: the council's vote was misread."}
	}
	s.requireRefused("WRONG_STATE", demo.MarketManager, "correctLastDay", correct(s.dayFromNow(5)))
	s.mustChange(demo.MarketManager, "endPartnership", fields{"organisation": surrey, "lastDay": s.dayFromNow(3), "words": "Synthetic."}, "")
	s.requireRefused("NOT_FOUND", personOf("Kent", "market_manager"), "correctLastDay", correct(nil))
	s.requireRefused("FORBIDDEN", demo.Commissioner, "correctLastDay", correct(nil))
	s.requireRefused("INVALID", demo.MarketManager, "correctLastDay", correct(s.dayFromNow(-1)))
	s.requireRefused("INVALID", demo.MarketManager, "correctLastDay", correct("2126-04-01"))
	s.requireRefused("INVALID", demo.MarketManager, "correctLastDay", correct(s.dayFromNow(3)))
	later := s.mustChange(demo.MarketManager, "correctLastDay", correct(s.dayFromNow(9)), "organisation { leftOn }")
	if later.At("organisation.leftOn").Text() != s.dayFromNow(9) {
		t.Errorf("moved: %v", later)
	}
	stays := s.mustChange(demo.MarketManager, "correctLastDay", correct(nil), "organisation { leftOn history { kind } }").At("organisation")
	if stays.At("leftOn").Exists() || stays.At("history.2.kind").Text() != "STAYED" {
		t.Errorf("taken back: %v", stays)
	}
	s.mustChange(staffOf("Surrey").commissioner, "createNeed", s.needInput(nil), "")
	s.mustChange(demo.MarketManager, "endPartnership", fields{"organisation": surrey, "lastDay": s.dayFromNow(0), "words": "Synthetic."}, "")
}

// TestSuccessionIsCancelledBeforeItsDay: the authority stays, and can be succeeded again.
func TestSuccessionIsCancelledBeforeItsDay(t *testing.T) {
	p := newAuthoritySplit(t)
	cancel := func() fields {
		return fields{"predecessor": p.successionInput(nil)["predecessor"], "words": "Synthetic: the order fell."}
	}
	p.requireRefused("NOT_FOUND", demo.MarketManager, "cancelSuccession", cancel())
	p.mustChange(demo.MarketManager, "announceSuccession", p.successionInput(nil), "")
	p.mustChange(p.surrey.approver, "allocateSuccession", fields{"cases": []fields{{
		"need": p.placed, "successor": p.organisationIDOf(p.east),
	}}}, "")
	p.requireRefused("FORBIDDEN", p.surrey.approver, "cancelSuccession", cancel())
	p.requireRefused("NOT_FOUND", managerOf("Kent"), "cancelSuccession", cancel())
	p.requireRefused("WRONG_STATE", demo.MarketManager, "correctLastDay", fields{
		"organisation": p.successionInput(nil)["predecessor"], "words": "Synthetic.",
	})
	seen := p.mustChange(demo.MarketManager, "cancelSuccession", cancel(),
		"organisation { leftOn succession { onDay } history { kind } }").At("organisation")
	if seen.At("leftOn").Exists() || seen.At("succession").Exists() || seen.At("history.1.kind").Text() != "SUCCESSION_CANCELLED" {
		t.Errorf("cancelled: %v", seen)
	}
	p.mustChange(demo.MarketManager, "announceSuccession", p.successionInput(nil), "")
}
