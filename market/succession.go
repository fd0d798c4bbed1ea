package market

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// PartnershipSucceeded is the step of an authority that others succeed.
const PartnershipSucceeded PartnershipStepKind = "SUCCEEDED"

// Succession is that an authority is succeeded by others, on a day.
type Succession struct {
	ID            uuid.UUID  `db:"id"`
	PredecessorID uuid.UUID  `db:"authority_id"`
	OnDay         Date       `db:"on_day"`
	SuccessorIDs  IDs        `db:"successors"`
	RemainderID   uuid.UUID  `db:"remainder_id"`
	Words         string     `db:"words"`
	AnnouncedAt   time.Time  `db:"announced_at"`
	AllocatedAt   *time.Time `db:"allocated_at"`
	CompletedAt   *time.Time `db:"completed_at"`
	Cases         *int       `db:"cases"`
	AsOf          time.Time  `db:"as_of"`
}

// Allocation is who takes over a need.
type Allocation struct {
	SuccessionID uuid.UUID `db:"succession_id"`
	NeedID       uuid.UUID `db:"need_id"`
	SuccessorID  uuid.UUID `db:"successor_id"`
}

// AnnounceSuccessionInput says who succeeds whom.
type AnnounceSuccessionInput struct {
	IdempotencyKey string
	Predecessor    ID
	Successors     []ID
	Remainder      ID
	OnDay          Date
	Words          string
}

// AllocateSuccessionInput says what goes where.
type AllocateSuccessionInput struct {
	IdempotencyKey string
	Cases          []AllocationInput
}

// AllocationInput is a need and who takes it over.
type AllocationInput struct {
	Need      ID
	Successor ID
}

// The most that one request says.
const (
	mostSuccessors  = 20
	mostAllocations = 1000
)

// AnnounceSuccession makes the succession of an authority that is in the region by others that are on that day (Local
// Government and Public Involvement in Health Act 2007 s 7 (check): by an order that names the day). The lead authority
// leads until another does.
func AnnounceSuccession(o Organisation, successors []Organisation, in AnnounceSuccessionInput) (Succession, PartnershipStep, error) {
	s := Succession{ID: uuid.New(), PredecessorID: o.ID, OnDay: in.OnDay, RemainderID: in.Remainder.UUID, Words: in.Words, AnnouncedAt: o.AsOf}
	step := PartnershipStep{OrganisationID: o.ID, Kind: PartnershipSucceeded, OnDay: in.OnDay, Words: in.Words, At: o.AsOf}
	if err := checkTexts(InputText{"words", in.Words, 4000}); err != nil {
		return s, step, err
	}
	switch {
	case o.Lead:
		return s, step, Refuse(WrongState, "The lead authority is not succeeded: another has to lead first.")
	case o.Kind == OrganisationKindConsortium:
		return s, step, RefuseField(Invalid, "predecessor", "A consortium has no cases of its own: its boroughs move or leave.")
	case o.LeftOn != nil:
		return s, step, Refuse(WrongState, "The last day of %s is recorded: %s.", o.Name, o.LeftOn)
	case !in.OnDay.After(londonDate(o.AsOf).Time):
		return s, step, RefuseField(Invalid, "onDay", "Give a day after today: the predecessor has to say before who takes over what.")
	case len(in.Successors) == 0 || len(in.Successors) > mostSuccessors:
		return s, step, RefuseField(Invalid, "successors", "Name one to %d successors.", mostSuccessors)
	}
	for _, successor := range successors {
		if err := requirePossibleSuccessor(successor, o, in.OnDay); err != nil {
			return s, step, err
		}
		if slices.Contains(s.SuccessorIDs, successor.ID) {
			return s, step, RefuseField(Invalid, "successors", "Name each successor once.")
		}
		s.SuccessorIDs = append(s.SuccessorIDs, successor.ID)
	}
	if !slices.Contains(s.SuccessorIDs, s.RemainderID) {
		return s, step, RefuseField(Invalid, "remainder", "One of the successors takes over what is not allocated.")
	}
	return s, step, nil
}

// requirePossibleSuccessor refuses a successor that could not go on with cases on the day.
func requirePossibleSuccessor(successor, o Organisation, day Date) error {
	successor.AsOf = EndOfDay(day.Time)
	if successor.ID == o.ID || successor.Kind == OrganisationKindConsortium {
		return RefuseField(Invalid, "successors", "An authority is succeeded by other authorities.")
	}
	return RequireInRegion(successor)
}

// AllocateSuccession checks which needs go to whom.
func AllocateSuccession(s Succession, in AllocateSuccessionInput) error {
	if s.CompletedAt != nil || !s.OnDay.After(londonDate(s.AsOf).Time) {
		return Refuse(WrongState, "The cases are the successors' since %s.", s.OnDay)
	}
	if len(in.Cases) == 0 || len(in.Cases) > mostAllocations {
		return RefuseField(Invalid, "cases", "Name one to %d needs.", mostAllocations)
	}
	named := map[uuid.UUID]bool{}
	for _, c := range in.Cases {
		if named[c.Need.UUID] {
			return RefuseField(Invalid, "cases.need", "Name each need once.")
		}
		if named[c.Need.UUID] = true; !slices.Contains(s.SuccessorIDs, c.Successor.UUID) {
			return RefuseField(Invalid, "cases.successor", "A case goes to one of the successors.")
		}
	}
	return nil
}
