package tendering

import (
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/text"
)

// AskClarificationInput is a question about a need.
type AskClarificationInput struct {
	IdempotencyKey string
	Need           market.ID
	Question       string
}

// AnswerClarificationInput is an answer to a question.
type AnswerClarificationInput struct {
	IdempotencyKey string
	Clarification  market.ID
	Answer         string
	Question       *string
}

// CorrectAnswerInput is a correction of an answer.
type CorrectAnswerInput struct {
	IdempotencyKey string
	Clarification  market.ID
	Answer         string
	Reason         string
}

const (
	// questionDaysBeforeDeadline is how many days before the deadline questions close by default, so that answers come
	// in time to be used. PCR 2015 reg 53(4) requires answers six days before, or four when accelerated, for
	// procurements that it binds in full; for the light touch the period is the market's own (check).
	questionDaysBeforeDeadline = 3
	// mostQuestions limits the questions of one provider about one need.
	mostQuestions = 20
)

// QuestionsUntil is the time until which invited providers can ask about a need that is published now. If none is given, a
// call that is shorter than twice the usual days leaves them the first half of it.
func QuestionsUntil(in PublishNeedInput, now time.Time) time.Time {
	if in.QuestionsUntil != nil {
		return *in.QuestionsUntil
	}
	usual, half := market.AddDays(in.Deadline, -questionDaysBeforeDeadline), now.Add(in.Deadline.Sub(now)/2)
	if usual.Before(half) {
		return half
	}
	return usual
}

// checkQuestionsUntil checks that questions, as given or by default, end after publishing and no later than the deadline.
func checkQuestionsUntil(in PublishNeedInput, now time.Time) error {
	if until := QuestionsUntil(in, now); !until.After(now) || until.After(in.Deadline) {
		return market.RefuseField(market.Invalid, "questionsUntil",
			"The time to ask questions must end after publishing and no later than the deadline.")
	}
	return nil
}

// Asker is what is known of a provider that asks.
type Asker struct {
	Names      []string           // that it is known by: every invited provider reads the question, and must not learn who is interested
	Asked      int                // how many questions it has already asked about the need
	Membership *market.Membership // of the lot; nil if it has none
}

// AskClarification makes a question of an active member of the lot.
func AskClarification(n market.Need, in AskClarificationInput, who Asker, now time.Time) (market.Clarification, error) {
	question := market.InputText{Field: "question", Value: in.Question, Limit: 2000}
	if err := market.CheckTexts(question); err != nil {
		return market.Clarification{}, err
	}
	switch {
	case n.WithdrawnAt != nil:
		return market.Clarification{}, market.RequireNotWithdrawn(n)
	case n.QuestionsUntil == nil:
		return market.Clarification{}, market.Refuse(market.WrongState, "This need does not take questions.")
	case now.After(*n.QuestionsUntil) || n.HasClosed(now):
		return market.Clarification{}, market.Refuse(market.DeadlinePassed, "The time to ask questions about this need has passed.")
	case !market.IsActiveMember(who.Membership):
		return market.Clarification{}, market.Refuse(market.NotAdmitted, "You can only ask if you are an active member of the lot.")
	case who.Asked >= mostQuestions:
		return market.Clarification{}, market.Refuse(market.WrongState,
			"You have asked %d questions about this need, which is the limit.",
			mostQuestions)
	case text.NamesAny(in.Question, who.Names):
		return market.Clarification{}, market.RefuseField(market.Invalid, "question",
			"Remove your own name from the question: every invited provider can read it.")
	}
	if err := market.CheckAnonymous(question); err != nil {
		return market.Clarification{}, err
	}
	return market.Clarification{ID: uuid.New(), NeedID: n.ID, AuthorityID: n.AuthorityID, Question: in.Question}, nil
}

// AnswerClarification answers a question, once and while providers can still use the answer.
func AnswerClarification(c market.Clarification, n market.Need, in AnswerClarificationInput, now time.Time) (market.Clarification, error) {
	texts := []market.InputText{{Field: "answer", Value: in.Answer, Limit: 4000}}
	if in.Question != nil {
		texts = append(texts, market.InputText{Field: "question", Value: *in.Question, Limit: 2000})
		c.Question = *in.Question
	}
	if err := market.CheckTexts(texts...); err != nil {
		return c, err
	}
	switch {
	case n.WithdrawnAt != nil:
		return c, market.RequireNotWithdrawn(n)
	case c.AnsweredAt != nil:
		return c, market.Refuse(market.WrongState, "This question has already been answered.")
	case n.Deadline == nil || n.HasClosed(now):
		return c, market.ErrDeadlinePassed
	}
	c.Answer, c.AnsweredAt = &in.Answer, &now
	return c, market.CheckAnonymous(texts...)
}

// CorrectAnswer checks a correction of an answer: while providers can still use it, and with a reason that they all read.
func CorrectAnswer(c market.Clarification, n market.Need, in CorrectAnswerInput, now time.Time) error {
	texts := []market.InputText{{Field: "answer", Value: in.Answer, Limit: 4000}, {Field: "reason", Value: in.Reason, Limit: 2000}}
	if err := market.CheckTexts(texts...); err != nil {
		return err
	}
	switch {
	case n.WithdrawnAt != nil:
		return market.RequireNotWithdrawn(n)
	case c.Answer == nil:
		return market.Refuse(market.WrongState, "This question has not been answered yet: answer it with answerClarification.")
	case *c.Answer == in.Answer:
		return market.RefuseField(market.Invalid, "answer", "Enter the answer as it is to be: this is the answer that was given.")
	case n.Deadline == nil || n.HasClosed(now):
		return market.ErrDeadlinePassed
	}
	return market.CheckAnonymous(texts...)
}
