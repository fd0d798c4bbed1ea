package tamper_test

import (
	"time"

	"github.com/southeasttogether/dps/demo"
)

// needsInFull makes the changes that a need of a lot can meet before its deadline.
func (b *brokenLog) needsInFull(lot string) {
	b.t.Helper()
	need, _ := b.offered(lot)
	b.change(demo.Commissioner, "chaseInvitations", fields{"need": need, "words": "Synthetic: please answer."}, "")
	question := b.change(demo.Rival, "askClarification", fields{"need": need, "question": "Synthetic: is there a garden?"}, "clarification { id }").At("clarification.id").Text()
	b.change(demo.Commissioner, "answerClarification", fields{"clarification": question, "answer": "Synthetic: yes."}, "")
	now := b.now()
	b.change(demo.Commissioner, "amendNeed", fields{
		"need": need, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11", "travelMiles": 30,
		"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly), "profile": "Synthetic: a quiet home.", "outcomes": "Synthetic: to feel safe.",
		"deadline": now.AddDate(0, 0, 12), "reason": "Synthetic: a doctor has advised.", "uniqueReason": "Synthetic: it is as wide as it can be.",
	}, "")
	b.change(demo.Commissioner, "appoint", fields{"need": need, "organisation": opaque("org", demo.OrganisationID("Surrey")), "person": "surrey.evaluator", "capacity": "EVALUATOR"}, "")
	appointed := b.Ask(b.t, demo.Commissioner, "query($id: ID!) { node(id: $id) { ... on Need { appointments { id } } } }", fields{"id": need}).Data.At("node.appointments.0.id").Text()
	b.change(demo.Commissioner, "endAppointment", fields{"appointment": appointed}, "")
	b.change(demo.Approver, "approveOutOfArea", fields{"need": need, "distance": "DISTANT", "approvedBy": "DIRECTOR", "grounds": "Synthetic.", "areaToldOn": "2026-01-05"}, "")
	b.change(demo.Commissioner, "withdrawNeed", fields{"need": need, "reason": "Synthetic: the family moves."}, "")
	one := b.change(demo.Commissioner, "copyNeed", fields{"need": need}, "need { id }").At("need.id").Text()
	other := b.change(demo.Commissioner, "copyNeed", fields{"need": need}, "need { id }").At("need.id").Text()
	b.change(demo.Commissioner, "amendNeed", fields{
		"need": other, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "EHC_PLAN", "homeOutcode": "BN11", "travelMiles": 30,
		"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly), "profile": "Synthetic: a quiet school.", "outcomes": "Synthetic: to read.",
	}, "")
	b.change(demo.Commissioner, "recordEhcDates", fields{"need": other, "requestedOn": "2026-01-05"}, "")
	b.change(demo.Commissioner, "linkNeeds", fields{"need": one, "sibling": other}, "")
}
