package e2e_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// asker is a persona of the matrix: a person, in one capacity, for one organisation. All are invented.
type asker struct {
	name         string
	person       string // the token's subject
	capacity     string // as the expectations name it: "public" and "family" among them
	organisation string // the authority, consortium or provider acted for
	codeKind     string // a family: what its code is for, "PREFERENCE" or "FEEDBACK"; or "used" or "unknown"
	delegated    string // what Croydon delegates to the consortium while this persona asks; "" for nothing

	credential demo.Credential
}

func (a asker) String() string { return a.name }

// The organisations of the matrix, as the expectations name them. Croydon and Bexley are boroughs of the consortium.
const (
	leadAuthority = "West Sussex"
	kent          = "Kent"
	surrey        = "Surrey"
	croydon       = "Croydon"
	bexley        = "Bexley"
	consortium    = demo.Consortium
)

func providerNamed(n int) string { return demo.ProviderName(n) }

func organisationNamed(name string) uuid.UUID {
	for n := 1; n <= 20; n++ {
		if name == providerNamed(n) {
			return demo.ProviderID(n)
		}
	}
	return demo.OrganisationID(name)
}

// capacitiesOf are the personas of each organisation, each in one capacity.
var capacitiesOf = []struct{ of, capacities string }{
	{leadAuthority, "market_manager commissioner"},
	{kent, "commissioner opening_officer evaluator moderator approver safeguarding_lead auditor market_manager"},
	{surrey, "commissioner opening_officer evaluator moderator approver safeguarding_lead auditor market_manager"},
	{croydon, "commissioner opening_officer evaluator approver safeguarding_lead auditor"},
	{bexley, "commissioner opening_officer evaluator moderator approver safeguarding_lead auditor"},
	{providerNamed(1), "bids_manager"}, // wins
	{providerNamed(2), "bids_manager"}, // loses
	{providerNamed(3), "bids_manager"}, // is invited, and declines or withdraws
	{providerNamed(4), "bids_manager"}, // is in no lot
	{providerNamed(5), "bids_manager"}, // is in the lot of homes only
	// Tokens that an issuer made out wrongly: the capacity belongs to another kind of organisation.
	{kent, "bids_manager consortium_officer"},
	{providerNamed(1), "commissioner safeguarding_lead auditor"},
	{bexley, "consortium_officer"},
}

// playedOrganisations are the organisations whose things change in the story.
var playedOrganisations = []string{
	leadAuthority, kent, surrey, croydon, bexley, consortium, providerNamed(1), providerNamed(2),
	providerNamed(3), providerNamed(4), providerNamed(5),
}

// delegableActs are what a borough can delegate.
var delegableActs = []string{"PUBLISH", "EVALUATE", "AWARD", "MANAGE"}

// askersOf are all personas of the matrix.
func askersOf(t testing.TB, m *stagedMarket) []asker {
	t.Helper()
	all := []asker{{name: "public", capacity: "public"}}
	for _, row := range capacitiesOf {
		for _, capacity := range strings.Fields(row.capacities) {
			name := row.of + ", " + capacity
			all = append(all, m.withToken(t, asker{name: name, person: subjectOf(row.of, capacity), capacity: capacity, organisation: row.of},
				policy.Role(capacity)))
		}
	}
	officer := asker{person: demo.Officer.Key, capacity: "consortium_officer", organisation: consortium}
	for _, act := range append([]string{""}, delegableActs...) {
		officer.name, officer.delegated = "consortium officer, delegated: "+act, act
		all = append(all, m.withToken(t, officer, "consortium_officer"))
	}
	// A person with two capacities acts in the one that the header names: rights never add up.
	two := m.withToken(t, asker{
		name: "Kent, evaluator and commissioner, as evaluator", person: "kent.both", capacity: "evaluator",
		organisation: kent,
	}, "evaluator", "commissioner")
	two.credential.Capacity = "evaluator"
	all = append(all, two)
	for _, code := range []string{"PREFERENCE", "FEEDBACK", "used", "unknown"} {
		all = append(all, asker{
			name: "family, code " + code, capacity: "family", codeKind: code,
			credential: demo.Credential{Authorization: "Invitation " + m.codes[code]},
		})
	}
	return all
}

