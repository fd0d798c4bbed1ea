package worlds_test

import (
	"slices"
	"strings"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// worldDifference is what one of two worlds has and the other does not have, or has differently, and who is allowed to
// know.
type worldDifference struct {
	name          string
	apply         func(*scene)
	about         map[string]string // what to ask about, in addition to everything else: kinds of input by names of the scene
	keysOfKnowing string            // keys of those who may know; the others must not
}

// The people who are often allowed to know.
const (
	kentReaders = "kent.commissioner kent.opener.1 kent.evaluator.1 kent.evaluator.2 kent.moderator kent.approver kent.safeguarding " +
		"kent.auditor"
	consortiumOfficer = "consortium.officer"
)

var differences = []worldDifference{
	{"a rival's offer exists", func(s *scene) { s.submitOffer("hidden", 2, "kent", 4, "4100.00") }, map[string]string{
		"offer": "hidden",
		"need":  "kent",
	}, "provider02.bids"},
	{
		"a second offer of the same rival exists", func(s *scene) { s.submitOffer("hidden", 1, "offered", 10, "4100.00") },
		map[string]string{"offer": "hidden", "need": "offered"},
		"provider01.bids",
	},
	{
		"an offer to a borough's need exists", func(s *scene) { s.submitOffer("hidden", 2, "croydon", 4, "4100.00") },
		map[string]string{"offer": "hidden", "need": "croydon"},
		"provider02.bids",
	},
	{"an offer has another price", func(s *scene) { s.submitOffer("hidden", 1, "offered", 2, "12.00") }, map[string]string{
		"offer": "offer",
		"need":  "offered",
	}, "provider01.bids"},
	{"an offer came at another time", func(s *scene) {
		s.execAsAdmin("UPDATE dps.sealed_offer SET received_at = received_at - interval '1 minute' WHERE id = $1", s.uuidOf("offer"))
	}, map[string]string{"offer": "offer", "need": "offered"}, "provider01.bids"},
	{
		"an offer was withdrawn", func(s *scene) { s.mustChange(bidsManagerOf(1), "withdrawOffer", fields{"offer": s.ids["offer"]}, "") },
		map[string]string{"offer": "offer", "need": "offered"},
		"provider01.bids",
	},
	{
		"a draft need exists", func(s *scene) { s.draftNeed("hidden", demo.Commissioner, "scored") },
		map[string]string{"need": "hidden"},
		kentReaders,
	},
	{
		"a borough's draft exists", func(s *scene) { s.draftNeed("hidden", demo.Borough, "scored") },
		map[string]string{"need": "hidden"},
		"croydon.commissioner croydon.auditor " + consortiumOfficer,
	},
	{
		"a need exists in a lot of others", func(s *scene) { s.publishNeed("hidden", demo.Commissioner, "quiet") },
		map[string]string{"need": "hidden", "lot": "quiet"},
		kentReaders + " provider05.bids",
	},
	{"a child is another", func(s *scene) {
		s.mustChange(demo.Commissioner, "recordIdentity", fields{
			"need": s.ids["placed"], "name": "Synthetic Quillon", "dateOfBirth": "2015-02-02",
		}, "")
	}, map[string]string{"need": "placed"}, "kent.commissioner kent.auditor provider01.bids"},
	{"a child is known", func(s *scene) {
		s.mustChange(demo.Commissioner, "recordIdentity", fields{"need": s.ids["kent"], "name": "Synthetic Child", "dateOfBirth": "2015-02-02"},
			"")
	}, map[string]string{"need": "kent"}, "kent.commissioner kent.auditor"},
	{"the most that is paid is another", func(s *scene) {
		s.execAsAdmin("UPDATE dps.need_ceiling SET weekly = 1 WHERE need_id = $1", s.uuidOf("kent"))
	}, map[string]string{"need": "kent"}, "kent.commissioner kent.approver"},
	{
		"an evaluator has scored otherwise", func(s *scene) { s.scoreOffer(demo.Evaluator1, "scoring", 1, 0) },
		map[string]string{"offer": "offer of 1 to scoring", "need": "scoring"},
		"kent.evaluator.1 kent.auditor",
	},
	{
		"another evaluator has begun", func(s *scene) { s.scoreOffer(demo.Evaluator2, "scoring", 2, 5) },
		map[string]string{"offer": "offer of 2 to scoring", "need": "scoring"},
		"kent.evaluator.2 kent.auditor",
	},
	{"words are held", func(s *scene) {
		s.mustChange(demo.Safeguarding, "decideWords", fields{"words": s.ids["words"], "decision": "HELD"}, "")
	}, map[string]string{"words": "words"}, "kent.safeguarding kent.auditor"},
	{"other words were said", func(s *scene) {
		s.execAsAdmin("UPDATE dps.feedback_words SET respondent = 'PARENT', may_contact = true, received_at = received_at - interval '1 hour'")
	}, map[string]string{"words": "words"}, "kent.safeguarding"},
	{"ratings wait", func(s *scene) { s.giveFeedback("PARENT", "") }, map[string]string{"placement": "placement"}, "kent.auditor"},
	{
		"ratings that wait are worse", func(s *scene) { s.execAsAdmin("UPDATE dps.rating_waiting SET value = 1") },
		map[string]string{"placement": "placement"},
		"",
	},
	{"another has applied", func(s *scene) { s.ids["hidden"] = s.applyToLot(6, "scored") }, map[string]string{
		"application": "hidden",
		"lot":         "scored",
	}, "provider06.bids westsussex.manager westsussex.auditor"},
	{"a lot is being drafted", func(s *scene) {
		s.ids["hidden"] = s.mustChange(demo.MarketManager, "createLot", s.lotInput("SCORED"), "lot { id }").At("lot.id").Text()
	}, map[string]string{"lot": "hidden"}, "westsussex.manager westsussex.auditor"},
	{"an award is proposed", func(s *scene) { s.proposeAward("ranked") }, map[string]string{
		"award": "award of ranked",
		"offer": "offer of 1 to ranked", "need": "ranked",
	}, "kent.commissioner kent.approver kent.auditor"},
	{"a proposal was rejected", func(s *scene) {
		s.mustChange(demo.Approver, "rejectAward", fields{"award": s.ids["award of proposed"], "reason": "Synthetic."}, "")
	}, map[string]string{"award": "award of proposed", "need": "proposed"}, "kent.commissioner kent.approver kent.auditor"},
	{
		"an award was accepted", func(s *scene) {
			s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": s.ids["award of approved"]}, "")
		},
		map[string]string{"award": "award of approved", "need": "approved"},
		"kent.commissioner kent.approver kent.auditor kent.safeguarding provider01.bids",
	},
	{"an award notice was published", func(s *scene) {
		s.mustChange(demo.Commissioner, "recordAwardNotice", fields{
			"award": s.ids["award of approved"], "kind": "AWARD",
			"reference": "Synthetic: 1", "publishedOn": s.dayFromNow(0),
		}, "")
	}, map[string]string{"award": "award of approved", "need": "approved"}, "kent.commissioner kent.auditor"},
	{"an invitation was declined", func(s *scene) {
		s.mustChange(bidsManagerOf(3), "answerInvitation", fields{"need": s.ids["kent"], "answer": "DECLINED", "reason": "FULL"}, "")
	}, map[string]string{"need": "kent"}, "kent.commissioner kent.auditor provider03.bids"},
	{"providers were chased", func(s *scene) {
		s.mustChange(demo.Commissioner, "chaseInvitations", fields{"need": s.ids["kent"], "words": "Synthetic: please answer."}, "")
	}, map[string]string{"need": "kent"}, "kent.commissioner kent.auditor provider01.bids provider02.bids provider03.bids"},
	{"a need was changed, and had a rival's offer", func(s *scene) {
		s.execAsAdmin("UPDATE dps.sealed_offer SET (withdrawn_at, voided_at) = (SELECT at, at FROM (SELECT dps.now() AS at OFFSET 0) t) WHERE "+
			"id = $1", s.uuidOf("offer"))
	}, map[string]string{"offer": "offer", "need": "offered"}, "provider01.bids"},
	{"a place out of the area is approved", func(s *scene) {
		s.mustChange(demo.Approver, "approveOutOfArea", fields{
			"need": s.ids["kent"], "distance": "DISTANT", "approvedBy": "DIRECTOR",
			"grounds": "Synthetic.", "areaToldOn": s.dayFromNow(0),
		}, "")
	}, map[string]string{"need": "kent"}, "kent.commissioner kent.approver kent.auditor"},
	{"a panel has decided", func(s *scene) {
		s.agreeAtPanel(s.ids["kent"], demo.Commissioner)
	}, map[string]string{"need": "kent"}, "kent.commissioner kent.approver kent.auditor"},
	{"a draft has a sibling", func(s *scene) {
		s.draftNeed("hidden", demo.Commissioner, "scored")
		s.draftNeed("hidden too", demo.Commissioner, "scored")
		s.mustChange(demo.Commissioner, "linkNeeds", fields{"need": s.ids["hidden"], "sibling": s.ids["hidden too"]}, "")
	}, map[string]string{"need": "hidden"}, kentReaders},
	{"another question is asked", func(s *scene) { s.ids["hidden"] = s.askClarification("kent", 3) }, map[string]string{
		"need":          "kent",
		"clarification": "hidden",
	}, "kent.commissioner provider03.bids"},
	{"a question was asked by another", func(s *scene) {
		s.execAsAdmin("UPDATE dps.clarification_asker SET provider_id = $1", demo.ProviderID(2))
	}, map[string]string{"need": "kent", "clarification": "question"}, "provider01.bids provider02.bids"},
	{
		"a question was answered", func(s *scene) {
			s.mustChange(demo.Commissioner, "answerClarification", fields{"clarification": s.ids["question"], "answer": "Synthetic: yes."}, "")
		},
		map[string]string{"need": "kent", "clarification": "question"},
		"kent.commissioner kent.auditor provider01.bids provider02.bids provider03.bids",
	},
	{"a family has said what it would like", func(s *scene) {
		s.mustChange(demo.Commissioner, "enterPreference", fields{
			"need": s.ids["kent"], "respondent": "PARENT",
			"words": "Synthetic: near home.",
		}, "")
	}, map[string]string{"need": "kent"}, "kent.commissioner kent.approver kent.auditor"},
	{"an evaluator has declared an interest", func(s *scene) {
		s.mustChange(demo.Evaluator2, "declareInterest", fields{
			"need": s.ids["kent"], "conflict": true,
			"nature": "Synthetic: my sister works there.",
		}, "")
	}, map[string]string{"need": "kent"}, "kent.commissioner kent.approver kent.auditor " + demo.Evaluator2.Key},
	{"a price was queried", func(s *scene) {
		s.mustChange(demo.Commissioner, "queryPrice", fields{
			"offer": s.ids["offer of 1 to ranked"], "kind": "UNCLEAR",
			"question": "Synthetic: what is in it?",
		}, "")
	}, map[string]string{"need": "ranked", "offer": "offer of 1 to ranked"}, "kent.commissioner kent.approver kent.auditor provider01.bids"},
	{"a borough delegates", func(s *scene) {
		s.ids["hidden"] = s.mustChange(officerOf("Bexley", policy.Commissioner), "giveDelegation", fields{"act": "AWARD"},
			"delegation { id }").At("delegation.id").Text()
	}, map[string]string{"delegation": "hidden"}, consortiumOfficer},
	{"a home has another address", func(s *scene) {
		s.execAsAdmin("UPDATE dps.setting_address a SET address = b.address FROM dps.setting_address b WHERE a.setting_id <> b.setting_id AND "+
			"a.setting_id = $1", demo.SettingID(4))
	}, map[string]string{}, "provider02.bids"},
	{
		"an agreement was signed", func(s *scene) {
			s.mustChange(demo.Commissioner, "recordAwardNotice", fields{
				"award": s.ids["award of placed"], "kind": "AWARD", "reference": "Synthetic: 1", "publishedOn": s.dayFromNow(0),
			}, "")
			s.mustChange(bidsManagerOf(1), "signAgreement", fields{"placement": s.ids["placement"]}, "")
		},
		map[string]string{"placement": "placement"},
		"kent.commissioner kent.safeguarding kent.auditor provider01.bids",
	},
	{
		"a child's place has another price", func(s *scene) { s.execAsAdmin("UPDATE dps.agreement SET weekly = 1") },
		map[string]string{"placement": "placement"},
		"kent.commissioner provider01.bids",
	},
}

// allPersonas are all who ask: the auditors first, because the others' looks at sealed offers go into their log.
var allPersonas = []demo.Persona{
	demo.Auditor, officerOf("Croydon", policy.Auditor), officerOf("West Sussex", policy.Auditor), officerOf("Surrey", policy.Auditor),
	demo.MarketManager, demo.Commissioner, demo.Opener1, demo.Evaluator1, demo.Evaluator2, demo.Moderator, demo.Approver, demo.Safeguarding,
	demo.Neighbour, officerOf("Surrey", policy.Approver), officerOf("Surrey", policy.SafeguardingLead), demo.Borough, demo.Officer,
	bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3), bidsManagerOf(5), bidsManagerOf(6), familyPersona, demo.Public,
}

// whoMayKnow are those who are allowed to know.
func (d worldDifference) whoMayKnow() (all []demo.Persona) {
	for _, who := range allPersonas {
		if slices.Contains(strings.Fields(d.keysOfKnowing), who.Key) {
			all = append(all, who)
		}
	}
	return all
}

// whoMustNotKnow are those who must not know.
func (d worldDifference) whoMustNotKnow() (all []demo.Persona) {
	for _, who := range allPersonas {
		if !slices.Contains(strings.Fields(d.keysOfKnowing), who.Key) {
			all = append(all, who)
		}
	}
	return all
}
