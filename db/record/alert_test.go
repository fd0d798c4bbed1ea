package record_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/market"
	admissionrules "github.com/southeasttogether/dps/market/admission"
	rules "github.com/southeasttogether/dps/market/record"
	"github.com/southeasttogether/dps/policy"
)

// TestAlertIsNotMadeOfWhatWasDoneInTime: nobody is alerted to what is done in time.
func TestAlertIsNotMadeOfWhatWasDoneInTime(t *testing.T) {
	f := dbtest.NewFixture(t, 2, 2)
	a := dbtest.SubmitApplication(f)
	f.RequireDone(admission.DecideApplication(t.Context(), f.API, dbtest.ActorAs(policy.MarketManager, f.Lead),
		admissionrules.DecideApplicationInput{
			IdempotencyKey: dbtest.NewKey(), Application: dbtest.IDOf(a), Decision: admissionrules.ApplicationRefused,
			Reasons: "No insurance",
		}))
	f.Advance(t, 60*24*time.Hour)
	if done := f.RunWorker(); done.Alerted != 0 {
		t.Errorf("alerted %d times", done.Alerted)
	}
}

// TestAlertIsNotMadeOfWhatWasDoneMeanwhile: nobody is alerted to what is done, or handed over, between the look and the
// alert.
func TestAlertIsNotMadeOfWhatWasDoneMeanwhile(t *testing.T) {
	f := dbtest.NewFixture(t, 2, 2)
	a := dbtest.SubmitApplication(f)
	f.Advance(t, 60*24*time.Hour)
	made, err := record.WakeAfter(t.Context(), f.Worker, func() {
		f.RequireDone(admission.DecideApplication(t.Context(), f.API, dbtest.ActorAs(policy.MarketManager, f.Lead),
			admissionrules.DecideApplicationInput{
				IdempotencyKey: dbtest.NewKey(), Application: dbtest.IDOf(a), Decision: admissionrules.ApplicationRefused,
				Reasons: "No insurance",
			}))
	})
	if n := f.CountRows("alert"); err != nil || made != 0 || n != 0 {
		t.Errorf("decided meanwhile: alerted %d times, %d alerts, %v", made, n, err)
	}
	b := dbtest.SubmitApplication(f)
	f.Advance(t, 60*24*time.Hour)
	made, err = record.WakeAfter(t.Context(), f.Worker, func() {
		f.TamperWith(fmt.Sprintf("UPDATE dps.application SET authority_id = '%s' WHERE id = '%s'", f.Kent, b))
	})
	if n := f.CountRows("alert"); err != nil || made != 0 || n != 0 {
		t.Errorf("handed over meanwhile: alerted %d times, %d alerts, %v", made, n, err)
	}
	if f.RunWorker(); f.CountRows("alert WHERE authority_id = $1", f.Kent) != 1 || f.CountRows("alert") != 1 {
		t.Error("the next round does not alert whose it is now")
	}
}

// TestAlertComesAgainUntilItsDutyIsDone: it is raised again after some working days, is closed by the act that answers it, and stays on
// record.
func TestAlertComesAgainUntilItsDutyIsDone(t *testing.T) {
	f := dbtest.NewFixture(t, 2, 2)
	a := dbtest.SubmitApplication(f)
	f.Advance(t, 60*24*time.Hour)
	f.RunWorker()
	f.RunWorker()
	if n := f.CountRows("alert WHERE raised = 1 AND done_at IS NULL"); n != 1 || f.CountRows("alert") != 1 {
		t.Fatalf("%d alerts are raised once and open", n)
	}
	f.Advance(t, 10*24*time.Hour)
	f.RunWorker()
	if n := f.CountRows("alert WHERE raised = 2 AND done_at IS NULL"); n != 1 || f.CountRows("alert") != 1 {
		t.Fatalf("%d alerts are raised twice and open", n)
	}
	f.RequireDone(admission.DecideApplication(t.Context(), f.API, dbtest.ActorAs(policy.MarketManager, f.Lead),
		admissionrules.DecideApplicationInput{
			IdempotencyKey: dbtest.NewKey(), Application: dbtest.IDOf(a), Decision: admissionrules.ApplicationRefused, Reasons: "No insurance",
		}))
	if n := f.CountRows("alert WHERE raised = 2 AND done_at IS NOT NULL"); n != 1 {
		t.Errorf("%d alerts are done with the act that answers them", n)
	}
	f.Advance(t, 60*24*time.Hour)
	if f.RunWorker(); f.CountRows("alert WHERE raised = 2") != 1 {
		t.Error("an alert is raised again when its duty is done")
	}
}

