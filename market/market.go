package market

import (
	"time"

	"github.com/google/uuid"
)

// Market is a legal regime, a period, and its lots.
type Market struct {
	ID              uuid.UUID `db:"id"`
	AuthorityID     uuid.UUID `db:"authority_id"`
	Name            string    `db:"name"`
	NoticeAt        time.Time `db:"notice_at"`
	EndsOn          Date      `db:"ends_on"`
	FeedbackMinimum int       `db:"feedback_k"`
	Regime          Regime    `db:"r"`
}

// Regime is a legal regime as figures and switches; the source of each stands in Source.
type Regime struct {
	Code                string `db:"code"`
	Name                string `db:"name"`
	Source              string `db:"source"`
	MayBeEstablished    bool   `db:"may_be_established"`
	FirstCallDays       int    `db:"first_call_days"`
	DecideWorkingDays   int    `db:"decide_working_days"`
	TenderDays          int    `db:"tender_days"`
	StandstillDays      int    `db:"standstill_days"`
	StandstillWorking   bool   `db:"standstill_working"`
	StandstillMandatory bool   `db:"standstill_mandatory"`
	InvitesEveryMember  bool   `db:"invites_every_member"`
}
