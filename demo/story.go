package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// World is where the story is told: a running service, and the two powers over it that only a demonstration has.
type World struct {
	Client Client
	Token  func(Persona) (Credential, error)
	// MoveClock moves the market's clock forward to an instant.
	MoveClock func(context.Context, time.Time) error
	Out       io.Writer // where the story is told
}

// Told is what the story leaves: ids as clients see them.
type Told struct {
	Lot, Need, WinningOffer, LosingOffer, Award, Placement, Membership, Application, Preference, Words string
}

// Live tells the story of one need, every line of it over HTTP with that person's token. Each telling has its own lot
// and need, so that one that broke off does not block another.
func (w World) Live(ctx context.Context) (Told, error) {
	s := &storyTeller{Player: NewPlayer(ctx, w)}
	for _, chapter := range []struct {
		title string
		live  func(*storyTeller)
	}{
		{"The directories name schools and homes", (*storyTeller).linkSettings},
		{"The lead authority sets the market up", (*storyTeller).setUp},
		{"Providers are admitted", (*storyTeller).admitProviders},
		{"A need is published", (*storyTeller).publishNeed},
		{"The family is heard", (*storyTeller).hearFamily},
		{"Offers arrive, sealed", (*storyTeller).submitOffers},
		{"Officers open the offers", (*storyTeller).openOffers},
		{"Evaluators score", (*storyTeller).evaluateOffers},
		{"The place is awarded, and every bidder is told", (*storyTeller).awardPlace},
		{"The child's first day", (*storyTeller).startPlacement},
		{"The family says how it goes", (*storyTeller).giveFeedback},
		{"The auditor looks back", (*storyTeller).readTheLog},
	} {
		s.printText("\n%s\n", chapter.title)
		if chapter.live(s); s.Err != nil {
			return s.told, fmt.Errorf("%s: %w", strings.ToLower(chapter.title), s.Err)
		}
	}
	return s.told, nil
}

// Lived says whether the story was told to its end in this world.
func (w World) Lived(ctx context.Context) (bool, error) {
	s := &storyTeller{Player: NewPlayer(ctx, w)}
	released := s.Ask(Winner, `{ feedbackWords(first: 1) { edges { node { decision } } } }`, nil)
	return released.At("feedbackWords.edges.0.node.decision").Text() == "RELEASED", s.Err
}

// storyTeller is the telling.
type storyTeller struct {
	Player
	told      Told
	start     time.Time // the first day of the window
	stepCount int
}

func (s *storyTeller) printText(format string, args ...any) {
	if s.Err == nil {
		fmt.Fprintf(s.Out, format, args...)
	}
}

// tellStep tells one step: who did what, what they see now, and what somebody else sees.
func (s *storyTeller) tellStep(who Persona, did, sees, others string) {
	s.stepCount++
	s.printText("%3d. %s (%s) %s\n       sees now: %s\n       others:   %s\n", s.stepCount, who.Key, who.Does, did, sees, others)
}

// visibilityOf says whether somebody can see a thing by its id.
func (s *storyTeller) visibilityOf(who Persona, id string) string {
	if s.Ask(who, `query($id: ID!) { node(id: $id) { id } }`, map[string]any{"id": id}).At("node").Exists() {
		return "can see it"
	}
	return "sees nothing there"
}

// requireHidden expects that each of them sees nothing under an id.
func (s *storyTeller) requireHidden(id string, from ...Persona) string {
	var names []string
	for _, who := range from {
		if s.visibilityOf(who, id) != "sees nothing there" {
			s.Fail("%s can see what is hidden", who)
		}
		names = append(names, who.Key)
	}
	return strings.Join(names, ", ") + ": nothing there"
}

// passTime lets the market's time pass.
func (s *storyTeller) passTime(until time.Time, why string) {
	s.MoveClockTo(until)
	s.printText("     ... time passes, until %s: %s\n", until.UTC().Format("2 January 2006 15:04"), why)
}
