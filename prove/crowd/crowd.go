// Package crowd fills a database with a crowded region, for proofs of who can read and write what: rows of every table in every state.
package crowd

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// crowdBuilder writes a crowded region: rows of every table in every state, so that each right has rows that it covers
// and rows that it does not. row security does not care whether a story could have led there. Nobody and nothing in it
// is real.
type crowdBuilder struct {
	random       *rand.Rand
	now          time.Time
	keys         *seal.Keyring
	tables       []string         // in the order in which they came up
	rows         map[string][]row // by table
	codes        []string         // one-time codes of families, as they type them
	lots         []row            // published ones
	scoredLots   []row            // of these, the ones in which several people score
	countingLots []row            // and those that show how many offers have come
	criteria     map[string][]string
	members      map[string][]int // providers by lot
}

// Authorities are those whose needs there are: partners, and boroughs by what they delegate to whom.
var Authorities = []string{
	"Kent", "Surrey", "West Sussex", "Croydon", "Bexley", "Bromley", "Greenwich", "Lewisham", "Merton", "Sutton",
	"Synthetic Borough", LeavingBorough, "Wandsworth",
}

// SecondConsortium is one more than the region has, to show that what is delegated to one is not delegated to another.
const SecondConsortium = "Synthetic Consortium"

// LeavingBorough is a borough that has left the region: its delegations, and the appointments of its people, do not
// count any more.
const LeavingBorough = "Synthetic Leaver"

// delegations are acts by borough: to the region's consortium, to the second one, and what was taken back.
var delegations = map[string]struct{ live, other, back string }{
	"Croydon": {live: "PUBLISH EVALUATE AWARD MANAGE"}, "Bexley": {live: "PUBLISH"}, "Bromley": {live: "EVALUATE", back: "PUBLISH"},
	"Greenwich": {live: "AWARD"}, "Lewisham": {live: "MANAGE"}, "Merton": {back: "PUBLISH EVALUATE AWARD MANAGE"},
	LeavingBorough: {live: "PUBLISH EVALUATE AWARD MANAGE"}, "Synthetic Borough": {other: "PUBLISH AWARD", back: "EVALUATE"},
	"Wandsworth": {live: "PUBLISH", other: "EVALUATE MANAGE"},
}

// ProviderCount is how many providers there are.
const ProviderCount = 20

// Fill fills a database that contains the synthetic region with the given number of needs and everything that
// belongs to them. It gives the one-time codes of families.
func Fill(t testing.TB, d *dbtest.Database, needs int, random *rand.Rand) []string {
	t.Helper()
	c := &crowdBuilder{random: random, keys: d.Keyring, rows: map[string][]row{}, criteria: map[string][]string{}, members: map[string][]int{}}
	must(t, d.Admin.QueryRow("SELECT dps.now()").Scan(&c.now))
	c.addMarket()
	c.addDirectory()
	c.addAdmissions()
	for i := range needs {
		c.addNeed(i)
	}
	c.linkAwardsOfProvider()
	c.addDeclinedAwards()
	c.addPlacementsThatAreOver()
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
	needs, ended := map[any]row{}, map[any]bool{}
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

func (c *crowdBuilder) addRow(table string, r row) row {
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

// OrganisationID is an authority's id as text, by its name.
func OrganisationID(name string) string { return demo.OrganisationID(name).String() }

// ProviderID is the id of a synthetic provider as text, counted from 1.
func ProviderID(n int) string { return demo.ProviderID(n).String() }

// PersonNames are the same names everywhere, so that a right to one's own things differs from a right to a namesake's.
var PersonNames = []string{"synthetic.1", "synthetic.2", "synthetic.3"}

const (
	someWords  = "Synthetic: words."
	someCipher = `\x00`
)

// firstEvent is the number of the first: those of the region's founding come before it.
const firstEvent = 1000

// addEvents adds events of all sorts of people, and what the sequencer made of some.
func (c *crowdBuilder) addEvents(events int) {
	for i := range events {
		e := row{
			"id": firstEvent + i, "ref": c.newID(), "tx": fmt.Sprint(i + 1), "at": c.instantAfter(-5), "person": pickRandom(c,
				append([]string{"family", "system"}, PersonNames...)),
			"capacity": string(pickRandom(c, policy.Roles)), "act": "need.read", "object_id": c.newID(), "changed": []string{},
		}
		e["organisation_id"] = c.valueOrNil(pickRandom(c, []string{
			OrganisationID(pickRandom(c, Authorities)),
			ProviderID(1 + c.random.IntN(ProviderCount)),
		}))
		e["authority_id"] = c.valueOrNil(OrganisationID(pickRandom(c, Authorities)))
		e["chain_id"] = pickRandom(c, []string{OrganisationID(pickRandom(c, Authorities)), ProviderID(1 + c.random.IntN(ProviderCount))})
		c.addRow("event", e)
		c.addRow("idempotency", row{
			"organisation_id": pickRandom(c, []string{
				OrganisationID(pickRandom(c, Authorities)),
				ProviderID(1 + c.random.IntN(ProviderCount)),
			}),
			"person": pickRandom(c, PersonNames), "act": "need.create", "key": fmt.Sprintf("synthetic %d", i), "request": someCipher,
			"at": c.instantAfter(pickRandom(c, []int{-5, -120})),
		})
		if i%4 == 0 {
			c.addRow("event_seal", row{
				"event_id": firstEvent + i, "tx": fmt.Sprint(i + 1), "chain_id": e["chain_id"],
				"position": i + 1, "hash": someCipher,
			})
			c.addRow("event_head", row{
				"chain_id": e["chain_id"], "position": i + 1, "hash": someCipher, "signature": someCipher,
				"signed_at": c.instantAfter(-5),
			})
		}
	}
}

// row is one row of a table, by the names of its columns.
type row map[string]any

// id is the row's id as text.
func (r row) id() string { return fmt.Sprint(r["id"]) }

func (r row) hasValue(column string) bool { return r[column] != nil }

// withColumn is the row with one column changed.
func (r row) withColumn(column string, value any) row { return r.addTo(row{column: value}) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
