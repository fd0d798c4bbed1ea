package record_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/record"
	admissionrules "github.com/southeasttogether/dps/market/admission"
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
