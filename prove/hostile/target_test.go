package hostile_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/postgres/postgrestest"
	"github.com/southeasttogether/dps/seal"
)

// attackTarget is the service under attack, with a database in which every list is long.
type attackTarget struct {
	*dbtest.Database
	url string
	key ed25519.PrivateKey
}

func newTarget(t testing.TB, change func(*serverSetup)) *attackTarget {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	g := &attackTarget{Database: dbtest.New(t), key: private}
	file := filepath.Join(t.TempDir(), "keys.json")
	g.Keyring, err = seal.LoadOrGenerate(file)
	must(t, err)
	g.Load(t, demo.Region(time.Now()))
	s := serverSetup{Database: postgrestest.Server(t).URL("dps_api", g.Name), Keys: file, Key: public, Introspection: true}
	if change != nil {
		change(&s)
	}
	g.startProcess(t, s)
	return g
}

// startProcess starts the process that serves, which ends with the test.
func (g *attackTarget) startProcess(t testing.TB, s serverSetup) {
	t.Helper()
	wanted, err := json.Marshal(s)
	must(t, err)
	self, err := os.Executable()
	must(t, err)
	process := exec.Command(self)
	process.Env = append(os.Environ(), serverVariable+"="+string(wanted))
	process.Stderr = io.Discard
	stop, err := process.StdinPipe()
	must(t, err)
	out, err := process.StdoutPipe()
	must(t, err)
	must(t, process.Start())
	t.Cleanup(func() {
		_ = stop.Close()
		_ = process.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	g.url = "http://" + strings.TrimSpace(address)
}

// fillLists makes every list long: more rows than a page holds, at each level.
func (g *attackTarget) fillLists(t testing.TB) {
	t.Helper()
	world := demo.World{
		Client: demo.Client{URL: g.url + "/graphql"},
		Token: func(p demo.Persona) (demo.Credential, error) {
			return demo.Credential{Authorization: g.authorizationOf(t, p)}, nil
		},
		MoveClock: func(ctx context.Context, to time.Time) error { return db.MoveClock(ctx, g.AdminURL, to) },
		Out:       io.Discard,
	}
	_, err := world.Live(t.Context())
	must(t, err)
	for _, statement := range []string{
		`INSERT INTO dps.provider (id, name) SELECT gen_random_uuid(), 'A Synthetic Provider ' || n FROM generate_series(1, 110) n`,
		`INSERT INTO dps.setting (id, provider_id, kind, name, urn, district, age_low, age_high, needs, places, vacancies)
			SELECT gen_random_uuid(), p.id, 'SCHOOL', 'A Synthetic School ' || n, left(p.id::text, 8) || n, 'Worthing', 5, 19, '{A, B, C, D}', 9, 9
			FROM dps.provider p, generate_series(1, 100) n`,
		`INSERT INTO dps.application (id, authority_id, lot_id, provider_id, statement, declared, submitted_at, submitted_by, decide_by)
			SELECT gen_random_uuid(), l.authority_id, l.id, p.id, 'Synthetic.', true, dps.now(), 'synthetic', dps.now()
			FROM dps.provider p, dps.lot l WHERE p.name LIKE 'A %'`,
		`INSERT INTO dps.membership (id, lot_id, provider_id, application_id, admitted_at)
			SELECT gen_random_uuid(), lot_id, provider_id, id, submitted_at FROM dps.application WHERE submitted_by = 'synthetic'`,
		`INSERT INTO dps.need (id, authority_id, lot_id, reference, age_low, age_high, primary_need, legal_basis, home_outcode, travel_miles,
			start_from, start_to, profile, outcomes, created_by)
			SELECT gen_random_uuid(), m.authority_id, m.lot_id, 'N-' || n, 5, 9, m.primary_need, 'EHC_PLAN', 'ME14', 9, m.start_from, m.start_to,
			repeat('Synthetic. ', 50), repeat('Synthetic. ', 700), 'synthetic'
			FROM generate_series(1, 150) n, (SELECT * FROM dps.need LIMIT 1) m`,
		`INSERT INTO dps.invitation (need_id, provider_id, authority_id, lot_id, invited_at)
			SELECT n.id, p.id, n.authority_id, n.lot_id, dps.now() FROM dps.need n, dps.provider p WHERE n.created_by = 'synthetic'
			AND p.name LIKE 'A %'`,
		`ANALYSE`,
	} {
		_, err := g.Admin.Exec(statement)
		must(t, err)
	}
}

// authorizationOf is a fresh token of a persona; nothing for the public.
func (g *attackTarget) authorizationOf(t testing.TB, p demo.Persona) string {
	t.Helper()
	if p.Capacity == policy.Public {
		return ""
	}
	token, err := policy.IssueDevelopment(g.key, policy.Claims{
		Issuer: issuer, Audience: audience, Person: p.Key,
		Organisation: p.Organisation, Capacities: []policy.Role{p.Capacity}, Expires: time.Now().Add(24 * time.Hour),
	})
	must(t, err)
	return "Bearer " + token
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
	data   bool // whether anything was answered
	errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

func (r reply) errorCode() string {
	if len(r.errors) == 0 {
		return ""
	}
	return r.errors[0].Extensions.Code
}

// postBody posts a body as it is.
func (g *attackTarget) postBody(t testing.TB, body []byte, header http.Header) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, g.url+"/graphql", bytes.NewReader(body))
	must(t, err)
	request.Header = header
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	r := reply{status: response.StatusCode, header: response.Header}
	r.body, err = io.ReadAll(response.Body)
	must(t, err)
	var read struct {
		Data   json.RawMessage
		Errors json.RawMessage
	}
	must(t, json.Unmarshal(r.body, &read))
	r.data = read.Data != nil && string(read.Data) != "null"
	if read.Errors != nil {
		must(t, json.Unmarshal(read.Errors, &r.errors))
	}
	return r
}

// readUse asks the process what it has used, and the kernel what its connections' backends have in PostgreSQL.
func (g *attackTarget) readUse(t testing.TB, query string) resourceUse {
	t.Helper()
	response, err := http.Get(g.url + "/used" + query)
	must(t, err)
	defer response.Body.Close()
	var u resourceUse
	must(t, json.NewDecoder(response.Body).Decode(&u))
	u.CPU += g.backendCPU(t)
	return u
}

func (g *attackTarget) backendCPU(t testing.TB) time.Duration {
	t.Helper()
	rows, err := g.Admin.Query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'dps_api' AND " +
		"backend_type = 'client backend'")
	must(t, err)
	defer rows.Close()
	var sum time.Duration
	for rows.Next() {
		var pid int
		must(t, rows.Scan(&pid))
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
		if os.IsNotExist(err) {
			continue // it has just ended
		}
		must(t, err)
		ran, err := strconv.ParseInt(strings.Fields(string(raw))[0], 10, 64)
		must(t, err)
		sum += time.Duration(ran)
	}
	must(t, rows.Err())
	return sum
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
