package tamper_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/db/ledger"
	"github.com/southeasttogether/dps/prove"
)

// tampering is one way of tampering.
type tampering struct {
	name string
	// do tampers at a place, and says where the first fault must be named.
	tamper func(f *logForge, p sealedPlace) sealedPlace
	// outside are those that leave a log which is whole and signed in itself: the heads kept elsewhere find them.
	onlyKeptHeadsTell bool
	// what the fault must say.
	faultWords string
	// wide tampering makes faults in other chains too.
	touchesOtherChains bool
}

// byStatements is a tampering by statements alone, found where it was done.
func byStatements(statements string) func(*logForge, sealedPlace) sealedPlace {
	return func(f *logForge, p sealedPlace) sealedPlace {
		f.tamperWith(p, statements)
		return p
	}
}

// columnChanges are the ways of changing one event: each of its columns.
var columnChanges = []string{
	"ref = gen_random_uuid()", "tx = (tx::text::bigint - 1)::text::xid8", "at = at - interval '1 microsecond'", "person = 'synthetic-other'",
	"capacity = 'approver'", "organisation_id = gen_random_uuid()", "act = 'need.publish'", "object_id = gen_random_uuid()",
	"authority_id = CASE WHEN authority_id IS NULL THEN chain_id END", "chain_id = OTHER", "changed = changed || '{more}'",
	"changed = array_append(changed, '')", "once = CASE WHEN once IS NULL THEN '' END",
}

const (
	cutEvents = "DELETE FROM dps.event e USING dps.event_seal s WHERE s.event_id = e.id AND s.chain_id = CHAIN AND s.position >= POSITION; " +
		"DELETE FROM dps.event_seal WHERE chain_id = CHAIN AND position >= POSITION"
	// removeSeals takes the seals and heads away from an event on, in every chain, so that the sequencer makes new ones.
	removeSeals = "DELETE FROM dps.event_seal s USING dps.event_seal at WHERE at.event_id = EVENT AND (s.tx, s.event_id) >= (at.tx, " +
		"at.event_id); " +
		"DELETE FROM dps.event_head h WHERE position > coalesce((SELECT max(position) FROM dps.event_seal s WHERE s.chain_id = h.chain_id), 0)"
	rewriteEvent = "UPDATE dps.event SET person = 'synthetic-other' WHERE id = EVENT; " + removeSeals
)

