package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The most important parts of the policy, written by hand from the rules of the market and not from policy.csv: who has
// an act, on which rows, and nobody else.
var grantFacts = map[Act]string{
	// Before the opening an offer belongs to its provider. After the deadline the keeper opens it, and no person.
	"sealed.read":  "bids_manager own, keeper due",
	"offer.unseal": "keeper due",
	"offer.open":   "commissioner matching, consortium_officer delegated:evaluate, opening_officer appointed, opening_officer own",
	"offer.submit": "bids_manager invited",
	// Opened offers belong to the authority. People who score quality or open offers cannot read prices.
	"offer.read": "approver own, commissioner own, consortium_officer delegated:award, consortium_officer delegated:evaluate, evaluator " +
		"appointed, evaluator own, keeper all, moderator appointed, moderator own, opening_officer appointed, opening_officer own",
	"price.read": "approver own, commissioner own, consortium_officer delegated:award, consortium_officer delegated:evaluate, keeper all, " +
		"moderator own",
	// Evaluators score without seeing others' scores: a person sees their own sheet, or those of others once all are
	// locked.
	"score.read": "commissioner locked, commissioner self, consortium_officer self:evaluate, evaluator self, evaluator self:appointed, " +
		"keeper all, moderator locked, moderator locked:appointed",
	"score.give":  "commissioner matching, consortium_officer self:evaluate, evaluator self, evaluator self:appointed",
	"tally.read":  "commissioner shown, consortium_officer shown:evaluate, opening_officer shown",
	"award.read":  "approver own, bids_manager approved, commissioner own, consortium_officer delegated:award, worker all",
	"letter.read": "approver own, bids_manager own, commissioner own, consortium_officer delegated:award",
	// A person who proposes cannot approve, and a provider answers only what was approved.
	"award.propose": "commissioner own, consortium_officer delegated:award",
	"award.approve": "approver own",
	"award.respond": "bids_manager approved",
	// A child's identity is for the authority, and for the provider that has accepted the award. A provider never sees
	// the ceiling.
	"identity.read":   "bids_manager accepted, commissioner own",
	"identity.record": "commissioner own",
	"ceiling.read":    "approver own, commissioner own, consortium_officer delegated:publish",
	"preference.read": "approver own, commissioner own, consortium_officer delegated:evaluate, family given",
	"need.read": "approver own, bids_manager accepted, bids_manager invited, commissioner own, consortium_officer delegated:any, evaluator " +
		"appointed, evaluator own, keeper all, moderator appointed, moderator own, " +
		"opening_officer appointed, opening_officer own, safeguarding_lead own, worker all",
	"address.read":   "bids_manager own, commissioner awarded, importer all",
	"address.import": "importer all",
	"setting.import": "importer all",
	"setting.link":   "market_manager lead",
	// The safeguarding lead reads free words first. Only the role that mixes ratings reads those that wait.
	"words.read":          "bids_manager released, commissioner released, safeguarding_lead own",
	"words.decide":        "safeguarding_lead own",
	"words_decision.read": "safeguarding_lead own",
	"redaction.make":      "commissioner own, consortium_officer delegated:publish",
	"rating.mix":          "worker all",
	// The log is for its owner to read, and nobody can change it.
	"event.read": "auditor own, bids_manager chain",
	"event.seal": "worker all",
	// The people who run the need name the evaluators from elsewhere. The lead authority records who joins or leaves.
	"appointment.make":    "commissioner own, consortium_officer delegated:evaluate",
	"appointment.end":     "commissioner own, consortium_officer delegated:evaluate",
	"moderation.agree":    "moderator appointed, moderator own",
	"partnership.admit":   "market_manager lead",
	"partnership.end":     "market_manager lead",
	"partnership.move":    "market_manager lead",
	"succession.announce": "market_manager lead",
	"succession.allocate": "approver own",
	"succession.complete": "worker all",
	"joint.publish":       "consortium_officer delegated:publish",
	// A borough says what is delegated. The market belongs to the lead authority.
	"delegation.give":     "commissioner own",
	"delegation.withdraw": "commissioner own",
	"application.decide":  "market_manager own",
	"application.review":  "market_manager own",
	"application.appeal":  "bids_manager own",
	"lot.publish":         "market_manager own",
	"lot.ask":             "market_manager own",
	"evidence.read":       "bids_manager own, commissioner relied, market_manager applicant, worker all",
	"evidence.view":       "bids_manager own, commissioner called, commissioner placed, market_manager applicant",
	"rejection.read":      "bids_manager own, market_manager applicant",
	"evidence.record":     "bids_manager own",
	"evidence.upload":     "bids_manager own",
	"evidence.reject":     "market_manager applicant",
	"renewal.ask":         "market_manager own",
	"membership.lapse":    "worker all",
	"membership.suspend":  "market_manager own",
	"membership.remove":   "market_manager own",
	"membership.leave":    "bids_manager own",
	"need.close":          "worker all",
	"ranking.rank":        "keeper due",
	// The clock alerts each person to what concerns their own capacity.
	"alert.read": "approver addressed, bids_manager own, commissioner addressed, consortium_officer addressed:award, " +
		"consortium_officer addressed:evaluate, consortium_officer addressed:manage, consortium_officer addressed:publish, " +
		"evaluator addressed:appointed, market_manager addressed, moderator addressed:appointed, opening_officer addressed:appointed, " +
		"safeguarding_lead addressed",
	"alert.wake":  "worker all",
	"alert.close": "worker all",
}

