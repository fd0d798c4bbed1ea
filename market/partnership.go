package market

import (
	"regexp"
	"time"

	"github.com/google/uuid"
)

// PartnershipStepKind is what happens to an organisation in the region.
type PartnershipStepKind string

// Steps of an organisation in the region.
const (
	PartnershipJoined   PartnershipStepKind = "JOINED"
	PartnershipLeft PartnershipStepKind = "LEFT"
	PartnershipMovedIn  PartnershipStepKind = "MOVED_IN"
	PartnershipMovedOut PartnershipStepKind = "MOVED_OUT"
)

// PartnershipStep is one step of an organisation in the region.
type PartnershipStep struct {
	OrganisationID uuid.UUID           `db:"organisation_id"`
	Kind           PartnershipStepKind `db:"kind"`
	OnDay          Date                `db:"on_day"`
	ConsortiumID   *uuid.UUID          `db:"consortium_id"`
	Words          string              `db:"words"`
	At             time.Time           `db:"at"`
}

// AdmitPartnerInput says who joins.
type AdmitPartnerInput struct {
	IdempotencyKey string
	Kind           OrganisationKind
	Name           string
	DfeCode        *string
	Consortium     *ID
	From           Date
	Words          string
}

// EndPartnershipInput says who leaves.
type EndPartnershipInput struct {
	IdempotencyKey string
	Organisation   ID
	LastDay        Date
	Words          string
}

// MoveBoroughInput says who moves where.
type MoveBoroughInput struct {
	IdempotencyKey string
	Organisation   ID
	Consortium     *ID
	Words          string
}

// RequireInRegion refuses what would begin something new for an organisation that is not in the region today.
func RequireInRegion(o Organisation) error {
	today := o.AsOf.In(London).Format(time.DateOnly)
	switch {
	case o.JoinedOn != nil && today < o.JoinedOn.String():
		return Refuse(TooEarly, "%s joins the region on %s: nothing begins for it before.", o.Name, o.JoinedOn)
	case o.LeftOn != nil && today > o.LeftOn.String():
		return Refuse(WrongState, "%s was in the region until %s: what it began goes on, and nothing new begins.", o.Name, o.LeftOn)
	}
	return nil
}

var dfeCodePattern = regexp.MustCompile(`^[0-9]{3}$`)

// AdmitPartner makes the organisation that joins. Only a borough belongs to a consortium, and a consortium alone has no code.
func AdmitPartner(in AdmitPartnerInput, consortium *Organisation, now time.Time) (Organisation, PartnershipStep, error) {
	o := Organisation{ID: uuid.New(), Kind: in.Kind, Name: in.Name, DfeCode: in.DfeCode, JoinedOn: &in.From}
	if err := checkTexts(InputText{"name", in.Name, 200}, InputText{"words", in.Words, 4000}); err != nil {
		return o, PartnershipStep{}, err
	}
	switch {
	case (in.Kind == OrganisationKindConsortium) != (in.DfeCode == nil):
		return o, PartnershipStep{}, RefuseField(Invalid, "dfeCode", "Give the authority's code; a consortium has none.")
	case in.DfeCode != nil && !dfeCodePattern.MatchString(*in.DfeCode):
		return o, PartnershipStep{}, RefuseField(Invalid, "dfeCode", "The code is three digits, as the Department for Education has it.")
	case (in.Kind == OrganisationKindBorough) != (consortium != nil):
		return o, PartnershipStep{}, RefuseField(Invalid, "consortium", "A borough belongs to a consortium, and nobody else does.")
	case isPast(in.From, now):
		return o, PartnershipStep{}, RefuseField(Invalid, "from", "Nobody has been a partner before it was recorded: give today or a day to come.")
	}
	step := PartnershipStep{OrganisationID: o.ID, Kind: PartnershipJoined, OnDay: in.From, Words: in.Words, At: now}
	if consortium != nil {
		if err := requireConsortium(*consortium); err != nil {
			return o, step, err
		}
		o.ConsortiumID, step.ConsortiumID = &consortium.ID, &consortium.ID
	}
	return o, step, nil
}

// requireConsortium refuses what is no consortium, or one that has left.
func requireConsortium(consortium Organisation) error {
	if consortium.Kind != OrganisationKindConsortium {
		return RefuseField(Invalid, "consortium", "%s is no consortium.", consortium.Name)
	}
	return RequireInRegion(consortium)
}

// EndPartnership makes the step of an organisation that leaves. Nobody has left before it was recorded; the lead authority
// leads, and a consortium is left by its boroughs first.
func EndPartnership(o Organisation, boroughs int, in EndPartnershipInput) (PartnershipStep, error) {
	switch {
	case o.Lead:
		return PartnershipStep{}, Refuse(WrongState, "The lead authority does not leave: another has to lead first.")
	case o.LeftOn != nil:
		return PartnershipStep{}, Refuse(WrongState, "The last day of %s is recorded: %s.", o.Name, o.LeftOn)
	case boroughs > 0:
		return PartnershipStep{}, Refuse(WrongState, "Its boroughs move out of the consortium or leave first: there are still %d.", boroughs)
	case isPast(in.LastDay, o.AsOf):
		return PartnershipStep{}, RefuseField(Invalid, "lastDay", "Nobody has left before it was recorded: give today or a day to come.")
	case o.JoinedOn != nil && in.LastDay.Before(o.JoinedOn.Time):
		return PartnershipStep{}, RefuseField(Invalid, "lastDay", "It joins on %s.", o.JoinedOn)
	}
	return PartnershipStep{OrganisationID: o.ID, Kind: PartnershipLeft, OnDay: in.LastDay, ConsortiumID: o.ConsortiumID, Words: in.Words, At: o.AsOf},
		checkTexts(InputText{"words", in.Words, 4000})
}

// MoveBorough moves an authority out of its consortium or into one; the organisation is returned as it is then.
func MoveBorough(o Organisation, consortium *Organisation, in MoveBoroughInput) (Organisation, PartnershipStep, error) {
	step := PartnershipStep{OrganisationID: o.ID, Kind: PartnershipMovedOut, OnDay: londonDate(o.AsOf), ConsortiumID: o.ConsortiumID, Words: in.Words, At: o.AsOf}
	if err := checkTexts(InputText{"words", in.Words, 4000}); err != nil {
		return o, step, err
	}
	if err := RequireInRegion(o); err != nil {
		return o, step, err
	}
	switch {
	case o.Kind == OrganisationKindConsortium || o.Lead:
		return o, step, RefuseField(Invalid, "organisation", "A consortium and the lead authority belong to no consortium.")
	case consortium == nil && o.ConsortiumID == nil:
		return o, step, Refuse(WrongState, "%s belongs to no consortium.", o.Name)
	case consortium != nil && o.ConsortiumID != nil:
		return o, step, Refuse(WrongState, "%s belongs to a consortium: it moves out of that one first.", o.Name)
	case consortium == nil:
		o.Kind, o.ConsortiumID = OrganisationKindPartner, nil
		return o, step, nil
	}
	o.Kind, o.ConsortiumID = OrganisationKindBorough, &consortium.ID
	step.Kind, step.ConsortiumID = PartnershipMovedIn, &consortium.ID
	return o, step, requireConsortium(*consortium)
}

// isPast says whether a day is over, in London.
func isPast(day Date, now time.Time) bool {
	return day.String() < now.In(London).Format(time.DateOnly)
}

// londonDate is the day of an instant, in London.
func londonDate(at time.Time) Date {
	local := at.In(London)
	return NewDate(local.Year(), local.Month(), local.Day())
}