var tamperings = []tampering{
	{name: "event changed", faultWords: "was changed", tamper: func(f *logForge, p sealedPlace) sealedPlace {
		f.tamperWith(p, "UPDATE dps.event SET "+columnChanges[f.random.IntN(len(columnChanges))]+" WHERE id = EVENT")
		return p
	}},
	{name: "event deleted", faultWords: "was deleted", tamper: byStatements("DELETE FROM dps.event WHERE id = EVENT")},
	{name: "seal deleted", faultWords: "", tamper: byStatements("DELETE FROM dps.event_seal WHERE event_id = EVENT")},
	{
		name: "event and seal deleted", faultWords: "",
		tamper: byStatements("DELETE FROM dps.event WHERE id = EVENT; DELETE FROM dps.event_seal WHERE event_id = EVENT"),
	},
	{
		name: "seal changed", faultWords: "does not match",
		tamper: byStatements("UPDATE dps.event_seal SET hash = sha256(hash) WHERE event_id = EVENT"),
	},
	{name: "event put in", faultWords: "was put in", tamper: insertIntoPast},
	{name: "event put in with a seal", faultWords: "does not match", tamper: func(f *logForge, p sealedPlace) sealedPlace {
		f.tamperWith(p, "UPDATE dps.event_seal SET position = position + 900000 WHERE chain_id = CHAIN AND position >= POSITION; UPDATE "+
			"dps.event_seal SET position = position - 899999 WHERE position > 900000;"+
			insertCopy+"; INSERT INTO dps.event_seal SELECT 900000, tx, chain_id, POSITION, sha256(hash) FROM dps.event_seal WHERE event_id = EVENT")
		p.event = 900000
		return p
	}},
	{name: "order changed", faultWords: "order was changed", tamper: func(f *logForge, p sealedPlace) sealedPlace {
		p.position = min(p.position, p.last-1)
		f.tamperWith(p, "UPDATE dps.event_seal SET position = 900000 WHERE chain_id = CHAIN AND position = POSITION; UPDATE dps.event_seal SET "+
			"position = POSITION WHERE chain_id = CHAIN AND position = NEXT; "+
			"UPDATE dps.event_seal SET position = NEXT WHERE chain_id = CHAIN AND position = 900000")
		p.event = 0
		return p
	}},
	{
		name: "moved to another chain", faultWords: "", touchesOtherChains: true,
		tamper: byStatements("UPDATE dps.event SET chain_id = OTHER WHERE id = EVENT; UPDATE dps.event_seal s SET chain_id = e.chain_id, " +
			"position = (SELECT max(position) + 1 FROM dps.event_seal o WHERE o.chain_id = e.chain_id) FROM dps.event e WHERE e.id = EVENT AND " +
			"s.event_id = EVENT"),
	},
	{name: "tail cut", faultWords: "tail was cut", tamper: byStatements(cutEvents)},
	{name: "tail cut with its heads", faultWords: "kept elsewhere", onlyKeptHeadsTell: true, tamper: byStatements(cutEvents +
		"; DELETE FROM dps.event_head WHERE chain_id = CHAIN AND position >= POSITION")},
	{name: "head forged", faultWords: "", tamper: forgeHead},
	{name: "head removed", faultWords: "no longer among", onlyKeptHeadsTell: true, tamper: func(f *logForge, p sealedPlace) sealedPlace {
		p.position, p.event = f.headAfter(p), 0
		f.tamperWith(p, "DELETE FROM dps.event_head WHERE chain_id = CHAIN AND position = POSITION")
		return p
	}},
	{name: "written again with another key", faultWords: "signature", touchesOtherChains: true, tamper: func(f *logForge,
		p sealedPlace,
	) sealedPlace {
		f.tamperWith(p, rewriteEvent)
		f.sealAll(f.thiefSequencer)
		p.position, p.event = f.headAfter(p), 0
		return p
	}},
	{name: "written again under the old signatures", faultWords: "signature", touchesOtherChains: true, tamper: func(f *logForge,
		p sealedPlace,
	) sealedPlace {
		f.tamperWith(p, rewriteEvent)
		f.sealAll(f.thiefSequencer)
		f.tamperWith(p, "DELETE FROM dps.event_head; INSERT INTO dps.event_head SELECT k.chain_id, k.position, s.hash, k.signature, k.signed_at "+
			"FROM kept_event_head k JOIN dps.event_seal s USING (chain_id, position)")
		p.position, p.event = f.headAfter(p), 0
		return p
	}},
	{
		name: "written again with the market's key", faultWords: "written again", onlyKeptHeadsTell: true, touchesOtherChains: true,
		tamper: func(f *logForge, p sealedPlace) sealedPlace {
			f.tamperWith(p, rewriteEvent)
			f.sealAll(f.Worker)
			p.position, p.event = f.keptAfter(p), 0
			return p
		},
	},
	{name: "all rolled back", faultWords: "kept elsewhere", onlyKeptHeadsTell: true, touchesOtherChains: true, tamper: func(f *logForge,
		p sealedPlace,
	) sealedPlace {
		f.tamperWith(p, removeSeals+"; DELETE FROM dps.event e WHERE NOT EXISTS (SELECT FROM dps.event_seal s WHERE s.event_id = e.id)")
		p.event = 0
		return p
	}},
}

const insertCopy = "INSERT INTO dps.event (id, tx, at, person, capacity, act, object_id, chain_id) OVERRIDING SYSTEM VALUE " +
	"SELECT 900000, tx, at, person, capacity, act, object_id, chain_id FROM dps.event WHERE id = EVENT"

