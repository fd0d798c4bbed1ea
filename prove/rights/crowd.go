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

// crowdBuilder writes a crowded region: rows of every table in every state, so that each right has rows that it covers
// and rows that it does not. Row security does not care whether a story could have led there. Nobody and nothing in it
// is real.
type crowdBuilder struct {
	random       *rand.Rand
	now          time.Time
	keys         *seal.Keyring
	tables       []string         // in the order in which they came up
	rows         map[string][]Row // by table
	codes        []string         // one-time codes of families, as they type them
	lots         []Row            // published ones
	scoredLots   []Row            // of these, the ones in which several people score
	countingLots []Row            // and those that show how many offers have come
	criteria     map[string][]string
	members      map[string][]int // providers by lot
}

// The authorities whose needs there are: partners, and boroughs by what they delegate to whom.
var authorities = []string{
	"Kent", "Surrey", "West Sussex", "Croydon", "Bexley", "Bromley", "Greenwich", "Lewisham", "Merton", "Sutton",
	"Synthetic Borough", leavingBorough, "Wandsworth",
}

// secondConsortium is one more than the region has, to show that what is delegated to one is not delegated to another.
const secondConsortium = "Synthetic Consortium"

// leavingBorough is a borough that has left the region: its delegations, and the appointments of its people, do not
// count any more.
const leavingBorough = "Synthetic Leaver"

// delegations are acts by borough: to the region's consortium, to the second one, and what was taken back.
var delegations = map[string]struct{ live, other, back string }{
	"Croydon": {live: "PUBLISH EVALUATE AWARD MANAGE"}, "Bexley": {live: "PUBLISH"}, "Bromley": {live: "EVALUATE", back: "PUBLISH"},
	"Greenwich": {live: "AWARD"}, "Lewisham": {live: "MANAGE"}, "Merton": {back: "PUBLISH EVALUATE AWARD MANAGE"},
	leavingBorough: {live: "PUBLISH EVALUATE AWARD MANAGE"}, "Synthetic Borough": {other: "PUBLISH AWARD", back: "EVALUATE"},
	"Wandsworth": {live: "PUBLISH", other: "EVALUATE MANAGE"},
}

const providerCount = 20

// FillCrowd fills a database that contains the synthetic region with the given number of needs and everything that
// belongs to them. It gives the one-time codes of families.
func FillCrowd(t testing.TB, d *dbtest.Database, needs int, random *rand.Rand) []string {
	t.Helper()
	c := &crowdBuilder{random: random, keys: d.Keyring, rows: map[string][]Row{}, criteria: map[string][]string{}, members: map[string][]int{}}
	must(t, d.Admin.QueryRow("SELECT dps.now()").Scan(&c.now))
	c.addMarket()
	c.addDirectory()
	c.addAdmissions()
	for i := range needs {
		c.addNeed(i)
	}
	c.addEvents(4 * needs)
	c.writeRows(t, d)
	return c.codes
}

