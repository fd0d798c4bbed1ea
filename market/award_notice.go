package market

import (
	"time"

	"github.com/google/uuid"
)

// AwardNoticeKind is a kind of notice after an award.
type AwardNoticeKind string

// Kinds of notice after an award.
const (
	NoticeOfAward   AwardNoticeKind = "AWARD"
	NoticeOfDetails AwardNoticeKind = "DETAILS"
)

// AwardNoticeRule is a notice that awards under a regime ask for, and its time in calendar days.
type AwardNoticeRule struct {
	Regime         string          `db:"regime"`
	Kind           AwardNoticeKind `db:"kind"`
	Days           int             `db:"days"`
	Quarterly      bool            `db:"quarterly"`
	BeforeContract bool            `db:"before_contract"`
	Source         string          `db:"source"`
}

// AwardNotice is a notice that an award asks for. Since is the day from which on it can be published, in London; the database
// reckons from it when it is due, by the regime's rule.
type AwardNotice struct {
	AwardID        uuid.UUID       `db:"award_id"`
	Kind           AwardNoticeKind `db:"kind"`
	Since          Date            `db:"since"`
	DueOn          Date            `db:"due_on"`
	BeforeContract bool            `db:"before_contract"`
	Source         string          `db:"source"`
	Reference      *string         `db:"reference"`
	PublishedOn    *Date           `db:"published_on"`
	RecordedAt     *time.Time      `db:"recorded_at"`
	AsOf           time.Time       `db:"as_of"`
}

// RecordAwardNoticeInput is where an award notice was published.
type RecordAwardNoticeInput struct {
	IdempotencyKey string
	Award          ID
	Kind           AwardNoticeKind
	Reference      string
	PublishedOn    Date
}

// RecordAwardNotice checks where and when a notice was published that the award asks for (Public Contracts Regulations 2015
// regs 50 and 75; Procurement Act 2023 ss 50 and 53); asked is nil where it asks for none.
func RecordAwardNotice(asked *AwardNotice, in RecordAwardNoticeInput) error {
	switch {
	case asked == nil && in.Kind == NoticeOfDetails:
		return RefuseField(WrongState, "kind", "This award asks for no such notice: its regime or its route has none, or the agreement is not signed by both.")
	case asked == nil:
		return RefuseField(WrongState, "kind", "This award asks for no such notice: its regime or its route has none, or it is not approved, or over.")
	case in.PublishedOn.Before(asked.Since.Time) || in.PublishedOn.After(londonDate(asked.AsOf).Time):
		return RefuseField(Invalid, "publishedOn", "It was published between %s and today.", asked.Since)
	}
	return checkTexts(InputText{"reference", in.Reference, 100})
}