// insertIntoPast puts an event into the past. It leaves out the last transaction: an event after it is an ordinary one.
func insertIntoPast(f *logForge, p sealedPlace) sealedPlace {
	for p.position+int64(len(f.places)/len(writerRoles)/f.rounds) > p.last {
		p = f.pickPlace(2)
	}
	f.tamperWith(p, insertCopy)
	p.position, p.event = 0, 900000
	return p
}

// forgeHead changes the signed head that covers a place.
func forgeHead(f *logForge, p sealedPlace) sealedPlace {
	p.position, p.event = f.headAfter(p), 0
	ways := []string{
		"signature = sha512(signature)", "signature = ''", "signed_at = signed_at + interval '1 microsecond'",
		"hash = sha256(hash)",
		"signature = (SELECT o.signature FROM dps.event_head o WHERE o.chain_id = OTHER LIMIT 1)",
	}
	f.tamperWith(p, "UPDATE dps.event_head SET "+ways[f.random.IntN(len(ways))]+" WHERE chain_id = CHAIN AND position = POSITION")
	return p
}

// headAfter is the first signed head that covers a place.
func (f *logForge) headAfter(p sealedPlace) (position int64) {
	f.t.Helper()
	must(f.t, f.Admin.QueryRow("SELECT min(position) FROM dps.event_head WHERE chain_id = $1 AND position >= $2", p.chain,
		p.position).Scan(&position))
	return position
}

// keptAfter is the first head kept elsewhere that covers a place.
func (f *logForge) keptAfter(p sealedPlace) int64 {
	first := p.last
	for _, h := range f.keptHeads {
		if h.Chain == p.chain && h.Position >= p.position {
			first = min(first, h.Position)
		}
	}
	return first
}

// TestAuditFindsEveryTampering tampers with one thing at a time and expects that the audit finds it and names the place: chain,
// position, event, and nothing before it.
func TestAuditFindsEveryTampering(t *testing.T) {
	f := newLogForge(t)
	if whole := f.verifyLog(f.keptHeads...); whole.Faults != nil || len(whole.Heads) != len(writerRoles) ||
		whole.Events != int64(len(f.places)) {
		t.Fatalf("before anything was tampered with: %+v", whole)
	}
	made, missed := 0, 0
	for _, k := range tamperings {
		for n := range prove.Scaled(2, 6, 100) {
			expected := k.tamper(f, f.pickPlace(n+prove.Scaled(2, 0, 0)))
			var kept []ledger.Head
			if k.onlyKeptHeadsTell {
				kept = f.keptHeads
			}
			made++
			if wrong := k.judgeFaults(expected, f.verifyLog(kept...).Faults); wrong != "" {
				missed++
				t.Errorf("%s, number %d, at %+v: %s", k.name, n, expected, wrong)
			}
			f.restoreLog()
		}
	}
	if whole := f.verifyLog(f.keptHeads...); whole.Faults != nil {
		t.Errorf("after everything was put back: %v", whole.Faults)
	}
	prove.RecordFigure(t, "audit.tamperings", made)
	prove.RecordFigure(t, "audit.missed", missed)
}

// judgeFaults says what is wrong with what was found: nothing, another place, or another chain.
func (k tampering) judgeFaults(expected sealedPlace, faults []ledger.Fault) string {
	named := false
	for _, fault := range faults {
		same := fault.Chain == expected.chain
		switch {
		case !same && !k.touchesOtherChains:
			return "another chain is blamed: " + fault.String()
		case strings.Contains(fault.What, "no signed head covers"): // from the last head that is left: a word on what cannot be known
		case same && expected.position > 0 && fault.Position > 0 && fault.Position < expected.position:
			return "an earlier place is blamed: " + fault.String()
		case same && fault.Position == expected.position && (expected.event == 0 || fault.Event == 0 || fault.Event == expected.event) &&
			strings.Contains(fault.What, k.faultWords):
			named = true
		}
	}
	if !named {
		return "not found at its place"
	}
	return ""
}
