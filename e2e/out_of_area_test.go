package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// approveArea approves the setting of an award as outside the authority's area, where its place needs that.
func (s *scene) approveArea(approver demo.Persona, award string) {
	s.t.Helper()
	made := s.readNode(approver, "Award", award, "need { id } setting { id }")
	in := fields{
		"need": made.At("need.id").Text(), "setting": made.At("setting.id").Text(), "distance": "DISTANT", "approvedBy": "DIRECTOR",
		"grounds": "Synthetic: near to family.", "areaToldOn": s.dayFromNow(0),
	}
	answer := s.tryChange(approver, "approveOutOfArea", in, "")
	if answer.code == "INVALID" {
		in["distance"] = "NEIGHBOURING"
		delete(in, "idempotencyKey")
		answer = s.tryChange(approver, "approveOutOfArea", in, "")
	}
	if answer.code != "" && answer.code != "WRONG_STATE" {
		s.t.Fatalf("approving the area: %s %s", answer.code, answer.words)
	}
}

// proposeAndApprove awards an offer, without the approval of its area.
func (s *scene) proposeAndApprove(by authorityStaff, offer string) string {
	s.t.Helper()
	award := s.mustChange(by.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best offer that is left."},
		"award { id }").At("award.id").Text()
	s.mustChange(by.approver, "approveAward", fields{"award": award, "standstill": false}, "")
	return award
}

// TestPlaceOutsideTheAreaNeedsItsSettingApproved: the approval is asked of the home that is chosen, by how far away it is,
// before the place is accepted. One that names no setting, or another, does not replace it.
func TestPlaceOutsideTheAreaNeedsItsSettingApproved(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	s.execAsAdmin("UPDATE dps.setting SET district = 'Hampshire', local_authority = NULL WHERE id = $1", demo.SettingID(2))
	need := s.publishNeed(kent.commissioner)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	award := s.proposeAndApprove(kent, offer)
	accept := fields{"award": award}
	s.requireRefused("TOO_EARLY", bidsManagerOf(1), "acceptAward", accept)

	approve := func(more fields) fields {
		in := s.outOfAreaInput(need)
		for name, value := range more {
			in[name] = value
		}
		return in
	}
	s.mustChange(kent.approver, "approveOutOfArea", approve(fields{"distance": "DISTANT", "approvedBy": "DIRECTOR"}), "") // no setting
	s.requireRefused("TOO_EARLY", bidsManagerOf(1), "acceptAward", accept)
	home, director := settingOf(2), fields{"setting": settingOf(2), "distance": "DISTANT", "approvedBy": "DIRECTOR"}
	s.requireRefused("FORBIDDEN", kent.commissioner, "approveOutOfArea", approve(director))
	s.requireRefused("NOT_FOUND", staffOf("Surrey").approver, "approveOutOfArea", approve(director))
	// as neighbouring
	s.requireRefused("INVALID", kent.approver, "approveOutOfArea", approve(fields{"setting": home}))
	// by the officer
	s.requireRefused("INVALID", kent.approver, "approveOutOfArea", approve(fields{"setting": home, "distance": "DISTANT"}))
	// a school
	s.requireRefused("WRONG_STATE", kent.approver, "approveOutOfArea", approve(fields{"setting": settingOf(1)}))
	s.requireRefused("NOT_FOUND", kent.approver, "approveOutOfArea", approve(fields{"setting": opaqueID("setting", uuidOf(t, need))})) // none
	s.mustChange(kent.approver, "approveOutOfArea", approve(director), "")
	s.mustChange(kent.approver, "approveOutOfArea", approve(director), "") // recorded again: it replaces the first
	seen := s.readNode(kent.commissioner, "Need", need, "outOfArea { distance } areaApprovals { areaCode distance setting { id } }")
	all := seen.At("areaApprovals").All()
	if len(all) != 1 || all[0].At("areaCode").Text() != "850" || all[0].At("setting.id").Text() != home ||
		!seen.At("outOfArea").Exists() {
		t.Errorf("the commissioner reads %v", seen)
	}
	s.mustChange(bidsManagerOf(1), "acceptAward", accept, "award { status }")
}

// TestHomeOfUnknownAreaNeedsApproval: what the directory does not say is treated as outside the area. In the authority's own
// area no approval is needed.
func TestHomeOfUnknownAreaNeedsApproval(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	s.execAsAdmin("UPDATE dps.setting SET district = 'Synthetic', local_authority = NULL WHERE id = $1", demo.SettingID(2))
	kent, surrey := staffOf("Kent"), staffOf("Surrey")
	awards := make([]string, 2)
	needs, offers := make([]string, 2), make([]string, 2)
	for i, by := range []authorityStaff{kent, surrey} {
		needs[i] = s.publishNeed(by.commissioner)
		offers[i] = s.submitOffer(bidsManagerOf(1), needs[i], 2, "4000.00")
	}
	s.passTime(pastDeadline)
	for i, by := range []authorityStaff{kent, surrey} {
		s.rankOffers(by, needs[i], offers[i])
		awards[i] = s.proposeAndApprove(by, offers[i])
		s.requireRefused("TOO_EARLY", bidsManagerOf(1), "acceptAward", fields{"award": awards[i]})
	}
	in := s.outOfAreaInput(needs[1])
	in["setting"] = settingOf(2)
	s.mustChange(surrey.approver, "approveOutOfArea", in, "")
	s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": awards[1]}, "")
	s.execAsAdmin("UPDATE dps.setting SET district = 'KENT' WHERE id = $1", demo.SettingID(2))
	s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": awards[0]}, "") // in its own area
}
