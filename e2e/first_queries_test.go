package e2e_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// shownQuery is how docs/first-queries.md shows a query: the person, then the query.
var shownQuery = regexp.MustCompile("(?s)As `([a-z0-9.]+)`[^\n]*(?:\n[^\n]+)*\n\n```graphql\n(.*?)```")

// TestFirstQueries runs each query of docs/first-queries.md as the person it names, after the story. It must answer
// without an error, and with something to see.
func TestFirstQueries(t *testing.T) {
	page, err := os.ReadFile("../docs/first-queries.md")
	must(t, err)
	queries := shownQuery.FindAllSubmatch(page, -1)
	if shown := strings.Count(string(page), "```graphql"); len(queries) != shown || shown < 10 {
		t.Fatalf("the page shows %d queries, %d of them with who asks", shown, len(queries))
	}
	w := newWorld(t)
	told := w.liveStory(t)
	for _, q := range queries {
		who, query := string(q[1]), string(q[2])
		t.Run(who, func(t *testing.T) {
			reply, err := w.Client.Do(t.Context(), w.credentialByKey(t, who, told), query, nil)
			must(t, err)
			if len(reply.Errors) > 0 || !strings.Contains(reply.Raw, "[{") {
				t.Errorf("%s", reply.Raw)
			}
		})
	}
}

// credentialByKey is the credential of a person that the page names: for a family, a new invitation.
func (w *world) credentialByKey(t *testing.T, key string, told demo.Told) demo.Credential {
	t.Helper()
	if key != "family" {
		return w.credentialOf(t, personaNamed(t, key))
	}
	invited := w.sendQuery(t, demo.Commissioner, mutationDocument("inviteFamily", "code"), fields{"input": fields{
		"kind": "FEEDBACK", "respondent": "PARENT", "need": told.Need, "placement": told.Placement, "idempotencyKey": "first-queries",
	}})
	return demo.Credential{Authorization: "Invitation " + invited.Data.At("inviteFamily.code").Text()}
}

func personaNamed(t *testing.T, key string) demo.Persona {
	t.Helper()
	for _, p := range append([]demo.Persona{demo.Public}, demo.Personas...) {
		if p.Key == key {
			return p
		}
	}
	t.Fatalf("nobody is called %q", key)
	return demo.Persona{}
}
