package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"
)

// World is where the story is lived: a running service, and the two powers over it that only a demonstration has.
type World struct {
	Client Client
	Token  func(Persona) (Credential, error)
	// MoveClock moves the market's clock forward to an instant.
	MoveClock func(context.Context, time.Time) error
	Out       io.Writer // where the story is told
}

// Told is what the story leaves behind: ids as clients see them.
type Told struct {
	Lot, Need, WinningOffer, LosingOffer, Award, Placement, Membership, Application, Preference, Words string
}

// Live lives the story of one need, every line of it over HTTP with that person's token. Each telling has a lot and a
// need of its own, so that one that was broken off stands in no other's way.
func (w World) Live(ctx context.Context) (Told, error) {
	s := &story{World: w, ctx: ctx, run: uuid.NewString()}
	for _, chapter := range []struct {
		title string
		live  func(*story)
	}{
		{"The directories name schools and homes", (*story).claim},
		{"The lead authority sets the market up", (*story).setUp},
		{"Providers are admitted", (*story).admit},
		{"A need is published", (*story).publish},
		{"The family is heard", (*story).hear},
		{"Offers arrive, sealed", (*story).offer},
		{"Officers open the offers", (*story).open},
		{"Evaluators score", (*story).evaluate},
		{"The place is awarded, and every bidder is told", (*story).award},
		{"The child's first day", (*story).place},
		{"The family says how it goes", (*story).feedback},
		{"The auditor looks back", (*story).lookBack},
	} {
		s.say("\n%s\n", chapter.title)
		if chapter.live(s); s.err != nil {
			return s.told, fmt.Errorf("%s: %w", strings.ToLower(chapter.title), s.err)
		}
	}
	return s.told, nil
}

// Lived says whether the story was lived to its end in this world.
func (w World) Lived(ctx context.Context) (bool, error) {
	s := &story{World: w, ctx: ctx}
	released := s.ask(Winner, `{ feedbackWords(first: 1) { edges { node { decision } } } }`, nil)
	return released.At("feedbackWords.edges.0.node.decision").Text() == "RELEASED", s.err
}

// story is the telling. After its first error nothing more is done.
type story struct {
	World
	ctx  context.Context
	told Told
	err  error

	run     string    // names this telling, in its idempotency keys
	changes int       // how many were asked for
	start   time.Time // the first day of the window
	lines   int
}

func (s *story) say(format string, args ...any) {
	if s.err == nil {
		fmt.Fprintf(s.Out, format, args...)
	}
}

// line tells one step: who did what, what they see now, and what somebody else sees.
func (s *story) line(who Persona, did, sees, others string) {
	s.lines++
	s.say("%3d. %s (%s) %s\n       sees now: %s\n       others:   %s\n", s.lines, who.Key, who.Does, did, sees, others)
}

func (s *story) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

// ask reads as somebody.
func (s *story) ask(who Persona, query string, variables map[string]any) Value {
	credential := Credential{}
	if s.err == nil && who.Key != Public.Key {
		var err error
		if credential, err = s.Token(who); err != nil {
			s.fail("token of %s: %w", who, err)
		}
	}
	return s.send(who.Key, credential, query, variables)
}

func (s *story) send(who string, credential Credential, query string, variables map[string]any) Value {
	if s.err != nil {
		return Value{}
	}
	reply, err := s.Client.Do(s.ctx, credential, query, variables)
	if err != nil {
		s.fail("%s: %w", who, err)
	} else if len(reply.Errors) > 0 {
		s.fail("%s: %s (%s)", who, reply.Errors[0].Message, reply.Errors[0].Extensions.Code)
	}
	return reply.Data
}

// act changes something as somebody, and expects that it is done.
func (s *story) act(who Persona, mutation string, input map[string]any, selection string) Value {
	done := s.try(who, mutation, input, selection)
	if problem := done.At("problems.0"); problem.Is() {
		s.fail("%s, %s: %s", who, mutation, problem.At("message").Text())
	}
	return done
}

// refused expects that somebody is refused, and gives the words in which.
func (s *story) refused(who Persona, mutation string, input map[string]any, code string) string {
	problem := s.try(who, mutation, input, "").At("problems.0")
	if got := problem.At("code").Text(); got != code {
		s.fail("%s, %s: expected the refusal %s, got %q", who, mutation, code, got)
	}
	return fmt.Sprintf("%s: %s", code, problem.At("message").Text())
}

func (s *story) try(who Persona, mutation string, input map[string]any, selection string) Value {
	s.changes++
	input["idempotencyKey"] = fmt.Sprintf("story %s %d", s.run, s.changes)
	return s.ask(who, document(mutation, selection), map[string]any{"input": input}).At(mutation)
}

func document(mutation, selection string) string {
	return fmt.Sprintf("mutation($input: %s%sInput!) { %s(input: $input) { %s problems { code field message } } }",
		strings.ToUpper(mutation[:1]), mutation[1:], mutation, selection)
}

// expect checks what somebody sees.
func (s *story) expect(what string, got Value, want string) string {
	if s.err == nil && got.Text() != want {
		s.fail("%s: expected %q, got %q", what, want, got.Text())
	}
	return got.Text()
}

// node says whether somebody can see a thing by its id.
func (s *story) node(who Persona, id string) string {
	if s.ask(who, `query($id: ID!) { node(id: $id) { id } }`, map[string]any{"id": id}).At("node").Is() {
		return "can see it"
	}
	return "sees nothing there"
}

// hidden expects that each of them sees nothing under an id.
func (s *story) hidden(id string, from ...Persona) string {
	var names []string
	for _, who := range from {
		if s.node(who, id) != "sees nothing there" {
			s.fail("%s can see what is hidden", who)
		}
		names = append(names, who.Key)
	}
	return strings.Join(names, ", ") + ": nothing there"
}

// wait lets the market's time pass.
func (s *story) wait(until time.Time, why string) {
	if s.err != nil {
		return
	}
	if err := s.MoveClock(s.ctx, until); err != nil {
		s.fail("%w", err)
	}
	s.say("     ... time passes, until %s: %s\n", until.UTC().Format("2 January 2006 15:04"), why)
}

func (s *story) instant(v Value) time.Time {
	at, err := time.Parse(time.RFC3339Nano, v.Text())
	if err != nil {
		s.fail("not an instant: %q", v.Text())
	}
	return at
}
