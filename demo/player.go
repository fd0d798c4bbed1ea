package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Input is what a mutation is given.
type Input = map[string]any

// Player plays people: each request goes over HTTP with that person's token. It does nothing more after the first
// error.
type Player struct {
	World
	Err      error
	Requests int // how many were made

	ctx         context.Context
	tellingID   string // names this telling, in its idempotency keys
	changeCount int    // how many were asked for
}

// NewPlayer begins to play people in a world.
func NewPlayer(ctx context.Context, w World) Player {
	return Player{World: w, ctx: ctx, tellingID: uuid.NewString()}
}

// Fail keeps the first error.
func (a *Player) Fail(format string, args ...any) {
	if a.Err == nil {
		a.Err = fmt.Errorf(format, args...)
	}
}

// Ask reads as somebody.
func (a *Player) Ask(who Persona, query string, variables map[string]any) Value {
	credential := Credential{}
	if a.Err == nil && who.Key != Public.Key {
		var err error
		if credential, err = a.Token(who); err != nil {
			a.Fail("token of %s: %w", who, err)
		}
	}
	return a.Send(who.Key, credential, query, variables)
}

// AskNode reads fields of a thing of a type as somebody.
func (a *Player) AskNode(who Persona, kind, id, fields string) Value {
	return a.Ask(who, fmt.Sprintf("query($id: ID!) { node(id: $id) { ... on %s { %s } } }", kind, fields), Input{"id": id}).At("node")
}

// Send reads or changes with whatever credential.
func (a *Player) Send(who string, credential Credential, query string, variables map[string]any) Value {
	if a.Err != nil {
		return Value{}
	}
	a.Requests++
	reply, err := a.Client.Do(a.ctx, credential, query, variables)
	if err != nil {
		a.Fail("%s: %w", who, err)
	} else if len(reply.Errors) > 0 {
		a.Fail("%s: %s (%s)", who, reply.Errors[0].Message, reply.Errors[0].Extensions.Code)
	}
	return reply.Data
}

// Act changes something as somebody, and expects that it is done.
func (a *Player) Act(who Persona, mutation string, input Input, selection string) Value {
	done := a.TryAct(who, mutation, input, selection)
	if problem := done.At("problems.0"); problem.Exists() {
		a.Fail("%s, %s: %s", who, mutation, problem.At("message").Text())
	}
	return done
}

// ExpectRefused expects that a person is refused, and returns the message.
func (a *Player) ExpectRefused(who Persona, mutation string, input Input, code string) string {
	problem := a.TryAct(who, mutation, input, "").At("problems.0")
	if got := problem.At("code").Text(); got != code {
		a.Fail("%s, %s: expected the refusal %s, got %q", who, mutation, code, got)
	}
	return fmt.Sprintf("%s: %s", code, problem.At("message").Text())
}

// TryAct tries a change as a person, whether it is made or refused.
func (a *Player) TryAct(who Persona, mutation string, input Input, selection string) Value {
	a.changeCount++
	input["idempotencyKey"] = fmt.Sprintf("story %s %d", a.tellingID, a.changeCount)
	return a.Ask(who, MutationDocument(mutation, selection), Input{"input": input}).At(mutation)
}

// MutationDocument is the text of a mutation with a selection of its payload.
func MutationDocument(mutation, selection string) string {
	return fmt.Sprintf("mutation($input: %s%sInput!) { %s(input: $input) { %s problems { code field message } } }",
		strings.ToUpper(mutation[:1]), mutation[1:], mutation, selection)
}

// ExpectValue checks what somebody sees.
func (a *Player) ExpectValue(what string, got Value, want string) string {
	if a.Err == nil && got.Text() != want {
		a.Fail("%s: expected %q, got %q", what, want, got.Text())
	}
	return got.Text()
}

// MoveClockTo lets the market's time pass.
func (a *Player) MoveClockTo(until time.Time) {
	if a.Err != nil {
		return
	}
	if err := a.MoveClock(a.ctx, until); err != nil {
		a.Fail("%w", err)
	}
}

// ParseInstant reads an instant.
func (a *Player) ParseInstant(v Value) time.Time {
	at, err := time.Parse(time.RFC3339Nano, v.Text())
	if err != nil {
		a.Fail("not an instant: %q", v.Text())
	}
	return at
}
