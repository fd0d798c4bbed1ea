package e2e_test

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/demo"
)

// straddleCase is a request that begins before a deadline and would end after it: where it is held up, whether the
// check at the commit is in place, and whether it could get through.
type straddleCase struct {
	name            string
	lock            string // a statement of the superuser that holds it up; NEED is replaced by the need's UUID
	checkedAtCommit bool
	getsThrough     bool
}

// The clock is read after the need's lock, which catches requests that waited for it. The check at the commit catches
// what is slow after that.
var straddleCases = []straddleCase{
	{"before the need's lock", needLock, true, false},
	{"before the need's lock, without the check at the commit", needLock, false, false},
	{"after its deadline was checked", "LOCK TABLE dps.sealed_offer IN EXCLUSIVE MODE", true, false},
	{"after its deadline was checked, without the check at the commit", "LOCK TABLE dps.sealed_offer IN EXCLUSIVE MODE", false, true},
}

const needLock = "SELECT pg_advisory_xact_lock(hashtextextended('need:NEED', 0))"

// straddleDeadline holds a request up over the deadline of its need and gives its answer.
func (s *scene) straddleDeadline(how straddleCase, need string, act func() changeResult) (answer changeResult) {
	s.t.Helper()
	enabled := map[bool]string{true: "ENABLE", false: "DISABLE"}[how.checkedAtCommit]
	s.execAsAdmin("ALTER TABLE dps.sealed_offer " + enabled + " TRIGGER offer_in_time")
	s.holdUpByLock(strings.ReplaceAll(how.lock, "NEED", uuidOf(s.t, need).String()), 1, func() { answer = act() },
		func() { s.passTime(pastDeadline) })
	return answer
}

func (s *scene) requireStraddled(how straddleCase, answer changeResult) {
	s.t.Helper()
	if want := map[bool]string{true: "", false: "DEADLINE_PASSED"}[how.getsThrough]; answer.code != want {
		s.t.Errorf("%q (%s), want %q", answer.code, answer.words, want)
	}
}

func TestSubmitOfferAcrossTheDeadline(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	for _, how := range straddleCases {
		t.Run(how.name, func(t *testing.T) {
			s := s.forSubtest(t)
			need := s.publishNeed(demo.Commissioner)
			in := s.offerInput(need, 2, "4000.00")
			s.requireStraddled(how, s.straddleDeadline(how, need,
				func() changeResult { return s.tryChange(bidsManagerOf(1), "submitOffer", in, "") }))
			if stored := s.countRows("sealed_offer WHERE need_id = $1", uuidOf(t, need)); (stored == 1) != how.getsThrough {
				t.Errorf("%d offers are there", stored)
			}
			if !how.getsThrough {
				s.requireSameLater("DEADLINE_PASSED", bidsManagerOf(1), "submitOffer", in)
			}
		})
	}
}

// requireSameLater sends the request again with the same key: the answer is the same.
func (s *scene) requireSameLater(code string, who demo.Persona, mutation string, in fields) {
	s.t.Helper()
	if again := s.tryChange(who, mutation, in, ""); again.code != code {
		s.t.Errorf("the retry: %q (%s)", again.code, again.words)
	}
}

func TestAmendNeedAcrossTheDeadline(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	for _, how := range straddleCases {
		t.Run(how.name, func(t *testing.T) {
			s := s.forSubtest(t)
			need := s.publishNeed(demo.Commissioner)
			offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
			in := s.offerInput(need, 2, "3900.00")
			s.requireStraddled(how, s.straddleDeadline(how, need,
				func() changeResult { return s.tryChange(bidsManagerOf(1), "submitOffer", in, "") }))
			own := s.readNode(bidsManagerOf(1), "Offer", offer, "version price { weekly }")
			if amended := own.At("version").Text() == "2" && own.At("price.weekly").Text() == "3900.00"; amended != how.getsThrough {
				t.Errorf("version %s at %s", own.At("version").Text(), own.At("price.weekly").Text())
			}
		})
	}
}

func TestWithdrawOfferAcrossTheDeadline(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	for _, how := range straddleCases {
		t.Run(how.name, func(t *testing.T) {
			s := s.forSubtest(t)
			need := s.publishNeed(demo.Commissioner)
			offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
			in := fields{"offer": offer}
			s.requireStraddled(how, s.straddleDeadline(how, need,
				func() changeResult { return s.tryChange(bidsManagerOf(1), "withdrawOffer", in, "") }))
			if withdrawn := s.readNode(bidsManagerOf(1), "Offer", offer, "withdrawnAt").At("withdrawnAt").Exists(); withdrawn != how.getsThrough {
				t.Errorf("withdrawn: %t", withdrawn)
			}
			if counted := s.countRows("offer_tally WHERE need_id = $1 AND offer_id <> need_id", uuidOf(t, need)); (counted == 0) != how.getsThrough {
				t.Errorf("the authority is shown %d offers", counted)
			}
		})
	}
}

func TestAnswerInvitationAcrossTheDeadline(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	need := s.publishNeed(demo.Commissioner)
	in := fields{"need": need, "answer": "DECLINED", "reason": "FULL"}
	answer := s.straddleDeadline(straddleCases[0], need,
		func() changeResult { return s.tryChange(bidsManagerOf(1), "answerInvitation", in, "") })
	s.requireStraddled(straddleCases[0], answer)
	s.requireSameLater("DEADLINE_PASSED", bidsManagerOf(1), "answerInvitation", in)
}

// TestCloseNeedWaitsForAnOfferUnderWay: an offer that has the need's lock arrives before the need is closed, or not at
// all.
func TestCloseNeedWaitsForAnOfferUnderWay(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	need := s.publishNeed(demo.Commissioner)
	var answer changeResult
	closed := make(chan error, 1)
	s.holdUpByLock("LOCK TABLE dps.sealed_offer IN EXCLUSIVE MODE", 1,
		func() { answer = s.tryChange(bidsManagerOf(1), "submitOffer", s.offerInput(need, 2, "4000.00"), "") },
		func() {
			s.passTime(pastDeadline)
			over := make(chan struct{})
			go func() {
				defer close(over)
				_, err := record.Work(t.Context(), s.Worker)
				closed <- err
			}()
			if !s.waitForLocks(2, over) {
				t.Error("the need was closed while an offer was on its way")
			}
		})
	must(t, <-closed)
	if answer.code != "DEADLINE_PASSED" {
		t.Errorf("the offer: %q", answer.code)
	}
	if s.countRows("need WHERE closed_at > deadline") != 1 || s.countRows("sealed_offer") != 0 {
		t.Error("the need is not closed, or has an offer")
	}
}
