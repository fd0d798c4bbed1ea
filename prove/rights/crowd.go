package rights

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// crowd writes a crowded region: rows of every table in every state, so that each right has rows that it is to and
// rows that it is not. Row security does not care whether a story could have led there; nobody and nothing in it is real.
type crowd struct {
	random   *rand.Rand
	now      time.Time
	keys     *seal.Keyring
	tables   []string         // in the order in which they came up
	rows     map[string][]Row // by table
	codes    []string         // one-time codes of families, as they type them
	lots     []Row            // published ones
	scored   []Row            // of these, the ones in which several people score
	counting []Row            // and those that show how many offers have come
	criteria map[string][]string
	members  map[string][]int // providers by lot
}

// The authorities whose needs there are: partners, and boroughs by what they delegate to whom.
var authorities = []string{"Kent", "Surrey", "West Sussex", "Croydon", "Bexley", "Bromley", "Greenwich", "Lewisham", "Merton", "Sutton", "Synthetic Borough", leaver, "Wandsworth"}

// secondConsortium is one more than the region has, so that what is delegated to one can be seen not to be to another.
const secondConsortium = "Synthetic Consortium"

// leaver is a borough that has left the region: what it delegates, and where its people are appointed, holds no more.
const leaver = "Synthetic Leaver"

// delegations are acts by borough: to the region's consortium, to the second one, and what was taken back.
var delegations = map[string]struct{ live, other, back string }{
	"Croydon": {live: "PUBLISH EVALUATE AWARD MANAGE"}, "Bexley": {live: "PUBLISH"}, "Bromley": {live: "EVALUATE", back: "PUBLISH"},
	"Greenwich": {live: "AWARD"}, "Lewisham": {live: "MANAGE"}, "Merton": {back: "PUBLISH EVALUATE AWARD MANAGE"},
	leaver: {live: "PUBLISH EVALUATE AWARD MANAGE"}, "Synthetic Borough": {other: "PUBLISH AWARD", back: "EVALUATE"}, "Wandsworth": {live: "PUBLISH", other: "EVALUATE MANAGE"},
}

const providers = 20

// Crowd fills a database that holds the synthetic region with so many needs and all that belongs to them. It gives the
// one-time codes of families.
func Crowd(t testing.TB, d *dbtest.Database, needs int, random *rand.Rand) []string {
	t.Helper()
	c := &crowd{random: random, keys: d.Keyring, rows: map[string][]Row{}, criteria: map[string][]string{}, members: map[string][]int{}}
	must(t, d.Admin.QueryRow("SELECT dps.now()").Scan(&c.now))
	c.market()
	c.directory()
	c.admissions()
	for i := range needs {
		c.need(i)
	}
	c.log(4 * needs)
	c.write(t, d)
	return c.codes
}

