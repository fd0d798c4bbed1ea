package e2e_test

import (
	"fmt"
	"testing"

	"github.com/southeasttogether/dps/demo"
)

const wholeOffer = `id version receipt receivedAt withdrawnAt startsOn places needsMet outcomesMet assumptions
	price { weekly weeks annual fees { kind description weekly } }`

// TestChangesOfManyTakeFewRoundTrips: to begin, lock and read; to write; to commit. The answer is what was written, and what is read
// again is the same. A first one of each kind is not counted: its connection meets the statements.
func TestChangesOfManyTakeFewRoundTrips(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	need := s.publishNeed(demo.Commissioner)
	offer := ""
	for turn := range 4 {
		for _, change := range []struct {
			mutation, answer, selection string
			in                          func() fields
		}{
			{"submitOffer", "offer", wholeOffer, func() fields { return s.offerInput(need, 2, fmt.Sprintf("%d.50", 3000+turn)) }},
			{"submitOffer", "offer", wholeOffer, func() fields { return s.offerInput(need, 2, fmt.Sprintf("%d.00", 4000+turn)) }},
			{"withdrawOffer", "offer", "id version receipt receivedAt withdrawnAt", func() fields { return fields{"offer": offer} }},
			{"answerInvitation", "need", "id reference deadline", func() fields { return fields{"need": need, "answer": "INTENDS"} }},
		} {
			before := s.Statements()
			answer := s.mustChange(bidsManagerOf(1), change.mutation, change.in(), change.answer+" { "+change.selection+" }").At(change.answer)
			if spent := s.Statements() - before; turn > 1 && spent != 3 {
				t.Errorf("turn %d: %s takes %d round trips, want 3", turn, change.mutation, spent)
			}
			kind, id := "Need", answer.At("id").Text()
			if change.answer == "offer" {
				kind, offer = "Offer", id
			}
			read := s.readNode(bidsManagerOf(1), kind, id, change.selection)
			if said, is := fmt.Sprint(answer.Raw()), fmt.Sprint(read.Raw()); said != is {
				t.Errorf("turn %d: %s answers\n%s\nand what is read is\n%s", turn, change.mutation, said, is)
			}
		}
	}
}

// TestWrittenAnswerReadsTheRest: what the change has not written is read after it.
func TestWrittenAnswerReadsTheRest(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	need := s.publishNeed(demo.Commissioner)
	const selection = `id version need { reference invitations { answer } offers { version price { weekly } } } setting { name } provider
		{ name }`
	offer := s.mustChange(bidsManagerOf(1), "submitOffer", s.offerInput(need, 2, "4000.00"), "offer { "+selection+" }").At("offer")
	read := s.readNode(bidsManagerOf(1), "Offer", offer.At("id").Text(), selection)
	if said, is := fmt.Sprint(offer.Raw()), fmt.Sprint(read.Raw()); said != is || offer.At("need.offers.0.price.weekly").Text() != "4000.00" {
		t.Errorf("answered\n%s\nand what is read is\n%s", said, is)
	}
	answered := s.mustChange(bidsManagerOf(1), "answerInvitation", fields{"need": need, "answer": "INTENDS"},
		"need { invitations { answer } }").At("need")
	if answered.At("invitations.0.answer").Text() != "INTENDS" {
		t.Errorf("answered %v", answered.Raw())
	}
}
