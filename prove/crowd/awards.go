package crowd

import (
	"fmt"
	"slices"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/seal"
)

// addAward goes to the first offer, or after it declined to the second.
func (c *crowdBuilder) addAward(about row, offers []row, stage int) {
	a := c.addRow("award", offers[0].addTo(row{
		"id": c.newID(), "route": "COMPETITION", "reason": someWords, "proposed_at": c.instantAfter(-3),
		"proposed_by": PersonNames[0],
	}))
	if stage == stageApproved || stage == stageAccepted || stage == stagePlaced && c.withChance(0.5) {
		c.setOtherRoute(a)
	}
	c.addRow("basis", about.addTo(row{"award_id": a["id"], "words": c.protectText("basis:"+a.id(),
		`{"reasons": "Synthetic", "evidence": []}`), "starts_on": c.dayAfter(70), "weekly": 1000, "weeks": 38}))
	c.addRow("award_grounds", about.addTo(row{"award_id": a["id"], "over_ceiling": someWords}))
	c.addRow("award_notice", about.addTo(row{
		"id": c.newID(), "number": len(c.rows["award_notice"]) + 1, "award_id": a["id"], "kind": "AWARD",
		"reference": someWords, "published_on": c.dayAfter(-1), "recorded_at": c.instantAfter(-1), "recorded_by": PersonNames[0],
	}))
	c.addRow("owed_notice", about.addTo(row{"award_id": a["id"], "kind": "DETAILS", "due_on": c.dayAfter(30)}))
	if stage == stageRejected {
		a["rejected_at"], a["rejected_by"], a["reject_reason"] = c.instantAfter(-3), PersonNames[1], someWords
	}
	if stage < stageApproved {
		return
	}
	a["approved_at"], a["approved_by"], a["accept_by"] = c.instantAfter(-3), PersonNames[1], c.instantAfter(5)
	for i, of := range offers {
		c.addRow("letter", of.addTo(row{
			"id": c.newID(), "award_id": a["id"], "result": "NOT_AWARDED", "rank": i + 1, "total": 80,
			"body": someWords, "sent_at": c.instantAfter(-3),
		}))
	}
	switch stage {
	case stageDeclined:
		a["declined_at"], a["decline_reason"] = c.instantAfter(-2), someWords
	case stageLapsed:
		a["lapsed_at"] = c.instantAfter(-2)
		c.addRow("award", offers[1].addTo(row{
			"id": c.newID(), "route": "COMPETITION", "reason": someWords, "proposed_at": c.instantAfter(-1),
			"proposed_by": PersonNames[0],
		}))
	case stageAccepted, stagePlaced:
		a["accepted_at"] = c.instantAfter(-2)
		if stage == stageAccepted && c.withChance(0.4) {
			a["cancelled_at"] = c.instantAfter(-1)
		}
		c.addPlacement(about, a, stage == stagePlaced)
	}
}

// linkAwardsOfProvider links each need whose award is only approved to one where the same provider has accepted.
func (c *crowdBuilder) linkAwardsOfProvider() {
	linked := map[[2]any]bool{}
	for _, l := range c.rows["need_link"] {
		linked[[2]any{l["need_id"], l["sibling_id"]}] = true
	}
	for _, a := range c.rows["award"] {
		for _, b := range c.rows["award"] {
			if !a.hasValue("approved_at") || a.hasValue("accepted_at") || !b.hasValue("accepted_at") ||
				a["provider_id"] != b["provider_id"] || a["authority_id"] != b["authority_id"] {
				continue
			}
			for _, pair := range [][2]any{{a["need_id"], b["need_id"]}, {b["need_id"], a["need_id"]}} {
				if !linked[pair] {
					linked[pair] = true
					c.addRow("need_link", row{
						"need_id": pair[0], "sibling_id": pair[1], "authority_id": a["authority_id"],
						"linked_at": c.instantAfter(-50), "linked_by": PersonNames[0],
					})
				}
			}
		}
	}
}

// addDeclinedAwards has each authority have a declined award, of a setting where it has no other.
func (c *crowdBuilder) addDeclinedAwards() {
	taken, given := map[[2]any]bool{}, map[any]bool{}
	for _, a := range c.rows["award"] {
		taken[[2]any{a["authority_id"], a["setting_id"]}] = true
	}
	for _, a := range slices.Clone(c.rows["award"]) {
		if !a.hasValue("approved_at") || given[a["authority_id"]] {
			continue
		}
		for n := 1; n <= 2*ProviderCount; n++ {
			if setting := demo.SettingID(n).String(); !taken[[2]any{a["authority_id"], setting}] {
				given[a["authority_id"]] = true
				c.addRow("award", a.addTo(row{
					"id": c.newID(), "setting_id": setting, "accepted_at": nil, "cancelled_at": nil, "lapsed_at": nil,
					"declined_at": c.instantAfter(-2), "decline_reason": someWords,
				}))
				break
			}
		}
	}
}

