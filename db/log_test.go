package db_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/policy"
)

// verified audits the log.
func (f *fixture) verified() db.Verified {
	f.t.Helper()
	found, err := db.VerifyLog(f.t.Context(), f.AdminURL, f.Keyring.PublicKey())
	if err != nil {
		f.t.Fatal(err)
	}
	return found
}

// sealed is a small market with a log of several chains, sealed in several rounds.
func sealed(t *testing.T) *fixture {
	f := newFixture(t, 2, 2)
	f.seal()
	need := f.need(f.kent)
	f.offer(need, 0)
	f.seal()
	f.offer(need, 1)
	f.draftNeed(f.kent)
	f.seal()
	return f
}

// seal seals all there is. Another test's transaction on the same server may hold the horizon back for a moment.
func (f *fixture) seal() {
	f.t.Helper()
	for f.count("event e WHERE NOT EXISTS (SELECT FROM dps.event_seal s WHERE s.event_id = e.id)") > 0 {
		if _, err := f.Worker.Seal(f.t.Context()); err != nil {
			f.t.Fatal(err)
		}
	}
}

func TestAuditPasses(t *testing.T) {
	f := sealed(t)
	got := f.verified()
	if got.Faults != nil || got.Events != int64(f.count("event")) || got.Unsealed != 0 || len(got.Heads) != 4 {
		t.Fatalf("got %+v", got)
	}
	f.draftNeed(f.kent)
	if got = f.verified(); got.Unsealed != 1 || got.Faults != nil {
		t.Errorf("with an unsealed tail: %+v", got)
	}
}

// TestSequencersShareTheWork: several at once seal each event once, in one chain without gaps.
func TestSequencersShareTheWork(t *testing.T) {
	f := newFixture(t, 1, 2)
	errs := atOnce(8, func(int) error {
		f.draftNeed(f.kent)
		_, err := f.Worker.Seal(t.Context())
		return err
	})
	if n := succeeded(t, errs); n != 8 {
		t.Errorf("%d of 8 sealed without an error", n)
	}
	f.seal()
	if got := f.verified(); got.Faults != nil || got.Events != int64(f.count("event")) {
		t.Errorf("got %+v", got)
	}
}

// TestLateCommitIsNotMissed: an event whose number and transaction are older than others, and which is committed after
// those, holds them back until it is there, and is sealed before them.
func TestLateCommitIsNotMissed(t *testing.T) {
	f := newFixture(t, 1, 2)
	f.seal()
	late := f.Become(t, as(policy.Commissioner, f.kent))
	object := uuid.New()
	if _, err := late.Exec(`INSERT INTO dps.event (person, capacity, organisation_id, act, object_id, authority_id, chain_id)
		VALUES ('synthetic-commissioner', 'commissioner', $1, 'need.create', $2, $1, $1)`, f.kent, object); err != nil {
		t.Fatal(err)
	}
	f.draftNeed(f.kent)
	if n, err := f.Worker.Seal(t.Context()); err != nil || n != 0 {
		t.Fatalf("sealed %d events past one that was not committed yet (%v)", n, err)
	}
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	f.seal()
	var first uuid.UUID
	f.look(&first, "SELECT e.object_id FROM dps.event_seal s JOIN dps.event e ON e.id = s.event_id WHERE s.chain_id = $1 ORDER BY s.position LIMIT 1", f.kent)
	if got := f.verified(); got.Faults != nil || first != object {
		t.Errorf("the late event is not first in its chain; %+v", got)
	}
}

// TestNobodyWritesIntoThePast: whatever transaction and time a writer names, the database says which it was.
func TestNobodyWritesIntoThePast(t *testing.T) {
	f := newFixture(t, 1, 2)
	f.run(`INSERT INTO dps.event (tx, at, person, capacity, act, object_id, chain_id)
		VALUES ('3', '2001-01-01', 'synthetic-forger', 'commissioner', 'need.create', $1, $1)`, f.kent)
	if n := f.count("event WHERE person = 'synthetic-forger' AND tx > '3' AND at > '2020-01-01'"); n != 1 {
		t.Error("an event was written into the past")
	}
}

