package crowd

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
)

func (c *crowdBuilder) addMarket() {
	c.addRow("organisation", row{"id": OrganisationID(SecondConsortium), "kind": "CONSORTIUM", "name": SecondConsortium, "lead": false})
	c.addRow("organisation", row{
		"id": OrganisationID("Synthetic Borough"), "kind": "BOROUGH", "name": "Synthetic Borough", "dfe_code": "000",
		"lead": false, "consortium_id": OrganisationID(SecondConsortium),
	})
	c.addRow("organisation", row{
		"id": OrganisationID(LeavingBorough), "kind": "BOROUGH", "name": LeavingBorough, "dfe_code": "001",
		"lead": false, "consortium_id": OrganisationID(demo.Consortium), "left_on": c.dayAfter(-5),
	})
	c.addRow("partnership_step", row{
		"id": c.newID(), "number": 1, "organisation_id": OrganisationID(LeavingBorough), "kind": "LEFT",
		"on_day": c.dayAfter(-5), "words": someWords, "at": c.instantAfter(-30), "person": PersonNames[0],
	})
	for _, name := range []string{"Surrey", "Bexley"} { // on a day to come: nobody is refused yet
		c.addRow("succession", row{
			"id": c.newID(), "authority_id": OrganisationID(name), "on_day": c.dayAfter(90),
			"successors":   []string{OrganisationID("Kent"), OrganisationID("Merton")},
			"remainder_id": OrganisationID("Kent"), "words": someWords, "announced_at": c.instantAfter(-5), "announced_by": PersonNames[0],
		})
	}
	for _, borough := range Authorities {
		d := delegations[borough]
		c.addDelegations(borough, demo.Consortium, d.live, nil)
		c.addDelegations(borough, SecondConsortium, d.other, nil)
		c.addDelegations(borough, demo.Consortium, d.back, c.instantAfter(-3))
	}
	for i := range 9 {
		c.addLot(i)
	}
	c.addNotice("West Sussex", 2) // the first is that of the intention
	c.addNotice("Kent", 3)
}

func (c *crowdBuilder) addDelegations(borough, consortium, acts string, withdrawn any) {
	for act := range strings.FieldsSeq(acts) {
		c.addRow("delegation", row{
			"id": c.newID(), "authority_id": OrganisationID(borough), "consortium_id": OrganisationID(consortium),
			"act":      act,
			"given_at": c.instantAfter(-30), "given_by": PersonNames[0], "withdrawn_at": withdrawn,
		})
	}
}

// addNotice adds a market notice with a rule: one of an authority that leads no market, too, for the walls.
func (c *crowdBuilder) addNotice(authority string, number int) {
	n := c.addRow("market_notice", row{
		"id": c.newID(), "authority_id": OrganisationID(authority), "market_id": demo.MarketID().String(),
		"number": number, "kind": "MODIFY",
		"reference": "Synthetic", "words": someWords, "published_at": c.instantAfter(-70),
	})
	c.addRow("market_rule", row{
		"notice_id": n["id"], "authority_id": n["authority_id"], "market_id": n["market_id"], "number": number,
		"code": "TENDER_DAYS", "value": 20,
	})
}

// addLot adds a lot: most of the lead authority, one in three of another, one in four a draft.
func (c *crowdBuilder) addLot(i int) {
	authority, procedure := "West Sussex", "SCORED"
	if i%3 == 2 {
		authority = "Kent"
	}
	if i%2 == 0 {
		procedure = "MATCHING"
	}
	lot := c.addRow("lot", row{
		"id": c.newID(), "authority_id": OrganisationID(authority), "market_id": demo.MarketID().String(),
		"name":        fmt.Sprintf("Synthetic lot %d", i),
		"description": someWords, "kind": "INMSS_DAY", "procedure": procedure, "shows_count": i%3 == 0, "age_low": 5, "age_high": 19,
		"needs":    []string{"ASD"},
		"contract": "Synthetic", "contract_version": "1", "created_at": c.instantAfter(-90),
	})
	for position, kind := range []string{"QUALITY", "PRICE"} {
		criterion := c.addRow("criterion", row{
			"id": c.newID(), "authority_id": OrganisationID(authority), "lot_id": lot["id"],
			"position": position, "kind": kind,
			"name": "Synthetic", "description": someWords, "weight": 50, "top_score": 5,
		})
		c.criteria[lot.id()] = append(c.criteria[lot.id()], criterion.id())
	}
	c.addRow("lot_evidence", row{"lot_id": lot["id"], "authority_id": OrganisationID(authority), "kind": "ACCOUNTS", "essential": i%2 == 0})
	if i%4 != 3 {
		lot["published_at"] = c.instantAfter(-80)
		c.lots = append(c.lots, lot)
		if procedure == "SCORED" {
			c.scoredLots = append(c.scoredLots, lot)
		}
		if lot["shows_count"] == true {
			c.countingLots = append(c.countingLots, lot)
		}
	}
}

