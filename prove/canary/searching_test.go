package canary_test

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lib/pq"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// sighting is a secret at a place where it must not be.
type sighting struct{ place, form string }

// reportText notes which of the secrets in a text must not be there.
func (w *world) reportText(place string, text []byte, may func(*secret) bool) {
	w.t.Helper()
	w.noteSightings(place, w.findSecrets(text), may)
}

func (w *world) noteSightings(place string, found map[string]*secret, may func(*secret) bool) {
	w.t.Helper()
	w.lookCount++
	for form, what := range found {
		if may(what) {
			w.seen[what.kind]++
			continue
		}
		if at := (sighting{place, form}); !w.found[at] {
			w.found[at] = true
			w.t.Errorf("%s: %s %q", place, what.kind, form)
		}
	}
}

func nobodyMay(*secret) bool { return false }

// tableColumns are all of the service, with their columns.
func (w *world) tableColumns() map[string][]string {
	w.t.Helper()
	rows, err := w.Admin.Query(`SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'dps'
		ORDER BY table_name, ordinal_position`)
	must(w.t, err)
	defer rows.Close()
	all := map[string][]string{}
	for rows.Next() {
		var table, column string
		must(w.t, rows.Scan(&table, &column))
		all[table] = append(all[table], column)
	}
	must(w.t, rows.Err())
	return all
}

// dumpTables reads everything as the superuser. What must be ciphertext is, and the log and the memory of retries
// contain nothing.
func (w *world) dumpTables() {
	w.t.Helper()
	w.execAsAdmin("ANALYSE")
	for table := range w.tableColumns() {
		may := mayBePlain
		switch table {
		case "event", "event_seal", "event_head", "idempotency", "family_invitation", "rating_waiting", "rating", "offer_tally", "revocation",
			"opening_approval":
			may = nobodyMay
		}
		w.reportText("table "+table, w.queryText(w.Admin, "SELECT string_agg(r::text, E'\\n') FROM dps."+table+" r"), may)
	}
	w.reportText("statistics of columns", w.queryText(w.Admin, "SELECT string_agg(s::text, E'\\n') FROM pg_stats s WHERE schemaname = 'dps'"),
		mayBePlain)
	w.reportText("statements under way", w.queryText(w.Admin, "SELECT string_agg(a::text, E'\\n') FROM pg_stat_activity a"), nobodyMay)
}

// rowQuerier is a connection or a transaction.
type rowQuerier interface {
	QueryRow(query string, args ...any) *sql.Row
}

// queryText is what a query gives, or the error with all that PostgreSQL says of it.
func (w *world) queryText(q rowQuerier, query string) []byte {
	var text sql.NullString
	if err := q.QueryRow(query).Scan(&text); err != nil {
		return fmt.Appendf(nil, "%v %+v", err, err)
	}
	return []byte(text.String)
}

// searchDataFiles searches the database's own files, including its write-ahead log and what was deleted.
func (w *world) searchDataFiles() {
	w.t.Helper()
	w.execAsAdmin("CHECKPOINT")
	folder := string(w.queryText(w.Admin, "SHOW data_directory"))
	must(w.t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if os.IsNotExist(err) { // PostgreSQL tidies up
			return nil
		}
		found := map[string]*secret{}
		w.scanView(raw, found)
		w.noteSightings("file "+filepath.Base(path), found, mayBePlain)
		return err
	}))
}

// actorOf is an attacker with a database role, and nothing else of the program.
func (w *world) actorOf(p demo.Persona) policy.Actor {
	a := policy.Actor{Person: p.Key, Role: p.Capacity, Organisation: p.Organisation}
	switch p.Capacity {
	case policy.Public, policy.Keeper, policy.Worker, policy.Importer:
		a.Person = ""
	case policy.Family:
		a.Person, a.Invitation = "", seal.HashCode(w.codes[0])
	}
	return a
}

// readAsRole reads every table, plans, statistics and the errors of hidden rows as a database role.
func (w *world) readAsRole(p demo.Persona, tables map[string][]string) {
	w.t.Helper()
	tx := w.Become(w.t, w.actorOf(p))
	defer tx.Rollback() //nolint:errcheck // it only read
	may := func(s *secret) bool { return mayBePlain(s) && mayKnow(p, s) }
	plans := 0
	read := func(place, query string) {
		_, err := tx.Exec("SAVEPOINT look")
		must(w.t, err)
		var text sql.NullString
		err = tx.QueryRow(query).Scan(&text)
		said := text.String
		if pqErr := (*pq.Error)(nil); err != nil {
			if said = err.Error(); errors.As(err, &pqErr) {
				said = fmt.Sprintf("%+v", *pqErr)
			}
			_, err = tx.Exec("ROLLBACK TO SAVEPOINT look")
			must(w.t, err)
		}
		w.reportText(p.Key+", "+place, []byte(said), may)
		plans += strings.Count(said, "Actual Total Time")
	}
	for table, columns := range tables {
		read("table "+table, "SELECT string_agg(r::text, E'\\n') FROM dps."+table+" r")
		for _, column := range columns {
			// A condition that fails on a row's value: row-level security must hide the row from it.
			read("error of "+table+"."+column, fmt.Sprintf("SELECT count(*) FROM dps.%s WHERE %s::text::integer = 7", table, column))
		}
		read("plan of "+table, explainQuery(table, columns[0]))
	}
	read("statistics of columns", "SELECT string_agg(s::text, E'\\n') FROM pg_stats s")
	read("statements under way", "SELECT string_agg(a::text, E'\\n') FROM pg_stat_activity a")
	read("statistics behind", "SELECT string_agg(s::text, E'\\n') FROM pg_statistic s")
	if plans == 0 {
		w.t.Errorf("%s sees no plan of any table", p.Key)
	}
}

