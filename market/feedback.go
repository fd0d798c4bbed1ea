package market

import (
	"time"

	"github.com/google/uuid"
)

// Figure is what families say on one question, over at least the market's minimum of answers.
type Figure struct {
	Question   string
	Respondent Respondent
	Answers    int
	Mean       Decimal
}

// WordsDecision is what happens with free words.
type WordsDecision string

// Decisions about free words.
const (
	WordsReleased WordsDecision = "RELEASED"
	WordsHeld     WordsDecision = "HELD"
	WordsReferred WordsDecision = "REFERRED"
)

// FeedbackWords is what a family said in free words about a placement.
type FeedbackWords struct {
	ID          uuid.UUID      `db:"id"`
	PlacementID uuid.UUID      `db:"placement_id"`
	AuthorityID uuid.UUID      `db:"authority_id"`
	Respondent  Respondent     `db:"respondent"`
	Words       string         `db:"-"`
	MayContact  bool           `db:"may_contact"`
	ReceivedAt  time.Time      `db:"received_at"`
	ReadBy      time.Time      `db:"read_by"`
	Decision    *WordsDecision `db:"decision"`
}
