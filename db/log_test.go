package db_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/ledger"
	"github.com/southeasttogether/dps/policy"
)

// verifyLog audits the log.
func (f *fixture) verifyLog() ledger.Report {
	f.t.Helper()
	found, err := ledger.VerifyLog(f.t.Context(), f.AdminURL, f.Keyring.PublicKey())
	if err != nil {
		f.t.Fatal(err)
	}
	return found
}

// newSealedFixture is a small market with a log of several chains, sealed in several rounds.
func newSealedFixture(t *testing.T) *fixture {
	f := newFixture(t, 2, 2)
	f.sealLog()
	need := f.publishNeed(f.kent)
	f.submitOffer(need, 0)
	f.sealLog()
	f.submitOffer(need, 1)
	f.draftNeed(f.kent)
	f.sealLog()
	return f
}

// sealLog seals all there is. Another test's transaction on the same server may hold the horizon back for a moment.
func (f *fixture) sealLog() {
	f.t.Helper()
	for f.countRows("event e WHERE NOT EXISTS (SELECT FROM dps.event_seal s WHERE s.event_id = e.id)") > 0 {
		if _, err := ledger.SealEvents(f.t.Context(), f.Worker); err != nil {
			f.t.Fatal(err)
		}
	}
}

func TestVerifyLogFindsNoFault(t *testing.T) {
	f := newSealedFixture(t)
	got := f.verifyLog()
	if got.Faults != nil || got.Events != int64(f.countRows("event")) || got.Unsealed != 0 || len(got.Heads) != 4 {
		t.Fatalf("got %+v", got)
	}
	f.draftNeed(f.kent)
	if got = f.verifyLog(); got.Unsealed != 1 || got.Faults != nil {
		t.Errorf("with an unsealed tail: %+v", got)
	}
}

// TestSealEventsBySeveralSequencers: several at once seal each event once, in one chain without gaps.
func TestSealEventsBySeveralSequencers(t *testing.T) {
	f := newFixture(t, 1, 2)
	errs := atOnce(8, func(int) error {
		f.draftNeed(f.kent)
		_, err := ledger.SealEvents(t.Context(), f.Worker)
		return err
	})
	if n := countSucceeded(t, errs); n != 8 {
		t.Errorf("%d of 8 sealed without an error", n)
	}
	f.sealLog()
	if got := f.verifyLog(); got.Faults != nil || got.Events != int64(f.countRows("event")) {
		t.Errorf("got %+v", got)
	}
}

// TestSealEventsWaitsForALateCommit: an event whose number and transaction are older than others, and which is committed after
// those, holds them back until it is there, and is sealed before them.
func TestSealEventsWaitsForALateCommit(t *testing.T) {
	f := newFixture(t, 1, 2)
	f.sealLog()
	late := f.Become(t, actorAs(policy.Commissioner, f.kent))
	object := uuid.New()
	if _, err := late.Exec(`INSERT INTO dps.event (person, capacity, organisation_id, act, object_id, authority_id, chain_id)
		VALUES ('synthetic-commissioner', 'commissioner', $1, 'need.create', $2, $1, $1)`, f.kent, object); err != nil {
		t.Fatal(err)
	}
	f.draftNeed(f.kent)
	if n, err := ledger.SealEvents(t.Context(), f.Worker); err != nil || n != 0 {
		t.Fatalf("sealed %d events past one that was not committed yet (%v)", n, err)
	}
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	f.sealLog()
	var first uuid.UUID
	f.queryValue(&first, "SELECT e.object_id FROM dps.event_seal s JOIN dps.event e ON e.id = s.event_id WHERE s.chain_id = $1 ORDER BY s.position LIMIT 1", f.kent)
	if got := f.verifyLog(); got.Faults != nil || first != object {
		t.Errorf("the late event is not first in its chain; %+v", got)
	}
}

// TestLogTakesNoEventInThePast: whatever transaction and time a writer names, the database says which it was.
func TestLogTakesNoEventInThePast(t *testing.T) {
	f := newFixture(t, 1, 2)
	f.execSQL(`INSERT INTO dps.event (tx, at, person, capacity, act, object_id, chain_id)
		VALUES ('3', '2001-01-01', 'synthetic-forger', 'commissioner', 'need.create', $1, $1)`, f.kent)
	if n := f.countRows("event WHERE person = 'synthetic-forger' AND tx > '3' AND at > '2020-01-01'"); n != 1 {
		t.Error("an event was written into the past")
	}
}

// TestVerifyLogNamesTheFault tampers with one thing at a time, as the owner of the machine, and expects it to be named. EVENT is
// the third event of the lead authority's chain, CHAIN that chain.
func TestVerifyLogNamesTheFault(t *testing.T) {
	f := newSealedFixture(t)
	var event, last int64
	f.queryValue(&event, "SELECT event_id FROM dps.event_seal WHERE chain_id = $1 AND position = 3", f.lead)
	f.queryValue(&last, "SELECT max(position) FROM dps.event_seal WHERE chain_id = $1", f.lead)
	f.execSQL("CREATE TABLE kept_event AS TABLE dps.event; CREATE TABLE kept_seal AS TABLE dps.event_seal; CREATE TABLE kept_head AS TABLE dps.event_head")
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
			f.tamperWith(strings.NewReplacer("EVENT", formatInt(event), "CHAIN", "'"+f.lead.String()+"'", "LAST", formatInt(last)).Replace(c.tamper))
			defer f.tamperWith("DELETE FROM dps.event; DELETE FROM dps.event_seal; DELETE FROM dps.event_head",
				"INSERT INTO dps.event OVERRIDING SYSTEM VALUE TABLE kept_event", "INSERT INTO dps.event_seal TABLE kept_seal", "INSERT INTO dps.event_head TABLE kept_head")
			got := f.verifyLog()
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
	if got := f.verifyLog(); got.Faults != nil {
		t.Errorf("after putting everything back: %v", got.Faults)
	}
}

func TestVerifyLogBoundsTheListOfFaults(t *testing.T) {
	f := newSealedFixture(t)
	f.tamperWith("UPDATE dps.event SET person = 'x'", "INSERT INTO dps.event (id, tx, at, person, capacity, act, object_id, chain_id) OVERRIDING SYSTEM VALUE "+
		"SELECT 900000 + n, '3', now(), 'x', 'x', 'x', gen_random_uuid(), gen_random_uuid() FROM generate_series(1, 200) n")
	if got := f.verifyLog(); len(got.Faults) != 100 || got.More < 100 {
		t.Errorf("%d faults listed, %d more", len(got.Faults), got.More)
	}
}

func formatInt(n int64) string { return strconv.FormatInt(n, 10) }
