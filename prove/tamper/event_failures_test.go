package tamper_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/demo/demotest"
	"github.com/southeasttogether/dps/prove"
)

// eventFailures are ways in which an event cannot be written, each with how to mend it.
var eventFailures = map[string]struct{ broken, mend string }{
	"refused": {eventTrigger("RAISE EXCEPTION 'synthetic'"), "DROP TRIGGER unwritten ON dps.event"},
	// The database takes the statement and writes nothing.
	"swallowed": {eventTrigger("RETURN NULL"), "DROP TRIGGER unwritten ON dps.event"},
	"no grant":  {"REVOKE INSERT ON dps.event FROM ROLES", "GRANT INSERT ON dps.event TO ROLES"},
	"not as it is": {
		"ALTER TABLE dps.event ADD CONSTRAINT unwritten CHECK (false) NOT VALID",
		"ALTER TABLE dps.event DROP CONSTRAINT unwritten",
	},
	// As after a backup was put back without its sequences.
	"number taken": {
		"INSERT INTO kept_number SELECT last_value FROM dps.event_id_seq; SELECT setval('dps.event_id_seq', 1, false)",
		"SELECT setval('dps.event_id_seq', number) FROM kept_number; DELETE FROM kept_number",
	},
}

func eventTrigger(body string) string {
	return "CREATE OR REPLACE FUNCTION unwritten() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body + "; END $$; " +
		"CREATE TRIGGER unwritten BEFORE INSERT ON dps.event FOR EACH ROW EXECUTE FUNCTION unwritten()"
}

// brokenLog is a proxy between the people of the story and the service. It first sends each change while its event
// cannot be written, in every way, and then in earnest.
type brokenLog struct {
	*demotest.World
	t            *testing.T
	random       *rand.Rand
	service      string         // its address
	roles        string         // the database roles that may write events
	changeCounts map[string]int // changes that were made in earnest, by name
}

func newBrokenLog(t *testing.T) *brokenLog {
	t.Helper()
	b := &brokenLog{World: demotest.New(t), t: t, random: prove.Random("unwritten"), changeCounts: map[string]int{}}
	must(t, b.Admin.QueryRow(`SELECT string_agg(DISTINCT grantee, ', ') FROM information_schema.role_table_grants
		WHERE table_schema = 'dps' AND table_name = 'event' AND privilege_type = 'INSERT' AND grantee <> 'dps_owner'`).Scan(&b.roles))
	b.execScript("CREATE TABLE kept_number (number bigint)")
	writeEvent(t, b.Database)
	return b
}

// interceptService puts it between the people and the service.
func (b *brokenLog) interceptService() {
	b.t.Helper()
	b.service = b.Client.URL
	server := httptest.NewServer(b)
	b.t.Cleanup(server.Close)
	b.Client.URL = server.URL
}

func (b *brokenLog) execScript(script string) {
	b.t.Helper()
	if _, err := b.Admin.Exec(strings.ReplaceAll(script, "ROLES", b.roles)); err != nil {
		b.t.Error(err)
	}
}

var mutationName = regexp.MustCompile(`mutation.*?\{ (\w+)\(`)

