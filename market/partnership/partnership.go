package partnership

import (
	"regexp"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// PartnershipStepKind is a kind of step of an organisation in the region.
type PartnershipStepKind string

// Steps of an organisation in the region.
const (
	PartnershipJoined   PartnershipStepKind = "JOINED"
	PartnershipLeft     PartnershipStepKind = "LEFT"
	PartnershipMovedIn  PartnershipStepKind = "MOVED_IN"
	PartnershipMovedOut PartnershipStepKind = "MOVED_OUT"
)

// PartnershipStep is one step of an organisation in the region.
type PartnershipStep struct {
	OrganisationID uuid.UUID           `db:"organisation_id"`
	Kind           PartnershipStepKind `db:"kind"`
	OnDay          market.Date         `db:"on_day"`
	ConsortiumID   *uuid.UUID          `db:"consortium_id"`
	Words          string              `db:"words"`
	At             time.Time           `db:"at"`
}

// PartnershipSucceeded is the step of an authority that others succeed.
const PartnershipSucceeded PartnershipStepKind = "SUCCEEDED"

// Steps that correct an earlier one.
const (
	PartnershipLastDayCorrected    PartnershipStepKind = "LAST_DAY_CORRECTED"
	PartnershipStayed              PartnershipStepKind = "STAYED"
	PartnershipSuccessionCancelled PartnershipStepKind = "SUCCESSION_CANCELLED"
)

// CorrectLastDayInput is a last day to correct, or to take back if there is none.
type CorrectLastDayInput struct {
	IdempotencyKey string
	Organisation   market.ID
	LastDay        *market.Date
	Words          string
}

// AdmitPartnerInput is an organisation that joins.
type AdmitPartnerInput struct {
	IdempotencyKey string
	Kind           market.OrganisationKind
	Name           string
	DfeCode        *string
	Consortium     *market.ID
	From           market.Date
	Words          string
}

// EndPartnershipInput is an organisation that leaves.
type EndPartnershipInput struct {
	IdempotencyKey string
	Organisation   market.ID
	LastDay        market.Date
	Words          string
}

// MoveBoroughInput is a borough that moves, and its new consortium.
type MoveBoroughInput struct {
	IdempotencyKey string
	Organisation   market.ID
	Consortium     *market.ID
	Words          string
}

var dfeCodePattern = regexp.MustCompile(`^[0-9]{3}$`)

// AdmitPartner makes the organisation that joins, under an id.
func AdmitPartner(id uuid.UUID, in AdmitPartnerInput, consortium *market.Organisation, now time.Time) (market.Organisation,
	PartnershipStep, error,
) {
	o := market.Organisation{ID: id, Kind: in.Kind, Name: in.Name, DfeCode: in.DfeCode, JoinedOn: &in.From}
	step := PartnershipStep{OrganisationID: o.ID, Kind: PartnershipJoined, OnDay: in.From, Words: in.Words, At: now}
	if consortium != nil {
		o.ConsortiumID, step.ConsortiumID = &consortium.ID, &consortium.ID
	}
	if err := market.CheckTexts(market.InputText{Field: "name", Value: in.Name, Limit: 200}, market.InputText{
		Field: "words", Value: in.Words,
		Limit: 4000,
	}); err != nil {
		return o, step, err
	}
	if err := checkOrganisation(o, consortium); err != nil {
		return o, step, err
	}
	if err := checkDay("from", in.From, now); err != nil {
		return o, step, err
	}
	return o, step, requireConsortiumOf(consortium)
}

// AdmitAgain checks that an organisation whose last day is recorded can join again: it has left, and its cases are still its own.
func AdmitAgain(o market.Organisation, succeeded bool, now time.Time) error {
	switch {
	case o.LeftOn == nil: // it was admitted while this waited
		return market.ErrCodeTaken
	case succeeded:
		return market.RefuseField(market.WrongState, "dfeCode", "Others succeed %s: it cannot join again.", o.Name)
	case !isPast(*o.LeftOn, now):
		return market.RefuseField(market.WrongState, "dfeCode",
			"%s is in the region until %s: take its last day back with correctLastDay.", o.Name, o.LeftOn)
	}
	return nil
}

// FoundOrganisation checks an organisation that is in the region from its beginning.
func FoundOrganisation(o market.Organisation, consortium *market.Organisation) error {
	if err := market.CheckTexts(market.InputText{Field: "name", Value: o.Name, Limit: 200}); err != nil {
		return err
	}
	if err := checkOrganisation(o, consortium); err != nil {
		return err
	}
	return requireConsortiumOf(consortium)
}

// checkOrganisation checks what an organisation is. Only a borough belongs to a consortium, and only a consortium has no code.
func checkOrganisation(o market.Organisation, consortium *market.Organisation) error {
	switch {
	case (o.Kind == market.OrganisationKindConsortium) != (o.DfeCode == nil):
		return market.RefuseField(market.Invalid, "dfeCode", "Enter the DfE code of an authority, and leave it out for a consortium.")
	case o.DfeCode != nil && !dfeCodePattern.MatchString(*o.DfeCode):
		return market.RefuseField(market.Invalid, "dfeCode", "The DfE code must be 3 digits.")
	case (o.Kind == market.OrganisationKindBorough) != (consortium != nil):
		return market.RefuseField(market.Invalid, "consortium",
			"Choose a consortium for a borough, and leave it out for any other organisation.")
	}
	return nil
}

func requireConsortiumOf(consortium *market.Organisation) error {
	if consortium == nil {
		return nil
	}
	return requireConsortium(*consortium)
}

// requireConsortium refuses an organisation that is not a consortium, or a consortium that has left.
func requireConsortium(consortium market.Organisation) error {
	if consortium.Kind != market.OrganisationKindConsortium {
		return market.RefuseField(market.Invalid, "consortium", "%s is not a consortium.", consortium.Name)
	}
	return market.RequireInRegion(consortium)
}

// EndPartnership makes the step of an organisation that leaves. The last day cannot be in the past. The lead authority
// cannot leave, and a consortium can leave only after its boroughs.
func EndPartnership(o market.Organisation, boroughs int, in EndPartnershipInput) (PartnershipStep, error) {
	switch {
	case o.Lead:
		return PartnershipStep{}, market.Refuse(market.WrongState,
			"The lead authority cannot leave: another authority must become the lead first.")
	case o.LeftOn != nil:
		return PartnershipStep{}, market.Refuse(market.WrongState, "The last day of %s is already recorded: %s.", o.Name, o.LeftOn)
	case boroughs > 0:
		return PartnershipStep{}, market.Refuse(market.WrongState,
			"This consortium still has boroughs (%d): they must move out or leave first.", boroughs)
	}
	if err := checkPartnersLastDay(o, in.LastDay); err != nil {
		return PartnershipStep{}, err
	}
	return PartnershipStep{
			OrganisationID: o.ID, Kind: PartnershipLeft, OnDay: in.LastDay, ConsortiumID: o.ConsortiumID,
			Words: in.Words, At: o.AsOf,
		},
		market.CheckTexts(market.InputText{Field: "words", Value: in.Words, Limit: 4000})
}

// CorrectLastDay makes the step that corrects an organisation's last day, or takes it back, while it is in the region. What was
// ended by then stays ended. succeeded says that others succeed it: its last day is that of the succession.
func CorrectLastDay(o market.Organisation, succeeded bool, in CorrectLastDayInput) (PartnershipStep, error) {
	step := PartnershipStep{
		OrganisationID: o.ID, Kind: PartnershipStayed, ConsortiumID: o.ConsortiumID, Words: in.Words, At: o.AsOf,
	}
	switch {
	case o.LeftOn == nil:
		return step, market.Refuse(market.WrongState, "No last day of %s is recorded.", o.Name)
	case succeeded:
		return step, market.Refuse(market.WrongState, "Others succeed %s: cancel the succession with cancelSuccession.", o.Name)
	case isPast(*o.LeftOn, o.AsOf):
		return step, market.Refuse(market.WrongState, "%s left on %s: admit it again with admitPartner.", o.Name, o.LeftOn)
	case in.LastDay != nil && in.LastDay.String() == o.LeftOn.String():
		return step, market.RefuseField(market.Invalid, "lastDay", "This is the last day that is recorded already.")
	}
	if step.OnDay = *o.LeftOn; in.LastDay != nil {
		if err := checkPartnersLastDay(o, *in.LastDay); err != nil {
			return step, err
		}
		step.Kind, step.OnDay = PartnershipLastDayCorrected, *in.LastDay
	}
	return step, market.CheckTexts(market.InputText{Field: "words", Value: in.Words, Limit: 4000})
}

// MoveBorough moves an authority out of its consortium or into one. It returns the organisation as it is then.
func MoveBorough(o market.Organisation, consortium *market.Organisation, in MoveBoroughInput) (market.Organisation,
	PartnershipStep, error,
) {
	step := PartnershipStep{
		OrganisationID: o.ID, Kind: PartnershipMovedOut, OnDay: market.LondonDate(o.AsOf),
		ConsortiumID: o.ConsortiumID, Words: in.Words, At: o.AsOf,
	}
	if err := market.CheckTexts(market.InputText{Field: "words", Value: in.Words, Limit: 4000}); err != nil {
		return o, step, err
	}
	if err := market.RequireInRegion(o); err != nil {
		return o, step, err
	}
	switch {
	case o.Kind == market.OrganisationKindConsortium || o.Lead:
		return o, step, market.RefuseField(market.Invalid, "organisation",
			"A consortium or the lead authority cannot belong to a consortium.")
	case consortium == nil && o.ConsortiumID == nil:
		return o, step, market.Refuse(market.WrongState, "%s does not belong to a consortium.", o.Name)
	case consortium != nil && o.ConsortiumID != nil:
		return o, step, market.Refuse(market.WrongState, "%s already belongs to a consortium: move it out of that one first.", o.Name)
	case consortium == nil:
		o.Kind, o.ConsortiumID = market.OrganisationKindPartner, nil
		return o, step, nil
	}
	o.Kind, o.ConsortiumID = market.OrganisationKindBorough, &consortium.ID
	step.Kind, step.ConsortiumID = PartnershipMovedIn, &consortium.ID
	return o, step, requireConsortium(*consortium)
}

// checkPartnersLastDay checks a last day in the region.
func checkPartnersLastDay(o market.Organisation, last market.Date) error {
	if err := checkDay("lastDay", last, o.AsOf); err != nil {
		return err
	}
	if o.JoinedOn != nil && last.Before(*o.JoinedOn) {
		return market.RefuseField(market.Invalid, "lastDay", "The last day cannot be before this organisation joins, on %s.", o.JoinedOn)
	}
	return nil
}

// yearsAhead is how far ahead a change of the region is recorded. A later day is a slip of the pen.
const yearsAhead = 10

// checkDay checks a day on which the region changes: it is to come, and soon enough to be known.
func checkDay(field string, day market.Date, now time.Time) error {
	if isPast(day, now) {
		return market.RefuseField(market.Invalid, field, "The date must be today or in the future.")
	}
	if day.After(market.LondonDate(now).AddMonths(12 * yearsAhead)) {
		return market.RefuseField(market.Invalid, field, "Check the year: the date cannot be more than %d years from now.", yearsAhead)
	}
	return nil
}

// isPast says whether a day has passed, in London.
func isPast(day market.Date, now time.Time) bool {
	return day.String() < now.In(market.London).Format(time.DateOnly)
}