// TestAuditNamesTheFault tampers with one thing at a time, as the owner of the machine, and expects it to be named. EVENT is
// the third event of the lead authority's chain, CHAIN that chain.
func TestAuditNamesTheFault(t *testing.T) {
	f := sealed(t)
	var event, last int64
	f.look(&event, "SELECT event_id FROM dps.event_seal WHERE chain_id = $1 AND position = 3", f.lead)
	f.look(&last, "SELECT max(position) FROM dps.event_seal WHERE chain_id = $1", f.lead)
	f.run("CREATE TABLE kept_event AS TABLE dps.event; CREATE TABLE kept_seal AS TABLE dps.event_seal; CREATE TABLE kept_head AS TABLE dps.event_head")
	const changed, at = "was changed", int64(3)
	for name, c := range map[string]struct {
		tamper   string
		what     string
		position int64
		event    int64
	}{
		"id":                {"INSERT INTO dps.event OVERRIDING SYSTEM VALUE SELECT 900000, ref, tx, at, person, capacity, organisation_id, act, object_id, authority_id, chain_id, changed, once FROM dps.event WHERE id = EVENT; DELETE FROM dps.event WHERE id = EVENT", "was deleted", at, event},
		"ref":               {"UPDATE dps.event SET ref = gen_random_uuid() WHERE id = EVENT", changed, at, event},
		"transaction":       {"UPDATE dps.event SET tx = '9' WHERE id = EVENT", changed, at, event},
		"time":              {"UPDATE dps.event SET at = at + interval '1 microsecond' WHERE id = EVENT", changed, at, event},
		"unreadable time":   {"UPDATE dps.event SET at = 'infinity' WHERE id = EVENT", changed, at, event},
		"person":            {"UPDATE dps.event SET person = 'synthetic-other' WHERE id = EVENT", changed, at, event},
		"capacity":          {"UPDATE dps.event SET capacity = 'approver' WHERE id = EVENT", changed, at, event},
		"organisation":      {"UPDATE dps.event SET organisation_id = NULL WHERE id = EVENT", changed, at, event},
		"act":               {"UPDATE dps.event SET act = 'lot.publish' WHERE id = EVENT", changed, at, event},
		"object":            {"UPDATE dps.event SET object_id = gen_random_uuid() WHERE id = EVENT", changed, at, event},
		"authority":         {"UPDATE dps.event SET authority_id = NULL WHERE id = EVENT", changed, at, event},
		"chain":             {"UPDATE dps.event SET chain_id = gen_random_uuid() WHERE id = EVENT", changed, at, event},
		"changed":           {"UPDATE dps.event SET changed = changed || '{more}' WHERE id = EVENT", changed, at, event},
		"once":              {"UPDATE dps.event SET once = 'once' WHERE id = EVENT", changed, at, event},
		"deleted event":     {"DELETE FROM dps.event WHERE id = EVENT", "was deleted", at, event},
		"deleted seal":      {"DELETE FROM dps.event_seal WHERE event_id = EVENT", "is missing", at, 0},
		"deleted both":      {"DELETE FROM dps.event WHERE id = EVENT; DELETE FROM dps.event_seal WHERE event_id = EVENT", "is missing", at, 0},
		"changed hash":      {"UPDATE dps.event_seal SET hash = decode(repeat('00', 32), 'hex') WHERE event_id = EVENT", changed, at, event},
		"swapped positions": {"UPDATE dps.event_seal SET position = 9999 WHERE event_id = EVENT; UPDATE dps.event_seal SET position = 3 WHERE chain_id = CHAIN AND position = 4; UPDATE dps.event_seal SET position = 4 WHERE position = 9999", changed, at, 0},
		"inserted event":    {"INSERT INTO dps.event (id, tx, at, person, capacity, act, object_id, chain_id) OVERRIDING SYSTEM VALUE SELECT 900000, tx, at, person, capacity, act, object_id, chain_id FROM dps.event WHERE id = EVENT", "was put in", 0, 900000},
		"event of no time":  {"INSERT INTO dps.event (id, tx, at, person, capacity, act, object_id, chain_id) OVERRIDING SYSTEM VALUE SELECT 900000, '99999999', at, person, capacity, act, object_id, chain_id FROM dps.event WHERE id = EVENT", "has not been", 0, 900000},
		"cut tail":          {"DELETE FROM dps.event e USING dps.event_seal s WHERE s.event_id = e.id AND s.chain_id = CHAIN AND s.position = LAST; DELETE FROM dps.event_seal WHERE chain_id = CHAIN AND position = LAST", "tail was cut", last, 0},
		"unsigned tail":     {"DELETE FROM dps.event_head WHERE chain_id = CHAIN AND position = LAST", "no signed head", 0, 0},
		"forged signature":  {"UPDATE dps.event_head SET signature = decode(repeat('00', 64), 'hex') WHERE chain_id = CHAIN AND position = LAST", "signature", last, 0},
		"signature's time":  {"UPDATE dps.event_head SET signed_at = signed_at + interval '1 day' WHERE chain_id = CHAIN AND position = LAST", "signature", last, 0},
		"changed head":      {"UPDATE dps.event_head SET hash = decode(repeat('00', 32), 'hex') WHERE chain_id = CHAIN AND position = LAST", "signature", last, 0},
		"moved watermark":   {"UPDATE dps.event_seal SET tx = '99999999' WHERE event_id = EVENT", changed, at, event},
	} {
		t.Run(name, func(t *testing.T) {
			f := *f
			f.t = t
			f.tamper(strings.NewReplacer("EVENT", itoa(event), "CHAIN", "'"+f.lead.String()+"'", "LAST", itoa(last)).Replace(c.tamper))
			defer f.tamper("DELETE FROM dps.event; DELETE FROM dps.event_seal; DELETE FROM dps.event_head",
				"INSERT INTO dps.event OVERRIDING SYSTEM VALUE TABLE kept_event", "INSERT INTO dps.event_seal TABLE kept_seal", "INSERT INTO dps.event_head TABLE kept_head")
			got := f.verified()
			if len(got.Faults) == 0 {
				t.Fatal("nothing was found")
			}
			first := got.Faults[0]
			if !strings.Contains(first.What, c.what) || c.position != 0 && first.Position != c.position || c.event != 0 && first.Event != c.event {
				t.Errorf("the first fault is %s; want %q at position %d, event %d", first, c.what, c.position, c.event)
			}
			if first.Chain != f.lead {
				t.Errorf("named chain %s", first.Chain)
			}
			if strings.Contains(first.What, "synthetic") {
				t.Errorf("a fault repeats the row: %s", first)
			}
		})
	}
	if got := f.verified(); got.Faults != nil {
		t.Errorf("after putting everything back: %v", got.Faults)
	}
}

func TestAuditFlatInFaults(t *testing.T) {
	f := sealed(t)
	f.tamper("UPDATE dps.event SET person = 'x'", "INSERT INTO dps.event (id, tx, at, person, capacity, act, object_id, chain_id) OVERRIDING SYSTEM VALUE "+
		"SELECT 900000 + n, '3', now(), 'x', 'x', 'x', gen_random_uuid(), gen_random_uuid() FROM generate_series(1, 200) n")
	if got := f.verified(); len(got.Faults) != 100 || got.More < 100 {
		t.Errorf("%d faults listed, %d more", len(got.Faults), got.More)
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
