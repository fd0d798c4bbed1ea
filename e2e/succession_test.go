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
type split struct {
	*scene
	surrey, east, west staff
	onDay              string
	running, placed    string // needs
	offer, placement   string
}

// newSplit: Surrey has a draft, a need whose offer is sealed, and a child in a placement; two authorities are to succeed it.
func newSplit(t *testing.T) *split {
	s := newScene(t, "MATCHING", bidsOf(1), bidsOf(2))
	p := &split{scene: s, surrey: staffOf("Surrey"), east: s.admitted("East Synthetic", "998", 20), west: s.admitted("West Synthetic", "999", 20)}
	p.placed = s.published(p.surrey.commissioner)
	won := s.bid(bidsOf(1), p.placed, 2, "4000.00")
	s.pass(pastDeadline)
	s.ranked(p.surrey, p.placed, won)
	p.placement = s.done(bidsOf(1), "acceptAward", fields{"award": s.approved(p.surrey, won)}, "award { placement { id } }").At("award.placement.id").Text()
	s.done(p.surrey.commissioner, "recordIdentity", fields{"need": p.placed, "name": "Synthetic Child", "dateOfBirth": "2015-02-03"}, "")
	s.done(p.surrey.commissioner, "signAgreement", fields{"placement": p.placement}, "")
	s.done(p.surrey.commissioner, "enterPreference", fields{"need": p.placed, "respondent": "PARENT", "words": "Synthetic: near home, please."}, "")
	p.onDay = s.day(20)
	return p
}

func (p *split) announcing(more fields) fields {
	in := fields{"predecessor": opaque("org", demo.OrganisationID("Surrey")), "successors": []string{p.org(p.east), p.org(p.west)}, "remainder": p.org(p.west),
		"onDay": p.onDay, "words": "Synthetic: by order."}
	maps.Copy(in, more)
	return in
}

func (p *split) org(of staff) string { return opaque("org", of.auditor.Organisation) }

// TestAuthoritiesSucceedAnother: each case goes to its successor on the day, with all that belongs to it, and nothing is lost; the
// predecessor's people are refused, its log stays and ends.
func TestAuthoritiesSucceedAnother(t *testing.T) {
	p := newSplit(t)
	p.refused("FORBIDDEN", p.surrey.approver, "announceSuccession", p.announcing(nil))
	p.refused("NOT_FOUND", managerOf("Kent"), "announceSuccession", p.announcing(nil))
	p.refused("INVALID", demo.MarketManager, "announceSuccession", p.announcing(fields{"remainder": opaque("org", demo.OrganisationID("Kent"))}))
	p.refused("WRONG_STATE", demo.MarketManager, "announceSuccession", p.announcing(fields{"predecessor": opaque("org", demo.OrganisationID("West Sussex"))}))
	p.done(demo.MarketManager, "announceSuccession", p.announcing(nil), "organisation { succession { onDay } }")
	p.refused("WRONG_STATE", demo.MarketManager, "announceSuccession", p.announcing(nil))
	p.running = p.draft(p.surrey.commissioner, nil)
	p.done(p.surrey.commissioner, "publishNeed", fields{"need": p.running, "deadline": p.now().AddDate(0, 0, 30), "uniqueReason": "Synthetic: alone."}, "")
	p.offer = p.bid(bidsOf(2), p.running, 4, "4100.00")
	p.allocate()

	_, err := record.Work(t.Context(), p.Worker)
	must(t, err)
	before, log := p.byTable(), p.count("event WHERE chain_id = $1", demo.OrganisationID("Surrey"))
	if p.count("succession WHERE completed_at IS NOT NULL") != 0 {
		t.Fatal("it was completed before its day")
	}
	p.pass(20 * 24 * time.Hour)
	p.predecessorIsRefused()
	done, err := record.Work(t.Context(), p.Worker)
	must(t, err)
	if done.Succeeded != 1 {
		t.Fatalf("%+v", done)
	}
	p.nothingIsLost(before)
	p.predecessorIsRefused()
	p.successorsGoOn()
	if n := p.count("event WHERE chain_id = $1", demo.OrganisationID("Surrey")); n != log+1 {
		t.Errorf("%d events in Surrey's log after %d: its end, and nothing more", n, log)
	}
	if last := p.see(p.surrey.auditor, `{ events(first: 1) { edges { node { act person } } } }`, nil).At("events.edges.0.node.act").Text(); last != "succession.complete" {
		t.Errorf("Surrey's log ends with %s", last)
	}
	again, err := record.Work(t.Context(), p.Worker)
	must(t, err)
	if again.Succeeded != 0 {
		t.Errorf("it was done twice: %+v", again)
	}
	seen := p.node(demo.Public, "Organisation", opaque("org", demo.OrganisationID("Surrey")), "leftOn history { kind } succession { onDay completedAt cases successors { name } remainder { name } }")
	if seen.At("succession.cases").Text() != "2" || !seen.At("succession.completedAt").Is() || seen.At("succession.remainder.name").Text() != "West Synthetic" || len(seen.At("succession.successors").All()) != 2 ||
		seen.At("history.0.kind").Text() != "SUCCEEDED" {
		t.Errorf("everybody reads %v", seen)
	}
}