// write inserts everything as the superuser, without triggers: these rows lived no story.
func (c *crowd) write(t testing.TB, d *dbtest.Database) {
	t.Helper()
	tx, err := d.Admin.Begin()
	must(t, err)
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	_, err = tx.Exec("SET LOCAL session_replication_role = replica")
	must(t, err)
	for _, table := range c.tables {
		text, err := json.Marshal(c.rows[table])
		must(t, err)
		if _, err = tx.Exec(fmt.Sprintf("INSERT INTO dps.%[1]s OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::dps.%[1]s, $1)", table), string(text)); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	must(t, tx.Commit())
}

func (c *crowd) add(table string, r Row) Row {
	if c.rows[table] == nil {
		c.tables = append(c.tables, table)
	}
	c.rows[table] = append(c.rows[table], r)
	return r
}

func (c *crowd) id() string {
	var id uuid.UUID
	for i := range id {
		id[i] = byte(c.random.Uint32())
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}

func (c *crowd) at(days int) string { return c.now.AddDate(0, 0, days).Format(time.RFC3339Nano) }

// protect is a protected text, as a column of bytes looks in JSON.
func (c *crowd) protect(context string, plain string) string {
	sealed, err := c.keys.Protect(context, []byte(plain))
	if err != nil {
		panic(err) // a keyring that was just made can protect
	}
	return fmt.Sprintf(`\x%x`, sealed)
}

func (c *crowd) day(days int) string { return c.now.AddDate(0, 0, days).Format(time.DateOnly) }

func (c *crowd) chance(of float64) bool { return c.random.Float64() < of }

// either is the value, or nothing.
func (c *crowd) either(value any) any {
	if c.chance(0.5) {
		return value
	}
	return nil
}

func pick[T any](c *crowd, from []T) T { return from[c.random.IntN(len(from))] }

func organisation(name string) string { return demo.OrganisationID(name).String() }

func provider(n int) string { return demo.ProviderID(n).String() }

// Persons are the same names everywhere, so that a right to one's own things is told from one to a namesake's.
var Persons = []string{"synthetic.1", "synthetic.2", "synthetic.3"}

const (
	words  = "Synthetic: words."
	cipher = `\x00`
)

func (c *crowd) market() {
	c.add("organisation", Row{"id": organisation(secondConsortium), "kind": "CONSORTIUM", "name": secondConsortium, "lead": false})
	c.add("organisation", Row{"id": organisation("Synthetic Borough"), "kind": "BOROUGH", "name": "Synthetic Borough", "dfe_code": "000", "lead": false, "consortium_id": organisation(secondConsortium)})
	c.add("organisation", Row{"id": organisation(leaver), "kind": "BOROUGH", "name": leaver, "dfe_code": "001", "lead": false, "consortium_id": organisation(demo.Consortium), "left_on": c.day(-5)})
	c.add("partnership_step", Row{"id": c.id(), "number": 1, "organisation_id": organisation(leaver), "kind": "LEFT", "on_day": c.day(-5), "words": words, "at": c.at(-30), "person": Persons[0]})
	for _, name := range []string{"Surrey", "Bexley"} { // on a day to come: nobody is refused yet
		c.add("succession", Row{"id": c.id(), "authority_id": organisation(name), "on_day": c.day(90), "successors": []string{organisation("Kent"), organisation("Merton")},
			"remainder_id": organisation("Kent"), "words": words, "announced_at": c.at(-5), "announced_by": Persons[0]})
	}
	for _, borough := range authorities {
		d := delegations[borough]
		c.delegate(borough, demo.Consortium, d.live, nil)
		c.delegate(borough, secondConsortium, d.other, nil)
		c.delegate(borough, demo.Consortium, d.back, c.at(-3))
	}
	for i := range 9 {
		c.lot(i)
	}
	c.notice("West Sussex", 2) // the first is that of the intention
	c.notice("Kent", 3)
}

func (c *crowd) delegate(borough, consortium, acts string, withdrawn any) {
	for act := range strings.FieldsSeq(acts) {
		c.add("delegation", Row{"id": c.id(), "authority_id": organisation(borough), "consortium_id": organisation(consortium), "act": act,
			"given_at": c.at(-30), "given_by": Persons[0], "withdrawn_at": withdrawn})
	}
}

// notice adds a market notice with a rule: one of an authority that leads no market, too, for the walls.
func (c *crowd) notice(authority string, number int) {
	n := c.add("market_notice", Row{"id": c.id(), "authority_id": organisation(authority), "market_id": demo.MarketID().String(), "number": number, "kind": "MODIFY",
		"reference": "Synthetic", "words": words, "published_at": c.at(-70)})
	c.add("market_rule", Row{"notice_id": n["id"], "authority_id": n["authority_id"], "market_id": n["market_id"], "number": number, "code": "TENDER_DAYS", "value": 20})
}

// lot adds a lot: most of the lead authority, one in three of another, one in four a draft.
func (c *crowd) lot(i int) {
	authority, procedure := "West Sussex", "SCORED"
	if i%3 == 2 {
		authority = "Kent"
	}
	if i%2 == 0 {
		procedure = "MATCHING"
	}
	lot := c.add("lot", Row{"id": c.id(), "authority_id": organisation(authority), "market_id": demo.MarketID().String(), "name": fmt.Sprintf("Synthetic lot %d", i),
		"description": words, "kind": "INMSS_DAY", "procedure": procedure, "shows_count": i%3 == 0, "age_low": 5, "age_high": 19, "needs": []string{"ASD"},
		"contract": "Synthetic", "contract_version": "1", "created_at": c.at(-90)})
	for position, kind := range []string{"QUALITY", "PRICE"} {
		criterion := c.add("criterion", Row{"id": c.id(), "authority_id": organisation(authority), "lot_id": lot["id"], "position": position, "kind": kind,
			"name": "Synthetic", "description": words, "weight": 50, "top_score": 5})
		c.criteria[lot.Text("id")] = append(c.criteria[lot.Text("id")], criterion.Text("id"))
	}
	c.add("lot_evidence", Row{"lot_id": lot["id"], "authority_id": organisation(authority), "kind": "ACCOUNTS", "essential": i%2 == 0})
	if i%4 != 3 {
		lot["published_at"] = c.at(-80)
		c.lots = append(c.lots, lot)
		if procedure == "SCORED" {
			c.scored = append(c.scored, lot)
		}
		if lot["shows_count"] == true {
			c.counting = append(c.counting, lot)
		}
	}
}

// directory adds what directories tell: a setting's inspections, where an outcode is.
func (c *crowd) directory() {
	for n := 1; n <= 4; n++ {
		c.add("inspection", Row{"id": c.id(), "setting_id": demo.SettingID(n).String(), "body": "Ofsted", "scale": "Synthetic scale", "value": "Good", "inspected_on": c.day(-90)})
	}
	c.add("place_key", Row{"key": 1000, "lot_id": uuid.Nil.String(), "need": "Synthetic"})
	c.add("place", Row{"key": 1000, "setting_id": demo.SettingID(1).String(), "location": "(500000,120000)", "age_low": 5, "age_high": 19})
	for n := 1; n <= 2*providers; n++ {
		c.add("vacancy", Row{"setting_id": demo.SettingID(n).String(), "from_on": c.day(n), "free": 1, "declared_at": c.at(-1)})
	}
	for i := range 120 {
		c.add("saved_search", Row{"id": c.id(), "organisation_id": pick(c, []string{organisation(pick(c, authorities)), provider(1 + c.random.IntN(providers))}),
			"person": pick(c, Persons), "name": fmt.Sprintf("Synthetic search %d", i), "shared": c.chance(0.5), "filter": Row{}, "saved_at": c.at(-1)})
	}
	c.add("outcode", Row{"outcode": "ZZ1", "easting": 500000, "northing": 120000, "schools": 3})
}

// admissions: of the last provider there is none, and the one before has left every lot.
func (c *crowd) admissions() {
	for n := 1; n <= providers; n++ {
		c.evidence(n)
		for _, lot := range c.lots {
			if n < providers && c.chance(0.5) {
				c.admission(n, lot)
			}
		}
	}
}

func (c *crowd) evidence(n int) {
	for i := range 2 {
		c.add("renewal", Row{"id": c.id(), "authority_id": organisation([]string{"West Sussex", "Kent"}[i]), "provider_id": provider(n), "kind": "ACCOUNTS", "reason": words,
			"asked_at": c.at(-20), "asked_by": Persons[0], "answer_by": c.at(-13)})
		e := c.add("evidence", Row{"id": c.id(), "provider_id": provider(n), "kind": "ACCOUNTS", "reference": words, "valid_from": c.day(-100), "valid_until": c.day(20),
			"recorded_at": c.at(-90), "recorded_by": Persons[0], "declared": false})
		c.add("evidence_file", Row{"evidence_id": e["id"], "provider_id": provider(n), "name": "synthetic.pdf", "media": "application/pdf", "bytes": 1, "sha256": "", "content": cipher,
			"uploaded_at": c.at(-90), "uploaded_by": Persons[0]})
		c.add("evidence_warning", Row{"evidence_id": e["id"], "days": 60, "provider_id": provider(n), "at": c.at(-30)})
	}
}

func (c *crowd) admission(n int, lot Row) {
	application := c.add("application", Row{"id": c.id(), "authority_id": lot["authority_id"], "lot_id": lot["id"], "provider_id": provider(n), "statement": words,
		"declared": true, "submitted_at": c.at(-70), "submitted_by": Persons[0], "decide_by": c.at(-50)})
	about := Row{"application_id": application["id"], "authority_id": lot["authority_id"], "provider_id": provider(n)}
	c.add("application_question", about.and(Row{"id": c.id(), "round": 1, "question": words, "asked_at": c.at(-65), "asked_by": Persons[0], "answer_by": c.at(-60)}))
	if c.chance(0.2) {
		return
	}
	c.add("application_appeal", about.and(Row{"grounds": words, "appealed_at": c.at(-55), "appealed_by": Persons[1], "decide_by": c.at(-45)}))
	application["decision"], application["reasons"], application["decided_at"] = pick(c, []string{"ADMITTED", "ADMITTED", "REFUSED"}), words, c.at(-60)
	if application["decision"] == "REFUSED" {
		return
	}
	c.members[lot.Text("id")] = append(c.members[lot.Text("id")], n)
	member := c.add("membership", Row{"id": c.id(), "lot_id": lot["id"], "provider_id": provider(n), "application_id": application["id"], "admitted_at": c.at(-60),
		"suspended_at": c.either(c.at(-10))})
	if n == providers-1 {
		member["ended_at"] = c.at(-2)
	}
	for _, kind := range []string{"ADMITTED", "LEFT"} {
		c.add("membership_step", Row{"id": c.id(), "number": len(c.rows["membership_step"]) + 1, "membership_id": member["id"], "authority_id": lot["authority_id"], "provider_id": provider(n),
			"kind": kind, "reason": words, "at": c.at(-60), "person": Persons[0]})
	}
}

// log adds events of all sorts of people, and what the sequencer made of some.
func (c *crowd) log(events int) {
	for i := range events {
		e := Row{"id": i + 1, "ref": c.id(), "tx": fmt.Sprint(i + 1), "at": c.at(-5), "person": pick(c, append([]string{"family", "system"}, Persons...)),
			"capacity": string(pick(c, policy.Roles)), "act": "need.read", "object_id": c.id(), "changed": []string{}}
		e["organisation_id"] = c.either(pick(c, []string{organisation(pick(c, authorities)), provider(1 + c.random.IntN(providers))}))
		e["authority_id"] = c.either(organisation(pick(c, authorities)))
		e["chain_id"] = pick(c, []string{organisation(pick(c, authorities)), provider(1 + c.random.IntN(providers))})
		c.add("event", e)
		c.add("idempotency", Row{"organisation_id": pick(c, []string{organisation(pick(c, authorities)), provider(1 + c.random.IntN(providers))}),
			"person": pick(c, Persons), "act": "need.create", "key": fmt.Sprintf("synthetic %d", i), "request": cipher, "at": c.at(-5)})
		if i%4 == 0 {
			c.add("event_seal", Row{"event_id": i + 1, "tx": fmt.Sprint(i + 1), "chain_id": e["chain_id"], "position": i + 1, "hash": cipher})
			c.add("event_head", Row{"chain_id": e["chain_id"], "position": i + 1, "hash": cipher, "signature": cipher, "signed_at": c.at(-5)})
		}
	}
}
