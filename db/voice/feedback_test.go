package voice_test

import (
	"testing"

	evaluationrules "github.com/southeasttogether/dps/market/evaluation"
	rules "github.com/southeasttogether/dps/market/voice"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/voice"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// invitedFamily is a family with a code for feedback about a placement.
func invitedFamily(f *dbtest.Fixture, need, placement uuid.UUID) policy.Actor {
	f.T.Helper()
	to := dbtest.IDOf(placement)
	in := evaluationrules.InviteFamilyInput{
		IdempotencyKey: dbtest.NewKey(), Kind: market.ForFeedback, Respondent: market.RespondentParent, Need: dbtest.IDOf(need), Placement: &to,
	}
	_, code, err := evaluation.InviteFamily(f.T.Context(), f.API, dbtest.ActorAs(policy.Commissioner, f.Kent), in)
	dbtest.RequireNoError(f.T, err)
	return policy.Actor{Role: policy.Family, Invitation: seal.HashCode(code)}
}

func wholeFeedback() rules.GiveFeedbackInput {
	in := rules.GiveFeedbackInput{Words: new("Synthetic: the bus is late."), MayContact: true}
	for _, q := range []string{"WELCOME", "SAFE", "PROGRESS", "TOLD"} {
		in.Ratings = append(in.Ratings, rules.RatingInput{Question: q, Value: 4})
	}
	return in
}

// TestGiveFeedbackTakesFourRoundTrips: to begin, lock and read; to write the ratings apart from all else; to write the rest; to commit.
func TestGiveFeedbackTakesFourRoundTrips(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need, placement := dbtest.StartPlacement(f, f.Kent, 0)
	for turn := range 4 {
		family := invitedFamily(f, need, placement)
		before := f.Statements()
		f.RequireDone(voice.GiveFeedback(t.Context(), f.API, family, wholeFeedback()))
		f.ExecSQL("UPDATE dps.family_invitation SET child_id = gen_random_uuid()") // the next is another child's
		if spent := f.Statements() - before; turn > 1 && spent != 4 {
			t.Errorf("turn %d: %d round trips, want 4", turn, spent)
		}
	}
	if ratings, words := f.CountRows("rating_waiting"), f.CountRows("feedback_words"); ratings != 16 || words != 4 {
		t.Errorf("%d ratings, %d words", ratings, words)
	}
}

// TestGiveFeedbackAtOnce: several with one code at the same time are all told that it was received, and one is stored.
func TestGiveFeedbackAtOnce(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need, placement := dbtest.StartPlacement(f, f.Kent, 0)
	family := invitedFamily(f, need, placement)
	errs := dbtest.AtOnce(6, func(int) error {
		_, err := voice.GiveFeedback(t.Context(), f.API, family, wholeFeedback())
		return err
	})
	if n := dbtest.CountSucceeded(t, errs, market.WrongState); n != 6 {
		t.Errorf("%d were received", n)
	}
	if f.CountRows("rating_waiting") != 4 || f.CountRows("feedback_words") != 1 || f.CountRows("event WHERE act = 'feedback.give'") != 1 {
		t.Errorf("%d ratings, %d words", f.CountRows("rating_waiting"), f.CountRows("feedback_words"))
	}
	stranger := policy.Actor{Role: policy.Family, Invitation: seal.HashCode("no such code")}
	_, err := voice.GiveFeedback(t.Context(), f.API, stranger, wholeFeedback())
	dbtest.RequireRefused(t, err, market.NotFound)
}
