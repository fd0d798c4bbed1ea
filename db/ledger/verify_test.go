package ledger_test

import (
	"strings"
	"testing"
)

func TestVerifyLogFindsNoFault(t *testing.T) {
	f := newSealedFixture(t)
	got := verifyLog(f)
	if got.Faults != nil || got.Events != int64(f.CountRows("event")) || got.Unsealed != 0 || len(got.Heads) != 4 {
		t.Fatalf("got %+v", got)
	}
	f.DraftNeed(f.Kent)
	if got = verifyLog(f); got.Unsealed != 1 || got.Faults != nil {
		t.Errorf("with an unsealed tail: %+v", got)
	}
}

// TestVerifyLogNamesTheFault tampers with one thing at a time, as the owner of the machine, and expects the audit to
// name it. EVENT is the third event of the lead authority's chain, CHAIN that chain.
func TestVerifyLogNamesTheFault(t *testing.T) {
	f := newSealedFixture(t)
	var event, last int64
	f.QueryValue(&event, "SELECT event_id FROM dps.event_seal WHERE chain_id = $1 AND position = 3", f.Lead)
	f.QueryValue(&last, "SELECT max(position) FROM dps.event_seal WHERE chain_id = $1", f.Lead)
	f.ExecSQL("CREATE TABLE kept_event AS TABLE dps.event; CREATE TABLE kept_seal AS TABLE dps.event_seal; CREATE TABLE kept_head AS TABLE " +
		"dps.event_head")
	const changed, at = "was changed", int64(3)
	for name, c := range map[string]struct {
		tamper   string
		what     string
		position int64
		event    int64
	}{
		"id": {
			"INSERT INTO dps.event OVERRIDING SYSTEM VALUE SELECT 900000, ref, tx, at, person, capacity, organisation_id, " +
				"act, object_id, authority_id, chain_id, changed, once FROM dps.event WHERE id = EVENT; DELETE FROM dps.event WHERE id = EVENT",
			"was deleted", at, event,
		},
		"ref":             {"UPDATE dps.event SET ref = gen_random_uuid() WHERE id = EVENT", changed, at, event},
		"transaction":     {"UPDATE dps.event SET tx = '9' WHERE id = EVENT", changed, at, event},
		"time":            {"UPDATE dps.event SET at = at + interval '1 microsecond' WHERE id = EVENT", changed, at, event},
		"unreadable time": {"UPDATE dps.event SET at = 'infinity' WHERE id = EVENT", changed, at, event},
		"person":          {"UPDATE dps.event SET person = 'synthetic-other' WHERE id = EVENT", changed, at, event},
		"capacity":        {"UPDATE dps.event SET capacity = 'approver' WHERE id = EVENT", changed, at, event},
		"organisation":    {"UPDATE dps.event SET organisation_id = NULL WHERE id = EVENT", changed, at, event},
		"act":             {"UPDATE dps.event SET act = 'lot.publish' WHERE id = EVENT", changed, at, event},
		"object":          {"UPDATE dps.event SET object_id = gen_random_uuid() WHERE id = EVENT", changed, at, event},
		"authority":       {"UPDATE dps.event SET authority_id = NULL WHERE id = EVENT", changed, at, event},
		"chain":           {"UPDATE dps.event SET chain_id = gen_random_uuid() WHERE id = EVENT", changed, at, event},
		"changed":         {"UPDATE dps.event SET changed = changed || '{more}' WHERE id = EVENT", changed, at, event},
		"once":            {"UPDATE dps.event SET once = 'once' WHERE id = EVENT", changed, at, event},
		"deleted event":   {"DELETE FROM dps.event WHERE id = EVENT", "was deleted", at, event},
		"deleted seal":    {"DELETE FROM dps.event_seal WHERE event_id = EVENT", "is missing", at, 0},
		"deleted both":    {"DELETE FROM dps.event WHERE id = EVENT; DELETE FROM dps.event_seal WHERE event_id = EVENT", "is missing", at, 0},
		"changed hash":    {"UPDATE dps.event_seal SET hash = decode(repeat('00', 32), 'hex') WHERE event_id = EVENT", changed, at, event},
		"swapped positions": {"UPDATE dps.event_seal SET position = 9999 WHERE event_id = EVENT; UPDATE dps.event_seal SET position = 3 WHERE " +
			"chain_id = CHAIN AND position = 4; UPDATE dps.event_seal SET position = 4 WHERE position = 9999", changed, at, 0},
		"inserted event": {"INSERT INTO dps.event (id, tx, at, person, capacity, act, object_id, chain_id) OVERRIDING SYSTEM VALUE SELECT " +
			"900000, tx, at, person, capacity, act, object_id, chain_id FROM dps.event WHERE id = EVENT", "was put in", 0, 900000},
		"event of no time": {"INSERT INTO dps.event (id, tx, at, person, capacity, act, object_id, chain_id) OVERRIDING SYSTEM VALUE SELECT " +
			"900000, '99999999', at, person, capacity, act, object_id, chain_id FROM dps.event WHERE id = EVENT", "never happened", 0, 900000},
		"cut tail": {"DELETE FROM dps.event e USING dps.event_seal s WHERE s.event_id = e.id AND s.chain_id = CHAIN AND s.position = " +
			"LAST; DELETE FROM dps.event_seal WHERE chain_id = CHAIN AND position = LAST", "tail was cut", last, 0},
		"unsigned tail": {"DELETE FROM dps.event_head WHERE chain_id = CHAIN AND position = LAST", "no signed head", 0, 0},
		"forged signature": {
			"UPDATE dps.event_head SET signature = decode(repeat('00', 64), 'hex') WHERE chain_id = CHAIN AND position = LAST",
			"signature", last, 0,
		},
		"signature's time": {
			"UPDATE dps.event_head SET signed_at = signed_at + interval '1 day' WHERE chain_id = CHAIN AND position = LAST",
			"signature", last, 0,
		},
		"changed head": {
			"UPDATE dps.event_head SET hash = decode(repeat('00', 32), 'hex') WHERE chain_id = CHAIN AND position = LAST",
			"signature", last, 0,
		},
		"moved watermark": {"UPDATE dps.event_seal SET tx = '99999999' WHERE event_id = EVENT", changed, at, event},
	} {
		t.Run(name, func(t *testing.T) {
			f := *f
			f.T = t
			f.TamperWith(strings.NewReplacer("EVENT", formatInt(event), "CHAIN", "'"+f.Lead.String()+"'", "LAST", formatInt(last)).Replace(c.tamper))
			defer f.TamperWith("DELETE FROM dps.event; DELETE FROM dps.event_seal; DELETE FROM dps.event_head",
				"INSERT INTO dps.event OVERRIDING SYSTEM VALUE TABLE kept_event", "INSERT INTO dps.event_seal TABLE kept_seal",
				"INSERT INTO dps.event_head TABLE kept_head")
			got := verifyLog(&f)
			if len(got.Faults) == 0 {
				t.Fatal("nothing was found")
			}
			first := got.Faults[0]
			if !strings.Contains(first.What, c.what) || c.position != 0 && first.Position != c.position || c.event != 0 && first.Event != c.event {
				t.Errorf("the first fault is %s; want %q at position %d, event %d", first, c.what, c.position, c.event)
			}
			if first.Chain != f.Lead {
				t.Errorf("named chain %s", first.Chain)
			}
			if strings.Contains(first.What, "synthetic") {
				t.Errorf("a fault repeats the row: %s", first)
			}
		})
	}
	if got := verifyLog(f); got.Faults != nil {
		t.Errorf("after putting everything back: %v", got.Faults)
	}
}

func TestVerifyLogBoundsTheListOfFaults(t *testing.T) {
	f := newSealedFixture(t)
	f.TamperWith("UPDATE dps.event SET person = 'x'",
		"INSERT INTO dps.event (id, tx, at, person, capacity, act, object_id, chain_id) OVERRIDING SYSTEM VALUE "+
			"SELECT 900000 + n, '3', now(), 'x', 'x', 'x', gen_random_uuid(), gen_random_uuid() FROM generate_series(1, 200) n")
	if got := verifyLog(f); len(got.Faults) != 100 || got.More < 100 {
		t.Errorf("%d faults listed, %d more", len(got.Faults), got.More)
	}
}