func (b *brokenLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Error(err)
	}
	var faults []string
	var before string
	found := mutationName.FindSubmatch(body)
	if found != nil {
		faults = b.whileBroken(r, body)
		if len(faults) > 0 {
			before = b.hashAllTables()
		}
	}
	status, reply := b.forwardRequest(r, body)
	if len(faults) > 0 && b.hashAllTables() == before {
		faults = nil // nothing was to be written: a family's retry is told that its words were received
	}
	if found != nil && isSuccess(reply) {
		name := string(found[1])
		b.changeCounts[name]++
		for _, fault := range faults {
			b.t.Errorf("%s: %s", name, fault)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(reply)
}

// whileBroken asks for a change while its event cannot be written, and says what was wrong with what came of it.
func (b *brokenLog) whileBroken(r *http.Request, body []byte) (faults []string) {
	ways := slices.Sorted(maps.Keys(eventFailures))
	b.random.Shuffle(len(ways), func(i, j int) { ways[i], ways[j] = ways[j], ways[i] })
	for _, way := range ways[:prove.Scaled(1, len(ways), len(ways))] {
		before := b.hashAllTables()
		b.execScript(eventFailures[way].broken)
		_, reply := b.forwardRequest(r, body)
		b.execScript(eventFailures[way].mend)
		if b.hashAllTables() != before {
			faults = append(faults, way+": something changed")
		}
		if !bytes.Contains(reply, []byte(`"code":"INTERNAL"`)) || bytes.Contains(reply, []byte(`"data":{"`)) &&
			!bytes.Contains(reply, []byte(`:null}`)) {
			faults = append(faults, way+": answered "+string(reply))
		}
	}
	return faults
}

// hashAllTables is one hash of every row of every table.
func (b *brokenLog) hashAllTables() (hash string) {
	b.t.Helper()
	err := b.Admin.QueryRow(`SELECT md5(string_agg(query_to_xml(
		'SELECT md5(coalesce(string_agg(r::text, ''|'' ORDER BY r::text), '''')) FROM dps.' || tablename ||
		' r',
		false, false, '')::text, '|' ORDER BY tablename)) FROM pg_tables WHERE schemaname = 'dps'`).Scan(&hash)
	if err != nil {
		b.t.Error(err)
	}
	return hash
}

func (b *brokenLog) forwardRequest(r *http.Request, body []byte) (int, []byte) {
	request, err := http.NewRequestWithContext(r.Context(), r.Method, b.service, bytes.NewReader(body))
	if err != nil {
		b.t.Error(err)
	}
	request.Header = r.Header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Error(err)
		return http.StatusBadGateway, nil
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Error(err)
	}
	return response.StatusCode, reply
}

// isSuccess says whether a reply is that of a change that was made.
func isSuccess(raw []byte) bool {
	var reply struct {
		Data map[string]struct {
			Problems []any
		}
		Errors []any
	}
	if json.Unmarshal(raw, &reply) != nil || len(reply.Errors) > 0 {
		return false
	}
	for _, payload := range reply.Data {
		return len(payload.Problems) == 0
	}
	return false
}

// TestNoChangeWithoutItsEvent tells the story, and makes every change that is not in it. Each is tried first while the
// log cannot be written. Nothing at all may change then, no answer may contain anything, and the same request succeeds
// afterwards.
func TestNoChangeWithoutItsEvent(t *testing.T) {
	b := newBrokenLog(t)
	b.interceptService()
	told := b.TellStory(t)
	b.makeOtherChanges(told)
	all := b.Ask(t, demo.Public, `{ __schema { mutationType { fields { name } } } }`, nil).Data.At("__schema.mutationType.fields").All()
	for _, field := range all {
		if name := field.At("name").Text(); b.changeCounts[name] == 0 {
			t.Errorf("%s was never made", name)
		}
	}
	if len(all) < 30 {
		t.Errorf("the schema has only %d changes", len(all))
	}
}

// TestNoClockWorkWithoutItsEvent: the same for what no person asks for.
func TestNoClockWorkWithoutItsEvent(t *testing.T) {
	b := newBrokenLog(t)
	b.needAfterDeadline(b.publishLot())
	for _, way := range slices.Sorted(maps.Keys(eventFailures)) {
		before := b.hashAllTables()
		b.execScript(eventFailures[way].broken)
		if done, err := record.Work(t.Context(), b.Worker); err == nil || done.Closed != 0 {
			t.Errorf("%s: %+v, %v", way, done, err)
		}
		b.execScript(eventFailures[way].mend)
		// What is in the log already is sealed all the same.
		b.execScript("BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM dps.event_seal; DELETE FROM dps.event_head; COMMIT")
		if b.hashAllTables() != before {
			t.Errorf("%s: something changed", way)
		}
	}
	if done, err := record.Work(t.Context(), b.Worker); err != nil || done.Closed != 1 {
		t.Errorf("mended: %+v, %v", done, err)
	}
}