// addPlacementsThatAreOver has each authority have one at the provider that is a member of no lot, ended or cancelled, or one at a provider
// that has left and goes on, in turn.
func (c *crowdBuilder) addPlacementsThatAreOver() {
	given := map[any]bool{}
	for _, a := range c.rows["award"] {
		if !a.hasValue("declined_at") || given[a["authority_id"]] { // a declined award has no placement of its own
			continue
		}
		p := c.addRow("placement", row{
			"id": c.newID(), "award_id": a["id"], "need_id": a["need_id"], "authority_id": a["authority_id"],
			"provider_id": ProviderID(ProviderCount), "setting_id": a["setting_id"], "starts_on": c.dayAfter(-30), "route": a["route"],
		})
		switch len(given) % 3 {
		case 0:
			p["started_at"], p["ended_on"] = c.instantAfter(-30), c.dayAfter(-5)
		case 1:
			p["cancelled_at"] = c.instantAfter(-5)
		case 2:
			p["started_at"], p["provider_id"] = c.instantAfter(-30), ProviderID(ProviderCount-1)
		}
		given[a["authority_id"]] = true
	}
}

// setOtherRoute has an award come by another route, to a provider that was seldom invited: the same for all of an authority.
func (c *crowdBuilder) setOtherRoute(a row) {
	a["route"], a["offer_id"] = "TRIBUNAL", nil
	for i, name := range Authorities {
		if OrganisationID(name) == a["authority_id"] {
			a["provider_id"] = ProviderID(1 + i)
		}
	}
}

func (c *crowdBuilder) addPlacement(about, award row, started bool) {
	p := c.addRow("placement", about.addTo(row{
		"id": c.newID(), "award_id": award["id"], "provider_id": award["provider_id"],
		"setting_id": award["setting_id"], "starts_on": c.dayAfter(70), "route": award["route"], "cancelled_at": award["cancelled_at"],
	}))
	c.addRow("spending", row{
		"placement_id": p["id"], "authority_id": about["authority_id"], "provider_id": p["provider_id"], "route": award["route"],
		"agreed_on": c.dayAfter(-100), "annual": 38000,
	})
	if started {
		p["started_at"] = c.instantAfter(-1)
	}
	of := about.addTo(row{"placement_id": p["id"], "provider_id": p["provider_id"], "setting_id": p["setting_id"]})
	c.addRow("agreement", of.addTo(row{"id": c.newID(), "contract": "Synthetic", "contract_version": "1", "weekly": 1000, "weeks": 38}))
	c.addFamilyInvitation(about, "FEEDBACK", of)
	for _, decision := range []any{"RELEASED", "HELD", "REFERRED", nil} {
		id := c.newID()
		w := c.addRow("feedback_words", of.addTo(row{
			"id": id, "respondent": "PARENT", "words": c.protectText("words:"+id, someWords),
			"may_contact": false, "received_at": c.instantAfter(-1), "read_by": c.instantAfter(1), "decision": decision,
		}))
		if decision != nil {
			w["decided_at"] = c.instantAfter(0)
			c.addRow("words_decision", about.addTo(row{
				"id": c.newID(), "words_id": id, "decision": decision, "at": c.instantAfter(0), "person": PersonNames[0],
			}))
		}
	}
	for _, table := range []string{"rating", "rating_waiting"} {
		c.addRow(table, row{
			"id": c.newID(), "market_id": demo.MarketID().String(), "provider_id": p["provider_id"],
			"setting_id": p["setting_id"], "respondent": "PARENT",
			"question": "SAFE", "value": 4, "month": "2026-01-01",
		})
	}
}

// addFamilyInvitation invites a family by a one-time code; what it would like is on record for some.
func (c *crowdBuilder) addFamilyInvitation(about row, kind string, placement row) {
	code, hash := seal.NewCode()
	c.codes = append(c.codes, code)
	i := c.addRow("family_invitation", about.addTo(row{
		"id": c.newID(), "code_hash": fmt.Sprintf(`\x%x`, hash), "kind": kind,
		"respondent": "PARENT", "market_id": demo.MarketID().String(),
		"invited_by": PersonNames[0], "invited_at": c.instantAfter(-30), "expires_at": c.instantAfter(pickRandom(c, []int{30, -400})),
		"used_at": c.valueOrNil(c.instantAfter(-20)),
	}))
	for _, name := range []string{"placement_id", "provider_id", "setting_id"} {
		i[name] = placement[name]
	}
	if kind == "PREFERENCE" && c.withChance(0.6) {
		id := c.newID()
		if c.withChance(0.5) {
			naming := c.newID()
			c.addRow("naming", about.addTo(row{
				"id": naming, "preference_id": id, "setting_id": demo.SettingID(1).String(), "named": true,
				"reasons":      c.protectText("naming:"+naming, someWords),
				"consulted_on": c.dayAfter(-30), "decided_at": c.instantAfter(-20), "decided_by": PersonNames[0],
			}))
		}
		c.addRow("preference", about.addTo(row{
			"id": id, "respondent": "PARENT", "words": c.protectText("preference:"+id, someWords),
			"entered_for": c.withChance(0.5), "given_at": c.instantAfter(-20), "invitation_id": i["id"],
		}))
	}
}
