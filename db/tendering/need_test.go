package tendering_test

import (
	"testing"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/policy"
)

// TestPublishNeedFixesTheNeed: an attacker with the role of an authority cannot move the deadline or mark the need as
// open.
func TestPublishNeedFixesTheNeed(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need := f.PublishNeed(f.Kent)
	for _, set := range []string{
		"deadline = dps.now()", "published_at = NULL, deadline = NULL", "profile = 'other'", "invited = 7",
		"adjusted_at = dps.now(), deadline = dps.now()", "adjusted_at = dps.now(), deadline = NULL", "adjusted_at = dps.now(), age_high = 17",
		"adjusted_at = dps.now(), questions_until = NULL", "adjusted_at = NULL, deadline = deadline + interval '1 day'",
		"amended_at = dps.now(), deadline = dps.now()", "amended_at = dps.now() + interval '1 day', profile = 'other'",
		"amended_at = published_at, profile = 'other'",
		"amended_at = dps.now(), reference = 'other'", "amended_at = dps.now(), withdrawn_at = dps.now(), withdraw_reason = 'other'",
		"withdrawn_at = dps.now(), withdraw_reason = 'other', profile = 'other'",
		"withdrawn_at = dps.now(), withdraw_reason = 'other', deadline = 'infinity'",
		"closed_at = dps.now()", "opened_at = deadline", "quality_locked_at = dps.now()", "prices_opened_at = dps.now()", "ranked_at = dps.now()",
	} {
		tx := f.Become(t, dbtest.ActorAs(policy.Commissioner, f.Kent))
		_, err := tx.Exec("UPDATE dps.need SET "+set+" WHERE id = $1", need)
		dbtest.RequireSQLState(t, err, "DPS07")
		_ = tx.Rollback()
	}
	draft := f.DraftNeed(f.Kent)
	if _, err := f.Become(t, dbtest.ActorAs(policy.Commissioner, f.Kent)).Exec("UPDATE dps.need SET opened_at = dps.now() WHERE id = $1",
		draft); err == nil {
		t.Error("a draft was opened")
	}
}
