package e2e_test

import (
	"maps"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestRetryActsOnceAndAnswersTheSame tells the story, and then changes that the story does not need, twice: plainly,
// and with a stutterer in front of the service. Both worlds must have the same number of rows in each table.
func TestRetryActsOnceAndAnswersTheSame(t *testing.T) {
	plainly, stuttering := newWorld(t), newWorld(t)
	stutterer := stuttering.addStutterer(t)
	for _, w := range []*world{plainly, stuttering} {
		w.liveStory(t)
		w.makeOtherChanges(t)
	}
	if want, got := plainly.rowCounts(t), stuttering.rowCounts(t); !maps.Equal(want, got) {
		t.Errorf("rows:\n%v and not\n%v", got, want)
	}
	for _, mutation := range stuttering.keyedMutations(t) {
		if !stutterer.sentMutations[mutation] {
			t.Errorf("%s was never tried: let the test do it", mutation)
		}
	}
}

// makeOtherChanges makes the changes that the story does not need.
func (w *world) makeOtherChanges(t testing.TB) {
	s := w.addScene(t, "MATCHING", bidsManagerOf(1))
	croydon := staffOf("Croydon")
	given := s.mustChange(croydon.commissioner, "giveDelegation", fields{"act": "PUBLISH"}, "delegation { id }").At("delegation.id").Text()
	s.mustChange(croydon.commissioner, "withdrawDelegation", fields{"delegation": given}, "delegation { withdrawnAt }")
	s.changeNeeds(croydon.commissioner)
	need := s.publishNeed(croydon.commissioner)
	s.mustChange(croydon.commissioner, "enterPreference", fields{"need": need, "respondent": "PARENT", "words": "Synthetic: near the sea."},
		"preference { words }")
	named := w.nameSchool(s)
	w.takeEveryRoute(s, croydon)
	s.endPlacements(croydon)
	s.mustChange(bidsManagerOf(1), "withdrawOffer", fields{"offer": s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")},
		"offer { withdrawnAt }")
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4100.00")
	member := s.membershipID(bidsManagerOf(1))
	for _, mutation := range []string{"suspendMembership", "restoreMembership"} {
		s.mustChange(demo.MarketManager, mutation, fields{"membership": member, "reason": "Synthetic: as found."}, "membership { status }")
	}
	s.mustChange(demo.MarketManager, "announceRemoval", fields{"membership": member, "reasons": "Synthetic: as found."},
		"membership { status }")
	s.mustChange(bidsManagerOf(1), "answerRemoval", fields{"membership": member, "answer": "Synthetic: it is mended."},
		"membership { status }")
	s.mustChange(demo.MarketManager, "decideRemoval", fields{"membership": member, "decision": "KEEP", "reasons": "Synthetic: it is."},
		"membership { status }")
	s.mustChange(bidsManagerOf(2), "withdrawApplication", fields{
		"application": s.submitApplication(bidsManagerOf(2)), "reason": someReason,
	}, "application { withdrawnAt }")
	s.reviewApplication(bidsManagerOf(2), true)
	w.placeUrgently(s, croydon, 2, 4)
	w.changePartners(s)
	w.publishJointlyAndSucceed(s)
	s.mustChange(demo.MarketManager, "askForRenewal", fields{"membership": member, "kind": "ACCOUNTS", "reason": "Synthetic: of last year."},
		"membership { status }")
	s.mustChange(demo.MarketManager, "rejectEvidence", fields{
		"evidence": s.recordEvidence(bidsManagerOf(1), 100),
		"reason":   "Synthetic: of another company.",
	}, "evidence { status }")
	s.registerTwice()
	s.importExtract(extractOfTwoSchools)
	nobodys := s.readData(demo.MarketManager, "{ unclaimedSettings { edges { node { id } } } }",
		nil).At("unclaimedSettings.edges.0.node.id").Text()
	s.mustChange(demo.MarketManager, "linkSetting", fields{"setting": nobodys, "provider": opaqueID("provider", demo.ProviderID(1))},
		"setting { provider { name } }")
	s.mustChange(demo.MarketManager, "handOverSetting", fields{
		"setting": nobodys, "provider": opaqueID("provider", demo.ProviderID(2)), "reason": someReason,
	}, "setting { provider { name } }")
	s.mustChange(demo.MarketManager, "unlinkSetting", fields{"setting": nobodys, "reason": someReason}, "setting { provider { name } }")
	s.mustChange(demo.MarketManager, "publishNotice", fields{
		"market": opaqueID("market", demo.MarketID()), "kind": "MODIFY",
		"reference": "Synthetic: 1", "words": "Synthetic: as announced.",
	}, "market { notices { number } }")
	search := s.mustChange(croydon.commissioner, "saveSearch", fields{"name": "Synthetic", "filter": fields{"age": 9}},
		"search { id }").At("search.id").Text()
	s.mustChange(croydon.commissioner, "removeSearch", fields{"search": search}, "")
	s.mustChange(bidsManagerOf(1), "declareVacancies", fields{"setting": settingOf(1), "fromOn": s.dayFromNow(1), "free": 1},
		"setting { name }")
	s.mustChange(bidsManagerOf(1), "declareSettingNeeds", fields{"setting": settingOf(1), "needs": []string{anyNeed}}, "setting { name }")
	draft := s.mustChange(demo.MarketManager, "createLot", (&stagedMarket{}).lotInput("Synthetic draft"), "lot { id }").At("lot.id").Text()
	s.mustChange(demo.MarketManager, "askForEvidence", fields{"lot": draft, "kind": "ACCOUNTS", "essential": true}, "lot { name }")
	s.mustChange(bidsManagerOf(2), "leaveLot", fields{"membership": s.membershipID(bidsManagerOf(2)), "reason": "Synthetic: too far."},
		"membership { status }")
	s.passTime(pastDeadline)
	s.mustChange(croydon.opener, "openOffers", fields{"need": named}, "")
	s.mustChange(croydon.commissioner, "endWithoutAward", fields{
		"need": named, "reason": "SCHOOL_NAMED",
		"words": "Synthetic: as the family asked.",
	}, "need { noAward { reason } }")
	s.rankOffers(croydon, need, offer)
	query := s.mustChange(croydon.commissioner, "queryPrice", fields{"offer": offer, "kind": "MISSING", "question": "Synthetic: who drives?"},
		"priceQuery { id }").At("priceQuery.id").Text()
	s.mustChange(bidsManagerOf(1), "answerPriceQuery", fields{"query": query, "answer": "Synthetic: we do, within the price."},
		"priceQuery { answer }")
	s.mustChange(croydon.commissioner, "decidePriceQuery", fields{"query": query, "accepted": true, "reason": "Synthetic: it is within."},
		"priceQuery { accepted }")
	rejected := s.mustChange(croydon.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."},
		"award { id }").At("award.id").Text()
	s.mustChange(croydon.approver, "rejectAward", fields{"award": rejected, "reason": "Synthetic: say more of why it is the best."},
		"award { status }")
	mistaken := s.mustChange(croydon.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."},
		"award { id }").At("award.id").Text()
	s.mustChange(croydon.commissioner, "withdrawProposal", fields{"award": mistaken, "reason": someReason}, "award { status }")
	awarded := s.approveAward(croydon, offer)
	s.mustChange(croydon.commissioner, "recordAwardNotice", fields{
		"award": awarded, "kind": "AWARD", "reference": "Synthetic: 1",
		"publishedOn": s.dayFromNow(0),
	}, "award { notices { reference } }")
	s.mustChange(bidsManagerOf(1), "declineAward", fields{"award": awarded, "reason": "Synthetic: no place after all."}, "award { status }")
}

// changePartners makes partners join, move and leave, and appoints one to evaluate with another.
func (w *world) changePartners(s *scene) {
	s.t.Helper()
	joined := s.mustChange(demo.MarketManager, "admitPartner", fields{
		"kind": "PARTNER", "name": "Synthetic County", "dfeCode": "999",
		"from": s.dayFromNow(0), "words": "Synthetic: agreed.",
	},
		"organisation { id name }").At("organisation.id").Text()
	s.mustChange(demo.MarketManager, "moveBorough", fields{"organisation": joined, "consortium": opaqueID("org",
		demo.OrganisationID(demo.Consortium)), "words": "Synthetic: agreed."}, "organisation { kind }")
	s.mustChange(demo.MarketManager, "endPartnership", fields{
		"organisation": joined, "lastDay": s.dayFromNow(0),
		"words": "Synthetic: agreed.",
	}, "organisation { leftOn }")
	s.mustChange(demo.MarketManager, "correctLastDay", fields{"organisation": joined, "words": someReason}, "organisation { leftOn }")
	kent := staffOf("Kent")
	need := s.publishNeed(kent.commissioner)
	s.appointPerson(kent.commissioner, need, staffOf("Surrey").evaluator)
	id := s.readNode(kent.commissioner, "Need", need, "appointments { id }").At("appointments.0.id").Text()
	s.mustChange(kent.commissioner, "endAppointment", fields{"appointment": id}, "need { appointments { endedAt } }")
}

// publishJointlyAndSucceed publishes needs of two boroughs as one call, and announces that an authority is succeeded.
func (w *world) publishJointlyAndSucceed(s *scene) {
	s.t.Helper()
	var needs []string
	for _, borough := range []string{"Bexley", "Bromley"} {
		s.mustChange(staffOf(borough).commissioner, "giveDelegation", fields{"act": "PUBLISH"}, "delegation { act }")
		needs = append(needs, s.draftNeed(demo.Officer, fields{
			"authority": opaqueID("org", demo.OrganisationID(borough)),
			"startFrom": "2030-01-01", "startTo": "2030-02-01",
		}))
	}
	s.mustChange(demo.Officer, "publishJointly", fields{
		"needs": needs, "deadline": s.marketTime().AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: alone.",
	}, "need { joint { needs { status } } }")
	from, to := opaqueID("org", demo.OrganisationID("Bexley")), opaqueID("org", demo.OrganisationID("Kent"))
	announce := func() {
		s.mustChange(demo.MarketManager, "announceSuccession", fields{
			"predecessor": from, "successors": []string{to}, "remainder": to, "onDay": s.dayFromNow(300), "words": "Synthetic: by order.",
		}, "organisation { leftOn }")
	}
	announce()
	s.mustChange(demo.MarketManager, "cancelSuccession", fields{"predecessor": from, "words": someReason}, "organisation { leftOn }")
	announce()
	s.mustChange(staffOf("Bexley").approver, "allocateSuccession", fields{"cases": []fields{{"need": needs[0], "successor": to}}},
		"organisation { name }")
}

// rowCounts is how many rows each table has. What is sealed of the log, and looks that were too early, depend on the
// real time.
func (w *world) rowCounts(t testing.TB) map[string]int {
	t.Helper()
	all := map[string]int{}
	for _, table := range w.tableNames(t) {
		where := "true"
		switch table {
		case "event_seal", "event_head":
			continue
		case "event":
			where = "act <> 'offer.read'"
		}
		var n int
		must(t, w.Admin.QueryRow("SELECT count(*) FROM dps."+table+" WHERE "+where).Scan(&n))
		all[table] = n
	}
	return all
}

// tableNames are all of the market's, by name.
func (w *world) tableNames(t testing.TB) (names []string) {
	t.Helper()
	found, err := w.Admin.Query("SELECT tablename FROM pg_tables WHERE schemaname = 'dps' ORDER BY tablename")
	must(t, err)
	defer found.Close()
	for found.Next() {
		var name string
		must(t, found.Scan(&name))
		names = append(names, name)
	}
	must(t, found.Err())
	return names
}

// keyedMutations are those of the contract whose input has an idempotency key.
func (w *world) keyedMutations(t testing.TB) (names []string) {
	t.Helper()
	reply := w.sendQuery(t, demo.Public, `{ __schema { mutationType { fields { name args { type { ofType { inputFields { name } } } } } } } }`,
		nil)
	for _, field := range reply.Data.At("__schema.mutationType.fields").All() {
		for _, inner := range field.At("args.0.type.ofType.inputFields").All() {
			if inner.At("name").Text() == "idempotencyKey" {
				names = append(names, field.At("name").Text())
			}
		}
	}
	if len(names) == 0 {
		t.Fatal("the contract has no mutation with a key")
	}
	return names
}

// TestRetryWaitsForTheOneUnderWay: eight retries are held up where the first writes, and one acts. Without the wait,
// each would.
func TestRetryWaitsForTheOneUnderWay(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	for _, guarded := range []bool{true, false} {
		if !guarded {
			s.execAsAdmin(withoutRecallLock)
		}
		key, before := s.newKey(), s.countRows("need")
		s.holdUpByLock("LOCK TABLE dps.need IN EXCLUSIVE MODE", connectionCount, func() {
			atOnce(connectionCount, func(int) string {
				return s.draftNeed(demo.Commissioner, fields{"idempotencyKey": key, "startFrom": "2030-01-01", "startTo": "2030-02-01"})
			})
		}, nil)
		if made := s.countRows("need") - before; (made == 1) != guarded {
			t.Errorf("guarded: %t, and %d needs of one key", guarded, made)
		}
	}
}
