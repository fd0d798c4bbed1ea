package e2e_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// badTokens are tokens that open nothing, each for one reason.
var badTokens = map[string]func(*policy.Claims){
	"expired":                   func(c *policy.Claims) { c.Expires = time.Now().Add(-time.Hour) },
	"for another audience":      func(c *policy.Claims) { c.Audience = "elsewhere" },
	"of another issuer":         func(c *policy.Claims) { c.Issuer = "https://other.example" },
	"without capacities":        func(c *policy.Claims) { c.Capacities = nil },
	"in an unknown capacity":    func(c *policy.Claims) { c.Capacities = []policy.Role{"director"} },
	"as the keeper":             func(c *policy.Claims) { c.Capacities = []policy.Role{policy.Keeper} },
	"as the clock's hand":       func(c *policy.Claims) { c.Capacities = []policy.Role{policy.Worker} },
	"as the keeper too":         func(c *policy.Claims) { c.Capacities = append(c.Capacities, policy.Keeper) },
	"as a family":               func(c *policy.Claims) { c.Capacities = []policy.Role{policy.Family} },
	"as a role of the database": func(c *policy.Claims) { c.Capacities = []policy.Role{"dps_owner"} },
	"without an organisation":   func(c *policy.Claims) { c.Organisation = uuid.Nil },
	"without a person":          func(c *policy.Claims) { c.Person = "" },
	"of the program itself":     func(c *policy.Claims) { c.Person = "system" },
}

// checkBadTokens asks with credentials that are not good: each gets the same answer, whatever it asks for.
func (m *matrix) checkBadTokens(t *testing.T) {
	refused := map[string]demo.Credential{
		"of no form":        {Authorization: "Bearer synthetic"},
		"of another scheme": {Authorization: "Basic c3ludGhldGlj"},
		"a code of no form": {Authorization: "Invitation synthetic"},
	}
	for name, change := range badTokens {
		refused[name] = demo.Credential{Authorization: "Bearer " + m.commissionerToken(t, change)}
	}
	first := m.postQuery(t, demo.Credential{Authorization: "Bearer"}, "{ viewer { capacity } }", nil)
	for name, credential := range refused {
		for _, f := range m.schema.objects["Query"].Fields {
			got := m.postQuery(t, credential, m.schema.extendRoute(documentRoute{before: "{ ", after: " }"}, "Query", f).completeDocument(), nil)
			m.checkSecret(t, got.code == "UNAUTHENTICATED" && got.data == nil && got.whole == first.whole, "a token %s, %s: %s",
				name, f.Name, got.whole)
		}
		for _, f := range m.schema.objects["Mutation"].Fields {
			got := m.postQuery(t, credential, mutationDocument(f.Name, ""), fields{"input": m.harmlessInput(f.Name)})
			m.checkSecret(t, got.code == "UNAUTHENTICATED" && got.data == nil && got.whole == first.whole, "a token %s, %s: %s",
				name, f.Name, got.whole)
		}
	}
	m.checkCapacityHeader(t)
	m.checkRevokedToken(t)
}

// checkCapacityHeader: if a token has several capacities, the header must name one, and only one that the token has.
func (m *matrix) checkCapacityHeader(t *testing.T) {
	both := "Bearer " + m.commissionerToken(t, func(c *policy.Claims) { c.Capacities = []policy.Role{policy.Commissioner, policy.Evaluator} })
	for _, row := range []struct {
		credential demo.Credential
		code       string
	}{
		{demo.Credential{Authorization: both}, "CAPACITY_REQUIRED"},
		{demo.Credential{Authorization: both, Capacity: "moderator"}, "FORBIDDEN"},
		{demo.Credential{Authorization: both, Capacity: "keeper"}, "FORBIDDEN"},
		{demo.Credential{Capacity: "commissioner"}, "FORBIDDEN"},
		{demo.Credential{Authorization: "Invitation " + m.codes["PREFERENCE"], Capacity: "safeguarding_lead"}, "FORBIDDEN"},
	} {
		got := m.postQuery(t, row.credential, "{ viewer { capacity } }", nil)
		m.checkSecret(t, got.code == row.code && got.data == nil, "in the capacity %q: %s, want %s", row.credential.Capacity, got.body, row.code)
	}
}

// checkRevokedToken: a token with a revoked epoch opens nothing in the database.
func (m *matrix) checkRevokedToken(t *testing.T) {
	m.homes.execAsAdmin("INSERT INTO dps.revocation (person, epoch) VALUES ('kent.gone', 1)")
	who := demo.Credential{Authorization: "Bearer " + m.commissionerToken(t, func(c *policy.Claims) { c.Person = "kent.gone" })}
	for _, f := range m.schema.objects["Query"].Fields {
		if m.schema.nodeTypeOfPage(f.of) == "" || !mayAsk("commissioner", facetOf("Query", f.Name)) {
			continue
		}
		got := m.postQuery(t, who, "{ "+f.Name+" { edges { node { __typename } } } }", nil)
		m.checkSecret(t, got.code == "UNAUTHENTICATED" && got.data[f.Name] == nil, "a revoked token, %s: %s", f.Name, got.body)
	}
	for _, f := range m.schema.objects["Mutation"].Fields {
		if !mayAsk("commissioner", f.Name) {
			continue
		}
		input := m.harmlessInput(f.Name)
		input["idempotencyKey"] = "long enough for a key"
		if f.Name == "viewIdentity" {
			delete(input, "idempotencyKey")
		}
		got := m.postQuery(t, who, mutationDocument(f.Name, ""), fields{"input": input})
		m.checkSecret(t, got.code == "UNAUTHENTICATED" && got.data[f.Name] == nil, "a revoked token, %s: %s", f.Name, got.body)
	}
}
