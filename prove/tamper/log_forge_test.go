// Package tamper_test shows that nothing happens without its event, that no role can change the log, and that a person
// who changes it anyway, with the whole database, is found and the place named.
package tamper_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/ledger"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
	"github.com/southeasttogether/dps/prove"
	"github.com/southeasttogether/dps/seal"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// sealedPlace is one sealed event: where the log is tampered with.
type sealedPlace struct {
	chain    uuid.UUID
	position int64
	event    int64
	last     int64 // position of the chain
}

// logForge is a log of several chains, sealed in several rounds, with everything to tamper with it and to put it back. An
// operator has audited it after each round and kept the heads elsewhere.
type logForge struct {
	*dbtest.Database
	t              *testing.T
	random         *rand.Rand
	places         []sealedPlace
	keptHeads      []ledger.Head
	thiefSequencer *db.DB // the sequencer with a key that is not the market's
	rounds         int
}

// writerRoles write into each chain: three authorities and three providers, all of them invented.
var writerRoles = []policy.Role{
	policy.Commissioner, policy.Evaluator, policy.MarketManager, policy.BidsManager,
	policy.BidsManager, policy.BidsManager,
}

func newLogForge(t *testing.T) *logForge {
	t.Helper()
	f := &logForge{Database: dbtest.New(t), t: t, random: prove.Random("tamper"), rounds: 10}
	each := prove.Scaled(10, 40, 40)
	chains := make([]uuid.UUID, len(writerRoles))
	for i := range chains {
		chains[i] = uuid.New()
	}
	for range f.rounds {
		for i, role := range writerRoles {
			f.writeEvents(policy.Actor{Person: fmt.Sprintf("synthetic-%d", i), Role: role, Organisation: chains[i]}, each)
		}
		f.sealAll(f.Worker)
		f.keptHeads = append(f.keptHeads, f.verifyLog().Heads...)
	}
	f.execScript("CREATE TABLE kept_event AS TABLE dps.event; CREATE TABLE kept_event_seal AS TABLE dps.event_seal; CREATE TABLE " +
		"kept_event_head AS TABLE dps.event_head")
	f.readPlaces()
	f.thiefSequencer = f.openThief()
	return f
}

// writeEvents writes events under the role of whoever writes, several in a transaction.
func (f *logForge) writeEvents(a policy.Actor, events int) {
	f.t.Helper()
	tx := f.Become(f.t, a)
	_, err := tx.Exec(`INSERT INTO dps.event (person, capacity, organisation_id, act, object_id, authority_id, chain_id, changed, once)
		SELECT $1, $2, $3::uuid, 'need.read', gen_random_uuid(), CASE WHEN n % 2 = 0 THEN $3::uuid END, $3::uuid, (ARRAY['{}', '{published_at}',
		'{a,"b c"}'])[1 + n % 3]::text[],
			CASE WHEN n % 5 = 0 THEN gen_random_uuid()::text END FROM generate_series(1, $4::int) n`, a.Person, a.Role, a.Organisation, events)
	must(f.t, err)
	must(f.t, tx.Commit())
}

// sealAll seals all there is. Another transaction on the same server may hold the horizon back for a moment.
func (f *logForge) sealAll(sequencer *db.DB) {
	f.t.Helper()
	for left := 1; left > 0; {
		_, err := ledger.SealEvents(f.t.Context(), sequencer)
		must(f.t, err)
		must(f.t, f.Admin.QueryRow("SELECT count(*) FROM dps.event e WHERE NOT EXISTS (SELECT FROM dps.event_seal s WHERE s.event_id = "+
			"e.id)").Scan(&left))
	}
}

func (f *logForge) readPlaces() {
	f.t.Helper()
	found, err := f.Admin.Query(`SELECT chain_id, position, event_id, max(position) OVER (PARTITION BY chain_id)
		FROM dps.event_seal ORDER BY chain_id, position`)
	must(f.t, err)
	defer found.Close()
	for found.Next() {
		var p sealedPlace
		must(f.t, found.Scan(&p.chain, &p.position, &p.event, &p.last))
		f.places = append(f.places, p)
	}
	must(f.t, found.Err())
}

func (f *logForge) openThief() *db.DB {
	f.t.Helper()
	stolen, err := seal.Generate()
	must(f.t, err)
	// A program of the thief's own does not ask whose keys these are, as db.Open does.
	thief, err := db.Connect(db.Config{URL: postgrestest.Server(f.t).URL("dps_worker", f.Name), Policy: f.Policy, Keyring: stolen})
	must(f.t, err)
	f.t.Cleanup(func() { _ = thief.Close() })
	return thief
}

// pickPlace is the place of the nth tampering of a kind: the first of a chain, the last of one, then any.
func (f *logForge) pickPlace(n int) sealedPlace {
	for {
		p := f.places[f.random.IntN(len(f.places))]
		if n > 1 || n == 0 && p.position == 1 || n == 1 && p.position == p.last {
			return p
		}
	}
}

// tamperWith writes as somebody who owns the machine, with every trigger off.
func (f *logForge) tamperWith(p sealedPlace, statements string) {
	f.t.Helper()
	f.execScript("BEGIN; SET LOCAL session_replication_role = replica; " + f.fillStatement(p, statements) + "; COMMIT")
}

// fillStatement puts a place, and chances, into a statement. OTHER is another chain.
func (f *logForge) fillStatement(p sealedPlace, statements string) string {
	other := p.chain
	for other == p.chain {
		other = f.places[f.random.IntN(len(f.places))].chain
	}
	return strings.NewReplacer("EVENT", fmt.Sprint(p.event), "CHAIN", "'"+p.chain.String()+"'", "OTHER", "'"+other.String()+"'",
		"POSITION", fmt.Sprint(p.position), "NEXT", fmt.Sprint(p.position+1)).Replace(statements)
}

// restoreLog puts back what was tampered with.
func (f *logForge) restoreLog() {
	f.t.Helper()
	script := "BEGIN; SET LOCAL session_replication_role = replica;"
	for table, key := range map[string]string{"event": "id", "event_seal": "event_id", "event_head": "(chain_id, position)"} {
		script += fmt.Sprintf("DELETE FROM dps.%[1]s WHERE %[2]s IN (SELECT %[3]s FROM (TABLE dps.%[1]s EXCEPT TABLE kept_%[1]s) changed);"+
			"INSERT INTO dps.%[1]s OVERRIDING SYSTEM VALUE (TABLE kept_%[1]s EXCEPT TABLE dps.%[1]s);", table, key, strings.Trim(key, "()"))
	}
	f.execScript(script + "COMMIT")
}

func (f *logForge) verifyLog(kept ...ledger.Head) ledger.Report {
	f.t.Helper()
	found, err := ledger.VerifyLog(f.t.Context(), f.AdminURL, f.Keyring.PublicKeys(), kept...)
	must(f.t, err)
	return found
}

func (f *logForge) execScript(script string) {
	f.t.Helper()
	_, err := f.Admin.Exec(script)
	must(f.t, err)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
