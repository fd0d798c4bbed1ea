package partnership

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
)

// Succession records that other authorities succeed an authority on a day.
type Succession struct {
	ID            uuid.UUID   `db:"id"`
	PredecessorID uuid.UUID   `db:"authority_id"`
	OnDay         market.Date `db:"on_day"`
	SuccessorIDs  market.IDs  `db:"successors"`
	RemainderID   uuid.UUID   `db:"remainder_id"`
	Words         string      `db:"words"`
	AnnouncedAt   time.Time   `db:"announced_at"`
	AllocatedAt   *time.Time  `db:"allocated_at"`
	CompletedAt   *time.Time  `db:"completed_at"`
	Cases         *int        `db:"cases"`
	AsOf          time.Time   `db:"as_of"`
}

// Allocation says which successor takes over a need.
type Allocation struct {
	SuccessionID uuid.UUID `db:"succession_id"`
	NeedID       uuid.UUID `db:"need_id"`
	SuccessorID  uuid.UUID `db:"successor_id"`
}

// AnnounceSuccessionInput is an authority and its successors.
type AnnounceSuccessionInput struct {
	IdempotencyKey string
	Predecessor    market.ID
	Successors     []market.ID
	Remainder      market.ID
	OnDay          market.Date
	Words          string
}

// CancelSuccessionInput is a succession to cancel.
type CancelSuccessionInput struct {
	IdempotencyKey string
	Predecessor    market.ID
	Words          string
}

// AllocateSuccessionInput says which successor takes over which needs.
type AllocateSuccessionInput struct {
	IdempotencyKey string
	Cases          []AllocationInput
}

// AllocationInput is a need and the successor that takes it over.
type AllocationInput struct {
	Need      market.ID
	Successor market.ID
}

// The limits of one request.
const (
	mostSuccessors  = 20
	mostAllocations = 1000
)

// AnnounceSuccession makes the succession of an authority that is in the region by others that are in it on that day
// (Local Government and Public Involvement in Health Act 2007 s 7 (check): by an order that names the day). The lead
// authority stays the lead until another authority becomes it.
func AnnounceSuccession(o market.Organisation, successors []market.Organisation, in AnnounceSuccessionInput) (Succession,
	PartnershipStep, error,
) {
	s := Succession{
		ID: uuid.New(), PredecessorID: o.ID, OnDay: in.OnDay, RemainderID: in.Remainder.UUID,
		Words: in.Words, AnnouncedAt: o.AsOf,
	}
	step := PartnershipStep{OrganisationID: o.ID, Kind: PartnershipSucceeded, OnDay: in.OnDay, Words: in.Words, At: o.AsOf}
	if err := market.CheckTexts(market.InputText{Field: "words", Value: in.Words, Limit: 4000}); err != nil {
		return s, step, err
	}
	switch {
	case o.Lead:
		return s, step, market.Refuse(market.WrongState,
			"The lead authority cannot be succeeded: another authority must become the lead first.")
	case o.Kind == market.OrganisationKindConsortium:
		return s, step, market.RefuseField(market.Invalid, "predecessor",
			"A consortium cannot be succeeded, because it has no needs of its own: its boroughs move or leave instead.")
	case o.LeftOn != nil:
		return s, step, market.Refuse(market.WrongState, "The last day of %s is already recorded: %s.", o.Name, o.LeftOn)
	case !in.OnDay.After(market.LondonDate(o.AsOf)):
		return s, step, market.RefuseField(market.Invalid, "onDay",
			"The date must be after today, so that the predecessor has time to allocate its needs.")
	case checkDay("onDay", in.OnDay, o.AsOf) != nil:
		return s, step, checkDay("onDay", in.OnDay, o.AsOf)
	case len(in.Successors) == 0 || len(in.Successors) > mostSuccessors:
		return s, step, market.RefuseField(market.Invalid, "successors", "Choose between 1 and %d successors.", mostSuccessors)
	}
	for _, successor := range successors {
		if err := requirePossibleSuccessor(successor, o, in.OnDay); err != nil {
			return s, step, err
		}
		if slices.Contains(s.SuccessorIDs, successor.ID) {
			return s, step, market.RefuseField(market.Invalid, "successors", "Choose each successor only once.")
		}
		s.SuccessorIDs = append(s.SuccessorIDs, successor.ID)
	}
	if !slices.Contains(s.SuccessorIDs, s.RemainderID) {
		return s, step, market.RefuseField(market.Invalid, "remainder",
			"Choose one of the successors to take over the needs that are not allocated.")
	}
	return s, step, nil
}

// requirePossibleSuccessor refuses a successor that could not take over needs on the day.
func requirePossibleSuccessor(successor, o market.Organisation, day market.Date) error {
	successor.AsOf = market.EndOfDay(day.Time)
	if successor.ID == o.ID || successor.Kind == market.OrganisationKindConsortium {
		return market.RefuseField(market.Invalid, "successors", "A successor must be another authority.")
	}
	return market.RequireInRegion(successor)
}

// CancelSuccession makes the step that cancels a succession before its day. The authority stays.
func CancelSuccession(o market.Organisation, s Succession, in CancelSuccessionInput) (PartnershipStep, error) {
	step := PartnershipStep{OrganisationID: o.ID, Kind: PartnershipSuccessionCancelled, OnDay: s.OnDay, Words: in.Words, At: o.AsOf}
	if s.CompletedAt != nil || !s.OnDay.After(market.LondonDate(s.AsOf)) {
		return step, market.Refuse(market.WrongState, "The succession of %s took effect on %s, so it cannot be cancelled any more.", o.Name,
			s.OnDay)
	}
	return step, market.CheckTexts(market.InputText{Field: "words", Value: in.Words, Limit: 4000})
}

// AllocateSuccession checks which successor takes over which need.
func AllocateSuccession(s Succession, in AllocateSuccessionInput) error {
	if s.CompletedAt != nil || !s.OnDay.After(market.LondonDate(s.AsOf)) {
		return market.Refuse(market.WrongState,
			"The successors took over these needs on %s, so they cannot be allocated any more.", s.OnDay)
	}
	if len(in.Cases) == 0 || len(in.Cases) > mostAllocations {
		return market.RefuseField(market.Invalid, "cases", "Choose between 1 and %d needs.", mostAllocations)
	}
	named := map[uuid.UUID]bool{}
	for _, c := range in.Cases {
		if named[c.Need.UUID] {
			return market.RefuseField(market.Invalid, "cases.need", "Choose each need only once.")
		}
		if named[c.Need.UUID] = true; !slices.Contains(s.SuccessorIDs, c.Successor.UUID) {
			return market.RefuseField(market.Invalid, "cases.successor", "Choose one of the successors for each need.")
		}
	}
	return nil
}
