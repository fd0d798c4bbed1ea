package e2e_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

func managerOf(authority string) demo.Persona {
	return demo.Persona{Key: authority + ".manager", Organisation: demo.OrganisationID(authority), Capacity: policy.MarketManager}
}

// splits is Surrey's division in two, on a day.
type authoritySplit struct {
	*scene
	surrey, east, west authorityStaff
	onDay              string
	running, placed    string // needs
	offer, placement   string
}

// newAuthoritySplit: Surrey has a draft, a need whose offer is sealed, and a child in a placement; two authorities are to succeed it.
func newAuthoritySplit(t *testing.T) *authoritySplit {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	p := &authoritySplit{
		scene: s, surrey: staffOf("Surrey"), east: s.admitPartner("East Synthetic", "998", 20),
		west: s.admitPartner("West Synthetic", "999", 20),
	}
	p.placed = s.publishNeed(p.surrey.commissioner)
	won := s.submitOffer(bidsManagerOf(1), p.placed, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(p.surrey, p.placed, won)
	p.placement = s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": s.approveAward(p.surrey, won)},
		"award { placement { id } }").At("award.placement.id").Text()
	s.mustChange(p.surrey.commissioner, "recordIdentity", fields{"need": p.placed, "name": "Synthetic Child", "dateOfBirth": "2015-02-03"}, "")
	s.publishAndSign(p.surrey.commissioner, p.placement)
	s.mustChange(p.surrey.commissioner, "enterPreference", fields{
		"need": p.placed, "respondent": "PARENT",
		"words": "Synthetic: near home, please.",
	}, "")
	p.onDay = s.dayFromNow(20)
	return p
}

func (p *authoritySplit) successionInput(more fields) fields {
	in := fields{
		"predecessor": opaqueID("org", demo.OrganisationID("Surrey")), "successors": []string{
			p.organisationIDOf(p.east),
			p.organisationIDOf(p.west),
		}, "remainder": p.organisationIDOf(p.west),
		"onDay": p.onDay, "words": "Synthetic: by order.",
	}
	maps.Copy(in, more)
	return in
}

func (p *authoritySplit) organisationIDOf(of authorityStaff) string {
	return opaqueID("org", of.auditor.Organisation)
}

// TestSuccessionHandsOverEachCase: each case goes to its successor on the day, with all that belongs to it, and nothing is lost; the
// predecessor's people are refused, its log stays and ends.
func TestSuccessionHandsOverEachCase(t *testing.T) {
	p := newAuthoritySplit(t)
	p.requireRefused("FORBIDDEN", p.surrey.approver, "announceSuccession", p.successionInput(nil))
	p.requireRefused("NOT_FOUND", managerOf("Kent"), "announceSuccession", p.successionInput(nil))
	p.requireRefused("INVALID", demo.MarketManager, "announceSuccession", p.successionInput(fields{"remainder": opaqueID("org",
		demo.OrganisationID("Kent"))}))
	p.requireRefused("WRONG_STATE", demo.MarketManager, "announceSuccession", p.successionInput(fields{"predecessor": opaqueID("org",
		demo.OrganisationID("West Sussex"))}))
	p.mustChange(demo.MarketManager, "announceSuccession", p.successionInput(nil), "organisation { succession { onDay } }")
	p.requireRefused("WRONG_STATE", demo.MarketManager, "announceSuccession", p.successionInput(nil))
	p.running = p.draftNeed(p.surrey.commissioner, nil)
	p.mustChange(p.surrey.commissioner, "publishNeed", fields{
		"need": p.running, "deadline": p.marketTime().AddDate(0, 0, 30),
		"uniqueReason": "Synthetic: alone.",
	}, "")
	p.offer = p.submitOffer(bidsManagerOf(2), p.running, 4, "4100.00")
	p.allocateCases()

	_, err := record.Work(t.Context(), p.Worker)
	must(t, err)
	before, log := p.countByTable(), p.countRows("event WHERE chain_id = $1", demo.OrganisationID("Surrey"))
	if p.countRows("succession WHERE completed_at IS NOT NULL") != 0 {
		t.Fatal("it was completed before its day")
	}
	p.passTime(20 * 24 * time.Hour)
	p.checkPredecessorIsRefused()
	done, err := record.Work(t.Context(), p.Worker)
	must(t, err)
	if done.Succeeded != 1 {
		t.Fatalf("%+v", done)
	}
	p.checkNothingIsLost(before)
	p.checkPredecessorIsRefused()
	p.checkSuccessorsGoOn()
	if n := p.countRows("event WHERE chain_id = $1", demo.OrganisationID("Surrey")); n != log+1 {
		t.Errorf("%d events in Surrey's log after %d: its end, and nothing more", n, log)
	}
	if last := p.readData(p.surrey.auditor, `{ events(first: 1) { edges { node { act person } } } }`,
		nil).At("events.edges.0.node.act").Text(); last != "succession.complete" {
		t.Errorf("Surrey's log ends with %s", last)
	}
	again, err := record.Work(t.Context(), p.Worker)
	must(t, err)
	if again.Succeeded != 0 {
		t.Errorf("it was done twice: %+v", again)
	}
	seen := p.readNode(demo.Public, "Organisation", opaqueID("org", demo.OrganisationID("Surrey")),
		"leftOn history { kind } succession { onDay completedAt cases successors { name } remainder { name } }")
	if seen.At("succession.cases").Text() != "2" || !seen.At("succession.completedAt").Exists() ||
		seen.At("succession.remainder.name").Text() != "West Synthetic" || len(seen.At("succession.successors").All()) != 2 ||
		seen.At("history.0.kind").Text() != "SUCCEEDED" {
		t.Errorf("everybody reads %v", seen)
	}
}

