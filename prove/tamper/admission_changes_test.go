package tamper_test

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// changeMembership makes the changes to an application and a membership that are not in the story, up to its end.
func (b *brokenLog) changeMembership(told demo.Told) {
	b.t.Helper()
	membership := told.Membership
	const why = "Synthetic: as the inspection found."
	b.mustChange(demo.MarketManager, "suspendMembership", fields{"membership": membership, "reason": why}, "")
	b.mustChange(demo.MarketManager, "restoreMembership", fields{"membership": membership, "reason": why}, "")
	b.mustChange(demo.MarketManager, "announceRemoval", fields{"membership": membership, "reasons": why}, "")
	b.mustChange(demo.Winner, "answerRemoval", fields{"membership": membership, "answer": "Synthetic: it is mended."}, "")
	b.mustChange(demo.MarketManager, "decideRemoval", fields{"membership": membership, "decision": "KEEP", "reasons": why}, "")
	b.mustChange(demo.MarketManager, "askForRenewal", fields{"membership": membership, "kind": "ACCOUNTS", "reason": why}, "")
	b.mustChange(demo.Winner, "leaveLot", fields{"membership": membership, "reason": "Synthetic: we close."}, "")
	b.reviewApplication(told.Lot)
	b.changeEvidence()
	b.linkSetting()
}