func TestGrantsMatchTheFacts(t *testing.T) {
	p := loadPolicy(t)
	for act, want := range grantFacts {
		var have []string
		for _, role := range Roles {
			for _, s := range p.Scopes(role, act) {
				have = append(have, fmt.Sprint(role, " ", s))
			}
		}
		slices.Sort(have)
		if got := strings.Join(have, ", "); got != want {
			t.Errorf("%s is had by\n%s, and should be by\n%s", act, got, want)
		}
	}
}

// actsBeyondShared are the acts that a role has and that are not shared by everybody who acts.
func actsBeyondShared(p *Policy, role Role) map[Act][]Scope {
	shared, more := "organisation.read market.read provider.read setting.read membership.read question.read rating.read event.write "+
		"idempotency.keep", map[Act][]Scope{}
	for _, act := range Acts() {
		for _, s := range p.Scopes(role, act) {
			if slices.Contains(strings.Fields(shared), string(act)) || act == "lot.read" && s == "published" {
				continue
			}
			more[act] = append(more[act], s)
		}
	}
	return more
}

func TestPublicReadsOpenDataOnly(t *testing.T) {
	p := loadPolicy(t)
	if more := actsBeyondShared(p, Public); len(more) > 0 {
		t.Errorf("the public has %v", more)
	}
	for _, act := range Acts() {
		for _, s := range p.Scopes(Public, act) {
			if act.Verb() != "read" || s != "all" && s != "published" {
				t.Errorf("the public has %s on %s", act, s)
			}
		}
	}
}

// An auditor reads the log and what is spent by each route, and nothing of a child.
func TestAuditorReadsLogAndSpendingOnly(t *testing.T) {
	if more := actsBeyondShared(loadPolicy(t), Auditor); len(more) != 2 || more["event.read"] == nil || more["spending.read"] == nil {
		t.Errorf("an auditor has %v", more)
	}
}

// A consortium's officer can do nothing for a borough that the borough has not delegated.
func TestConsortiumActsOnlyByDelegation(t *testing.T) {
	for act, granted := range actsBeyondShared(loadPolicy(t), ConsortiumOfficer) {
		for _, s := range granted {
			name, arg, _ := strings.Cut(string(s), ":")
			byDelegation := arg != "" && slices.Contains([]string{"delegated", "self", "shown", "addressed"}, name)
			if ownList := act == "delegation.read" && s == "consortium"; !byDelegation && !ownList {
				t.Errorf("%s on %s", act, s)
			}
			if byDelegation && arg == "any" && act != "need.read" && act != "joint.read" {
				t.Errorf("%s by any delegation at all", act)
			}
			where, err := s.predicateOn(ConsortiumOfficer, "need")
			if byDelegation && (err != nil || !strings.Contains(where, "dps.boroughs('"+strings.ToUpper(arg)+"')")) {
				t.Errorf("%s on %s compiles to %s, %v", act, s, where, err)
			}
		}
	}
}

