package e2e_test

import (
	"maps"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// TestRetriesActOnceAndAnswerTheSame lives the story, and then what the story has no use for, twice: plainly, and with a
// stutterer before the service. Both worlds must hold the same number of rows in each table.
func TestRetriesActOnceAndAnswerTheSame(t *testing.T) {
	plainly, stuttering := newWorld(t), newWorld(t)
	stutterer := stuttering.stutter(t)
	for _, w := range []*world{plainly, stuttering} {
		w.live(t)
		w.besideTheStory(t)
	}
	if want, got := plainly.rows(t), stuttering.rows(t); !maps.Equal(want, got) {
		t.Errorf("rows:\n%v and not\n%v", got, want)
	}
	for _, mutation := range stuttering.keyedMutations(t) {
		if !stutterer.did[mutation] {
			t.Errorf("%s was never tried: let the test do it", mutation)
		}
	}
}

// besideTheStory makes the changes that the story has no use for.
func (w *world) besideTheStory(t testing.TB) {
	s := w.scene(t, "MATCHING", bidsOf(1))
	croydon := staffOf("Croydon")
	given := s.done(croydon.commissioner, "giveDelegation", fields{"act": "PUBLISH"}, "delegation { id }").At("delegation.id").Text()
	s.done(croydon.commissioner, "withdrawDelegation", fields{"delegation": given}, "delegation { withdrawnAt }")
	s.needsInFull(croydon.commissioner)
	need := s.published(croydon.commissioner)
	s.done(croydon.commissioner, "enterPreference", fields{"need": need, "respondent": "PARENT", "words": "Synthetic: near the sea."}, "preference { words }")
	named := w.nameOne(s)
	w.routes(s, croydon)
	s.done(bidsOf(1), "withdrawOffer", fields{"offer": s.bid(bidsOf(1), need, 2, "4000.00")}, "offer { withdrawnAt }")
	offer := s.bid(bidsOf(1), need, 2, "4100.00")
	member := s.membership(bidsOf(1))
	for _, mutation := range []string{"suspendMembership", "restoreMembership"} {
		s.done(demo.MarketManager, mutation, fields{"membership": member, "reason": "Synthetic: as found."}, "membership { status }")
	}
	s.done(demo.MarketManager, "announceRemoval", fields{"membership": member, "reasons": "Synthetic: as found."}, "membership { status }")
	s.done(bidsOf(1), "answerRemoval", fields{"membership": member, "answer": "Synthetic: it is mended."}, "membership { status }")
	s.done(demo.MarketManager, "decideRemoval", fields{"membership": member, "decision": "KEEP", "reasons": "Synthetic: it is."}, "membership { status }")
	s.reviewed(bidsOf(2), true)
	w.urgent(s, croydon, 2, 4)
	w.partnersChange(s)
	w.joinedAndSucceeded(s)
	s.done(demo.MarketManager, "askForRenewal", fields{"membership": member, "kind": "ACCOUNTS", "reason": "Synthetic: of last year."}, "membership { status }")
	s.done(demo.MarketManager, "rejectEvidence", fields{"evidence": s.records(bidsOf(1), 100), "reason": "Synthetic: of another company."}, "evidence { status }")
	s.extract(twoSchools)
	nobodys := s.see(demo.MarketManager, "{ unclaimedSettings { edges { node { id } } } }", nil).At("unclaimedSettings.edges.0.node.id").Text()
	s.done(demo.MarketManager, "linkSetting", fields{"setting": nobodys, "provider": opaque("provider", demo.ProviderID(1))}, "setting { provider { name } }")
	s.done(demo.MarketManager, "publishNotice", fields{"market": opaque("market", demo.MarketID()), "kind": "MODIFY", "reference": "Synthetic: 1", "words": "Synthetic: as announced."}, "market { notices { number } }")
	search := s.done(croydon.commissioner, "saveSearch", fields{"name": "Synthetic", "filter": fields{"age": 9}}, "search { id }").At("search.id").Text()
	s.done(croydon.commissioner, "removeSearch", fields{"search": search}, "")
	s.done(bidsOf(1), "declareVacancies", fields{"setting": settingOf(1), "fromOn": s.day(1), "free": 1}, "setting { name }")
	draft := s.done(demo.MarketManager, "createLot", (&moments{}).newLot("Synthetic draft"), "lot { id }").At("lot.id").Text()
	s.done(demo.MarketManager, "askForEvidence", fields{"lot": draft, "kind": "ACCOUNTS", "essential": true}, "lot { name }")
	s.done(bidsOf(2), "leaveLot", fields{"membership": s.membership(bidsOf(2)), "reason": "Synthetic: too far."}, "membership { status }")
	s.pass(pastDeadline)
	s.done(croydon.opener, "openOffers", fields{"need": named}, "")
	s.done(croydon.commissioner, "endWithoutAward", fields{"need": named, "reason": "SCHOOL_NAMED", "words": "Synthetic: as the family asked."}, "need { noAward { reason } }")
	s.ranked(croydon, need, offer)
	query := s.done(croydon.commissioner, "queryPrice", fields{"offer": offer, "kind": "MISSING", "question": "Synthetic: who drives?"}, "priceQuery { id }").At("priceQuery.id").Text()
	s.done(bidsOf(1), "answerPriceQuery", fields{"query": query, "answer": "Synthetic: we do, within the price."}, "priceQuery { answer }")
	s.done(croydon.commissioner, "decidePriceQuery", fields{"query": query, "accepted": true, "reason": "Synthetic: it is within."}, "priceQuery { accepted }")
	rejected := s.done(croydon.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."}, "award { id }").At("award.id").Text()
	s.done(croydon.approver, "rejectAward", fields{"award": rejected, "reason": "Synthetic: say more of why it is the best."}, "award { status }")
	awarded := s.approved(croydon, offer)
	s.done(croydon.commissioner, "recordAwardNotice", fields{"award": awarded, "kind": "AWARD", "reference": "Synthetic: 1", "publishedOn": s.day(0)}, "award { notices { reference } }")
	s.done(bidsOf(1), "declineAward", fields{"award": awarded, "reason": "Synthetic: no place after all."}, "award { status }")
}

// partnersChange lets partners join, move and leave, and one be asked to evaluate with another.
func (w *world) partnersChange(s *scene) {
	s.t.Helper()
	joined := s.done(demo.MarketManager, "admitPartner", fields{"kind": "PARTNER", "name": "Synthetic County", "dfeCode": "999", "from": s.day(0), "words": "Synthetic: agreed."},
		"organisation { id name }").At("organisation.id").Text()
	s.done(demo.MarketManager, "moveBorough", fields{"organisation": joined, "consortium": opaque("org", demo.OrganisationID(demo.Consortium)), "words": "Synthetic: agreed."}, "organisation { kind }")
	s.done(demo.MarketManager, "endPartnership", fields{"organisation": joined, "lastDay": s.day(0), "words": "Synthetic: agreed."}, "organisation { leftOn }")
	kent := staffOf("Kent")
	need := s.published(kent.commissioner)
	s.appoints(kent.commissioner, need, staffOf("Surrey").evaluator)
	id := s.node(kent.commissioner, "Need", need, "appointments { id }").At("appointments.0.id").Text()
	s.done(kent.commissioner, "endAppointment", fields{"appointment": id}, "need { appointments { endedAt } }")
}

// joinedAndSucceeded publishes needs of two boroughs as one call, and announces that an authority is succeeded.
func (w *world) joinedAndSucceeded(s *scene) {
	s.t.Helper()
	var needs []string
	for _, borough := range []string{"Bexley", "Bromley"} {
		s.done(staffOf(borough).commissioner, "giveDelegation", fields{"act": "PUBLISH"}, "delegation { act }")
		needs = append(needs, s.draft(demo.Officer, fields{"authority": opaque("org", demo.OrganisationID(borough)), "startFrom": "2030-01-01", "startTo": "2030-02-01"}))
	}
	s.done(demo.Officer, "publishJointly", fields{"needs": needs, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: alone."}, "need { joint { needs { status } } }")
	to := opaque("org", demo.OrganisationID("Kent"))
	s.done(demo.MarketManager, "announceSuccession", fields{"predecessor": opaque("org", demo.OrganisationID("Bexley")), "successors": []string{to}, "remainder": to, "onDay": s.day(300),
		"words": "Synthetic: by order."}, "organisation { leftOn }")
	s.done(staffOf("Bexley").approver, "allocateSuccession", fields{"cases": []fields{{"need": needs[0], "successor": to}}}, "organisation { name }")
}

// rows is how many rows each table has. What is sealed of the log, and looks that were too early, hang on the real time.
func (w *world) rows(t testing.TB) map[string]int {
	t.Helper()
	all := map[string]int{}
	for _, table := range w.tables(t) {
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

// tables are all of the market's, by name.
func (w *world) tables(t testing.TB) (names []string) {
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
	reply := w.ask(t, demo.Public, `{ __schema { mutationType { fields { name args { type { ofType { inputFields { name } } } } } } } }`, nil)
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

// TestRetriesUnderWayWaitForEachOther: eight of the same are held up where the first writes, and one acts. Without the wait,
// each would.
func TestRetriesUnderWayWaitForEachOther(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	for _, guarded := range []bool{true, false} {
		if !guarded {
			s.behind(withoutRecallLock)
		}
		key, before := s.key(), s.count("need")
		s.holdUp("LOCK TABLE dps.need IN EXCLUSIVE MODE", connections, func() {
			atOnce(connections, func(int) string {
				return s.draft(demo.Commissioner, fields{"idempotencyKey": key, "startFrom": "2030-01-01", "startTo": "2030-02-01"})
			})
		}, nil)
		if made := s.count("need") - before; (made == 1) != guarded {
			t.Errorf("guarded: %t, and %d needs of one key", guarded, made)
		}
	}
}