// writeRows inserts everything as the superuser, without triggers: these rows lived no story.
func (c *crowdBuilder) writeRows(t testing.TB, d *dbtest.Database) {
	t.Helper()
	tx, err := d.Admin.Begin()
	must(t, err)
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	_, err = tx.Exec("SET LOCAL session_replication_role = replica")
	must(t, err)
	c.fillDerivedColumns()
	for _, table := range c.tables {
		text, err := json.Marshal(c.rows[table])
		must(t, err)
		if _, err = tx.Exec(fmt.Sprintf("INSERT INTO dps.%[1]s OVERRIDING SYSTEM VALUE SELECT * FROM "+
			"jsonb_populate_recordset(NULL::dps.%[1]s, $1)", table), string(text)); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	must(t, tx.Commit())
}

// fillDerivedColumns writes what triggers write of other rows: when the need of an invitation or award was made, and whether an
// appointment is over because its need is ranked, withdrawn or ended without an award.
func (c *crowdBuilder) fillDerivedColumns() {
	needs, ended := map[any]Row{}, map[any]bool{}
	for _, need := range c.rows["need"] {
		needs[need["id"]] = need
		ended[need["id"]] = need["ranked_at"] != nil || need["withdrawn_at"] != nil
	}
	for _, end := range c.rows["no_award"] {
		ended[end["need_id"]] = true
	}
	for _, table := range []string{"invitation", "award"} {
		for _, row := range c.rows[table] {
			row["need_created_at"] = needs[row["need_id"]]["created_at"]
		}
	}
	for _, row := range c.rows["appointment"] {
		row["over"] = ended[row["need_id"]]
	}
}

func (c *crowdBuilder) addRow(table string, r Row) Row {
	if c.rows[table] == nil {
		c.tables = append(c.tables, table)
	}
	c.rows[table] = append(c.rows[table], r)
	return r
}

func (c *crowdBuilder) newID() string {
	var id uuid.UUID
	for i := range id {
		id[i] = byte(c.random.Uint32())
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}

func (c *crowdBuilder) instantAfter(days int) string {
	return c.now.AddDate(0, 0, days).Format(time.RFC3339Nano)
}

// protectText is a protected text, as a column of bytes looks in JSON.
func (c *crowdBuilder) protectText(context string, plain string) string {
	sealed, err := c.keys.Protect(context, []byte(plain))
	if err != nil {
		panic(err) // a keyring that was just made can protect
	}
	return fmt.Sprintf(`\x%x`, sealed)
}

func (c *crowdBuilder) dayAfter(days int) string {
	return c.now.AddDate(0, 0, days).Format(time.DateOnly)
}

func (c *crowdBuilder) withChance(of float64) bool { return c.random.Float64() < of }

// valueOrNil is the value, or nothing.
func (c *crowdBuilder) valueOrNil(value any) any {
	if c.withChance(0.5) {
		return value
	}
	return nil
}

func pickRandom[T any](c *crowdBuilder, from []T) T { return from[c.random.IntN(len(from))] }

func organisationID(name string) string { return demo.OrganisationID(name).String() }

func providerID(n int) string { return demo.ProviderID(n).String() }

// PersonNames are the same names everywhere, so that a right to one's own things differs from a right to a namesake's.
var PersonNames = []string{"synthetic.1", "synthetic.2", "synthetic.3"}

const (
	someWords  = "Synthetic: words."
	someCipher = `\x00`
)

func (c *crowdBuilder) addMarket() {
	c.addRow("organisation", Row{"id": organisationID(secondConsortium), "kind": "CONSORTIUM", "name": secondConsortium, "lead": false})
	c.addRow("organisation", Row{
		"id": organisationID("Synthetic Borough"), "kind": "BOROUGH", "name": "Synthetic Borough", "dfe_code": "000",
		"lead": false, "consortium_id": organisationID(secondConsortium),
	})
	c.addRow("organisation", Row{
		"id": organisationID(leavingBorough), "kind": "BOROUGH", "name": leavingBorough, "dfe_code": "001",
		"lead": false, "consortium_id": organisationID(demo.Consortium), "left_on": c.dayAfter(-5),
	})
	c.addRow("partnership_step", Row{
		"id": c.newID(), "number": 1, "organisation_id": organisationID(leavingBorough), "kind": "LEFT",
		"on_day": c.dayAfter(-5), "words": someWords, "at": c.instantAfter(-30), "person": PersonNames[0],
	})
	for _, name := range []string{"Surrey", "Bexley"} { // on a day to come: nobody is refused yet
		c.addRow("succession", Row{
			"id": c.newID(), "authority_id": organisationID(name), "on_day": c.dayAfter(90),
			"successors":   []string{organisationID("Kent"), organisationID("Merton")},
			"remainder_id": organisationID("Kent"), "words": someWords, "announced_at": c.instantAfter(-5), "announced_by": PersonNames[0],
		})
	}
	for _, borough := range authorities {
		d := delegations[borough]
		c.addDelegations(borough, demo.Consortium, d.live, nil)
		c.addDelegations(borough, secondConsortium, d.other, nil)
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
		c.addRow("delegation", Row{
			"id": c.newID(), "authority_id": organisationID(borough), "consortium_id": organisationID(consortium),
			"act":      act,
			"given_at": c.instantAfter(-30), "given_by": PersonNames[0], "withdrawn_at": withdrawn,
		})
	}
}

// addNotice adds a market notice with a rule: one of an authority that leads no market, too, for the walls.
func (c *crowdBuilder) addNotice(authority string, number int) {
	n := c.addRow("market_notice", Row{
		"id": c.newID(), "authority_id": organisationID(authority), "market_id": demo.MarketID().String(),
		"number": number, "kind": "MODIFY",
		"reference": "Synthetic", "words": someWords, "published_at": c.instantAfter(-70),
	})
	c.addRow("market_rule", Row{
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
	lot := c.addRow("lot", Row{
		"id": c.newID(), "authority_id": organisationID(authority), "market_id": demo.MarketID().String(),
		"name":        fmt.Sprintf("Synthetic lot %d", i),
		"description": someWords, "kind": "INMSS_DAY", "procedure": procedure, "shows_count": i%3 == 0, "age_low": 5, "age_high": 19,
		"needs":    []string{"ASD"},
		"contract": "Synthetic", "contract_version": "1", "created_at": c.instantAfter(-90),
	})
	for position, kind := range []string{"QUALITY", "PRICE"} {
		criterion := c.addRow("criterion", Row{
			"id": c.newID(), "authority_id": organisationID(authority), "lot_id": lot["id"],
			"position": position, "kind": kind,
			"name": "Synthetic", "description": someWords, "weight": 50, "top_score": 5,
		})
		c.criteria[lot.Text("id")] = append(c.criteria[lot.Text("id")], criterion.Text("id"))
	}
	c.addRow("lot_evidence", Row{"lot_id": lot["id"], "authority_id": organisationID(authority), "kind": "ACCOUNTS", "essential": i%2 == 0})
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
		c.addRow("inspection", Row{
			"id": c.newID(), "setting_id": demo.SettingID(n).String(), "body": "Ofsted", "scale": "Synthetic scale",
			"value": "Good", "inspected_on": c.dayAfter(-90),
		})
	}
	c.addRow("place_key", Row{"key": 1000, "lot_id": uuid.Nil.String(), "need": "Synthetic"})
	c.addRow("place", Row{"key": 1000, "setting_id": demo.SettingID(1).String(), "location": "(500000,120000)", "age_low": 5, "age_high": 19})
	for n := 1; n <= 2*providerCount; n++ {
		c.addRow("vacancy", Row{"setting_id": demo.SettingID(n).String(), "from_on": c.dayAfter(n), "free": 1, "declared_at": c.instantAfter(-1)})
	}
	for i := range 120 {
		c.addRow("saved_search", Row{
			"id": c.newID(), "organisation_id": pickRandom(c, []string{
				organisationID(pickRandom(c, authorities)),
				providerID(1 + c.random.IntN(providerCount)),
			}),
			"person": pickRandom(c, PersonNames), "name": fmt.Sprintf("Synthetic search %d", i), "shared": c.withChance(0.5), "filter": Row{},
			"saved_at": c.instantAfter(-1),
		})
	}
	c.addRow("outcode", Row{"outcode": "ZZ1", "easting": 500000, "northing": 120000, "schools": 3})
}

// addAdmissions: of the last provider there is none, and the one before has left every lot.
func (c *crowdBuilder) addAdmissions() {
	for n := 1; n <= providerCount; n++ {
		c.addEvidence(n)
		for _, lot := range c.lots {
			if n < providerCount && c.withChance(0.5) {
				c.addAdmission(n, lot)
			}
		}
	}
}

func (c *crowdBuilder) addEvidence(n int) {
	c.addRow("registration", Row{
		"id": c.newID(), "provider_id": providerID(n), "name": "Synthetic", "company_number": fmt.Sprintf("ZY%06d", n), "urns": []string{},
		"settings": []string{}, "similar_providers": []string{}, "submitted_at": c.instantAfter(-200), "submitted_by": PersonNames[0],
	})
	c.addRow("provider_contact", Row{
		"provider_id": providerID(n), "contacts": c.protectText("contacts:"+providerID(n), "[]"), "kept_at": c.instantAfter(-90),
		"kept_by": PersonNames[0],
	})
	for i := range 2 {
		c.addRow("renewal", Row{
			"id": c.newID(), "authority_id": organisationID([]string{"West Sussex", "Kent"}[i]), "provider_id": providerID(n),
			"kind": "ACCOUNTS", "reason": someWords,
			"asked_at": c.instantAfter(-20), "asked_by": PersonNames[0], "answer_by": c.instantAfter(-13),
		})
		e := c.addRow("evidence", Row{
			"id": c.newID(), "provider_id": providerID(n), "kind": "ACCOUNTS", "reference": someWords,
			"valid_from": c.dayAfter(-100), "valid_until": c.dayAfter(20),
			"recorded_at": c.instantAfter(-90), "recorded_by": PersonNames[0], "declared": false,
		})
		c.addRow("evidence_file", Row{
			"evidence_id": e["id"], "provider_id": providerID(n), "name": "synthetic.pdf", "media": "application/pdf",
			"bytes": 1, "sha256": "", "content": someCipher,
			"uploaded_at": c.instantAfter(-90), "uploaded_by": PersonNames[0],
		})
		c.addRow("evidence_warning", Row{"evidence_id": e["id"], "days": 60, "provider_id": providerID(n), "at": c.instantAfter(-30)})
	}
}

func (c *crowdBuilder) addAdmission(n int, lot Row) {
	application := c.addRow("application", Row{
		"id": c.newID(), "authority_id": lot["authority_id"], "lot_id": lot["id"],
		"provider_id": providerID(n), "statement": someWords,
		"declared": true, "submitted_at": c.instantAfter(-70), "submitted_by": PersonNames[0], "decide_by": c.instantAfter(-50),
	})
	about := Row{"application_id": application["id"], "authority_id": lot["authority_id"], "provider_id": providerID(n)}
	c.addRow("application_question", about.addTo(Row{
		"id": c.newID(), "round": 1, "question": someWords, "asked_at": c.instantAfter(-65),
		"asked_by": PersonNames[0], "answer_by": c.instantAfter(-60),
	}))
	if c.withChance(0.2) {
		return
	}
	c.addRow("application_appeal", about.addTo(Row{
		"grounds": someWords, "appealed_at": c.instantAfter(-55), "appealed_by": PersonNames[1],
		"decide_by": c.instantAfter(-45),
	}))
	application["decision"], application["reasons"], application["decided_at"] = pickRandom(c, []string{"ADMITTED", "ADMITTED", "REFUSED"}),
		someWords, c.instantAfter(-60)
	if application["decision"] == "REFUSED" {
		return
	}
	c.members[lot.Text("id")] = append(c.members[lot.Text("id")], n)
	member := c.addRow("membership", Row{
		"id": c.newID(), "lot_id": lot["id"], "provider_id": providerID(n),
		"application_id": application["id"], "admitted_at": c.instantAfter(-60),
		"suspended_at": c.valueOrNil(c.instantAfter(-10)),
	})
	if n == providerCount-1 {
		member["ended_at"] = c.instantAfter(-2)
	}
	if n%3 == 0 && member["suspended_at"] != nil { // a suspension that is over
		member["suspended_until"] = c.instantAfter(-2)
	}
	if n%7 == 0 {
		member["lapsed_at"] = c.instantAfter(-2)
	}
	for _, kind := range []string{"ADMITTED", "LEFT"} {
		c.addRow("membership_step", Row{
			"id": c.newID(), "number": len(c.rows["membership_step"]) + 1, "membership_id": member["id"],
			"authority_id": lot["authority_id"], "provider_id": providerID(n),
			"kind": kind, "reason": someWords, "at": c.instantAfter(-60), "person": PersonNames[0],
		})
	}
}

// firstEvent is the number of the first: those of the region's founding come before it.
const firstEvent = 1000

// addEvents adds events of all sorts of people, and what the sequencer made of some.
func (c *crowdBuilder) addEvents(events int) {
	for i := range events {
		e := Row{
			"id": firstEvent + i, "ref": c.newID(), "tx": fmt.Sprint(i + 1), "at": c.instantAfter(-5), "person": pickRandom(c,
				append([]string{"family", "system"}, PersonNames...)),
			"capacity": string(pickRandom(c, policy.Roles)), "act": "need.read", "object_id": c.newID(), "changed": []string{},
		}
		e["organisation_id"] = c.valueOrNil(pickRandom(c, []string{
			organisationID(pickRandom(c, authorities)),
			providerID(1 + c.random.IntN(providerCount)),
		}))
		e["authority_id"] = c.valueOrNil(organisationID(pickRandom(c, authorities)))
		e["chain_id"] = pickRandom(c, []string{organisationID(pickRandom(c, authorities)), providerID(1 + c.random.IntN(providerCount))})
		c.addRow("event", e)
		c.addRow("idempotency", Row{
			"organisation_id": pickRandom(c, []string{
				organisationID(pickRandom(c, authorities)),
				providerID(1 + c.random.IntN(providerCount)),
			}),
			"person": pickRandom(c, PersonNames), "act": "need.create", "key": fmt.Sprintf("synthetic %d", i), "request": someCipher,
			"at": c.instantAfter(-5),
		})
		if i%4 == 0 {
			c.addRow("event_seal", Row{
				"event_id": firstEvent + i, "tx": fmt.Sprint(i + 1), "chain_id": e["chain_id"],
				"position": i + 1, "hash": someCipher,
			})
			c.addRow("event_head", Row{
				"chain_id": e["chain_id"], "position": i + 1, "hash": someCipher, "signature": someCipher,
				"signed_at": c.instantAfter(-5),
			})
		}
	}
}
