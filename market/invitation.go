package market

import (
	"time"

	"github.com/google/uuid"
)

// Chase is a reminder of an invitation that was not answered.
type Chase struct {
	NeedID     uuid.UUID `db:"need_id"`
	ProviderID uuid.UUID `db:"provider_id"`
	Words      string    `db:"words"`
	SentAt     time.Time `db:"sent_at"`
}

// Clarification is a question about a need, with the answer that every invited provider gets. The asker is stored
// elsewhere.
type Clarification struct {
	ID          uuid.UUID  `db:"id"`
	NeedID      uuid.UUID  `db:"need_id"`
	AuthorityID uuid.UUID  `db:"authority_id"`
	Question    string     `db:"question"`
	Answer      *string    `db:"answer"`
	AnsweredAt  *time.Time `db:"answered_at"`
}

// AnswerCorrection is a correction of an answer to a question about a need.
type AnswerCorrection struct {
	ClarificationID uuid.UUID `db:"clarification_id"`
	EarlierAnswer   string    `db:"earlier_answer"`
	Reason          string    `db:"reason"`
	CorrectedAt     time.Time `db:"corrected_at"`
}

// InvitationAnswer is a provider's answer other than an offer.
type InvitationAnswer string

// Answers to an invitation.
const (
	InvitationIntends  InvitationAnswer = "INTENDS"
	InvitationDeclined InvitationAnswer = "DECLINED"
)

// DeclineReason is a coded reason to decline.
type DeclineReason string

// Invitation is a provider's invitation to a need.
type Invitation struct {
	NeedID     uuid.UUID         `db:"need_id"`
	ProviderID uuid.UUID         `db:"provider_id"`
	InvitedAt  time.Time         `db:"invited_at"`
	Answer     *InvitationAnswer `db:"answer"`
	Reason     *DeclineReason    `db:"reason"`
	AnsweredAt *time.Time        `db:"answered_at"`

	Settings IDs `db:"settings"` // settings that an urgent need was broadcast to
}
