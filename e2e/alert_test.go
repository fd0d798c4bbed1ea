package e2e_test

import (
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// alertKinds are the kinds of a person's alerts, newest first.
func (s *scene) alertKinds(who demo.Persona) (kinds []string) {
	s.t.Helper()
	for _, e := range s.readData(who, "{ alerts { edges { node { kind due at words about } } } }", nil).At("alerts.edges").All() {
		kinds = append(kinds, e.At("node.kind").Text())
	}
	return kinds
}

// TestAlertToOverdueApplication: the market manager of the lead authority is alerted to it, once, and nobody else is.
func TestAlertToOverdueApplication(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	application := s.mustChange(bidsManagerOf(2), "submitApplication", fields{
		"lot": s.lot, "statement": "Synthetic: we meet every criterion.",
		"noGroundForExclusion": true,
	},
		"application { id decideBy }").At("application")
	s.runWorker()
	if got := s.alertKinds(demo.MarketManager); got != nil {
		t.Errorf("alerted in time: %v", got)
	}
	due, err := time.Parse(time.RFC3339Nano, application.At("decideBy").Text())
	must(t, err)
	must(t, s.MoveClock(t.Context(), due.Add(time.Second)))
	s.runWorker()
	s.runWorker()
	if got := s.alertKinds(demo.MarketManager); !slices.Equal(got, []string{"APPLICATION_OVERDUE"}) {
		t.Errorf("alerted: %v", got)
	}
	first := s.readData(demo.MarketManager, "{ alerts { edges { node { words about due } } } }", nil).At("alerts.edges.0.node")
	if first.At("about").Text() != application.At("id").Text() || first.At("words").Text() != providerNamed(2) {
		t.Errorf("about %s", first.At("words").Text())
	}
	for _, other := range []demo.Persona{
		personOf(kent, policy.MarketManager), personOf(leadAuthority, policy.Commissioner),
		personOf(leadAuthority, policy.OpeningOfficer), bidsManagerOf(2), demo.Officer,
	} {
		if got := s.alertKinds(other); got != nil {
			t.Errorf("%s is alerted: %v", other, got)
		}
	}
	if got := s.sendQuery(t, personOf(leadAuthority, policy.Auditor), "{ alerts { edges { node { kind } } } }", nil); len(got.Errors) != 1 ||
		got.Errors[0].Extensions.Code != "FORBIDDEN" {
		t.Errorf("an auditor: %s", got.Raw)
	}
}

// TestAlertToUnopenedOffers: the opening officers of the need's authority are alerted when it has closed.
func TestAlertToUnopenedOffers(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	s.publishNeed(demo.Commissioner)
	s.runWorker()
	if got := s.alertKinds(demo.Opener1); got != nil {
		t.Errorf("alerted before the deadline: %v", got)
	}
	s.Advance(t, 40*24*time.Hour)
	s.runWorker()
	if got := s.alertKinds(demo.Opener1); !slices.Equal(got, []string{"OFFERS_TO_OPEN"}) {
		t.Errorf("alerted: %v", got)
	}
	if got := s.alertKinds(personOf(surrey, policy.OpeningOfficer)); got != nil {
		t.Errorf("another authority is alerted: %v", got)
	}
}
