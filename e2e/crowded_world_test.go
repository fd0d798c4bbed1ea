package e2e_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/resolvers"
	"github.com/southeasttogether/dps/seal"
)

// copyCount is how many copies of everything a crowded world holds.
const copyCount = 100

// crowdedWorld is the world of the story with a hundred copies of everything in it, and a need that has a hundred offers.
type crowdedWorld struct {
	*world
	demo.Told
	t testing.TB
}

// newCrowdedWorld copies one that is made once.
func newCrowdedWorld(t testing.TB) *crowdedWorld {
	t.Helper()
	limits := resolvers.Limits{Rows: 100_000, Values: 1_000_000, Text: 100 << 20} // a crowd at once, to count statements
	d := dbtest.Prepared(t, "crowd", func(d *dbtest.Database) {
		d.Load(t, demo.Region(time.Now()))
		w := serve(t, d, limits)
		theCrowd = w.liveStory(t)
		(&crowdedWorld{world: w, Told: theCrowd, t: t}).gather()
	})
	return &crowdedWorld{world: serve(t, d, limits), Told: theCrowd, t: t}
}

// theCrowd is what was told in the template of newCrowdedWorld, and so in each copy of it.
var theCrowd demo.Told

// gather makes the copies.
func (c *crowdedWorld) gather() {
	t, w := c.t, c.world
	t.Helper()
	w.sendQuery(t, demo.Borough, mutationDocument("giveDelegation", ""), fields{"input": fields{
		"idempotencyKey": "crowd delegation",
		"act":            "PUBLISH",
	}})
	tx, err := w.Admin.Begin()
	must(t, err)
	defer tx.Rollback()                                              //nolint:errcheck // after a commit it does nothing
	_, err = tx.Exec("SET LOCAL session_replication_role = replica") // copies are made behind the triggers
	must(t, err)
	c.copyRegion(tx)
	c.copyNeeds(tx)
	c.sealAgain(tx)
	_, err = tx.Exec("SELECT dps.owe_notices(ARRAY(SELECT id FROM dps.award))")
	must(t, err)
	must(t, tx.Commit())
	c.protectAgain()
	_, err = w.Admin.Exec(`INSERT INTO dps.event (person, capacity, organisation_id, act, object_id, authority_id, chain_id, changed)
		SELECT person, capacity, organisation_id, act, object_id, authority_id, chain_id, changed FROM dps.event, generate_series(1, 50)
		WHERE act <> 'offer.read'`)
	must(t, err)
}

// copyRows copies rows of a table a hundred times. A column that is renamed gets an id made from the old one and the
// copy's number i, so that what belongs together still does. Other columns are given as SQL.
func (c *crowdedWorld) copyRows(tx *sql.Tx, table, where, renamed string, others ...string) {
	c.t.Helper()
	var changes []string
	for _, column := range strings.Fields(renamed) {
		changes = append(changes, fmt.Sprintf("'%[1]s', md5(t.%[1]s::text || i)::uuid", column))
	}
	statement := fmt.Sprintf(`INSERT INTO dps.%[1]s SELECT (jsonb_populate_record(NULL::dps.%[1]s, to_jsonb(t) || jsonb_build_object(%[2]s))).*
		FROM dps.%[1]s t, generate_series(1, %[3]d) i WHERE %[4]s`, table, strings.Join(append(changes, others...), ", "), copyCount, where)
	_, err := tx.Exec(statement)
	if err != nil {
		c.t.Fatalf("copies of %s: %v", table, err)
	}
}