// explainQuery explains reading a table, in order of a column; as JSON it is one row.
func explainQuery(table, column string) string {
	return fmt.Sprintf("EXPLAIN (ANALYSE, VERBOSE, SETTINGS, FORMAT JSON) SELECT * FROM dps.%s ORDER BY %s::text", table, column)
}

// readQueries are read by everybody, and refused to those without the right. Each reads one kind of thing in one way.
var readQueries = func() []string {
	price := "price { weekly annual fees { description weekly } }"
	offer := []string{
		"priceQueries { question answer reason }", "needsMet outcomesMet assumptions", price, "suitability { reason }",
		"scores { evaluator comment }", "moderation { reason }", "ranking { arithmetic }", "letters { body }", "receipt provider { name }",
	}
	need := []string{
		"reference profile outcomes", "ceilingWeekly", "preferences { words effect }", "interests { nature }",
		"invitations { reason provider { name } }", "offersReceived", "awards { reason }", "awards { rejectReason }", "awards { declineReason }",
		"awards { placement { words { words } } }", "awards { placement { agreement { weekly } } }", "awards { offer { needsMet " + price +
			" } }", "awards { setting { address } }",
	}
	var all []string
	for _, inside := range offer {
		all = append(all, "{ myOffers(first: 100) { edges { node { "+inside+" } } } }")
		need = append(need, "offers { "+inside+" }")
	}
	for _, inside := range need {
		all = append(all, "{ needs(first: 50) { edges { node { "+inside+" } } } }")
	}
	return append(all, "{ applications(first: 100) { edges { node { statement reasons } } } }",
		"{ placements(first: 100) { edges { node { need { profile } words { words } } } } }",
		"{ placements(first: 50) { edges { node { setting { address } } } } }", "{ feedbackWords(first: 100) { edges { node { words } } } }",
		"{ providers(first: 20) { edges { node { settings(first: 10) { edges { node { address } } } } } } }",
		"{ events(first: 100) { edges { node { person capacity act changed } } } }",
		"{ organisations(first: 50) { edges { node { name delegations { act } } } } }",
		"{ markets { edges { node { lots { edges { node { members { edges { node { provider { name } } } } } } } } } } }",
		"{ myInvitation { kind } }")
}()

// readOverAPI reads everything as a persona, and for each need by its id, and its child's identity.
func (w *world) readOverAPI(p demo.Persona, needs []*need) {
	w.t.Helper()
	may := func(s *secret) bool { return mayKnow(p, s) }
	credential := w.credentialOf(p)
	if p.Capacity == policy.Family {
		credential = demo.Credential{Authorization: "Invitation " + w.codes[0]}
	}
	for _, question := range readQueries {
		w.reportText(p.Key+", "+question, []byte(w.sendQuery(credential, question, nil).Raw), may)
	}
	for _, n := range needs {
		_, shown := w.tryChange(credential, "viewIdentity", fields{"need": n.id, "purpose": "SAFEGUARDING"}, "identity { name dateOfBirth }")
		w.reportText(p.Key+", identity", []byte(shown.Raw), may)
		for _, id := range append([]string{n.id}, n.offers...) {
			for _, query := range []string{
				"query($id: ID!) { node(id: $id) { ... on Need { profile outcomes } ... on Offer { needsMet " +
					"outcomesMet assumptions } } }",
				`query($id: ID!) { _entities(representations: [{__typename: "Offer", id: $id}, {__typename: "Need", id: $id}]) { ... on Offer
					{ needsMet price { weekly } } ... on Need { profile } } }`,
			} {
				w.reportText(p.Key+", "+query, []byte(w.sendQuery(credential, query, fields{"id": id}).Raw), may)
			}
		}
	}
}

// searchOutput searches what was written on the way: it must contain no secret at all.
func (w *world) searchOutput(logged, stderr []byte) {
	w.t.Helper()
	for place, text := range map[string][]byte{
		"the log": logged, "standard error": stderr, "PostgreSQL's log": serverLog.bytesSoFar(),
		"statements": []byte(strings.Join(slices.Sorted(maps.Keys(w.statements)), "\n")), "errors and refusals": w.errors.Bytes(),
	} {
		if place != "standard error" && len(text) == 0 {
			w.t.Errorf("%s is empty: it was not listened to", place)
		}
		w.reportText(place, text, nobodyMay)
	}
	if !strings.Contains(string(logged), "internal error") {
		w.t.Error("no internal error was logged: nothing went wrong")
	}
}
