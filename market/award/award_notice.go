package award

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
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
	Threshold      *market.Decimal `db:"threshold"` // pounds with VAT; nil if every contract asks for it
	Source         string          `db:"source"`
}

// mostEstimated limits an estimate to what the database can hold.
var mostEstimated = market.Pounds("999999999.00")

// checkEstimate checks what a place is expected to cost over its whole term (Procurement Act 2023, s 4 and Sch 3). Nobody has
// to estimate it.
func checkEstimate(field string, value *market.Decimal) error {
	return market.RefuseIf(value != nil && (value.Sign() <= 0 || value.GreaterThan(mostEstimated.Decimal)), field,
		"The estimated value must be more than 0 and at most %s pounds.", mostEstimated.Text())
}

// AwardNotice is a notice that an award asks for. Since is the first day on which it can be published, in London. The
// database works out when it is due from that day, by the regime's rule.
type AwardNotice struct {
	AwardID        uuid.UUID       `db:"award_id"`
	Kind           AwardNoticeKind `db:"kind"`
	Since          market.Date     `db:"since"`
	DueOn          market.Date     `db:"due_on"`
	BeforeContract bool            `db:"before_contract"`
	Source         string          `db:"source"`
	Reference      *string         `db:"reference"`
	PublishedOn    *market.Date    `db:"published_on"`
	RecordedAt     *time.Time      `db:"recorded_at"`
	AsOf           time.Time       `db:"as_of"`
}

// RecordAwardNoticeInput is where an award notice was published.
type RecordAwardNoticeInput struct {
	IdempotencyKey string
	Award          market.ID
	Kind           AwardNoticeKind
	Reference      string
	PublishedOn    market.Date
}

// RecordAwardNotice checks where and when a notice that the award asks for was published (Public Contracts Regulations
// 2015 regs 50 and 75; Procurement Act 2023 ss 50 and 53). asked is nil if the award does not ask for one.
func RecordAwardNotice(asked *AwardNotice, in RecordAwardNoticeInput) error {
	switch {
	case asked == nil && in.Kind == NoticeOfDetails:
		return market.RefuseField(market.WrongState, "kind",
			"This award does not need a notice of this kind. Either its regime or route does not ask for one, or the agreement "+
				"is not signed by both sides.")
	case asked == nil:
		return market.RefuseField(market.WrongState, "kind",
			"This award does not need a notice of this kind. Either its regime or route does not ask for one, or the award is "+
				"not approved or has ended.")
	case in.PublishedOn.Before(asked.Since) || in.PublishedOn.After(market.LondonDate(asked.AsOf)):
		return market.RefuseField(market.Invalid, "publishedOn", "The date of publication must be between %s and today.", asked.Since)
	}
	return market.CheckTexts(market.InputText{Field: "reference", Value: in.Reference, Limit: 100})
}