// addDirectory adds what directories tell: a setting's inspections, where an outcode is.
func (c *crowdBuilder) addDirectory() {
	for n := 1; n <= 4; n++ {
		c.addRow("inspection", row{
			"id": c.newID(), "setting_id": demo.SettingID(n).String(), "body": "Ofsted", "scale": "Synthetic scale",
			"value": "Good", "inspected_on": c.dayAfter(-90),
		})
	}
	c.addRow("setting_link", row{
		"id": c.newID(), "setting_id": demo.SettingID(1).String(), "kind": "LINKED",
		"new_provider_id": ProviderID(1), "at": c.instantAfter(-90), "person": PersonNames[0],
	})
	c.addRow("place_key", row{"key": 1000, "lot_id": uuid.Nil.String(), "need": "Synthetic"})
	c.addRow("place", row{"key": 1000, "setting_id": demo.SettingID(1).String(), "location": "(500000,120000)", "age_low": 5, "age_high": 19})
	for n := 1; n <= 2*ProviderCount; n++ {
		c.addRow("vacancy", row{"setting_id": demo.SettingID(n).String(), "from_on": c.dayAfter(n), "free": 1, "declared_at": c.instantAfter(-1)})
	}
	for n := 1; n <= ProviderCount; n++ {
		c.addRow("alert", c.alertTo("bids_manager", c.newID()).withColumn("provider_id", ProviderID(n)))
	}
	for n := 1; n <= 2*ProviderCount; n += 2 {
		c.addRow("declared_needs", row{
			"setting_id": demo.SettingID(n).String(), "needs": []string{"ASD - Autistic Spectrum Disorder"}, "declared_at": c.instantAfter(-1),
		})
	}
	for i := range 120 {
		c.addRow("saved_search", row{
			"id": c.newID(), "organisation_id": pickRandom(c, []string{
				OrganisationID(pickRandom(c, Authorities)),
				ProviderID(1 + c.random.IntN(ProviderCount)),
			}),
			"person": pickRandom(c, PersonNames), "name": fmt.Sprintf("Synthetic search %d", i), "shared": c.withChance(0.5), "filter": row{},
			"saved_at": c.instantAfter(-1),
		})
	}
	c.addRow("outcode", row{"outcode": "ZZ1", "easting": 500000, "northing": 120000, "schools": 3})
}

// addAdmissions: of the last provider there is none, and the one before has left every lot.
func (c *crowdBuilder) addAdmissions() {
	for n := 1; n <= ProviderCount; n++ {
		c.addEvidence(n)
		for _, lot := range c.lots {
			if n < ProviderCount && c.withChance(0.5) {
				c.addAdmission(n, lot)
			}
		}
	}
}

