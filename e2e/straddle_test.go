package e2e_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
)

// straddle is a request that begins before a deadline and would end after it: where it is held up, whether the check at the
// commit is there, and whether it may have got through.
type straddle struct {
	name    string
	lock    string // of the superuser, in whose way it comes; NEED stands for its UUID
	guard   bool
	through bool
}

// The clock is read after the need's lock, which catches who waited for it; what is slow after that is caught at the commit.
var straddles = []straddle{
	{"before the need's lock", needLock, true, false},
	{"before the need's lock, without the check at the commit", needLock, false, false},
	{"after its deadline was checked", "LOCK TABLE dps.sealed_offer IN EXCLUSIVE MODE", true, false},
	{"after its deadline was checked, without the check at the commit", "LOCK TABLE dps.sealed_offer IN EXCLUSIVE MODE", false, true},
}

const needLock = "SELECT pg_advisory_xact_lock(hashtextextended('need:NEED', 0))"

// straddled holds a request up over the deadline of its need and gives its answer.
func (s *scene) straddled(how straddle, need string, act func() said) (answer said) {
	s.t.Helper()
	enabled := map[bool]string{true: "ENABLE", false: "DISABLE"}[how.guard]
	s.behind("ALTER TABLE dps.sealed_offer " + enabled + " TRIGGER offer_in_time")
	s.holdUp(strings.ReplaceAll(how.lock, "NEED", plain(s.t, need).String()), 1, func() { answer = act() }, func() { s.pass(pastDeadline) })
	return answer
}

func (s *scene) expect(how straddle, answer said) {
	s.t.Helper()
	if want := map[bool]string{true: "", false: "DEADLINE_PASSED"}[how.through]; answer.code != want {
		s.t.Errorf("%q (%s), want %q", answer.code, answer.words, want)
	}
}

func TestOfferThatStraddlesTheDeadline(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	for _, how := range straddles {
		t.Run(how.name, func(t *testing.T) {
			s := s.within(t)
			need := s.published(demo.Commissioner)
			in := s.offering(need, 2, "4000.00")
			s.expect(how, s.straddled(how, need, func() said { return s.try(bidsOf(1), "submitOffer", in, "") }))
			if there := s.count("sealed_offer WHERE need_id = $1", plain(t, need)); (there == 1) != how.through {
				t.Errorf("%d offers are there", there)
			}
			if !how.through {
				s.sameLater("DEADLINE_PASSED", bidsOf(1), "submitOffer", in)
			}
		})
	}
}

// sameLater asks again with the same key: the answer is the same.
func (s *scene) sameLater(code string, who demo.Persona, mutation string, in fields) {
	s.t.Helper()
	if again := s.try(who, mutation, in, ""); again.code != code {
		s.t.Errorf("the retry: %q (%s)", again.code, again.words)
	}
}

func TestAmendmentThatStraddlesTheDeadline(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	for _, how := range straddles {
		t.Run(how.name, func(t *testing.T) {
			s := s.within(t)
			need := s.published(demo.Commissioner)
			offer := s.bid(bidsOf(1), need, 2, "4000.00")
			in := s.offering(need, 2, "3900.00")
			s.expect(how, s.straddled(how, need, func() said { return s.try(bidsOf(1), "submitOffer", in, "") }))
			own := s.node(bidsOf(1), "Offer", offer, "version price { weekly }")
			if amended := own.At("version").Text() == "2" && own.At("price.weekly").Text() == "3900.00"; amended != how.through {
				t.Errorf("version %s at %s", own.At("version").Text(), own.At("price.weekly").Text())
			}
		})
	}
}

func TestWithdrawalThatStraddlesTheDeadline(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	for _, how := range straddles {
		t.Run(how.name, func(t *testing.T) {
			s := s.within(t)
			need := s.published(demo.Commissioner)
			offer := s.bid(bidsOf(1), need, 2, "4000.00")
			in := fields{"offer": offer}
			s.expect(how, s.straddled(how, need, func() said { return s.try(bidsOf(1), "withdrawOffer", in, "") }))
			if withdrawn := s.node(bidsOf(1), "Offer", offer, "withdrawnAt").At("withdrawnAt").Is(); withdrawn != how.through {
				t.Errorf("withdrawn: %t", withdrawn)
			}
			if counted := s.count("offer_tally WHERE need_id = $1 AND offer_id <> need_id", plain(t, need)); (counted == 0) != how.through {
				t.Errorf("the authority is shown %d offers", counted)
			}
		})
	}
}

func TestAnswerThatStraddlesTheDeadline(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	need := s.published(demo.Commissioner)
	in := fields{"need": need, "answer": "DECLINED", "reason": "FULL"}
	answer := s.straddled(straddles[0], need, func() said { return s.try(bidsOf(1), "answerInvitation", in, "") })
	s.expect(straddles[0], answer)
	s.sameLater("DEADLINE_PASSED", bidsOf(1), "answerInvitation", in)
}

// TestClosingWaitsForAnOfferUnderWay: an offer that has the need's lock is in before the need is closed, or not at all.
func TestClosingWaitsForAnOfferUnderWay(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	need := s.published(demo.Commissioner)
	var answer said
	closed := make(chan error, 1)
	s.holdUp("LOCK TABLE dps.sealed_offer IN EXCLUSIVE MODE", 1,
		func() { answer = s.try(bidsOf(1), "submitOffer", s.offering(need, 2, "4000.00"), "") },
		func() {
			s.pass(pastDeadline)
			over := make(chan struct{})
			go func() {
				defer close(over)
				_, err := record.Work(t.Context(), s.Worker)
				closed <- err
			}()
			if !s.waited(2, over) {
				t.Error("the need was closed while an offer was on its way")
			}
		})
	must(t, <-closed)
	if answer.code != "DEADLINE_PASSED" {
		t.Errorf("the offer: %q", answer.code)
	}
	if s.count("need WHERE closed_at > deadline") != 1 || s.count("sealed_offer") != 0 {
		t.Error("the need is not closed, or has an offer")
	}
}
