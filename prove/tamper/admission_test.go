package tamper_test

import (
	"time"

	"github.com/southeasttogether/dps/demo"
)

// admission makes the changes to an application and a membership that the story has no occasion for, to the end of it.
func (b *brokenLog) admission(told demo.Told) {
	b.t.Helper()
	membership := told.Membership
	const why = "Synthetic: as the inspection found."
	b.change(demo.MarketManager, "suspendMembership", fields{"membership": membership, "reason": why}, "")
	b.change(demo.MarketManager, "restoreMembership", fields{"membership": membership, "reason": why}, "")
	b.change(demo.MarketManager, "announceRemoval", fields{"membership": membership, "reasons": why}, "")
	b.change(demo.Winner, "answerRemoval", fields{"membership": membership, "answer": "Synthetic: it is mended."}, "")
	b.change(demo.MarketManager, "decideRemoval", fields{"membership": membership, "decision": "KEEP", "reasons": why}, "")
	b.change(demo.MarketManager, "askForRenewal", fields{"membership": membership, "kind": "ACCOUNTS", "reason": why}, "")
	b.change(demo.Winner, "leaveLot", fields{"membership": membership, "reason": "Synthetic: we close."}, "")
	b.review(told.Lot)
	b.evidence()
	b.links()
}

// review takes an application through all that can happen to it: a question, more time, a refusal, an appeal.
func (b *brokenLog) review(lot string) {
	b.t.Helper()
	second := demo.MarketManager
	second.Key += ".2"
	application := b.change(demo.Winner, "submitApplication", fields{"lot": lot, "statement": "Synthetic: we meet every criterion.", "noGroundForExclusion": true},
		"application { id }").At("application.id").Text()
	b.change(demo.MarketManager, "askApplicant", fields{"application": application, "question": "Synthetic: who owns the building?"}, "")
	b.change(demo.Winner, "answerApplicationQuestion", fields{"application": application, "answer": "Synthetic: a trust."}, "")
	b.change(demo.MarketManager, "extendApplication", fields{"application": application, "reason": "Synthetic: the trust's accounts have to be verified first."}, "")
	b.change(demo.MarketManager, "decideApplication", fields{"application": application, "decision": "REFUSED", "reasons": "Synthetic: it is wound up."}, "")
	b.change(demo.Winner, "appealRefusal", fields{"application": application, "grounds": "Synthetic: it is not."}, "")
	b.change(second, "decideAppeal", fields{"application": application, "upheld": true, "reasons": "Synthetic: as the register says."}, "")
}

// links says whose a setting is that was nobody's.
func (b *brokenLog) links() {
	b.t.Helper()
	_, err := b.Admin.Exec(`INSERT INTO dps.setting (id, kind, name, urn, district, age_low, age_high, needs, places, vacancies)
		VALUES (gen_random_uuid(), 'SCHOOL', 'Synthetic School of nobody', '979001', 'Maidstone', 5, 19, '{}', 10, 0)`)
	if err != nil {
		b.t.Fatal(err)
	}
	search := b.change(demo.Commissioner, "saveSearch", fields{"name": "Synthetic", "filter": fields{"age": 9}}, "search { id }").At("search.id").Text()
	b.change(demo.Commissioner, "removeSearch", fields{"search": search}, "")
	var tomorrow time.Time
	if err := b.Admin.QueryRow("SELECT dps.now() + interval '1 day'").Scan(&tomorrow); err != nil {
		b.t.Fatal(err)
	}
	b.change(demo.Winner, "declareVacancies", fields{"setting": opaque("setting", demo.SettingID(1)), "fromOn": tomorrow.Format(time.DateOnly), "free": 1}, "")
	b.change(demo.MarketManager, "publishNotice", fields{"market": opaque("market", demo.MarketID()), "kind": "MODIFY", "reference": "Synthetic: 1", "words": "Synthetic: as announced.",
		"rules": []fields{{"code": "TENDER_DAYS", "value": 10}}}, "")
	setting := b.Ask(b.t, demo.MarketManager, "{ unclaimedSettings { edges { node { id } } } }", nil).Data.At("unclaimedSettings.edges.0.node.id").Text()
	b.change(demo.MarketManager, "linkSetting", fields{"setting": setting, "provider": opaque("provider", demo.ProviderID(1))}, "")
}

// evidence asks for evidence in a lot, gives some, and rejects it.
func (b *brokenLog) evidence() {
	b.t.Helper()
	lot := b.change(demo.MarketManager, "createLot", fields{
		"market": opaque("market", demo.MarketID()), "name": "Synthetic draft", "description": "Synthetic: never published.", "kind": "CHILDRENS_HOME",
		"procedure": "MATCHING", "ageLow": 5, "ageHigh": 19, "needs": []string{anyNeed}, "contract": "Synthetic contract", "contractVersion": "2026",
		"criteria": []fields{{"kind": "QUALITY", "name": "Match", "description": "How well they fit.", "weight": "100"}},
	}, "lot { id }").At("lot.id").Text()
	b.change(demo.MarketManager, "askForEvidence", fields{"lot": lot, "kind": "ACCOUNTS", "essential": true}, "")
	today := b.now()
	given := b.change(demo.Winner, "recordEvidence", fields{"kind": "ACCOUNTS", "reference": "SYN-1", "validFrom": today.Format(time.DateOnly),
		"validUntil": today.AddDate(0, 6, 0).Format(time.DateOnly)}, "evidence { id }").At("evidence.id").Text()
	b.Ask(b.t, demo.Winner, `mutation($input: UploadEvidenceInput!) { uploadEvidence(input: $input) { link { path } problems { code } } }`,
		fields{"input": fields{"evidence": given, "name": "accounts.pdf"}})
	b.change(demo.MarketManager, "rejectEvidence", fields{"evidence": given, "reason": "Synthetic: of another company."}, "")
}