func (c *crowdBuilder) addEvidence(n int) {
	c.addRow("registration", row{
		"id": c.newID(), "provider_id": ProviderID(n), "name": "Synthetic", "company_number": fmt.Sprintf("ZY%06d", n), "urns": []string{},
		"settings": []string{}, "similar_providers": []string{}, "submitted_at": c.instantAfter(-200), "submitted_by": PersonNames[0],
	})
	c.addRow("provider_contact", row{
		"provider_id": ProviderID(n), "contacts": c.protectText("contacts:"+ProviderID(n), "[]"), "kept_at": c.instantAfter(-90),
		"kept_by": PersonNames[0],
	})
	for i := range 2 {
		c.addRow("renewal", row{
			"id": c.newID(), "authority_id": OrganisationID([]string{"West Sussex", "Kent"}[i]), "provider_id": ProviderID(n),
			"kind": "ACCOUNTS", "reason": someWords,
			"asked_at": c.instantAfter(-20), "asked_by": PersonNames[0], "answer_by": c.instantAfter(-13),
		})
		e := c.addRow("evidence", row{
			"id": c.newID(), "provider_id": ProviderID(n), "kind": "ACCOUNTS", "reference": someWords,
			"valid_from": c.dayAfter(-3100), "valid_until": c.dayAfter(pickRandom(c, []int{20, -3000})),
			"recorded_at": c.instantAfter(-90), "recorded_by": PersonNames[0], "declared": false,
		})
		c.addRow("evidence_file", row{
			"evidence_id": e["id"], "provider_id": ProviderID(n), "name": "synthetic.pdf", "media": "application/pdf",
			"bytes": 1, "sha256": "", "content": someCipher,
			"uploaded_at": c.instantAfter(-90), "uploaded_by": PersonNames[0],
		})
		c.addRow("evidence_rejection", row{"evidence_id": e["id"], "provider_id": ProviderID(n), "reason": someWords})
		c.addRow("evidence_warning", row{"evidence_id": e["id"], "days": 60, "provider_id": ProviderID(n), "at": c.instantAfter(-30)})
	}
}

func (c *crowdBuilder) addAdmission(n int, lot row) {
	application := c.addRow("application", row{
		"id": c.newID(), "authority_id": lot["authority_id"], "lot_id": lot["id"],
		"provider_id": ProviderID(n), "statement": someWords,
		"declared": true, "submitted_at": c.instantAfter(-70), "submitted_by": PersonNames[0], "decide_by": c.instantAfter(-50),
	})
	about := row{"application_id": application["id"], "authority_id": lot["authority_id"], "provider_id": ProviderID(n)}
	c.addRow("application_question", about.addTo(row{
		"id": c.newID(), "round": 1, "question": someWords, "asked_at": c.instantAfter(-65),
		"asked_by": PersonNames[0], "answer_by": c.instantAfter(-60),
	}))
	leaves := n == ProviderCount-1 || n == ProviderCount-4
	if c.withChance(0.2) && !leaves {
		return
	}
	c.addRow("application_appeal", about.addTo(row{
		"grounds": someWords, "appealed_at": c.instantAfter(-55), "appealed_by": PersonNames[1],
		"decide_by": c.instantAfter(-45), "refusal_reasons": someWords, "refused_at": c.instantAfter(-60),
	}))
	application["decision"], application["reasons"], application["decided_at"] = pickRandom(c, []string{"ADMITTED", "ADMITTED", "REFUSED"}),
		someWords, c.instantAfter(-60)
	if leaves {
		application["decision"] = "ADMITTED"
	} else if application["decision"] == "REFUSED" {
		return
	}
	c.members[lot.id()] = append(c.members[lot.id()], n)
	member := c.addRow("membership", row{
		"id": c.newID(), "lot_id": lot["id"], "provider_id": ProviderID(n),
		"application_id": application["id"], "admitted_at": c.instantAfter(-60),
		"suspended_at": c.valueOrNil(c.instantAfter(-10)),
	})
	if leaves { // these were not suspended
		member["ended_at"], member["suspended_at"] = c.instantAfter(-2), nil
	}
	if n%3 == 0 && member["suspended_at"] != nil { // a suspension that is over
		member["suspended_until"] = c.instantAfter(-2)
	}
	if n%7 == 0 {
		member["lapsed_at"] = c.instantAfter(-2)
	}
	for _, kind := range []string{"ADMITTED", "LEFT"} {
		c.addRow("membership_step", row{
			"id": c.newID(), "number": len(c.rows["membership_step"]) + 1, "membership_id": member["id"],
			"authority_id": lot["authority_id"], "provider_id": ProviderID(n),
			"kind": kind, "reason": someWords, "at": c.instantAfter(-60), "person": PersonNames[0],
		})
	}
}