func (c *crowdedWorld) copyRegion(tx *sql.Tx) {
	kent, first := demo.OrganisationID("Kent"), demo.ProviderID(1)
	one := func(column string, id uuid.UUID) string { return fmt.Sprintf("t.%s = '%s'", column, id) }
	// behind the triggers
	_, err := tx.Exec("UPDATE dps.place p SET location = point(514000, 103000) FROM dps.setting s WHERE s.id = p.setting_id AND s.kind = " +
		"'SCHOOL'")
	must(c.t, err)
	c.copyRows(tx, "organisation", one("id", kent), "id", "'dfe_code', 'S' || i")
	// first in the list: it has delegations
	_, err = tx.Exec("UPDATE dps.organisation SET name = 'A borough' WHERE id = $1", demo.Borough.Organisation)
	must(c.t, err)
	c.copyRows(tx, "delegation", "true", "id", "'withdrawn_at', dps.now()", "'withdrawn_by', 'synthetic'")
	c.copyRows(tx, "provider", one("id", first), "id", "'ukprn', NULL", "'company_number', NULL")
	c.copyRows(tx, "setting", one("id", demo.SettingID(1)), "id provider_id", "'urn', 'SYN' || i")
	c.copyRows(tx, "setting", one("id", demo.SettingID(3)), "id", "'urn', 'UNC' || i", "'provider_id', NULL")
	c.copyRows(tx, "setting_address", one("setting_id", demo.SettingID(1)), "setting_id provider_id")
	_, err = tx.Exec(`INSERT INTO dps.saved_search (id, organisation_id, person, name, shared, filter)
		SELECT gen_random_uuid(), $1, $2, 'Synthetic ' || n, true, '{}' FROM generate_series(1, 100) n`, demo.Commissioner.Organisation,
		demo.Commissioner.Key)
	must(c.t, err)
	_, err = tx.Exec(`INSERT INTO dps.alert (authority_id, capacity, kind, source_id, of_kind, of_id, words, due, at)
		SELECT $1, 'commissioner', 'PLAN_DUE', gen_random_uuid(), 'need', gen_random_uuid(), 'Synthetic ' || n, dps.now(), dps.now()
		FROM generate_series(1, 100) n`, demo.Commissioner.Organisation)
	must(c.t, err)
	c.copyRows(tx, "market", "true", "id", "'name', 'Synthetic market ' || i")
	c.copyRows(tx, "lot", "true", "id", "'name', 'Synthetic lot ' || i")
	c.copyRows(tx, "criterion", "true", "id lot_id")
	c.copyRows(tx, "application", one("provider_id", first), "id provider_id")
	c.copyRows(tx, "membership", one("provider_id", first), "id provider_id application_id")
	_, err = tx.Exec(`INSERT INTO dps.evidence (id, provider_id, kind, reference, valid_from, valid_until, recorded_at, recorded_by, declared)
		SELECT gen_random_uuid(), p.id, k.code, 'SYN', '2026-01-01', '2199-01-01', dps.now(), 'synthetic', true
		FROM dps.provider p, dps.evidence_kind k`)
	must(c.t, err)
	_, err = tx.Exec("INSERT INTO dps.evidence_warning SELECT id, 60, provider_id, dps.now() FROM dps.evidence")
	must(c.t, err)
	_, err = tx.Exec("INSERT INTO dps.evidence_file SELECT id, provider_id, 'policy.pdf', 'application/pdf', 1, '', '\\x00', dps.now(), " +
		"'synthetic' FROM dps.evidence")
	must(c.t, err)
	_, err = tx.Exec("INSERT INTO dps.evidence_rejection SELECT id, provider_id, 'Synthetic' FROM dps.evidence")
	must(c.t, err)
	_, err = tx.Exec("INSERT INTO dps.renewal SELECT gen_random_uuid(), m.authority_id, p.id, 'ACCOUNTS', 'Synthetic', dps.now(), "+
		"'synthetic', dps.now() FROM dps.provider p, dps.market m WHERE m.id = $1", demo.MarketID())
	must(c.t, err)
	_, err = tx.Exec("INSERT INTO dps.lot_evidence SELECT l.id, l.authority_id, k.code, true FROM dps.lot l, dps.evidence_kind k ON " +
		"CONFLICT DO NOTHING")
	must(c.t, err)
	c.copyRows(tx, "membership_step", one("provider_id", first), "id provider_id membership_id")
	_, err = tx.Exec(`INSERT INTO dps.rating SELECT gen_random_uuid(), m.id, s.provider_id, s.id, q.respondent, q.code, 4, date_trunc('month',
		dps.now())
		FROM dps.market m, dps.setting s, dps.question q, generate_series(1, 10) WHERE s.provider_id IS NOT NULL AND m.id = $1
		AND s.kind = 'SCHOOL'`, demo.MarketID())
	must(c.t, err)
}

