package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
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
	s := &story{Asking: NewAsking(ctx, w)}
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
		if chapter.live(s); s.Err != nil {
			return s.told, fmt.Errorf("%s: %w", strings.ToLower(chapter.title), s.Err)
		}
	}
	return s.told, nil
}

// Lived says whether the story was lived to its end in this world.
func (w World) Lived(ctx context.Context) (bool, error) {
	s := &story{Asking: NewAsking(ctx, w)}
	released := s.Ask(Winner, `{ feedbackWords(first: 1) { edges { node { decision } } } }`, nil)
	return released.At("feedbackWords.edges.0.node.decision").Text() == "RELEASED", s.Err
}

// story is the telling.
type story struct {
	Asking
	told  Told
	start time.Time // the first day of the window
	lines int
}

func (s *story) say(format string, args ...any) {
	if s.Err == nil {
		fmt.Fprintf(s.Out, format, args...)
	}
}

// line tells one step: who did what, what they see now, and what somebody else sees.
func (s *story) line(who Persona, did, sees, others string) {
	s.lines++
	s.say("%3d. %s (%s) %s\n       sees now: %s\n       others:   %s\n", s.lines, who.Key, who.Does, did, sees, others)
}

// node says whether somebody can see a thing by its id.
func (s *story) node(who Persona, id string) string {
	if s.Ask(who, `query($id: ID!) { node(id: $id) { id } }`, map[string]any{"id": id}).At("node").Is() {
		return "can see it"
	}
	return "sees nothing there"
}

// hidden expects that each of them sees nothing under an id.
func (s *story) hidden(id string, from ...Persona) string {
	var names []string
	for _, who := range from {
		if s.node(who, id) != "sees nothing there" {
			s.Fail("%s can see what is hidden", who)
		}
		names = append(names, who.Key)
	}
	return strings.Join(names, ", ") + ": nothing there"
}

// wait lets the market's time pass.
func (s *story) wait(until time.Time, why string) {
	s.Move(until)
	s.say("     ... time passes, until %s: %s\n", until.UTC().Format("2 January 2006 15:04"), why)
}