// allocateCases: the child that is placed is East's; of the other need nothing is said.
func (p *authoritySplit) allocateCases() {
	p.t.Helper()
	to := func(need string, successor string) fields {
		return fields{"cases": []fields{{"need": need, "successor": successor}}}
	}
	kents := p.publishNeed(staffOf("Kent").commissioner)
	p.requireRefused("FORBIDDEN", p.surrey.commissioner, "allocateSuccession", to(p.placed, p.organisationIDOf(p.east)))
	p.requireRefused("NOT_FOUND", staffOf("Kent").approver, "allocateSuccession", to(p.placed, p.organisationIDOf(p.east)))
	p.requireRefused("NOT_FOUND", p.surrey.approver, "allocateSuccession",
		fields{"cases": []fields{
			{"need": p.placed, "successor": p.organisationIDOf(p.east)},
			{"need": kents, "successor": p.organisationIDOf(p.east)},
		}})
	if p.countRows("succession_case") != 0 {
		p.t.Error("a part of it was allocated")
	}
	p.requireRefused("INVALID", p.surrey.approver, "allocateSuccession", to(p.placed, opaqueID("org", demo.OrganisationID("Kent"))))
	p.mustChange(p.surrey.approver, "allocateSuccession", to(p.placed, p.organisationIDOf(p.west)), "")
	p.mustChange(p.surrey.approver, "allocateSuccession", to(p.placed, p.organisationIDOf(p.east)),
		"organisation { succession { allocatedAt } }")
	mine := p.readNode(p.surrey.commissioner, "Organisation", opaqueID("org", demo.OrganisationID("Surrey")),
		"succession { allocations { need { id } successor { name } } }").At("succession.allocations").All()
	if len(mine) != 1 || mine[0].At("need.id").Text() != p.placed || mine[0].At("successor.name").Text() != "East Synthetic" {
		p.t.Errorf("Surrey reads the allocations %v", mine)
	}
	if others := p.readNode(staffOf("Kent").commissioner, "Organisation", opaqueID("org", demo.OrganisationID("Surrey")),
		"succession { allocations { need { id } } }").At("succession.allocations").All(); len(others) != 0 {
		p.t.Errorf("Kent reads the allocations %v", others)
	}
	if p.canSee(p.east.commissioner, p.placed) {
		p.t.Error("a successor sees a case before the day")
	}
}

// checkPredecessorIsRefused: whatever its people's tokens say, but for the auditor's.
func (p *authoritySplit) checkPredecessorIsRefused() {
	p.t.Helper()
	for _, who := range []demo.Persona{p.surrey.commissioner, p.surrey.approver, p.surrey.safeguarding, p.surrey.evaluator} {
		reply := p.sendQuery(p.t, who, `query($id: ID!) { node(id: $id) { id } }`, fields{"id": p.placed})
		if len(reply.Errors) == 0 || reply.Data.At("node").Exists() {
			p.t.Errorf("%s is still let in: %s", who, reply.Raw)
		}
	}
	if reply := p.sendQuery(p.t, p.surrey.commissioner, mutationDocument("saveSearch", ""),
		fields{"input": fields{"idempotencyKey": p.newKey(), "name": "Synthetic", "filter": fields{"age": 9}}}); len(reply.Errors) == 0 {
		p.t.Errorf("Surrey's commissioner still acts: %s", reply.Raw)
	}
}

// countByTable counts the rows of each table whose authority is one of the three; the log stays where it is.
func (p *authoritySplit) countByTable() map[string]map[uuid.UUID]int {
	p.t.Helper()
	all := map[string]map[uuid.UUID]int{}
	for _, table := range p.tableNames(p.t) {
		var has bool
		must(p.t, p.Admin.QueryRow(`SELECT EXISTS (SELECT FROM information_schema.columns WHERE table_schema = 'dps' AND table_name = $1
			AND column_name = 'authority_id')
			AND $1 NOT IN ('event', 'succession', 'alert')`, table).Scan(&has))
		if !has {
			continue
		}
		all[table] = map[uuid.UUID]int{}
		for _, of := range []authorityStaff{p.surrey, p.east, p.west} {
			all[table][of.auditor.Organisation] = p.countRows(table+" WHERE authority_id = $1", of.auditor.Organisation)
		}
	}
	return all
}

