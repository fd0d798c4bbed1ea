package tamper_test

import (
	"time"

	"github.com/southeasttogether/dps/demo"
)

// changeNeeds makes the changes that a need of a lot can meet before its deadline.
func (b *brokenLog) changeNeeds(lot string) {
	b.t.Helper()
	need, _ := b.needWithOffer(lot)
	b.mustChange(demo.Commissioner, "chaseInvitations", fields{"need": need, "words": "Synthetic: please answer."}, "")
	question := b.mustChange(demo.Rival, "askClarification", fields{"need": need, "question": "Synthetic: is there a garden?"},
		"clarification { id }").At("clarification.id").Text()
	b.mustChange(demo.Commissioner, "answerClarification", fields{"clarification": question, "answer": "Synthetic: yes."}, "")
	b.mustChange(demo.Commissioner, "correctAnswer", fields{
		"clarification": question, "answer": "Synthetic: no.", "reason": "Synthetic: it was sold.",
	}, "")
	now := b.marketTime()
	b.mustChange(demo.Commissioner, "amendNeed", fields{
		"need": need, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11", "travelMiles": 30,
		"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly), "profile": "Synthetic: a quiet home.",
		"outcomes": "Synthetic: to feel safe.",
		"deadline": now.AddDate(0, 0, 12), "reason": "Synthetic: a doctor has advised.", "uniqueReason": "Synthetic: it is as wide as it can be.",
	}, "")
	b.mustChange(demo.Commissioner, "appoint", fields{
		"need": need, "organisation": opaqueID("org", demo.OrganisationID("Surrey")),
		"person": "surrey.evaluator", "capacity": "EVALUATOR",
	}, "")
	appointed := b.Ask(b.t, demo.Commissioner, "query($id: ID!) { node(id: $id) { ... on Need { appointments { id } } } }",
		fields{"id": need}).Data.At("node.appointments.0.id").Text()
	b.mustChange(demo.Commissioner, "endAppointment", fields{"appointment": appointed}, "")
	b.mustChange(demo.Approver, "approveOutOfArea", fields{
		"need": need, "distance": "DISTANT", "approvedBy": "DIRECTOR",
		"grounds": "Synthetic.", "areaToldOn": "2026-01-05",
	}, "")
	b.mustChange(demo.Commissioner, "withdrawNeed", fields{"need": need, "reason": "Synthetic: the family moves."}, "")
	one := b.mustChange(demo.Commissioner, "copyNeed", fields{"need": need}, "need { id }").At("need.id").Text()
	other := b.mustChange(demo.Commissioner, "copyNeed", fields{"need": need}, "need { id }").At("need.id").Text()
	b.mustChange(demo.Commissioner, "amendNeed", fields{
		"need": other, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "EHC_PLAN", "homeOutcode": "BN11", "travelMiles": 30,
		"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly), "profile": "Synthetic: a quiet school.",
		"outcomes": "Synthetic: to read.",
	}, "")
	b.mustChange(demo.Commissioner, "recordEhcDates", fields{"need": other, "requestedOn": "2026-01-05"}, "")
	b.mustChange(demo.Commissioner, "linkNeeds", fields{"need": one, "sibling": other}, "")
	b.mustChange(demo.Commissioner, "unlinkNeeds", fields{"need": one, "sibling": other}, "")
	b.mustChange(demo.Commissioner, "setCeiling", fields{"need": one, "weekly": "4500.00"}, "")
	b.mustChange(demo.Commissioner, "discardNeed", fields{"need": one}, "")
}
