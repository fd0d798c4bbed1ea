package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/policy"
)

// operation is one thing that people do all day, as it is asked of the service and of PostGraphile, and as the best SQL
// for the same answer in a transaction of the same shape: begin, role and context, statements, commit.
type operation struct {
	name, what     string
	serviceRequest func(*rand.Rand) request
	peerRequest    func(*rand.Rand) request
	floorScripts   []string                           // scripts of pgbench, drawn at random
	requiredField  string                             // a field that an answer must hold, not empty
	goals          struct{ peer, floor, cpu float64 } // ratios to reach: requests a second, and CPU a request at most
	statements     float64                            // of data, at most
}

// figureName is the name under which a value of the operation is printed.
func (o operation) figureName(name string) string { return "bench." + o.name + "." + name }

// signedInPerson is a person invented, of one organisation.
type signedInPerson struct {
	organisation  uuid.UUID
	authorization string
}

// samplePool is what the operations draw from.
type samplePool struct {
	*dataset
	officers []signedInPerson // a commissioner of each authority
	bidders  []signedInPerson // a bids manager of each provider
	pages    []needsPage
	codes    []string // need types
	turn     atomic.Int64
}

// needsPage is where a page of an authority's needs begins.
type needsPage struct {
	officer               signedInPerson
	at                    time.Time
	after                 uuid.UUID
	ourCursor, peerCursor string // cursors
}

func (p *dataset) newSamplePool(ctx context.Context, ours, peers string) (*samplePool, error) {
	d := &samplePool{dataset: p}
	rows, err := p.admin.QueryContext(ctx, "SELECT id FROM peer.authority ORDER BY seq")
	if err != nil {
		return nil, err
	}
	for _, authority := range scanColumn[uuid.UUID](rows) {
		d.officers = append(d.officers, signedInPerson{authority, p.bearerHeader("synthetic.commissioner", policy.Commissioner, authority)})
	}
	if rows, err = p.admin.QueryContext(ctx, "SELECT name FROM peer.code ORDER BY seq"); err != nil {
		return nil, err
	}
	d.codes = scanColumn[string](rows)
	for i := range p.providers {
		d.bidders = append(d.bidders, signedInPerson{dataID("provider", i), p.bearerHeader("synthetic.bids", policy.BidsManager,
			dataID("provider", i))})
	}
	return d, d.findPages(ctx, ours, peers)
}

// scanColumn reads a column.
func scanColumn[T any](rows *sql.Rows) (all []T) {
	defer rows.Close()
	for rows.Next() {
		var value T
		if rows.Scan(&value) == nil {
			all = append(all, value)
		}
	}
	return all
}

// findPages turns the first pages of some authorities, in both services: they must show the same needs.
func (d *samplePool) findPages(ctx context.Context, ours, peers string) error {
	for _, officer := range d.officers[:10] {
		p := needsPage{officer: officer}
		for range 3 {
			a, err := askOnce(ours, request{needsQuery(p.ourCursor), officer.authorization}, "data", "needs")
			if err != nil {
				return err
			}
			b := a
			if peers != "" {
				if b, err = askOnce(peers, request{peerNeedsQuery(p.peerCursor), officer.authorization}, "data", "allNeeds"); err != nil {
					return err
				}
			}
			last, other := lastReference(a), lastReference(b)
			if last != other || last == "" {
				return fmt.Errorf("a page of needs ends with %q here and with %q there", last, other)
			}
			p.ourCursor, p.peerCursor = cursorOf(a), cursorOf(b)
			if err := d.admin.QueryRowContext(ctx, "SELECT created_at, id FROM dps.need WHERE reference = $1",
				last).Scan(&p.at, &p.after); err != nil {
				return err
			}
			d.pages = append(d.pages, p)
		}
	}
	return nil
}

func lastReference(connection map[string]any) string {
	edges, _ := connection["edges"].([]any)
	if len(edges) == 0 {
		return ""
	}
	node, _ := edges[len(edges)-1].(map[string]any)["node"].(map[string]any)
	reference, _ := node["reference"].(string)
	return reference
}

func cursorOf(connection map[string]any) string {
	return connection["pageInfo"].(map[string]any)["endCursor"].(string)
}

