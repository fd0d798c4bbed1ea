package market

import (
	"time"

	"github.com/google/uuid"
)

// TaskKind is a kind of thing to do.
type TaskKind string

// Kinds of thing that a provider has to do.
const (
	TaskAnswerQuestion   TaskKind = "ANSWER_QUESTION"
	TaskRenewEvidence    TaskKind = "RENEW_EVIDENCE"
	TaskRenewAsAsked     TaskKind = "RENEW_AS_ASKED"
	TaskGiveEvidence     TaskKind = "GIVE_EVIDENCE"
	TaskAnswerRemoval    TaskKind = "ANSWER_REMOVAL"
	TaskAnswerInvitation TaskKind = "ANSWER_INVITATION"
	TaskRespondToAward   TaskKind = "RESPOND_TO_AWARD"
	TaskSignAgreement    TaskKind = "SIGN_AGREEMENT"
	TaskConfirmOffer     TaskKind = "CONFIRM_OFFER"
)

// Task is something that a provider has to do; Due is nil for now.
type Task struct {
	Kind   TaskKind   `db:"kind"`
	Due    *time.Time `db:"due"`
	Words  string     `db:"words"`
	AboutKind string     `db:"of_kind"`
	AboutID     uuid.UUID  `db:"of_id"`
}

// About is the id of what is to be done something about.
func (t Task) About() ID { return ID{t.AboutKind, t.AboutID} }