func (p *authoritySplit) checkNothingIsLost(before map[string]map[uuid.UUID]int) {
	p.t.Helper()
	after, moved := p.countByTable(), 0
	for table, was := range before {
		surrey, now := p.surrey.auditor.Organisation, after[table]
		if now[surrey] != 0 {
			p.t.Errorf("%d rows of %s are still Surrey's", now[surrey], table)
		}
		sum, sums := 0, 0
		for of := range was {
			sum, sums = sum+was[of], sums+now[of]
		}
		if sum != sums {
			p.t.Errorf("%s had %d rows and has %d", table, sum, sums)
		}
		moved += was[surrey]
	}
	if moved < 20 {
		p.t.Errorf("only %d rows were Surrey's", moved)
	}
}

// checkSuccessorsGoOn: with what was begun, each with its own and nothing of the other's.
func (p *authoritySplit) checkSuccessorsGoOn() {
	p.t.Helper()
	if !p.canSee(p.east.commissioner, p.placed) || p.canSee(p.west.commissioner, p.placed) || !p.canSee(p.west.commissioner, p.running) ||
		p.canSee(p.east.commissioner, p.running) {
		p.t.Error("each successor sees its own cases, and not the other's")
	}
	child := p.sendQuery(p.t, p.east.commissioner, mutationDocument("viewIdentity", "identity { name }"),
		fields{"input": fields{"need": p.placed, "purpose": "PLACEMENT"}})
	if child.Data.At("viewIdentity.identity.name").Text() != "Synthetic Child" {
		p.t.Errorf("East reads %s", child.Raw)
	}
	if !p.canSee(p.east.safeguarding, p.placement) {
		p.t.Error("East's safeguarding lead does not see the placement")
	}
	for _, who := range []demo.Persona{p.east.commissioner, bidsManagerOf(1)} {
		stated := p.readNode(who, "Placement", p.placement,
			"authority { name } agreement { authority { name } predecessor { name } succeededOn authoritySignedAt }")
		if stated.At("authority.name").Text() != "East Synthetic" || stated.At("agreement.authority.name").Text() != "East Synthetic" ||
			stated.At("agreement.predecessor.name").Text() != "Surrey" ||
			stated.At("agreement.succeededOn").Text() != p.onDay || !stated.At("agreement.authoritySignedAt").Exists() {
			p.t.Errorf("%s reads %v", who, stated)
		}
	}
	p.mustChange(bidsManagerOf(1), "signAgreement", fields{"placement": p.placement}, "placement { status }")
	if heard := p.readNode(p.east.commissioner, "Need", p.placed,
		"preferences { words } offers { ranking { rank } } awards { status }"); len(heard.At("preferences").All()) != 1 ||
		len(heard.At("awards").All()) != 1 {
		p.t.Errorf("East reads %v", heard)
	}
	taken := p.readData(p.east.auditor, `{ events(first: 100) { edges { node { act person } } } }`, nil).At("events.edges").All()
	if len(taken) == 0 || taken[len(taken)-1].At("node.act").Text() == "" ||
		p.countRows("event WHERE chain_id = $1 AND act = 'succession.complete'", p.east.auditor.Organisation) != 1 {
		p.t.Errorf("East's log says %v", taken)
	}
	p.passTime(31 * 24 * time.Hour)
	p.mustChange(p.west.opener, "openOffers", fields{"need": p.running}, "")
	p.assessAsSuitable(p.west.commissioner, p.offer)
	p.mustChange(p.west.evaluator, "scoreOffer", p.scoreInput(p.offer, 5), "")
	p.mustChange(p.west.evaluator, "lockScores", fields{"need": p.running}, "")
	p.mustChange(bidsManagerOf(2), "declineAward", fields{"award": p.approveAward(p.west, p.offer), "reason": "Synthetic: full."}, "")
}

// TestFailedSuccessionHandsOverNothing: what cannot be handed over whole is not handed over at all, and is tried again.
func TestFailedSuccessionHandsOverNothing(t *testing.T) {
	p := newAuthoritySplit(t)
	p.mustChange(demo.MarketManager, "announceSuccession", p.successionInput(nil), "")
	before := p.countByTable()
	p.passTime(20 * 24 * time.Hour)
	p.execAsAdmin(`CREATE FUNCTION dps.broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`)
	p.execAsAdmin("CREATE TRIGGER broken BEFORE UPDATE ON dps.agreement FOR EACH ROW EXECUTE FUNCTION dps.broken()")
	if done, err := record.Work(t.Context(), p.Worker); err == nil || done.Succeeded != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	if after := p.countByTable(); !maps.EqualFunc(before, after, func(a, b map[uuid.UUID]int) bool { return maps.Equal(a, b) }) {
		t.Errorf("a part of it was done: %v, before %v", after, before)
	}
	p.execAsAdmin("DROP TRIGGER broken ON dps.agreement")
	if done, err := record.Work(t.Context(), p.Worker); err != nil || done.Succeeded != 1 {
		t.Errorf("mended: %+v, %v", done, err)
	}
	p.checkNothingIsLost(before)
}