// copyNeeds copies the story's need with everything that belongs to it, and its winning offer within it.
func (c *crowdedWorld) copyNeeds(tx *sql.Tx) {
	c.copyRows(tx, "need", "true", "id", "'reference', 'N-SYNTHETIC' || i")
	for _, table := range []string{"need_ceiling", "need_identity", "invitation", "score_sheet"} {
		c.copyRows(tx, table, "true", "need_id")
	}
	c.copyRows(tx, "preference", "true", "id need_id")
	c.copyRows(tx, "offer", "true", "id need_id")
	c.copyRows(tx, "sealed_offer", "true", "id need_id")
	for _, table := range []string{"offer_price", "suitability", "score", "moderation"} {
		c.copyRows(tx, table, "true", "offer_id need_id")
	}
	c.copyRows(tx, "ranking", "true", "id offer_id need_id")
	c.copyRows(tx, "offer_fee", "true", "offer_id")
	c.copyRows(tx, "award", "true", "id need_id offer_id")
	c.copyRows(tx, "letter", "true", "id award_id offer_id need_id")
	c.copyRows(tx, "placement", "true", "id award_id need_id")
	c.copyRows(tx, "agreement", "true", "id placement_id need_id")
	c.copyRows(tx, "feedback_words", "true", "id placement_id")
	winner := fmt.Sprintf("'%s'", uuidOf(c.t, c.WinningOffer))
	c.copyRows(tx, "offer", "t.id = "+winner, "id", "'id', md5(t.id::text || 'busy' || i)::uuid")
	for _, table := range []string{"offer_price", "suitability", "score", "moderation", "offer_fee"} {
		c.copyRows(tx, table, "t.offer_id = "+winner, "", "'offer_id', md5(t.offer_id::text || 'busy' || i)::uuid")
	}
	for _, table := range []string{"ranking", "letter"} {
		c.copyRows(tx, table, "t.offer_id = "+winner, "",
			"'id', md5(t.id::text || 'busy' || i)::uuid, 'offer_id', md5(t.offer_id::text || 'busy' || i)::uuid")
	}
}

// sealAgain seals the copies of sealed offers, because a ciphertext opens only in its own place.
func (c *crowdedWorld) sealAgain(tx *sql.Tx) {
	c.t.Helper()
	type half struct {
		seal.Binding
		seal.Sealed
	}
	var halves []half
	found, err := tx.Query(`SELECT p.need_id, p.provider_id, p.offer_id, p.version, p.part, p.ciphertext, p.keeper_key, p.provider_key
		FROM dps.sealed_part p JOIN dps.sealed_offer o ON o.id = p.offer_id AND o.version = p.version`)
	must(c.t, err)
	defer found.Close()
	for found.Next() {
		var h half
		must(c.t, found.Scan(&h.Need, &h.Provider, &h.Offer, &h.Version, &h.Part, &h.Ciphertext, &h.KeeperKey, &h.ProviderKey))
		halves = append(halves, h)
	}
	must(c.t, found.Err())
	for _, h := range halves {
		text, err := c.Keyring.OpenAsProvider(h.Binding, h.Sealed)
		must(c.t, err)
		for i := 1; i <= copyCount; i++ {
			to := h.Binding
			to.Need, to.Offer = c.copiedID(tx, h.Need, i), c.copiedID(tx, h.Offer, i)
			sealed, err := c.Keyring.Seal(to, text)
			must(c.t, err)
			_, err = tx.Exec("INSERT INTO dps.sealed_part VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", to.Offer, to.Provider,
				to.Need, to.Version, to.Part,
				sealed.Ciphertext, sealed.KeeperKey, sealed.ProviderKey)
			must(c.t, err)
		}
	}
}

// copiedID is the id of the i-th copy.
func (c *crowdedWorld) copiedID(tx *sql.Tx, id uuid.UUID, i int) (copied uuid.UUID) {
	must(c.t, tx.QueryRow("SELECT md5($1::text || $2::int)::uuid", id.String(), i).Scan(&copied))
	return copied
}

// protectAgain does the same for what is encrypted under its own id.
func (c *crowdedWorld) protectAgain() {
	c.t.Helper()
	const text, identity = "Synthetic text", `{"Name": "Synthetic Child"}`
	for _, kept := range []struct{ table, key, column, context, plain string }{
		{"preference", "id", "words", "preference:", text},
		{"feedback_words", "id", "words", "words:", text},
		{"setting_address", "setting_id", "address", "address:", text},
		{"need_identity", "need_id", "identity", "identity:", identity},
	} {
		for _, id := range c.idsOf("dps."+kept.table, kept.key) {
			sealed, err := c.Keyring.Protect(kept.context+id.String(), []byte(kept.plain))
			must(c.t, err)
			_, err = c.Admin.Exec(fmt.Sprintf("UPDATE dps.%s SET %s = $2 WHERE %s = $1", kept.table, kept.column, kept.key), id, sealed)
			must(c.t, err)
		}
	}
}

// idsOf are the ids of a table, in a stable order.
func (c *crowdedWorld) idsOf(from, column string) (ids []uuid.UUID) {
	c.t.Helper()
	found, err := c.Admin.Query("SELECT " + column + " FROM " + from + " ORDER BY 1")
	must(c.t, err)
	defer found.Close()
	for found.Next() {
		var id uuid.UUID
		must(c.t, found.Scan(&id))
		ids = append(ids, id)
	}
	must(c.t, found.Err())
	return ids
}
