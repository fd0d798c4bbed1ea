package market

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market/course"
)

// PlacementStatus is the state of a placement, derived from its dates.
type PlacementStatus string

// States of a placement.
const (
	PlacementAgreed    PlacementStatus = "AGREED"
	PlacementSigned    PlacementStatus = "SIGNED"
	PlacementActive    PlacementStatus = "ACTIVE"
	PlacementEnded     PlacementStatus = "ENDED"
	PlacementCancelled PlacementStatus = "CANCELLED"
)

// PlacementEndReason is why a placement ends or is cancelled. The schema lists them, with their codes in the return on
// children looked after (SSDA903, reason for placement change).
type PlacementEndReason string

// EndOther is the reason that has to be given in words.
const EndOther PlacementEndReason = "OTHER"

// NoticeParty is who gave notice that a placement ends.
type NoticeParty string

// Placement is a child's place, agreed or in use. Signed says whether both sides have signed its agreement; AsOf is the
// database's clock when the row was read.
type Placement struct {
	ID          uuid.UUID  `db:"id"`
	AwardID     uuid.UUID  `db:"award_id"`
	NeedID      uuid.UUID  `db:"need_id"`
	AuthorityID uuid.UUID  `db:"authority_id"`
	ProviderID  uuid.UUID  `db:"provider_id"`
	SettingID   uuid.UUID  `db:"setting_id"`
	Route       Route      `db:"route"`
	StartsOn    Date       `db:"starts_on"`
	StartedAt   *time.Time `db:"started_at"`
	StartedOn   *Date      `db:"started_on"`
	EndedOn     *Date      `db:"ended_on"`
	CancelledAt *time.Time `db:"cancelled_at"`
	Signed      bool       `db:"signed"`
	AsOf        time.Time  `db:"as_of"`

	EarlierProviderID *uuid.UUID `db:"earlier_provider_id"` // before its setting was handed over
	HandedOverOn      *Date      `db:"handed_over_on"`

	EndReason    *PlacementEndReason `db:"end_reason"`
	EndedPlanned *bool               `db:"ended_planned"`
	EndNoticeBy  *NoticeParty        `db:"end_notice_by"`
	EndWords     *string             `db:"end_words"`

	NoticeGivenAt *time.Time          `db:"notice_given_at"`
	NoticeLastDay *Date               `db:"notice_last_day"`
	NoticeReason  *PlacementEndReason `db:"notice_reason"`
	NoticeWords   *string             `db:"notice_words"`

	Course course.Course `db:"course"` // with its reader; filled where the next acts are selected
}

// NextActs is what comes next, and who does it.
func (p Placement) NextActs() []*course.NextAct { return p.Course.NextActsOfPlace() }

// FirstDay is the child's first day as recorded, and the agreed one before that.
func (p Placement) FirstDay() Date {
	if p.StartedOn != nil {
		return *p.StartedOn
	}
	return p.StartsOn
}

// Status derives the state from the dates.
func (p Placement) Status() PlacementStatus {
	switch {
	case p.CancelledAt != nil:
		return PlacementCancelled
	case p.EndedOn != nil && p.AsOf.After(EndOfDay(p.EndedOn.Time)):
		return PlacementEnded
	case p.StartedAt != nil:
		return PlacementActive
	case p.Signed:
		return PlacementSigned
	default:
		return PlacementAgreed
	}
}

// ErrPlacementCancelled refuses what cannot be done to a cancelled placement.
var ErrPlacementCancelled = Refuse(WrongState, "This placement was cancelled: the child did not come.")

// RequirePlacementLive refuses a cancelled placement.
func RequirePlacementLive(p Placement) error {
	if p.CancelledAt != nil {
		return ErrPlacementCancelled
	}
	return nil
}

// Agreement is the individual placement agreement: pounds a week, weeks a year.
type Agreement struct {
	ID                uuid.UUID  `db:"id"`
	PlacementID       uuid.UUID  `db:"placement_id"`
	AuthorityID       uuid.UUID  `db:"authority_id"`
	PredecessorID     *uuid.UUID `db:"predecessor_id"`
	SucceededOn       *Date      `db:"succeeded_on"`
	Contract          string     `db:"contract"`
	ContractVersion   string     `db:"contract_version"`
	Weekly            Decimal    `db:"weekly"`
	Weeks             int        `db:"weeks"`
	AuthoritySignedAt *time.Time `db:"authority_signed_at"`
	ProviderSignedAt  *time.Time `db:"provider_signed_at"`
}
