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

// Asking is how people are played: each request goes over HTTP with that person's token. After the first error nothing more
// is done.
type Asking struct {
	World
	Err      error
	Requests int // how many were made

	ctx     context.Context
	run     string // names this telling, in its idempotency keys
	changes int    // how many were asked for
}

// NewAsking begins to play people in a world.
func NewAsking(ctx context.Context, w World) Asking {
	return Asking{World: w, ctx: ctx, run: uuid.NewString()}
}

// Fail keeps the first error.
func (a *Asking) Fail(format string, args ...any) {
	if a.Err == nil {
		a.Err = fmt.Errorf(format, args...)
	}
}

// Ask reads as somebody.
func (a *Asking) Ask(who Persona, query string, variables map[string]any) Value {
	credential := Credential{}
	if a.Err == nil && who.Key != Public.Key {
		var err error
		if credential, err = a.Token(who); err != nil {
			a.Fail("token of %s: %w", who, err)
		}
	}
	return a.Send(who.Key, credential, query, variables)
}

// Node reads fields of a thing of a type as somebody.
func (a *Asking) Node(who Persona, kind, id, fields string) Value {
	return a.Ask(who, fmt.Sprintf("query($id: ID!) { node(id: $id) { ... on %s { %s } } }", kind, fields), Input{"id": id}).At("node")
}

// Send reads or changes with whatever credential.
func (a *Asking) Send(who string, credential Credential, query string, variables map[string]any) Value {
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
func (a *Asking) Act(who Persona, mutation string, input Input, selection string) Value {
	done := a.Try(who, mutation, input, selection)
	if problem := done.At("problems.0"); problem.Is() {
		a.Fail("%s, %s: %s", who, mutation, problem.At("message").Text())
	}
	return done
}

// Refused expects that somebody is refused, and gives the words in which.
func (a *Asking) Refused(who Persona, mutation string, input Input, code string) string {
	problem := a.Try(who, mutation, input, "").At("problems.0")
	if got := problem.At("code").Text(); got != code {
		a.Fail("%s, %s: expected the refusal %s, got %q", who, mutation, code, got)
	}
	return fmt.Sprintf("%s: %s", code, problem.At("message").Text())
}

// Try changes something as somebody, whether it is done or refused.
func (a *Asking) Try(who Persona, mutation string, input Input, selection string) Value {
	a.changes++
	input["idempotencyKey"] = fmt.Sprintf("story %s %d", a.run, a.changes)
	return a.Ask(who, Document(mutation, selection), Input{"input": input}).At(mutation)
}

// Document is the text of a mutation with a selection of its payload.
func Document(mutation, selection string) string {
	return fmt.Sprintf("mutation($input: %s%sInput!) { %s(input: $input) { %s problems { code field message } } }",
		strings.ToUpper(mutation[:1]), mutation[1:], mutation, selection)
}

// Expect checks what somebody sees.
func (a *Asking) Expect(what string, got Value, want string) string {
	if a.Err == nil && got.Text() != want {
		a.Fail("%s: expected %q, got %q", what, want, got.Text())
	}
	return got.Text()
}

// Move lets the market's time pass.
func (a *Asking) Move(until time.Time) {
	if a.Err != nil {
		return
	}
	if err := a.MoveClock(a.ctx, until); err != nil {
		a.Fail("%w", err)
	}
}

// Instant reads an instant.
func (a *Asking) Instant(v Value) time.Time {
	at, err := time.Parse(time.RFC3339Nano, v.Text())
	if err != nil {
		a.Fail("not an instant: %q", v.Text())
	}
	return at
}