// reviewApplication takes an application through all that can happen to it: a question, more time, a refusal, an appeal. Another was
// withdrawn.
func (b *brokenLog) reviewApplication(lot string) {
	b.t.Helper()
	second := demo.MarketManager
	second.Key += ".2"
	apply := func() string {
		return b.mustChange(demo.Winner, "submitApplication", fields{
			"lot": lot, "statement": "Synthetic: we meet every criterion.", "noGroundForExclusion": true,
		}, "application { id }").At("application.id").Text()
	}
	b.mustChange(demo.Winner, "withdrawApplication", fields{"application": apply(), "reason": "Synthetic: of the wrong lot."}, "")
	application := apply()
	b.mustChange(demo.MarketManager, "askApplicant", fields{"application": application, "question": "Synthetic: who owns the building?"}, "")
	b.mustChange(demo.Winner, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: a trust."}, "")
	b.mustChange(demo.MarketManager, "extendApplication", fields{
		"application": application,
		"reason":      "Synthetic: the trust's accounts have to be verified first.",
	}, "")
	b.mustChange(demo.MarketManager, "decideApplication", fields{
		"application": application, "decision": "REFUSED",
		"reasons": "Synthetic: it is wound up.",
	}, "")
	b.mustChange(demo.Winner, "appealRefusal", fields{"application": application, "grounds": "Synthetic: it is not."}, "")
	b.mustChange(second, "decideAppeal", fields{"application": application, "upheld": true, "reasons": "Synthetic: as the register says."}, "")
}

// registerProvider registers a provider, withdraws that, and registers it again.
func (b *brokenLog) registerProvider() {
	b.t.Helper()
	who := demo.Persona{Key: "synthetic.newcomer", Organisation: uuid.New(), Capacity: policy.BidsManager}
	contacts := []fields{{"purpose": "GENERAL", "name": "Synthetic Desk", "telephone": "01632 960001"}}
	for _, withdrawn := range []bool{true, false} {
		registration := b.mustChange(who, "registerProvider", fields{
			"name": "O'Synthetic Homes Ltd", "companyNumber": "ZY 1", "contacts": contacts,
		}, "registration { id }").At("registration.id").Text()
		if withdrawn {
			b.mustChange(who, "withdrawRegistration", fields{"registration": registration}, "")
			continue
		}
		b.mustChange(demo.MarketManager, "decideRegistration", fields{"registration": registration, "decision": "CONFIRMED"}, "")
		b.mustChange(who, "keepContacts", fields{"contacts": contacts}, "")
	}
}

// linkSetting links a setting that had no provider, hands it over and unlinks it.
func (b *brokenLog) linkSetting() {
	b.t.Helper()
	_, err := b.Admin.Exec(`INSERT INTO dps.setting (id, kind, name, urn, district, age_low, age_high, needs, places, vacancies)
		VALUES (gen_random_uuid(), 'SCHOOL', 'Synthetic School of nobody', '979001', 'Maidstone', 5, 19, '{}', 10, 0)`)
	if err != nil {
		b.t.Fatal(err)
	}
	search := b.mustChange(demo.Commissioner, "saveSearch", fields{"name": "Synthetic", "filter": fields{"age": 9}},
		"search { id }").At("search.id").Text()
	b.mustChange(demo.Commissioner, "removeSearch", fields{"search": search}, "")
	var tomorrow time.Time
	if err := b.Admin.QueryRow("SELECT dps.now() + interval '1 day'").Scan(&tomorrow); err != nil {
		b.t.Fatal(err)
	}
	b.registerProvider()
	b.mustChange(demo.Winner, "declareVacancies", fields{
		"setting": opaqueID("setting", demo.SettingID(1)),
		"fromOn":  tomorrow.Format(time.DateOnly), "free": 1,
	}, "")
	b.mustChange(demo.Winner, "declareSettingNeeds", fields{
		"setting": opaqueID("setting", demo.SettingID(1)), "needs": []string{"ASD - Autistic Spectrum Disorder"},
	}, "")
	b.mustChange(demo.MarketManager, "publishNotice", fields{
		"market": opaqueID("market", demo.MarketID()), "kind": "MODIFY",
		"reference": "Synthetic: 1", "words": "Synthetic: as announced.",
		"rules": []fields{{"code": "TENDER_DAYS", "value": 10}},
	}, "")
	setting := b.Ask(b.t, demo.MarketManager, "{ unclaimedSettings { edges { node { id } } } }",
		nil).Data.At("unclaimedSettings.edges.0.node.id").Text()
	b.mustChange(demo.MarketManager, "linkSetting", fields{"setting": setting, "provider": opaqueID("provider", demo.ProviderID(1))}, "")
	b.mustChange(demo.MarketManager, "handOverSetting", fields{
		"setting": setting, "provider": opaqueID("provider", demo.ProviderID(2)), "reason": "Synthetic: it was sold.",
	}, "")
	b.mustChange(demo.MarketManager, "unlinkSetting", fields{"setting": setting, "reason": "Synthetic: it was not sold to them."}, "")
}

// changeEvidence asks for evidence in a lot, gives some, and rejects it.
func (b *brokenLog) changeEvidence() {
	b.t.Helper()
	lot := b.mustChange(demo.MarketManager, "createLot", fields{
		"market": opaqueID("market", demo.MarketID()), "name": "Synthetic draft", "description": "Synthetic: never published.",
		"kind":      "CHILDRENS_HOME",
		"procedure": "MATCHING", "ageLow": 5, "ageHigh": 19, "needs": []string{anyNeed}, "contract": "Synthetic contract",
		"contractVersion": "2026",
		"criteria":        []fields{{"kind": "QUALITY", "name": "Match", "description": "How well they fit.", "weight": "100"}},
	}, "lot { id }").At("lot.id").Text()
	b.mustChange(demo.MarketManager, "askForEvidence", fields{"lot": lot, "kind": "ACCOUNTS", "essential": true}, "")
	today := b.marketTime()
	given := b.mustChange(demo.Winner, "recordEvidence", fields{
		"kind": "ACCOUNTS", "reference": "SYN-1",
		"validFrom":  today.Format(time.DateOnly),
		"validUntil": today.AddDate(0, 6, 0).Format(time.DateOnly),
	}, "evidence { id }").At("evidence.id").Text()
	b.Ask(b.t, demo.Winner, `mutation($input: UploadEvidenceInput!) { uploadEvidence(input: $input) { link { path } problems { code } } }`,
		fields{"input": fields{"evidence": given, "name": "accounts.pdf"}})
	b.mustChange(demo.MarketManager, "rejectEvidence", fields{"evidence": given, "reason": "Synthetic: of another company."}, "")
}