// dataID is what the scripts make of a kind and a number.
func dataID(kind string, n int) uuid.UUID {
	return uuid.UUID(md5.Sum([]byte("synthetic " + kind + strconv.Itoa(n))))
}

func opaqueID(kind string, id uuid.UUID) string { return kind + "_" + hex.EncodeToString(id[:]) }

func requestBody(query string, variables map[string]any) string {
	raw, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		panic(err) // texts and numbers can be written
	}
	return string(raw)
}

func pickRandom[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// enterStatements is the beginning of a transaction of the floor.
func enterStatements(mode, role, person string, organisation uuid.UUID) string {
	return fmt.Sprintf("BEGIN ISOLATION LEVEL %s;\nSELECT dps.enter('dps_%s', '%s', '%s', '', 0);\n", mode, role, person, organisation)
}

const readOnly, readWrite = "REPEATABLE READ READ ONLY", "READ COMMITTED"

func needsQuery(after string) string {
	return requestBody(`query($after: String) { needs(first: 20, after: $after) { edges { node { id reference deadline primaryNeed ageLow
		ageHigh profile
		offers { id receivedAt startsOn needsMet provider { id name } } } } pageInfo { endCursor } } }`, cursorVariables(after))
}

func peerNeedsQuery(after string) string {
	return requestBody(`query($after: Cursor) { allNeeds(first: 20, after: $after, orderBy: [CREATED_AT_DESC])
		{ edges { node { id reference deadline primaryNeed ageLow ageHigh profile
		offersByNeedIdAndAuthorityId { nodes { id receivedAt startsOn needsMet providerByProviderId { id name } } } } } pageInfo { endCursor } }
		}`, cursorVariables(after))
}

func cursorVariables(after string) map[string]any {
	if after == "" {
		return nil
	}
	return map[string]any{"after": after}
}

// nearestPlaces is what a commissioner searches for: twenty schools of a lot for a need and an age, the nearest first.
func (d *samplePool) nearestPlaces() operation {
	o := operation{
		name: "a", what: "20 nearest settings of a lot for a need and an age, with provider", requiredField: "provider",
		statements: 1,
	}
	draw := func(r *rand.Rand) (lot uuid.UUID, code string, age, east, north int, by signedInPerson) {
		return dataID("lot", r.IntN(4)), pickRandom(r, d.codes), 7 + r.IntN(9), 400000 + r.IntN(150000), 100000 + r.IntN(120000),
			pickRandom(r, d.officers)
	}
	o.serviceRequest = func(r *rand.Rand) request {
		lot, code, age, east, north, by := draw(r)
		return request{
			requestBody(`query($f: PlaceFilter) { places(filter: $f, first: 20) { edges { node { miles setting { id name district
			provider { id name } } } } } }`, map[string]any{"f": map[string]any{
				"lot": opaqueID("lot", lot), "needs": []string{code}, "age": age, "near": map[string]any{"easting": east, "northing": north},
			}}),
			by.authorization,
		}
	}
	o.peerRequest = func(r *rand.Rand) request {
		lot, code, age, east, north, by := draw(r)
		return request{requestBody(`query($l: UUID, $n: String, $a: Int, $e: Int, $o: Int) { peerNearest(lot: $l, need: $n, age: $a, easting: $e,
			northing: $o) { nodes { id name district providerByProviderId { id name } } } }`,
			map[string]any{"l": lot, "n": code, "a": age, "e": east, "o": north}), by.authorization}
	}
	for _, officer := range d.officers {
		for _, code := range d.codes[:2] {
			o.floorScripts = append(o.floorScripts,
				"\\set lot random(0, 3)\n\\set age random(7, 15)\n\\set east random(400000, 549999)\n\\set north random(100000, 219999)\n"+
					enterStatements(readOnly, "commissioner", "synthetic.commissioner", officer.organisation)+
					"SELECT p.location <-> point(:east, :north), s.id, s.name, s.district, o.id, o.name FROM dps.place p JOIN dps.setting s ON s.id = "+
					"p.setting_id LEFT JOIN dps.provider o ON o.id = s.provider_id\n"+
					"WHERE p.location IS NOT NULL AND p.key = (SELECT key FROM dps.place_key WHERE lot_id = md5('synthetic lot' || :lot)::uuid AND "+
					"need = '"+code+"')\n"+
					"AND :age BETWEEN p.age_low AND p.age_high ORDER BY p.location <-> point(:east, :north) LIMIT 20;\nCOMMIT;\n")
		}
	}
	o.goals.peer, o.goals.floor, o.goals.cpu = 3, 0.6, 0.5
	return o
}

// needsList is a commissioner's list: twenty needs with the offers that were opened and who made them.
func (d *samplePool) needsList() operation {
	o := operation{name: "b", what: "20 needs with opened offers and their providers", requiredField: "provider", statements: 1}
	o.serviceRequest = func(r *rand.Rand) request {
		p := pickRandom(r, d.pages)
		return request{needsQuery(p.ourCursor), p.officer.authorization}
	}
	o.peerRequest = func(r *rand.Rand) request {
		p := pickRandom(r, d.pages)
		return request{peerNeedsQuery(p.peerCursor), p.officer.authorization}
	}
	for _, p := range d.pages {
		o.floorScripts = append(o.floorScripts, enterStatements(readOnly, "commissioner", "synthetic.commissioner", p.officer.organisation)+
			fmt.Sprintf(
				`SELECT n.id, n.reference, n.deadline, n.primary_need, n.age_low, n.age_high, n.profile, o.id, o.received_at, o.starts_on, o.needs_met,
				p.id, p.name
FROM (SELECT * FROM dps.need WHERE authority_id = '%[1]s' AND (created_at, id) < ('%[2]s', '%[3]s') ORDER BY created_at DESC, id DESC LIMIT
20) n
LEFT JOIN dps.offer o ON o.need_id = n.id AND o.authority_id = '%[1]s' LEFT JOIN dps.provider p ON p.id = o.provider_id
ORDER BY n.created_at DESC, n.id DESC, o.id;
COMMIT;
`, p.officer.organisation, p.at.Format(time.RFC3339Nano), p.after))
	}
	o.goals.peer, o.goals.floor, o.goals.cpu = 2.5, 0.6, 0.5
	return o
}

// placementDetail is one child's place with everything about it.
func (d *samplePool) placementDetail() operation {
	o := operation{name: "c", what: "a placement with need, provider, setting and its feedback", requiredField: "figures", statements: 2}
	some := func(r *rand.Rand) (uuid.UUID, signedInPerson) {
		n := r.IntN(d.placements)
		return dataID("placement", n), d.officers[n%len(d.officers)]
	}
	o.serviceRequest = func(r *rand.Rand) request {
		which, officer := some(r)
		return request{
			requestBody(`query($id: ID!) { node(id: $id) { ... on Placement { id startsOn need { id reference profile } provider
			{ id name }
			setting { id name district figures { question answers mean } } } } }`, map[string]any{"id": opaqueID("placement", which)}),
			officer.authorization,
		}
	}
	o.peerRequest = func(r *rand.Rand) request {
		which, officer := some(r)
		return request{requestBody(`query($id: UUID!) { placementByRowId(rowId: $id) { id startsOn needByNeedIdAndAuthorityId { id reference
			profile } settingBySettingId { id name district
			providerByProviderId { id name } figures { nodes { question answers mean } } } } }`, map[string]any{"id": which}), officer.authorization}
	}
	for i, officer := range d.officers {
		o.floorScripts = append(o.floorScripts, fmt.Sprintf("\\set n random(0, %d) * %d + %d\n", d.placements/len(d.officers)-1, len(d.officers),
			i)+
			enterStatements(readOnly, "commissioner", "synthetic.commissioner", officer.organisation)+
			`SELECT x.id, x.starts_on, n.id, n.reference, n.profile, p.id, p.name, s.id, s.name, s.district FROM dps.placement x LEFT
				JOIN dps.need n ON n.id = x.need_id
LEFT JOIN dps.provider p ON p.id = x.provider_id LEFT JOIN dps.setting s ON s.id = x.setting_id
WHERE x.id = md5('synthetic placement' || :n)::uuid;
SELECT r.question, count(*), round(avg(r.value), 1) FROM dps.rating r JOIN dps.market m ON m.id = r.market_id
WHERE r.setting_id = md5('synthetic setting' || :n * 7 % `+strconv.Itoa(d.providers)+
			`)::uuid GROUP BY 1 HAVING count(*) >= max(m.feedback_k) ORDER BY 1;
COMMIT;
`)
	}
	o.goals.peer, o.goals.floor, o.goals.cpu = 3, 0.5, 0.5
	return o
}

// nextBid is the next invitation to an open need: the provider, the need and the setting. No two that run at once are
// the same, so that none is refused because the other came first.
func (d *samplePool) nextBid() (need, setting uuid.UUID, bidder signedInPerson) {
	turn := int(d.turn.Add(1))
	n := turn % d.open
	provider := d.member(lotOf(n), turn/d.open)
	return dataID("open need", n), dataID("setting", provider), d.bidders[provider]
}

// submitOffer seals an offer, or a new version of one.
func (d *samplePool) submitOffer() operation {
	o := operation{name: "d", what: "submit a sealed offer", requiredField: "receipt"}
	o.serviceRequest = func(*rand.Rand) request {
		need, setting, bidder := d.nextBid()
		return request{requestBody(`mutation($in: SubmitOfferInput!) { submitOffer(input: $in) { offer { id version receipt } problems
			{ code message } } }`, map[string]any{"in": map[string]any{
			"idempotencyKey": uuid.NewString(), "need": opaqueID("need", need), "setting": opaqueID("setting", setting), "startsOn": "2027-09-10",
			"needsMet":    "Synthetic: a calm room, a key adult, and time.",
			"outcomesMet": "Synthetic: small steps, told every week.", "weeks": 38, "fees": []any{map[string]any{
				"kind":        "EDUCATION",
				"description": "Synthetic: education.", "weekly": "1200.00",
			}},
		}}), bidder.authorization}
	}
	o.peerRequest = func(*rand.Rand) request {
		need, setting, bidder := d.nextBid()
		return request{requestBody(`mutation($in: PeerSubmitOfferInput!) { peerSubmitOffer(input: $in) { result { id version receipt } } }`,
			map[string]any{"in": map[string]any{"which": need, "place": setting, "key": uuid.NewString()}}), bidder.authorization}
	}
	for n := range min(d.open, 60) {
		provider := d.member(lotOf(n), n)
		o.floorScripts = append(o.floorScripts, "\\set key random(1, 1000000000000)\n"+enterStatements(readWrite, "bids_manager",
			"synthetic.bids", dataID("provider", provider))+
			fmt.Sprintf("SELECT id, version, receipt FROM peer.submit_offer('%s', '%s', 'floor ' || :key);\nCOMMIT;\n", dataID("open need", n),
				dataID("setting", provider)))
	}
	o.goals.peer, o.goals.floor, o.statements = 1.7, 0.8, 1
	return o
}

// askOnce sends one request and finds a field of the answer.
func askOnce(address string, r request, way ...string) (map[string]any, error) {
	w, err := dialService(address)
	if err != nil {
		return nil, err
	}
	defer w.conn.Close()
	answer, err := w.sendRequest(r)
	if err != nil {
		return nil, err
	}
	var value map[string]any
	if err := json.Unmarshal(answer, &value); err != nil {
		return nil, err
	}
	for _, step := range way {
		next, ok := value[step].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("no %s in %s", step, answer[:min(len(answer), 500)])
		}
		value = next
	}
	return value, nil
}

// requireField checks an answer: no errors, and the field that it is about.
func requireField(field string) func([]byte) error {
	sign := []byte(`"` + field)
	return func(answer []byte) error {
		switch {
		case bytes.Contains(answer, []byte(`"errors"`)):
			return errors.New(string(answer[:min(len(answer), 500)]))
		case !bytes.Contains(answer, sign) || bytes.Contains(answer, []byte(`"problems":[{`)):
			return fmt.Errorf("no %s in %s", strings.Trim(field, `"`), answer[:min(len(answer), 500)])
		}
		return nil
	}
}