// TestAlertOfWhatIsOverIsClosedByTheClock: where no act answers it, the next round finds that there is nothing left to do.
func TestAlertOfWhatIsOverIsClosedByTheClock(t *testing.T) {
	f := dbtest.NewFixture(t, 2, 2)
	a := dbtest.SubmitApplication(f)
	f.Advance(t, 60*24*time.Hour)
	f.RunWorker()
	f.TamperWith(fmt.Sprintf("UPDATE dps.application SET decision = 'REFUSED', reasons = 'Synthetic', decided_at = dps.now() WHERE id = '%s'",
		a))
	if f.RunWorker(); f.CountRows("alert WHERE done_at IS NOT NULL") != 1 || f.CountRows("event WHERE act = 'alert.close' AND object_id = $1",
		a) != 1 {
		t.Error("the alert is still open")
	}
	if f.RunWorker(); f.CountRows("event WHERE act = 'alert.close'") != 1 {
		t.Error("an alert is closed twice")
	}
}

// TestDutiesAreThoseThatTheDatabaseLists: the rules and the database say the same of whose each duty is.
func TestDutiesAreThoseThatTheDatabaseLists(t *testing.T) {
	f := dbtest.NewFixture(t, 0, 0)
	var body string
	f.QueryValue(&body, "SELECT prosrc FROM pg_proc WHERE proname = 'waiting'")
	for _, d := range rules.Duties {
		delegable := "NULL"
		if d.Delegable != "" {
			delegable = "'" + d.Delegable + "'"
		}
		whose := fmt.Sprintf("'%s', '%s', %s", d.Name, d.Capacity, delegable)
		plan := d.Task == "FOLLOW_PLAN" && strings.Contains(body, "SELECT x.kind, 'commissioner', NULL")
		if named := strings.Contains(strings.NewReplacer(" AS duty", "", " AS capacity", "", " AS delegable", "", " END", "").Replace(body),
			whose); !named && !plan &&
			!strings.HasPrefix(string(d.Name), "AWARD_") {
			t.Errorf("the database lists no %s", whose)
		}
	}
}

// TestAlertsAreLookedForByTheActsThatAnswerDuties: by these alone, so that no other act pays for it.
func TestAlertsAreLookedForByTheActsThatAnswerDuties(t *testing.T) {
	f := dbtest.NewFixture(t, 0, 0)
	var condition string
	f.QueryValue(&condition, "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'answer_alerts'")
	looks, answers := map[string]bool{}, map[string]bool{}
	for _, act := range regexp.MustCompile(`'([a-z_]+\.[a-z_]+)'`).FindAllStringSubmatch(condition, -1) {
		looks[act[1]] = true
	}
	for _, d := range rules.Duties {
		for _, act := range d.AnsweredBy {
			answers[act] = true
		}
	}
	if !maps.Equal(looks, answers) {
		t.Errorf("alerts are looked for by %v, and answered by %v", looks, answers)
	}
}

// TestOpenAlertsAreFoundBehindThoseThatAreDone: a consortium's officer who asks for open alerts gets each that a borough delegates, and no
// other, however many came later and are done.
func TestOpenAlertsAreFoundBehindThoseThatAreDone(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	consortium := uuid.New()
	f.ExecSQL("INSERT INTO dps.organisation (id, kind, name) VALUES ($1, 'CONSORTIUM', 'Synthetic')", consortium)
	f.ExecSQL("UPDATE dps.organisation SET kind = 'BOROUGH', consortium_id = $1 WHERE id = $2", consortium, f.Kent)
	f.ExecSQL(`INSERT INTO dps.delegation (id, authority_id, consortium_id, act, given_at, given_by)
		SELECT gen_random_uuid(), $2, $1, 'AWARD', dps.now(), 'x'`, consortium, f.Kent)
	f.ExecSQL(`INSERT INTO dps.alert (authority_id, capacity, delegable, kind, source_id, of_kind, of_id, words, due, at, done_at)
		SELECT o.id, 'commissioner', k, 'OFFERS_TO_AWARD', gen_random_uuid(), 'need', o.id, 'x', dps.now(),
			dps.now() + n * interval '1 minute', CASE WHEN n > 0 THEN dps.now() END
		FROM dps.organisation o, generate_series(0, 30) n, unnest('{AWARD,MANAGE}'::text[]) k WHERE o.kind <> 'CONSORTIUM'`)
	for state, want := range map[rules.AlertState]int{"": 31, rules.AlertOpen: 1, rules.AlertDone: 30} {
		of := &state
		if state == "" {
			of = nil
		}
		found, after := map[uuid.UUID]bool{}, ""
		for range 10 {
			v := f.API.View(dbtest.ActorAs(policy.ConsortiumOfficer, consortium))
			c, err := record.Alerts(of)(t.Context(), v, market.Page{First: 20, After: after})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range c.Edges {
				found[e.Node.ID] = true
			}
			if !c.PageInfo.HasNextPage {
				break
			}
			if after, err = c.PageInfo.Last.Encode(); err != nil {
				t.Fatal(err)
			}
		}
		if len(found) != want {
			t.Errorf("%d alerts in state %q, want %d", len(found), state, want)
		}
	}
}