func TestProviderSeesOnlyItsOwnSide(t *testing.T) {
	p := loadPolicy(t)
	for act, granted := range actsBeyondShared(p, BidsManager) {
		for _, s := range granted {
			if !slices.Contains([]Scope{"own", "invited", "answered", "approved", "accepted", "released", "chain"}, s) {
				t.Errorf("%s on %s", act, s)
			}
			for _, touch := range tablesOfAct[act] {
				where, err := s.predicateOn(BidsManager, touch.Table)
				if err != nil || !strings.Contains(where, "= (SELECT dps.org())") || strings.Contains(where, "authority_id") {
					t.Errorf("%s on %s is not bound to the provider: %s, %v", act, touch.Table, where, err)
				}
			}
		}
	}
	for _, object := range []string{
		"ceiling", "preference", "offer", "price", "suitability", "score", "moderation", "ranking", "tally",
		"family_invitation", "delegation",
	} {
		if p.Can(BidsManager, Act(object+".read")) {
			t.Errorf("a provider reads %s", object)
		}
	}
}

// A role that has no business with a thing has no grant on it, whatever the rows.
func TestRolesHaveNoGrantOutsideTheirWork(t *testing.T) {
	p := loadPolicy(t)
	for role, objects := range map[Role]string{
		Evaluator: "sealed price moderation ranking award letter ceiling identity preference words placement agreement event",
		OpeningOfficer: "sealed price suitability score moderation ranking award letter ceiling identity preference words placement " +
			"agreement event",
		Moderator:        "sealed award letter ceiling identity preference words placement agreement event",
		Approver:         "sealed score moderation identity words placement agreement event",
		SafeguardingLead: "sealed offer price suitability score moderation ranking award letter ceiling identity preference agreement event",
		MarketManager: "need sealed offer price suitability score moderation ranking award letter ceiling identity preference words " +
			"placement agreement event",
		Commissioner:      "sealed event application",
		ConsortiumOfficer: "sealed identity words event application address family_invitation moderation",
		Family:            "need sealed offer price award letter ceiling identity words placement agreement event",
		Worker: "sealed offer price suitability score moderation ranking letter ceiling identity preference words placement " +
			"agreement application price_query address",
		Importer: "need sealed offer price suitability score moderation ranking tally award letter ceiling identity preference words " +
			"placement agreement application event",
		Keeper: "identity preference words ceiling placement agreement address award letter family_invitation event",
	} {
		for _, object := range strings.Fields(objects) {
			if p.Can(role, Act(object+".read")) {
				t.Errorf("%s reads %s", role, object)
			}
		}
	}
}

// The log and the letters are written once. Nothing is deleted except ratings, by the role that mixes them, and what a
// commissioner has saved to search again; and what has been kept for long enough, by the worker, with no more rights than that takes. A
// ranking can only be marked as replaced, and a trigger makes sure of that.
func TestNoGrantRewritesTheRecord(t *testing.T) {
	deletes := []string{
		"rating_waiting TO dps_worker", "saved_search TO dps_commissioner",
		"idempotency TO dps_worker", "family_invitation TO dps_worker",
	}
	for line := range strings.Lines(loadPolicy(t).SQL()) {
		for _, never := range []string{
			"GRANT UPDATE ON dps.event", "GRANT UPDATE ON dps.letter", "GRANT UPDATE ON dps.offer ",
			"GRANT UPDATE ON dps.offer_price",
			"GRANT UPDATE ON dps.sealed_part", "GRANT UPDATE ON dps.rating", "GRANT UPDATE ON dps.idempotency",
		} {
			if strings.HasPrefix(line, never) {
				t.Error(line)
			}
		}
		if what, given := strings.CutPrefix(line, "GRANT DELETE ON dps."); given && !slices.Contains(deletes, strings.TrimSuffix(what, ";\n")) {
			t.Error(line)
		}
	}
}