// allocate: the child that is placed is East's; of the other need nothing is said.
func (p *split) allocate() {
	p.t.Helper()
	to := func(need string, successor string) fields {
		return fields{"cases": []fields{{"need": need, "successor": successor}}}
	}
	kents := p.published(staffOf("Kent").commissioner)
	p.refused("FORBIDDEN", p.surrey.commissioner, "allocateSuccession", to(p.placed, p.org(p.east)))
	p.refused("NOT_FOUND", staffOf("Kent").approver, "allocateSuccession", to(p.placed, p.org(p.east)))
	p.refused("NOT_FOUND", p.surrey.approver, "allocateSuccession", fields{"cases": []fields{{"need": p.placed, "successor": p.org(p.east)}, {"need": kents, "successor": p.org(p.east)}}})
	if p.count("succession_case") != 0 {
		p.t.Error("a part of it was allocated")
	}
	p.refused("INVALID", p.surrey.approver, "allocateSuccession", to(p.placed, opaque("org", demo.OrganisationID("Kent"))))
	p.done(p.surrey.approver, "allocateSuccession", to(p.placed, p.org(p.west)), "")
	p.done(p.surrey.approver, "allocateSuccession", to(p.placed, p.org(p.east)), "organisation { succession { allocatedAt } }")
	mine := p.node(p.surrey.commissioner, "Organisation", opaque("org", demo.OrganisationID("Surrey")), "succession { allocations { need { id } successor { name } } }").At("succession.allocations").All()
	if len(mine) != 1 || mine[0].At("need.id").Text() != p.placed || mine[0].At("successor.name").Text() != "East Synthetic" {
		p.t.Errorf("Surrey reads the allocations %v", mine)
	}
	if others := p.node(staffOf("Kent").commissioner, "Organisation", opaque("org", demo.OrganisationID("Surrey")), "succession { allocations { need { id } } }").At("succession.allocations").All(); len(others) != 0 {
		p.t.Errorf("Kent reads the allocations %v", others)
	}
	if p.sees(p.east.commissioner, p.placed) {
		p.t.Error("a successor sees a case before the day")
	}
}

// predecessorIsRefused: whatever its people's tokens say, but for the auditor's.
func (p *split) predecessorIsRefused() {
	p.t.Helper()
	for _, who := range []demo.Persona{p.surrey.commissioner, p.surrey.approver, p.surrey.safeguarding, p.surrey.evaluator} {
		reply := p.ask(p.t, who, `query($id: ID!) { node(id: $id) { id } }`, fields{"id": p.placed})
		if len(reply.Errors) == 0 || reply.Data.At("node").Is() {
			p.t.Errorf("%s is still let in: %s", who, reply.Raw)
		}
	}
	if reply := p.ask(p.t, p.surrey.commissioner, mutationDocument("saveSearch", ""), fields{"input": fields{"idempotencyKey": p.key(), "name": "Synthetic", "filter": fields{"age": 9}}}); len(reply.Errors) == 0 {
		p.t.Errorf("Surrey's commissioner still acts: %s", reply.Raw)
	}
}

// byTable counts the rows of each table whose authority is one of the three; the log stays where it is.
func (p *split) byTable() map[string]map[uuid.UUID]int {
	p.t.Helper()
	all := map[string]map[uuid.UUID]int{}
	for _, table := range p.tables(p.t) {
		var has bool
		must(p.t, p.Admin.QueryRow(`SELECT EXISTS (SELECT FROM information_schema.columns WHERE table_schema = 'dps' AND table_name = $1 AND column_name = 'authority_id')
			AND $1 NOT IN ('event', 'succession')`, table).Scan(&has))
		if !has {
			continue
		}
		all[table] = map[uuid.UUID]int{}
		for _, of := range []staff{p.surrey, p.east, p.west} {
			all[table][of.auditor.Organisation] = p.count(table+" WHERE authority_id = $1", of.auditor.Organisation)
		}
	}
	return all
}