func (m *stagedMarket) withToken(t testing.TB, a asker, capacities ...policy.Role) asker {
	t.Helper()
	token := m.commissionerToken(t, func(c *policy.Claims) {
		c.Person, c.Organisation, c.Capacities = a.person, organisationNamed(a.organisation), capacities
	})
	a.credential = demo.Credential{Authorization: "Bearer " + token}
	return a
}

// commissionerToken is a good token of Kent's commissioner with something changed.
func (m *stagedMarket) commissionerToken(t testing.TB, change func(*policy.Claims)) string {
	t.Helper()
	c := policy.Claims{
		Issuer: issuer, Audience: audience, Person: demo.Commissioner.Key, Organisation: demo.Commissioner.Organisation,
		Capacities: []policy.Role{policy.Commissioner}, Expires: time.Now().Add(24 * time.Hour),
	}
	change(&c)
	token, err := policy.IssueDevelopment(m.key, c)
	must(t, err)
	return token
}

// subjectOf is the token's subject: the story's person if there is one, so that it is the person who scored and signed.
func subjectOf(of, capacity string) string {
	for _, p := range demo.Personas {
		if p.Organisation == organisationNamed(of) && string(p.Capacity) == capacity {
			return p.Key
		}
	}
	return strings.ToLower(strings.ReplaceAll(of, " ", "")) + "." + capacity
}

// httpAnswer is everything in the service's answer that could reveal something.
type httpAnswer struct {
	whole string // status, headers, body
	body  string
	data  map[string]any
	code  string // of the first error
}

// postQuery sends a query over HTTP. Connections are kept. Of the headers, only the date is left out of the answer.
func (m *stagedMarket) postQuery(t testing.TB, who demo.Credential, query string, variables map[string]any) httpAnswer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	must(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.Client.URL, bytes.NewReader(body))
	must(t, err)
	request.Header.Set("Content-Type", "application/json")
	for name, value := range map[string]string{"Authorization": who.Authorization, policy.CapacityHeader: who.Capacity} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	var read bytes.Buffer
	_, err = read.ReadFrom(response.Body)
	must(t, err)
	response.Header.Del("Date")
	var headers bytes.Buffer
	must(t, response.Header.Write(&headers))
	return parseAnswer(t, response.Status+"\n"+headers.String()+"\n"+read.String(), read.Bytes())
}

func parseAnswer(t testing.TB, whole string, body []byte) httpAnswer {
	t.Helper()
	var reply struct {
		Data   map[string]any
		Errors []struct{ Extensions struct{ Code string } }
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	must(t, decoder.Decode(&reply))
	a := httpAnswer{whole: whole, body: string(body), data: reply.Data}
	if len(reply.Errors) > 0 {
		a.code = reply.Errors[0].Extensions.Code
	}
	return a
}

// unknownCode is a code of the right form that nobody was given.
func unknownCode() string {
	code, _ := seal.NewCode()
	return code
}

// groupByDelegation groups the personas by what Croydon delegates while they ask.
func groupByDelegation(all []asker) map[string][]asker {
	groups := map[string][]asker{}
	for _, a := range all {
		groups[a.delegated] = append(groups[a.delegated], a)
	}
	return groups
}

// delegateOnly makes Croydon delegate one act, or none, and withdraw every other one, over HTTP.
func (m *stagedMarket) delegateOnly(t testing.TB, act string) {
	t.Helper()
	s := m.homes.forSubtest(t)
	live := s.readNode(croydonsPeople.commissioner, "Organisation", opaqueID("org", demo.OrganisationID(croydon)),
		"delegations { id act withdrawnAt }")
	for _, d := range live.At("delegations").All() {
		if !d.At("withdrawnAt").Exists() {
			s.mustChange(croydonsPeople.commissioner, "withdrawDelegation", fields{"delegation": d.At("id").Text()}, "")
		}
	}
	if slices.Contains(delegableActs, act) {
		s.mustChange(croydonsPeople.commissioner, "giveDelegation", fields{"act": act}, "")
	}
}