func (p *split) nothingIsLost(before map[string]map[uuid.UUID]int) {
	p.t.Helper()
	after, moved := p.byTable(), 0
	for table, was := range before {
		surrey, is := p.surrey.auditor.Organisation, after[table]
		if is[surrey] != 0 {
			p.t.Errorf("%d rows of %s are still Surrey's", is[surrey], table)
		}
		sum, sums := 0, 0
		for of := range was {
			sum, sums = sum+was[of], sums+is[of]
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

// successorsGoOn: with what was begun, each with its own and nothing of the other's.
func (p *split) successorsGoOn() {
	p.t.Helper()
	if !p.sees(p.east.commissioner, p.placed) || p.sees(p.west.commissioner, p.placed) || !p.sees(p.west.commissioner, p.running) || p.sees(p.east.commissioner, p.running) {
		p.t.Error("each successor sees its own cases, and not the other's")
	}
	child := p.ask(p.t, p.east.commissioner, mutationDocument("viewIdentity", "identity { name }"), fields{"input": fields{"need": p.placed, "purpose": "PLACEMENT"}})
	if child.Data.At("viewIdentity.identity.name").Text() != "Synthetic Child" {
		p.t.Errorf("East reads %s", child.Raw)
	}
	if !p.sees(p.east.safeguarding, p.placement) {
		p.t.Error("East's safeguarding lead does not see the placement")
	}
	for _, who := range []demo.Persona{p.east.commissioner, bidsOf(1)} {
		stated := p.node(who, "Placement", p.placement, "authority { name } agreement { authority { name } predecessor { name } succeededOn authoritySignedAt }")
		if stated.At("authority.name").Text() != "East Synthetic" || stated.At("agreement.authority.name").Text() != "East Synthetic" || stated.At("agreement.predecessor.name").Text() != "Surrey" ||
			stated.At("agreement.succeededOn").Text() != p.onDay || !stated.At("agreement.authoritySignedAt").Is() {
			p.t.Errorf("%s reads %v", who, stated)
		}
	}
	p.done(bidsOf(1), "signAgreement", fields{"placement": p.placement}, "placement { status }")
	if heard := p.node(p.east.commissioner, "Need", p.placed, "preferences { words } offers { ranking { rank } } awards { status }"); len(heard.At("preferences").All()) != 1 || len(heard.At("awards").All()) != 1 {
		p.t.Errorf("East reads %v", heard)
	}
	taken := p.see(p.east.auditor, `{ events(first: 100) { edges { node { act person } } } }`, nil).At("events.edges").All()
	if len(taken) == 0 || taken[len(taken)-1].At("node.act").Text() == "" || p.count("event WHERE chain_id = $1 AND act = 'succession.complete'", p.east.auditor.Organisation) != 1 {
		p.t.Errorf("East's log says %v", taken)
	}
	p.pass(31 * 24 * time.Hour)
	p.done(p.west.opener, "openOffers", fields{"need": p.running}, "")
	p.suitable(p.west.commissioner, p.offer)
	p.done(p.west.evaluator, "scoreOffer", p.scoring(p.offer, 5), "")
	p.done(p.west.evaluator, "lockScores", fields{"need": p.running}, "")
	p.done(bidsOf(2), "declineAward", fields{"award": p.approved(p.west, p.offer), "reason": "Synthetic: full."}, "")
}

// TestNothingSucceedsByHalf: what cannot be handed over whole is not handed over at all, and is tried again.
func TestNothingSucceedsByHalf(t *testing.T) {
	p := newSplit(t)
	p.done(demo.MarketManager, "announceSuccession", p.announcing(nil), "")
	before := p.byTable()
	p.pass(20 * 24 * time.Hour)
	p.behind(`CREATE FUNCTION dps.broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`)
	p.behind("CREATE TRIGGER broken BEFORE UPDATE ON dps.agreement FOR EACH ROW EXECUTE FUNCTION dps.broken()")
	if done, err := record.Work(t.Context(), p.Worker); err == nil || done.Succeeded != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	if after := p.byTable(); !maps.EqualFunc(before, after, func(a, b map[uuid.UUID]int) bool { return maps.Equal(a, b) }) {
		t.Errorf("a part of it was done: %v, before %v", after, before)
	}
	p.behind("DROP TRIGGER broken ON dps.agreement")
	if done, err := record.Work(t.Context(), p.Worker); err != nil || done.Succeeded != 1 {
		t.Errorf("mended: %+v, %v", done, err)
	}
	p.nothingIsLost(before)
}
